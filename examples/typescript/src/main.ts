// Prints which kelurahan come first; with --watch again whenever something is published.
import { parseArgs } from "node:util";
import type { Server } from "./client.js";
import type { Pillar } from "./generated/graphql.js";
import { prioritiesTable } from "./priorities.js";
import { listen } from "./publications.js";

const { values: options } = parseArgs({
  options: {
    server: { type: "string", default: "http://127.0.0.1:8080" },
    pillar: { type: "string" },
    first: { type: "string", default: "10" },
    watch: { type: "boolean", default: false },
  },
});
const server: Server = { address: options.server.replace(/\/$/, ""), key: process.env["KANTONG_KEY"] };
const pillar = (options.pillar ?? null) as Pillar | null; // the server says which there are

const first = Number(options.first);
if (!Number.isInteger(first) || first < 1) stop("--first takes a whole number from 1 up");

const print = async () => console.log(await prioritiesTable(server, pillar, first));

function stop(error: unknown): never {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

if (options.watch) {
  await listen(server, () => print().catch(stop), edition => {
    console.log(`\nPublished: ${edition.state} (${edition.dataVersion})\n`);
    print().catch(stop);
  }).catch(stop);
} else {
  await print().catch(stop);
}
