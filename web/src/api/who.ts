// Who asks. The key is in memory only, and so is what it opened: neither outlives signing out.
import { batch, signal, type Signal } from "@preact/signals";

export const key = signal("");
/** What for; rows of families are given to nobody who doesn't say. */
export const purpose = signal("");
/** The role of whoever signed in, in the server's words, and their organisation. */
export const role = signal<{ role: string; organisation: string } | null>(null);
/** Whether the server stopped to take the key: the page goes on as the public. */
export const ended = signal(false);

/** Counts signings in and out: an answer that was asked for before belongs to somebody else. */
export const session = signal(0);

const emptied: (() => void)[] = [];

/** owned is a signal of something that was asked for: it is emptied when whoever asked signs out. */
export function owned<T>(empty: T): Signal<T> {
  const held = signal(empty);
  emptied.push(() => { held.value = empty; });
  return held;
}

/** become signs somebody in. */
export function become(newKey: string, newPurpose: string, newRole: typeof role.value) {
  batch(() => {
    if (key.value) for (const empty of emptied) empty();
    session.value++;
    [key.value, purpose.value, role.value, ended.value] = [newKey, newPurpose, newRole, false];
  });
}

export const signOut = () => become("", "", null);

/** refused is told that the server doesn't take the key any more: it was withdrawn, or the server has others since a restart. */
export const refused = () => batch(() => { signOut(); ended.value = true; });

/** Headers that say who asks, and what for. */
export function headersOf(key: string, purpose: string): Record<string, string> {
  const plain = (text: string) => text.replace(/[^\x20-\x7e]/g, "?"); // others can't be in a header
  return key ? { Authorization: `Bearer ${plain(key)}`, ...(purpose && { "Kantong-Purpose": plain(purpose) }) } : {};
}

/** Those of whoever signed in. */
export const credentials = () => headersOf(key.value, purpose.value);
