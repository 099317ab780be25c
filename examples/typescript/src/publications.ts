// Publications, as they come: GraphQL over server-sent events.
import { setTimeout as pause } from "node:timers/promises";
import { createClient, NetworkError } from "graphql-sse";
import { Complaint, headersOf, type Server } from "./client.js";
import { graphql } from "./generated/gql.js";
import type { PublishedSubscription } from "./generated/graphql.js";

const PUBLISHED = graphql(`
  subscription Published {
    editionPublished { state dataVersion }
  }
`);

const PAUSE_MILLISECONDS = 2000;

/**
 * listen calls opened whenever the stream is open, the first time and each time that it had to be opened again, and published
 * for each event. Ask in both: a stream tells of nothing that was published before it was open. It ends only by an error: when
 * the server refuses.
 */
export async function listen(server: Server, opened: () => void, published: (edition: PublishedSubscription["editionPublished"]) => void): Promise<never> {
  // Opened again here rather than by the library, which would ask again and again with a key that isn't valid, too.
  let lost = false;
  const connected = () => { lost = false; opened(); };
  const client = createClient({ url: `${server.address}/graphql`, headers: headersOf(server), retryAttempts: 0, on: { connected } });
  for (;;) {
    try {
      for await (const { data, errors } of client.iterate<PublishedSubscription>({ query: PUBLISHED.toString() })) {
        if (errors?.[0]) throw new Complaint(errors[0].message);
        if (data) published(data.editionPublished);
      }
    } catch (error) {
      if (!(error instanceof NetworkError) || refused(error.response?.status)) throw error;
      if (!lost) console.error(`${error.message}: trying again until ${server.address} answers`);
      lost = true;
    }
    await pause(PAUSE_MILLISECONDS); // the server stops, or can't be reached: another may take its place
  }
}

/** refused tells whether it makes no sense to try again: 429 is too many streams, and passes. */
const refused = (status = 0) => status >= 400 && status < 500 && status !== 429;
