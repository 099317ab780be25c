// Publications reach an open map over GraphQL's event stream, by fetch, so that a key can be sent.
import { signal } from "@preact/signals";
import { createClient } from "graphql-sse";
import { credentials, key, refused } from "./who";

const PUBLISHED = "subscription Published { editionPublished { state dataVersion } }";

/** Counts publications: what is on screen is asked again. */
export const publications = signal(0);

/** Whether there was one just now. */
export const told = signal(false);

const TOLD_MILLISECONDS = 10_000;
let toldUntil: ReturnType<typeof setTimeout>;

/** A lost connection is made again after a second, then more and more slowly, but within a minute; not by all pages at once. */
const pause = (retries: number) => new Promise<void>(done => setTimeout(done, Math.min(1000 * 2 ** retries, 30_000) * (1 + Math.random())));

/** listen counts publications until it is told to stop. */
export function listen(): () => void {
  let stopped = false, missed = false, end = () => {};
  const client = createClient({
    url: new URL("graphql", location.href).href, headers: credentials, retryAttempts: Infinity, retry: pause,
    fetchFn: async (...request: Parameters<typeof fetch>) => {
      const response = await fetch(...request);
      if (response.status === 401 && key.peek() && !stopped) refused(); // with a key that is not valid it would ask for ever
      return response;
    },
    on: {
      connected: again => {
        if (again || missed) publications.value++; // what was published meanwhile, nobody told
        missed = false;
      },
    },
  });
  const follow = () => { end = client.subscribe({ query: PUBLISHED }, { next, error: () => {}, complete }); };
  const complete = async () => { // the server stops, and another takes its place; an error is a refusal for good
    missed = true;
    await pause(0);
    if (!stopped) follow();
  };
  follow();
  return () => { stopped = true; end(); client.dispose(); };
}

function next({ data }: { data?: unknown }) {
  if (!data) return;
  publications.value++;
  told.value = true;
  clearTimeout(toldUntil);
  toldUntil = setTimeout(() => (told.value = false), TOLD_MILLISECONDS);
}
