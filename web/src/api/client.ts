// One way to ask: every figure on the page comes through here, and the page can show what was asked.
import { signal } from "@preact/signals";
import type { TypedDocumentString } from "../made/graphql";

/** The key of whoever signed in, and what for. In memory only: a reload forgets them. */
export const key = signal("");
export const purpose = signal("");

/** A question that the page asked, as it can be asked again. */
export interface Asked {
  query: string;
  variables: Record<string, unknown>;
}

/** The questions behind what is on screen, oldest first. */
export const asked = signal<Asked[]>([]);

/** An answer's complaint, with the server's code. */
export class Complaint extends Error {
  constructor(message: string, readonly code: string) {
    super(message);
  }
}

interface Answer<T> {
  data?: T | null;
  errors?: { message: string; extensions?: { code?: string; field?: string } }[];
}

/** Headers that say who asks, and what for. */
export function headersOf(key: string, purpose: string): Record<string, string> {
  return key ? { Authorization: `Bearer ${key}`, ...(purpose && { "Kantong-Purpose": purpose.replace(/[^\x20-\x7e]/g, "?") }) } : {};
}

/** Those of whoever signed in. */
export const credentials = () => headersOf(key.value, purpose.value);

/** Above this the address is too long for some proxies, and the question goes by POST. */
const LONGEST_ADDRESS = 4000;

/**
 * ask sends a question: by GET, which browsers keep and the server answers 304 while nothing was published. It rejects with
 * a Complaint when anything of the answer failed, and with AbortError when the signal says so.
 */
export async function ask<T, V>(document: TypedDocumentString<T, V>, variables: V, stop?: AbortSignal, who = credentials()): Promise<T> {
  const question = { query: document.toString(), variables: variables as Record<string, unknown> };
  asked.value = [...asked.value.filter(a => a.query !== question.query || JSON.stringify(a.variables) !== JSON.stringify(question.variables)), question];
  const address = `graphql?${new URLSearchParams({ query: question.query, variables: JSON.stringify(question.variables) })}`;
  const response = address.length <= LONGEST_ADDRESS
    ? await fetch(address, { headers: { Accept: "application/graphql-response+json, application/json", ...who }, signal: stop ?? null })
    : await fetch("graphql", {
        method: "POST", signal: stop ?? null, body: JSON.stringify(question),
        headers: { Accept: "application/graphql-response+json, application/json", "Content-Type": "application/json", ...who },
      });
  const answer = (await response.json().catch(() => ({ errors: [{ message: `HTTP ${response.status}` }] }))) as Answer<T>;
  const [first] = answer.errors ?? [];
  if (first || !answer.data) throw new Complaint(first?.message ?? "", first?.extensions?.code ?? "");
  return answer.data;
}

/** fetchShapes gives a GeoJSON document of the server. */
export async function fetchShapes(address: string, stop?: AbortSignal): Promise<GeoJSON.FeatureCollection> {
  const response = await fetch(address, { headers: credentials(), signal: stop ?? null });
  if (!response.ok) throw new Complaint(`${address}: HTTP ${response.status}`, "");
  return (await response.json()) as GeoJSON.FeatureCollection;
}
