// Areas coloured by a measure, with its class breaks, and how sure its shares are.
import { graphql } from "../made";
import type { FiguresQuery, IntervalsQuery } from "../made/graphql";
import { ask } from "../api/client";
import { areas, measureOf, nameOf } from "../state/city";
import { cell, classify, protectedNotes, write } from "../state/figures";
import { between, number, percent, say } from "../words/words";
import { ChooseClasses, ChooseLevel, ChooseMeasure } from "../parts/choices";
import { AreaCard } from "../parts/AreaCard";
import type { View } from "./view";

const FIGURES = graphql(`
  query Figures($code: ID!, $level: AreaLevel!, $by: ClassRule!, $language: Language!, $edition: ID) {
    measures(codes: [$code], level: $level, by: $by, edition: $edition) {
      label(language: $language) unit direction breaks
      figures { area { code } value { value status } }
    }
  }
`);

const INTERVALS = graphql(`
  query Intervals($measure: MeasureInput!, $level: AreaLevel!, $edition: ID) {
    rates(measure: $measure, level: $level, edition: $edition) { area { code } n { value status } lower { value status } upper { value status } }
  }
`);

interface Answer {
  measure: NonNullable<FiguresQuery["measures"]>[number];
  intervals: Map<string, NonNullable<IntervalsQuery["rates"]>[number]>;
}

export const measureView: View<Answer> = {
  follows: ["measure", "classes"],
  async load(l, city, stop) {
    const found = measureOf(l, city), edition = l.edition || null;
    const [figures, rates] = await Promise.all([
      ask(FIGURES, { code: found.code, level: l.level, by: l.classes, language: l.language, edition }, "view", stop),
      found.unit === "share" ? ask(INTERVALS, { measure: JSON.parse(found.measure), level: l.level, edition }, "view", stop) : null,
    ]);
    return { measure: figures.measures![0]!, intervals: new Map((rates?.rates ?? []).map(r => [r.area.code, r])) };
  },
  picture({ measure, intervals }) {
    const figures = new Map(measure.figures.map(f => [f.area.code, f.value]));
    const { areas: coloured, legend } = classify(figures, measure.breaks, measure.unit, measure.direction === "LESS_IS_WORSE");
    const rows = measure.figures.map(({ area: { code }, value }) => {
      const among = areas.value.get(code), interval = intervals.get(code), place = among?.geocoded.value;
      const ends = interval?.lower.value != null && interval.upper.value != null ? between(interval.lower.value, interval.upper.value) : "";
      if (ends) coloured.get(code)!.text += ` (${say("interval")}: ${ends})`;
      return { area: code, value, cells: [nameOf(code), write(value, measure.unit), ...(intervals.size ? [ends || null] : []),
        among ? write(among.households, "count") : null, place == null ? null : percent(1 - place)] };
    });
    rows.sort((a, b) => (cell(b.value) ?? -Infinity) - (cell(a.value) ?? -Infinity));
    const unlocated = [...areas.value.values()].reduce((sum, a) => sum + (a.households.value ?? 0) * (1 - (a.geocoded.value ?? 1)), 0);
    return {
      title: measure.label, areas: coloured, shapes: [], legend,
      notes: [...protectedNotes(figures.values()), say("moreIsWorse"), `${say("notGeocoded")}: ${number(Math.round(unlocated))}.`],
      table: { columns: [say("area"), say("value"), ...(intervals.size ? [say("interval")] : []), say("families"), say("withoutPlace")], rows },
    };
  },
  Choices: () => <><ChooseMeasure /><ChooseLevel /><ChooseClasses /></>,
  Panel: AreaCard,
};
