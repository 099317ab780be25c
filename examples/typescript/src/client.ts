// One way to ask: a typed query in, typed data out, an error where anything of the answer failed.
import type { TypedDocumentString } from "./generated/graphql.js";

/** Where the server is, and who asks: without a key the public. */
export interface Server {
  address: string;
  key?: string | undefined;
}

/** A complaint of the server, with its code (BAD_USER_INPUT, DISCLOSURE_LIMIT, RATE_LIMITED …). */
export class Complaint extends Error {
  constructor(message: string, readonly code?: string) {
    super(code ? `${message} (${code})` : message);
  }
}

interface Answer<T> {
  data?: T | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

export const headersOf = ({ key }: Server): Record<string, string> => (key ? { Authorization: `Bearer ${key}` } : {});

export async function ask<T, V>(server: Server, query: TypedDocumentString<T, V>, variables: V): Promise<T> {
  const response = await fetch(`${server.address}/graphql`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headersOf(server) },
    body: JSON.stringify({ query: query.toString(), variables }),
  }).catch(() => {
    throw new Complaint(`no answer from ${server.address}: is the server running?`);
  });
  const { data, errors } = (await response.json()) as Answer<T>;
  if (errors?.[0]) throw new Complaint(errors[0].message, errors[0].extensions?.code);
  if (!data) throw new Complaint(`HTTP ${response.status}`);
  return data;
}
