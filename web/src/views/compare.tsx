// One measure in two states of the registry.
import { graphql } from "../made";
import type { CompareQuery } from "../made/graphql";
import { ask } from "../api/client";
import { city, nameOf, type City } from "../state/city";
import { go, link, type Link } from "../state/link";
import { amount, protectedNotes, write, type Figure } from "../state/figures";
import { number, say } from "../words/words";
import { ChooseLevel, ChooseMeasure } from "../parts/choices";
import type { Coloured, Entry } from "../map/picture";
import type { View } from "./view";

const COMPARE = graphql(`
  query Compare($code: ID!, $level: AreaLevel!, $language: Language!, $before: ID!, $after: ID!) {
    before: measures(codes: [$code], level: $level, edition: $before) { figures { area { code } value { value status } } }
    after: measures(codes: [$code], level: $level, edition: $after) { label(language: $language) unit direction figures { area { code } value { value status } } }
  }
`);

type After = NonNullable<CompareQuery["after"]>[number];
interface Answer { before: Map<string, Figure>; after: After | null; states: [string, string] }

/** The states that a link compares: what is on screen, and before it the older one that is named, or the next; newest first. */
export function statesOf(l: Link, city: City): { before: string; after: string; older: readonly string[] } | null {
  const states = city.editions.edges.map(e => e.node.state), at = states.indexOf(city.edition?.state ?? ""), older = at < 0 ? [] : states.slice(at + 1);
  const before = older.find(s => s === l.before) ?? older[0];
  return before ? { before, after: states[at]!, older } : null;
}

/** A change is seen as one from half a point (half a unit) on, and as a large one from half of the largest on. */
const smallestOf = (unit: string) => (unit === "share" ? 0.005 : 0.5);

function fillOf(change: number, smallest: number, large: number, lessIsWorse: boolean): string {
  if (Math.abs(change) < smallest) return "same";
  return `${change > 0 !== lessIsWorse ? "worse" : "better"}${Math.abs(change) >= large ? 2 : 1}`;
}

export const compareView: View<Answer> = {
  follows: ["measure", "before"],
  async load(l, city, stop) {
    const pair = statesOf(l, city);
    if (!pair) return { before: new Map(), after: null, states: ["", ""] };
    const answer = await ask(COMPARE, { code: l.measure, level: l.level, language: l.language, before: pair.before, after: pair.after }, "view", stop);
    return { before: new Map(answer.before![0]!.figures.map(f => [f.area.code, f.value])), after: answer.after![0]!, states: [pair.before, pair.after] };
  },
  picture({ before, after, states: [from, to] }) {
    if (!after) return { title: say("view_compare"), areas: new Map(), shapes: [], legend: [], notes: [say("oneEdition")], table: { columns: [], rows: [] } };
    const share = after.unit === "share", changes = after.figures.map(({ area: { code }, value }) => {
      const former = before.get(code) ?? { status: "UNKNOWN" as const };
      return { code, former, value, change: former.value == null || value.value == null ? null : value.value - former.value };
    });
    const smallest = smallestOf(after.unit), large = Math.max(Math.max(...changes.map(c => Math.abs(c.change ?? 0))) / 2, smallest);
    const signed = (change: number) => `${change > 0 ? "+" : ""}${share ? `${number(change * 100, 1)} ${say("points")}` : amount(change, after.unit)}`;
    const areas = new Map<string, Coloured>(changes.map(c => [c.code, c.change == null
      ? { fill: [c.former, c.value].some(f => f.status === "SUPPRESSED") ? "withheld" : "unknown", text: `${write(c.former, after.unit)} → ${write(c.value, after.unit)}` }
      : { fill: fillOf(c.change, smallest, large, after.direction === "LESS_IS_WORSE"), text: `${write(c.former, after.unit)} → ${write(c.value, after.unit)} (${signed(c.change)})` }]));
    const count = (fill: string) => [...areas.values()].filter(a => a.fill === fill).length;
    const entry = (fill: string, label: string): Entry => ({ fill, label, count: count(fill) }), from2 = signed(large).replace("+", ""), from1 = signed(smallest).replace("+", "");
    return {
      title: `${after.label}: ${from} → ${to}`, areas, shapes: [],
      legend: [entry("worse2", `${say("worse")} ≥ ${from2}`), entry("worse1", `${say("worse")} < ${from2}`), entry("same", `${say("unchanged")} (< ${from1})`), entry("better1", `${say("better")} < ${from2}`), entry("better2", `${say("better")} ≥ ${from2}`),
        entry("withheld", say("withheld")), entry("unknown", say("unknown"))],
      notes: protectedNotes([...before.values(), ...after.figures.map(f => f.value)]),
      table: {
        columns: [say("area"), say("before"), say("after"), say("change")],
        rows: [...changes].sort((a, b) => (b.change ?? -9e9) - (a.change ?? -9e9)).map(c => ({ area: c.code, cells: [nameOf(c.code), write(c.former, after.unit), write(c.value, after.unit), c.change == null ? null : signed(c.change)] })),
      },
    };
  },
  Choices() {
    const pair = city.value && statesOf(link.value, city.value);
    return (
      <>
        <ChooseMeasure /><ChooseLevel />
        <label><span>{say("before")}</span>
          <select name="before" value={pair?.before ?? ""} onChange={e => go({ before: e.currentTarget.value })}>
            {(pair?.older ?? []).map(s => <option key={s} value={s}>{s}</option>)}
          </select></label>
      </>
    );
  },
};
