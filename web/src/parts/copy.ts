// Copying to the clipboard, also where the page came without TLS, as in an office's own network: there browsers have no
// navigator.clipboard.
import { signal } from "@preact/signals";

/** What was copied just now. */
export const copied = signal("");
let until: ReturnType<typeof setTimeout>;

export async function copy(text: string) {
  if (navigator.clipboard) await navigator.clipboard.writeText(text).catch(() => byHand(text));
  else byHand(text);
  copied.value = text;
  clearTimeout(until);
  until = setTimeout(() => (copied.value = ""), 3000);
}

function byHand(text: string) {
  const field = document.createElement("textarea"), before = document.activeElement as HTMLElement | null;
  field.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(field); // outside of an open dialog nothing can be selected
  field.select();
  document.execCommand("copy");
  field.remove();
  before?.focus();
}
