// What opens on top of the page: signing in, and the queries behind what is on screen.
import { batch, signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { graphql } from "../made";
import { ask, asked, headersOf, key, purpose, type Asked } from "../api/client";
import { say } from "../words/words";
import { sayWhy } from "./trouble";

export const open = signal<"" | "signIn" | "query">("");
/** The role of whoever signed in; "" without a key. */
export const role = signal("");

const VIEWER = graphql(`query Viewer { viewer { role organisation } }`);

function Dialog({ label, children }: { label: string; children: ComponentChildren }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => { box.current?.showModal(); }, []);
  return (
    <dialog ref={box} aria-label={label} onClose={() => (open.value = "")} onClick={e => e.target === box.current && box.current?.close()}>
      <div><h2>{label}</h2>{children}</div>
    </dialog>
  );
}

const trouble = signal("");

async function signIn(form: HTMLFormElement) {
  const given = new FormData(form), [newKey, newPurpose] = ["key", "purpose"].map(name => String(given.get(name)).trim()) as [string, string];
  try {
    const { viewer } = await ask(VIEWER, {}, undefined, headersOf(newKey, newPurpose)); // nothing changes for a key that is not valid
    batch(() => {
      key.value = newKey;
      purpose.value = newPurpose;
      role.value = viewer.organisation ? `${viewer.organisation} (${viewer.role})` : viewer.role;
      open.value = trouble.value = "";
    });
  } catch (e) {
    trouble.value = sayWhy(e);
  }
}

export function signOut() {
  batch(() => { key.value = purpose.value = role.value = ""; });
}

function SignIn() {
  return (
    <Dialog label={say("signIn")}>
      <form onSubmit={e => { e.preventDefault(); void signIn(e.currentTarget); }}>
        <label><span>{say("key")}</span><input name="key" type="password" required autocomplete="off" spellcheck={false} autofocus aria-describedby="keyHint" /></label>
        <p class="hint" id="keyHint">{say("keyHint")}</p>
        <label><span>{say("purpose")}</span><input name="purpose" maxLength={200} autocomplete="off" aria-describedby="purposeHint" /></label>
        <p class="hint" id="purposeHint">{say("purposeHint")}</p>
        {trouble.value && <p role="alert" class="trouble">{trouble.value}</p>}
        <div class="row"><button type="submit" class="main">{say("signIn")}</button> <button type="button" onClick={() => (open.value = "")}>{say("cancel")}</button></div>
      </form>
    </Dialog>
  );
}

/** curl is a question for a terminal; the key stays out of it. */
const curl = (a: Asked) => `curl -s ${new URL("graphql", document.baseURI).href} -H 'Content-Type: application/json'${key.value ? ' -H "Authorization: Bearer $KEY"' : ""} -d '${JSON.stringify(a).replaceAll("'", "'\\''")}'`;

function Queries() {
  return (
    <Dialog label={say("showQuery")}>
      <p class="hint">{say("queryHelp")}</p>
      {asked.value.map((a, i) => (
        <article key={i}>
          <pre tabIndex={0} aria-label="GraphQL">{a.query.trim()}</pre>
          {Object.keys(a.variables).length > 0 && <pre tabIndex={0} aria-label="variables">{JSON.stringify(a.variables, null, 2)}</pre>}
          <div class="row">
            <a href={`graphiql/#${new URLSearchParams({ query: a.query.trim(), variables: JSON.stringify(a.variables, null, 2) })}`}>{say("openInGraphiql")}</a>
            <button type="button" onClick={() => navigator.clipboard.writeText(curl(a))}>{say("copy")}: curl</button>
          </div>
        </article>
      ))}
      <button type="button" class="main" onClick={() => (open.value = "")}>{say("close")}</button>
    </Dialog>
  );
}

export const Dialogs = () => (open.value === "signIn" ? <SignIn /> : open.value === "query" ? <Queries /> : null);
