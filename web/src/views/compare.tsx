// One measure in two states of the registry.
import { graphql } from "../made";
import type { CompareQuery } from "../made/graphql";
import { ask } from "../api/client";
import { city, nameOf } from "../state/city";
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

/** The states that a link compares: what is on screen, and before it the one that is named, or the next older one. */
export function statesOf(l: Link, states: readonly string[]): [string, string] | null {
  const after = l.edition || states[0], at = states.indexOf(after ?? "");
  const before = l.before && l.before !== after ? l.before : states[at + 1] ?? states.find(s => s !== after);
  return before && after ? [before, after] : null;
}

const states = () => (city.value?.editions.edges ?? []).map(e => e.node.state);

/** A change is seen as one from half a point on, and as a large one from half of the largest on. */
const SMALLEST = 0.005;

function fillOf(change: number, largest: number, lessIsWorse: boolean): string {
  if (Math.abs(change) < SMALLEST) return "same";
  return `${change > 0 !== lessIsWorse ? "worse" : "better"}${Math.abs(change) >= largest / 2 ? 2 : 1}`;
}

export const compareView: View<Answer> = {
  follows: ["measure", "level", "before"],
  async load(l, city, stop) {
    const pair = statesOf(l, city.editions.edges.map(e => e.node.state));
    if (!pair) return { before: new Map(), after: null, states: ["", ""] };
    const code = city.measures?.find(m => m.code === l.measure)?.code ?? city.measures![0]!.code;
    const answer = await ask(COMPARE, { code, level: l.level, language: l.language, before: pair[0], after: pair[1] }, stop);
    return { before: new Map(answer.before![0]!.figures.map(f => [f.area.code, f.value])), after: answer.after![0]!, states: pair };
  },
  picture({ before, after, states: [from, to] }) {
    if (!after) return { title: say("view_compare"), areas: new Map(), shapes: [], legend: [], notes: [say("oneEdition")], table: { columns: [], rows: [] } };
    const share = after.unit === "share", changes = after.figures.map(({ area: { code }, value }) => {
      const former = before.get(code) ?? { status: "UNKNOWN" as const };
      return { code, former, value, change: former.value == null || value.value == null ? null : value.value - former.value };
    });
    const largest = Math.max(...changes.map(c => Math.abs(c.change ?? 0)), SMALLEST);
    const signed = (change: number) => `${change > 0 ? "+" : ""}${share ? `${number(change * 100, 1)} ${say("points")}` : amount(change, after.unit)}`;
    const areas = new Map<string, Coloured>(changes.map(c => [c.code, c.change == null
      ? { fill: [c.former, c.value].some(f => f.status === "SUPPRESSED") ? "withheld" : "unknown", text: `${write(c.former, after.unit)} → ${write(c.value, after.unit)}` }
      : { fill: fillOf(c.change, largest, after.direction === "LESS_IS_WORSE"), text: `${write(c.former, after.unit)} → ${write(c.value, after.unit)} (${signed(c.change)})` }]));
    const count = (fill: string) => [...areas.values()].filter(a => a.fill === fill).length;
    const entry = (fill: string, label: string): Entry => ({ fill, label, count: count(fill) }), half = signed(largest / 2).replace("+", "");
    return {
      title: `${after.label}: ${from} → ${to}`, areas, shapes: [],
      legend: [entry("worse2", `${say("worse")} (≥ ${half})`), entry("worse1", say("worse")), entry("same", `${say("unchanged")} (< ${signed(SMALLEST).replace("+", "")})`), entry("better1", say("better")), entry("better2", `${say("better")} (≥ ${half})`),
        entry("withheld", say("withheld")), entry("unknown", say("unknown"))],
      notes: protectedNotes([...before.values(), ...after.figures.map(f => f.value)]),
      table: {
        columns: [say("area"), say("before"), say("after"), say("change")],
        rows: [...changes].sort((a, b) => (b.change ?? -9e9) - (a.change ?? -9e9)).map(c => ({ area: c.code, cells: [nameOf(c.code), write(c.former, after.unit), write(c.value, after.unit), c.change == null ? null : signed(c.change)] })),
      },
    };
  },
  Choices() {
    const pair = statesOf(link.value, states());
    return (
      <>
        <ChooseMeasure /><ChooseLevel />
        <label><span>{say("before")}</span>
          <select name="before" value={pair?.[0] ?? ""} onChange={e => go({ before: e.currentTarget.value })}>
            {states().filter(s => s !== pair?.[1]).map(s => <option key={s} value={s}>{s}</option>)}
          </select></label>
      </>
    );
  },
};
