// What went wrong, in words for whoever looks at the map.
import { Complaint } from "../api/client";
import { say } from "../words/words";

/** sayWhy gives the server's own sentence, which says what to do. */
export function sayWhy(e: unknown): string {
  if (e instanceof Complaint && e.message) return e.message;
  return e instanceof TypeError ? say("failed") : e instanceof Error ? e.message : say("failed");
}
