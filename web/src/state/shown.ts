// What is on screen: the city, then the view's answer, then its picture. Each follows from the link and the key; whoever is
// overtaken is stopped.
import { computed, effect, signal, untracked } from "@preact/signals";
import { asked, key, purpose } from "../api/client";
import { listen, publications } from "../api/live";
import { sayWhy } from "../parts/trouble";
import { views } from "../views/views";
import type { Picture } from "../map/picture";
import { city, loadCity } from "./city";
import { link, type Link } from "./link";

export const trouble = signal("");
export const busy = signal(true);
/** The answer of the view that is chosen; null until it is there. */
export const answer = signal<{ view: Link["view"]; of: unknown } | null>(null);

/** The picture follows the answer and the language. */
export const picture = computed<Picture | null>(() => (answer.value && city.value && answer.value.view === link.value.view ? views[answer.value.view].picture(answer.value.of, link.value) : null));

const part = (names: readonly (keyof Link)[]) => computed(() => JSON.stringify(names.map(n => link.value[n])));

/** run loads something anew whenever what it follows changes, and shows why when it can't. */
function run(follows: () => unknown, load: (stop: AbortSignal) => Promise<void>) {
  effect(() => {
    follows();
    const controller = new AbortController();
    busy.value = true;
    untracked(() => load(controller.signal)).then(() => { trouble.value = ""; }, e => {
      if (!controller.signal.aborted) trouble.value = sayWhy(e);
    }).finally(() => { if (!controller.signal.aborted) busy.value = false; });
    return () => controller.abort();
  });
}

/** start begins to follow the link. */
export function start() {
  const base = part(["edition", "level", "language"]), who = computed(() => key.value + purpose.value);
  run(() => [base.value, who.value, publications.value], async stop => {
    asked.value = [];
    city.value = await loadCity(link.value, stop);
  });
  const view = computed(() => link.value.view), choices = computed(() => part([...views[view.value].follows]).value);
  run(() => [view.value, choices.value, city.value], async stop => {
    if (!city.value) return;
    asked.value = asked.value.slice(0, 1); // the city's own question stays
    const name = link.value.view, of = await views[name].load(link.value, city.value, stop);
    answer.value = { view: name, of };
  });
  effect(() => { // with another key as whoever that is
    void who.value;
    return listen();
  });
}
