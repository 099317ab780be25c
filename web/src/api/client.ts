// One way to ask: every figure on the page comes through here, and the page can show what was asked.
import { signal } from "@preact/signals";
import type { TypedDocumentString } from "../made/graphql";
import { credentials, key, refused, session } from "./who";

/** Whether something was stopped, which is nobody's trouble. */
export const isAbort = (e: unknown) => e instanceof DOMException && e.name === "AbortError";

/** What on the page an answer is for. */
export type Slot = "city" | "view" | "card" | "rows";

/** A question that the page asked, as it can be asked again. */
export interface Asked {
  slot: Slot;
  query: string;
  variables: Record<string, unknown>;
}

/** The questions behind what is on screen, oldest first. */
export const asked = signal<Asked[]>([]);

/** unask forgets the questions of something that is on screen no longer. */
export const unask = (slot: Slot) => { asked.value = asked.value.filter(a => a.slot !== slot); };

/** An answer's complaint, with the server's code, the argument it is about, and after how many seconds to ask again. */
export class Complaint extends Error {
  constructor(message: string, readonly code: string, readonly field = "", readonly wait = 0) {
    super(message);
  }
}

interface Answer<T> {
  data?: T | null;
  errors?: { message: string; extensions?: { code?: string; field?: string } }[];
}

/** Above this the address is too long for some proxies, and the question goes by POST. */
const LONGEST_ADDRESS = 4000;

const ACCEPT = "application/graphql-response+json, application/json";

/**
 * ask sends a question: by GET, which browsers keep and the server answers 304 while nothing was published. It rejects with
 * a Complaint when anything of the answer failed, and with AbortError when the signal says so or somebody else asks now.
 */
export async function ask<T, V>(document: TypedDocumentString<T, V>, variables: V, slot: Slot, stop?: AbortSignal): Promise<T> {
  const question = { slot, query: document.toString(), variables: variables as Record<string, unknown> };
  const same = (a: Asked) => a.query === question.query && JSON.stringify(a.variables) === JSON.stringify(question.variables);
  asked.value = [...asked.value.filter(a => !same(a)), question];
  return answerOf(document, variables, credentials(), stop);
}

/** answerOf asks without telling the page, as whoever the headers say. */
export async function answerOf<T, V>(document: TypedDocumentString<T, V>, variables: V, who: Record<string, string>, stop?: AbortSignal): Promise<T> {
  const question = { query: document.toString(), variables };
  const address = `graphql?${new URLSearchParams({ query: question.query, variables: JSON.stringify(variables) })}`;
  const answer = (await fetched(address.length <= LONGEST_ADDRESS ? address : "graphql", who, stop,
    address.length <= LONGEST_ADDRESS ? {} : { method: "POST", body: JSON.stringify(question), headers: { "Content-Type": "application/json" } })) as Answer<T>;
  if (answer.errors?.length || !answer.data) throw complaintOf(answer);
  return answer.data;
}

/** fetchShapes gives a GeoJSON document of the server. */
export const fetchShapes = (address: string, stop?: AbortSignal) => fetched(address, credentials(), stop) as Promise<GeoJSON.FeatureCollection>;

function complaintOf(answer: Answer<unknown> | null, wait = 0): Complaint {
  const first = answer?.errors?.[0];
  return new Complaint(first?.message ?? "", first?.extensions?.code ?? "", first?.extensions?.field, wait);
}

async function fetched(address: string, who: Record<string, string>, stop: AbortSignal | undefined, more: RequestInit = {}): Promise<unknown> {
  const mine = session.peek(), own = Boolean(who.Authorization) && who.Authorization === credentials().Authorization;
  const response = await fetch(address, { ...more, headers: { Accept: ACCEPT, ...more.headers, ...who }, signal: stop ?? null,
    cache: key.peek() || who.Authorization ? "no-store" : "default" }); // what a key opens is not kept on the disk
  const answer = (await response.json().catch(() => null)) as Answer<unknown> | null;
  if (mine !== session.peek()) throw new DOMException("somebody else asks now", "AbortError");
  if (response.status === 401 && own) refused();
  if (!response.ok || !answer) throw complaintOf(answer, response.status === 429 ? Number(response.headers.get("Retry-After")) || 1 : 0);
  return answer;
}
