// Publications, as they come: GraphQL over server-sent events.
import { setTimeout as pause } from "node:timers/promises";
import { createClient } from "graphql-sse";
import { headersOf, type Server } from "./client.js";
import { graphql } from "./generated/gql.js";
import type { PublishedSubscription } from "./generated/graphql.js";

const PUBLISHED = graphql(`
  subscription Published {
    editionPublished { state dataVersion }
  }
`);

const PAUSE_MILLISECONDS = 1000;

/**
 * listen calls opened whenever the stream is open, the first time and each time that it had to be opened again, and published
 * for each event. Ask in both: a stream tells of nothing that was published before it was open.
 */
export async function listen(server: Server, opened: () => void, published: (edition: PublishedSubscription["editionPublished"]) => void): Promise<never> {
  const client = createClient({ url: `${server.address}/graphql`, headers: headersOf(server), retryAttempts: Infinity, on: { connected: opened } });
  for (;;) {
    for await (const { data, errors } of client.iterate<PublishedSubscription>({ query: PUBLISHED.toString() })) {
      if (errors?.[0]) throw errors[0];
      if (data) published(data.editionPublished);
    }
    await pause(PAUSE_MILLISECONDS); // complete: the server stops, and another may take its place
  }
}
