// Controls that several views share. Each writes the link, and the link is what everything follows from.
import type { ComponentChildren } from "preact";
import { city } from "../state/city";
import { go, LIMITS, link, type Link } from "../state/link";
import { say, type Word } from "../words/words";

/** A choice among words. */
export function Choose<K extends keyof Link>({ name, label, wide, children }: { name: K; label: Word; wide?: boolean; children: ComponentChildren }) {
  return (
    <label class={wide ? "wide" : ""}>
      <span>{say(label)}</span>
      <select name={name} value={String(link.value[name])} onChange={e => go({ [name]: e.currentTarget.value } as Partial<Link>)}>{children}</select>
    </label>
  );
}

/** A whole number. */
export function ChooseNumber({ name, label, step = 1 }: { name: keyof typeof LIMITS; label: Word; step?: number }) {
  const [low, high] = LIMITS[name];
  return (
    <label>
      <span>{say(label)}</span>
      <input name={name} type="number" min={low} max={high} step={step} value={link.value[name]}
        onChange={e => e.currentTarget.reportValidity() && e.currentTarget.value !== "" && go({ [name]: e.currentTarget.valueAsNumber })} />
    </label>
  );
}

const option = (value: string, text: string) => <option key={value} value={value}>{text}</option>;

export function ChooseMeasure() {
  const shown = (city.value?.measures ?? []).filter(m => m.withFigure > 0 || m.code === link.value.measure), groups = new Map<string, typeof shown>();
  for (const m of shown) groups.set(m.pillar ?? "", [...(groups.get(m.pillar ?? "") ?? []), m]);
  return (
    <Choose name="measure" label="measure" wide>
      {[...groups].map(([pillar, list]) => pillar
        ? <optgroup key={pillar} label={say(pillar as Word)}>{list.map(m => option(m.code, m.label))}</optgroup>
        : list.map(m => option(m.code, m.label)))}
    </Choose>
  );
}

const words = (list: readonly Word[]) => list.map(w => option(w, say(w)));

export const ChooseLevel = () => <Choose name="level" label="level">{words(["KELURAHAN", "KECAMATAN"])}</Choose>;
export const ChooseClasses = () => <Choose name="classes" label="classes">{words(["QUANTILE", "JENKS"])}</Choose>;
export const ChoosePillar = () => (
  <Choose name="pillar" label="pillar">{option("", say("allPillars"))}{words(["ECONOMY", "EDUCATION", "HEALTH", "HOUSING", "PROTECTION"])}</Choose>
);
export const ChooseProgram = () => (
  <Choose name="program" label="program" wide>{(city.value?.programs ?? []).map(p => option(p.code, `${p.code}: ${p.name}`))}</Choose>
);
