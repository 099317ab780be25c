// Which kelurahan first, why, and how sure is that? With --watch, again whenever something is published.
//
//   node dist/main.js [--watch] [http://127.0.0.1:8080]
import { Kantong } from "./client.js";
import { graphql } from "./made/index.js";

const PRIORITIES = graphql(/* GraphQL */ `
  query Priorities($input: PriorityInput!) {
    priorities(input: $input) {
      ranked {
        rank
        rankLow
        rankHigh
        area { name parent { name } }
        contributions { criterion weighted }
      }
    }
  }
`);

const PUBLISHED = graphql(/* GraphQL */ `
  subscription Published {
    editionPublished { state }
  }
`);

const words = process.argv.slice(2), watch = words.includes("--watch");
const server = new Kantong(words.find(w => w.startsWith("http")) ?? "http://127.0.0.1:8080", process.env.KANTONG_KEY);

async function show() {
  const { priorities } = await server.ask(PRIORITIES, { input: { pillar: "HEALTH" } });
  if (!priorities) throw new Error("no priorities"); // a root field that a role may be refused can be null: the types say so
  for (const { rank, rankLow, rankHigh, area, contributions } of priorities.ranked.slice(0, 5)) {
    const most = contributions.toSorted((a, b) => b.weighted - a.weighted)[0];
    console.log(`${rank}. ${area.name}, ${area.parent?.name} (in 90 % of the draws ${rankLow} to ${rankHigh}): most by ${most?.criterion}`);
  }
}

if (!watch) await show();
else {
  const published = server.follow(PUBLISHED, {}); // opened before the first question, so that nothing is missed between them
  const first = published.next();
  await show();
  for (let event = await first; !event.done; event = await published.next()) {
    console.log(`published: ${event.value.data?.editionPublished.state}`);
    await show();
  }
}
