// What is on screen: the city, then the view's answer, then its picture. Each follows from the link and the key; whoever is
// overtaken is stopped.
import { batch, computed, effect, signal, untracked } from "@preact/signals";
import { Complaint, unask } from "../api/client";
import { listen, publications } from "../api/live";
import { owned, session } from "../api/who";
import { sayWhy, type Trouble } from "../parts/trouble";
import { views } from "../views/views";
import type { Picture } from "../map/picture";
import { say } from "../words/words";
import { city, loadCity } from "./city";
import { link, mended, startLink, type Link } from "./link";
import { mend } from "./mend";

/** The answer of the view that is chosen; null until it is there. */
export const answer = owned<{ view: Link["view"]; level: Link["level"]; of: unknown } | null>(null);

/** The picture follows the answer and the language. */
export const picture = computed<Picture | null>(() => {
  const [a, l] = [answer.value, link.value];
  return a && a.view === l.view && a.level === city.value?.level ? views[a.view].picture(a.of, l) : null;
});

/** Something that is loaded: whether it is under way, why it can't be, and a count of when somebody said to try again. */
const loading = () => ({ busy: signal(true), trouble: signal<Trouble | null>(null), again: signal(0) });
const ofCity = loading(), ofView = loading();

export const busy = computed(() => ofCity.busy.value || ofView.busy.value);
export const trouble = computed(() => ofCity.trouble.value ?? ofView.trouble.value);
export const tryAgain = () => { for (const l of [ofCity, ofView]) if (l.trouble.value) l.again.value++; };

const part = (names: readonly (keyof Link)[]) => JSON.stringify(names.map(n => link.value[n]));

/** run loads something anew whenever what it follows changes, and shows why when it can't. */
function run({ busy, trouble, again }: ReturnType<typeof loading>, follows: () => unknown, load: (stop: AbortSignal) => Promise<void>) {
  effect(() => {
    void [follows(), again.value];
    const controller = new AbortController(), stop = controller.signal;
    let later: ReturnType<typeof setTimeout> | undefined;
    busy.value = true;
    untracked(() => load(stop)).then(() => null, (e: unknown) => {
      if (stop.aborted) return null;
      if (e instanceof Complaint && e.wait) later = setTimeout(() => again.value++, e.wait * 1000);
      else if (e instanceof Complaint) answer.value = null; // what was shown before is not what was asked for
      return sayWhy(e);
    }).then(why => { if (!stop.aborted) batch(() => { [trouble.value, busy.value] = [why, false]; }); });
    return () => { clearTimeout(later); controller.abort(); };
  });
}

/** start begins to follow the link. */
export function start() {
  startLink();
  const base = computed(() => part(["edition", "level", "language"]));
  run(ofCity, () => [base.value, session.value, publications.value], async stop => {
    unask("city");
    const l = link.value, found = await loadCity(l, stop), { change, unknown } = mend(link.value, found);
    batch(() => {
      city.value = { ...found, level: l.level, base: base.value };
      if (Object.keys(change).length) link.value = { ...link.value, ...change };
      if (unknown.length) mended.value = `${say("linkMended")} ${unknown.join(", ")}.`;
    });
  });
  const choices = computed(() => part(["view", ...views[link.value.view].follows]));
  run(ofView, () => [choices.value, city.value], async stop => {
    const { view, level } = link.value;
    if (city.value?.base !== base.value) return; // the city that the link names is on its way
    unask("view");
    const of = await views[view].load(link.value, city.value, stop);
    if (!stop.aborted) answer.value = { view, level, of };
  });
  effect(() => { // with another key as whoever that is
    void session.value;
    return listen();
  });
  effect(() => { document.title = `${picture.value ? `${picture.value.title} · ` : ""}kantong`; });
}
