// What opens on top of the page: signing in, and the queries behind what is on screen.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { graphql } from "../made";
import { answerOf, asked, isAbort, type Asked } from "../api/client";
import { become, headersOf, key } from "../api/who";
import { open } from "../state/dialog";
import { say } from "../words/words";
import { sayWhy, Told, type Trouble } from "./trouble";
import { copied, copy } from "./copy";

const VIEWER = graphql(`query Viewer { viewer { role organisation } }`);

function Dialog({ label, children }: { label: string; children: ComponentChildren }) {
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => { // other effects end after the next paint, when the focus is lost already
    const dialog = box.current!, before = document.activeElement as HTMLElement | null;
    dialog.showModal();
    return () => { dialog.close(); before?.focus(); }; // one that is taken off the page gives no focus back by itself
  }, []);
  return (
    <dialog ref={box} aria-label={label} onClose={() => (open.value = "")} onClick={e => e.target === box.current && box.current?.close()}>
      <div><h2>{label}</h2>{children}</div>
    </dialog>
  );
}

const trouble = signal<Trouble | null>(null);

async function signIn(form: HTMLFormElement, stop: AbortSignal) {
  const given = new FormData(form), [newKey, newPurpose] = ["key", "purpose"].map(name => String(given.get(name)).trim()) as [string, string];
  try {
    const { viewer } = await answerOf(VIEWER, {}, headersOf(newKey, newPurpose), stop); // nothing changes for a key that is not valid
    become(newKey, newPurpose, { role: viewer.role, organisation: viewer.organisation ?? "" });
    open.value = "";
  } catch (e) {
    if (!isAbort(e)) trouble.value = sayWhy(e);
  }
}

function SignIn() {
  const stop = useRef<AbortController>(null);
  useEffect(() => { trouble.value = null; return () => stop.current?.abort(); }, []); // closed, it signs nobody in
  const submit = (form: HTMLFormElement) => {
    stop.current?.abort();
    stop.current = new AbortController();
    void signIn(form, stop.current.signal);
  };
  return (
    <Dialog label={say("signIn")}>
      <form onSubmit={e => { e.preventDefault(); submit(e.currentTarget); }}>
        <label><span>{say("key")}</span><input name="key" type="password" required autocomplete="off" spellcheck={false} autofocus aria-describedby="keyHint" /></label>
        <p class="hint" id="keyHint">{say("keyHint")}</p>
        <label><span>{say("purpose")}</span><input name="purpose" minLength={4} maxLength={200} autocomplete="off" aria-describedby="purposeHint" /></label>
        <p class="hint" id="purposeHint">{say("purposeHint")}</p>
        {trouble.value && <Told of={trouble.value} />}
        <div class="row"><button type="submit" class="main">{say("signIn")}</button> <button type="button" onClick={() => (open.value = "")}>{say("cancel")}</button></div>
      </form>
    </Dialog>
  );
}

/** curl is a question for a terminal; the key stays out of it. */
const curl = (a: Asked) => `curl -s ${new URL("graphql", document.baseURI).href} -H 'Content-Type: application/json'${key.value ? ' -H "Authorization: Bearer $KEY" -H "Kantong-Purpose: $PURPOSE"' : ""} -d '${JSON.stringify({ query: a.query, variables: a.variables }).replaceAll("'", "'\\''")}'`;

function Queries() {
  return (
    <Dialog label={say("showQuery")}>
      <p class="hint">{say("queryHelp")}</p>
      {asked.value.map((a, i) => (
        <article key={i}>
          <pre tabIndex={0} aria-label="GraphQL">{a.query.trim()}</pre>
          {Object.keys(a.variables).length > 0 && <pre tabIndex={0} aria-label={say("variables")}>{JSON.stringify(a.variables, null, 2)}</pre>}
          <div class="row">
            <a href={`graphiql/#${new URLSearchParams({ query: a.query.trim(), variables: JSON.stringify(a.variables, null, 2) })}`}>{say("openInGraphiql")}</a>
            <button type="button" onClick={() => void copy(curl(a))}>{copied.value === curl(a) ? say("copied") : `${say("copy")}: curl`}</button>
          </div>
        </article>
      ))}
      <button type="button" class="main" onClick={() => (open.value = "")}>{say("close")}</button>
    </Dialog>
  );
}

export const Dialogs = () => (open.value === "signIn" ? <SignIn /> : open.value === "query" ? <Queries /> : null);
