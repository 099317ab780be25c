// What went wrong, in words for whoever looks at the map, with a way on.
import { Complaint } from "../api/client";
import { key } from "../api/who";
import { open } from "../state/dialog";
import { go, link } from "../state/link";
import { say } from "../words/words";

export interface Trouble {
  text: string;
  server?: string; // the server's own sentence, which is English
  way?: "again" | "signIn" | "newest";
}

/** What a key is needed for, or a better one. */
export const isForKeys = (e: unknown) => e instanceof Complaint && ["DISCLOSURE_LIMIT", "FORBIDDEN"].includes(e.code);

/** sayWhy says it, and what to do. */
export function sayWhy(e: unknown): Trouble {
  if (!(e instanceof Complaint) || e.code === "" || e.code === "INTERNAL") return { text: say("failed"), way: "again" };
  if (e.wait) return { text: say("tooMany").replace("#", String(e.wait)), way: "again" };
  if (e.code === "UNAUTHENTICATED") return { text: say("keyUnknown") };
  if (isForKeys(e)) return key.value ? { text: say("notForKey"), server: e.message } : { text: say("needsKey"), way: "signIn" };
  if (e.code === "NOT_FOUND" && e.field === "edition") return link.value.edition ? { text: say("noEdition"), way: "newest" } : { text: say("noneYet") };
  return { text: say("refused"), server: e.message };
}

const WAYS = { signIn: ["signIn", () => (open.value = "signIn")], newest: ["seeNewest", () => go({ edition: "" })] } as const;

/** Told shows a trouble. */
export function Told({ of, again }: { of: Trouble; again?: () => void }) {
  const [word, act] = of.way === "again" ? ["tryAgain", again] as const : of.way ? WAYS[of.way] : [];
  return (
    <div role="alert" class="trouble">
      <p>{of.text} {of.server && <span lang="en">{of.server}</span>}</p>
      {word && act && <button type="button" onClick={() => act()}>{say(word)}</button>}
    </div>
  );
}
