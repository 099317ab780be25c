import { createClient } from "graphql-sse";
import type { TypedDocumentString } from "./made/graphql.js";

/** A server, and the key of whoever asks; without one, as the public. */
export class Kantong {
  constructor(readonly address: string, private readonly key?: string) {}

  private headers(): Record<string, string> {
    return this.key ? { Authorization: `Bearer ${this.key}`, "Kantong-Purpose": "example" } : {};
  }

  /** ask gives the data of an answer, or rejects with what the server says is wrong. */
  async ask<T, V>(document: TypedDocumentString<T, V>, variables: V): Promise<T> {
    const response = await fetch(`${this.address}/graphql`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json", ...this.headers() },
      body: JSON.stringify({ query: document.toString(), variables }),
    });
    const { data, errors } = await response.json() as { data?: T; errors?: { message: string; extensions?: { code?: string } }[] };
    if (errors || !data) throw new Error(errors?.map(e => `${e.extensions?.code}: ${e.message}`).join("; ") ?? response.statusText);
    return data;
  }

  /** follow gives what a subscription tells, until it is left. A stream that breaks off is opened again. */
  follow<T, V extends Record<string, unknown>>(document: TypedDocumentString<T, V>, variables: V) {
    const client = createClient({ url: `${this.address}/graphql`, headers: () => this.headers(), retryAttempts: Number.MAX_SAFE_INTEGER });
    return client.iterate<T>({ query: document.toString(), variables });
  }
}
