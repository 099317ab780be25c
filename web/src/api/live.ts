// Publications reach an open map over GraphQL's event stream, by fetch, so that a key can be sent.
import { createClient } from "graphql-sse";
import { credentials } from "./client";

const PUBLISHED = "subscription Published { editionPublished { state dataVersion label } }";

/** What was published. */
export interface Publication {
  state: string;
  dataVersion: string;
  label: string;
}

/** listen tells about publications until stop is called. A connection that is lost is made again, more and more slowly. */
export function listen(tell: (p: Publication) => void): () => void {
  const client = createClient({ url: new URL("graphql", location.href).href, headers: credentials, retryAttempts: 1_000_000 });
  const end = client.subscribe<{ editionPublished: Publication }>({ query: PUBLISHED }, {
    next: answer => answer.data && tell(answer.data.editionPublished),
    error: () => {}, // refused for good: the map stays as it is, and a reload shows what is new
    complete: () => {},
  });
  return () => { end(); client.dispose(); };
}
