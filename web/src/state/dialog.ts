import { signal } from "@preact/signals";

/** What is open on top of the page. */
export const open = signal<"" | "signIn" | "query">("");
