// Publications reach an open map over GraphQL's event stream, by fetch, so that a key can be sent.
import { signal } from "@preact/signals";
import { createClient } from "graphql-sse";
import { credentials } from "./client";

const PUBLISHED = "subscription Published { editionPublished { state dataVersion } }";

/** Counts publications: what is on screen is asked again. */
export const publications = signal(0);

/** Whether there was one just now. */
export const told = signal(false);

const TOLD_MILLISECONDS = 10_000;

/** listen counts publications until it is told to stop. A connection that is lost is made again, more and more slowly. */
export function listen(): () => void {
  const client = createClient({
    url: new URL("graphql", location.href).href, headers: credentials, retryAttempts: 1_000_000,
    on: { connected: again => { if (again) publications.value++; } }, // what was published meanwhile, nobody told
  });
  const end = client.subscribe({ query: PUBLISHED }, {
    next: answer => {
      if (!answer.data) return;
      publications.value++;
      told.value = true;
      setTimeout(() => (told.value = false), TOLD_MILLISECONDS);
    },
    error: () => {}, // refused for good: the map stays as it is, and a reload shows what is new
    complete: () => {},
  });
  return () => { end(); client.dispose(); };
}
