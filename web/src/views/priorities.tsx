// Which areas first, why, and how sure that order is.
import { graphql } from "../made";
import type { PrioritiesQuery } from "../made/graphql";
import { ask } from "../api/client";
import { measures, nameOf, pointed } from "../state/city";
import { go, link } from "../state/link";
import { write } from "../state/figures";
import { noted } from "../words/notes";
import { number, say } from "../words/words";
import { ChooseLevel, ChoosePillar } from "../parts/choices";
import type { View } from "./view";

const PRIORITIES = graphql(`
  query Priorities($input: PriorityInput!, $edition: ID) {
    priorities(input: $input, edition: $edition) {
      ranked { area { code } rank rankLow rankHigh score contributions { criterion weighted raw { value status } } }
      criteria { criterion measure }
      method { name }
    }
  }
`);

type Ranking = NonNullable<PrioritiesQuery["priorities"]>;

/** Ranks as a map shows them: their order is too uncertain for finer classes. */
const CLASSES = [
  { most: 5, fill: "class4", word: "top" }, { most: 10, fill: "class3", word: "second" }, { most: 20, fill: "class2", word: "third" }, { most: Infinity, fill: "class0", word: "rest" },
] as const;
const classOf = (rank: number) => CLASSES.find(c => rank <= c.most)!;

const labelOf = (ranking: Ranking, criterion: string) => {
  const text = ranking.criteria.find(c => c.criterion === criterion)?.measure;
  return [...measures.value.values()].find(m => m.measure === text)?.label ?? criterion;
};

/** Contributions shown one by one; the others are added up. */
const SHOWN = 4;

function Panel({ answer }: { answer: Ranking }) {
  const best = Math.max(...answer.ranked.map(r => r.score ?? 0), 1e-9), last = answer.ranked.length;
  return (
    <section aria-label={say("view_priorities")}>
      <p class="hint">{say("rankInterval")}. {say("intervalsOverlap")}</p>
      <ol class="ranking">
        {answer.ranked.map(r => {
          const parts = [...r.contributions].sort((a, b) => b.weighted - a.weighted), rest = parts.slice(SHOWN).reduce((sum, c) => sum + c.weighted, 0);
          const chosen = link.value.area === r.area.code;
          return (
            <li key={r.area.code} class={pointed.value === r.area.code ? "on" : ""} onPointerEnter={() => (pointed.value = r.area.code)} onPointerLeave={() => (pointed.value = "")}>
              <button type="button" aria-expanded={chosen} onFocus={() => (pointed.value = r.area.code)} onBlur={() => (pointed.value = "")} onClick={() => go({ area: chosen ? "" : r.area.code })}>
                <b>{r.rank ?? "–"}</b> <span>{nameOf(r.area.code)}</span>
                {r.rankLow != null && <small><span class="unseen">{say("rankInterval")}: </span>{r.rankLow}–{r.rankHigh}</small>}
                {r.rankLow != null && <span class="range" aria-hidden="true"><i style={{ left: `${((r.rankLow - 1) / last) * 100}%`, width: `${((r.rankHigh! - r.rankLow + 1) / last) * 100}%` }} /></span>}
                <span class="stack" aria-hidden="true" style={{ width: `${((r.score ?? 0) / best) * 100}%` }}>
                  {parts.slice(0, SHOWN).map((c, i) => <i key={c.criterion} class={`part${i}`} style={{ flexGrow: c.weighted }} />)}<i class="partRest" style={{ flexGrow: rest }} />
                </span>
              </button>
              {chosen && (
                <table>
                  <caption>{say("contributions")}</caption>
                  <tbody>
                    {parts.filter(c => c.weighted > 0).map((c, i) => (
                      <tr key={c.criterion}><th scope="row"><i class={`swatch ${i < SHOWN ? `part${i}` : "partRest"}`} aria-hidden="true" />{labelOf(answer, c.criterion)}</th><td>{write(c.raw)}</td><td>+{number(c.weighted, 3)}</td></tr>
                    ))}
                  </tbody>
                </table>
              )}
              {parts.some(c => c.raw.value == null) && <p class="hint">{say("noValueOf")} {parts.filter(c => c.raw.value == null).map(c => labelOf(answer, c.criterion).toLowerCase()).join(", ")}.</p>}
            </li>
          );
        })}
      </ol>
      <p class="hint">{noted(answer.method.name)}</p>
    </section>
  );
}

export const prioritiesView: View<Ranking> = {
  follows: ["pillar"],
  async load(l, _, stop) {
    const input = { level: l.level, ...(l.pillar && { pillar: l.pillar as "ECONOMY" }) };
    return (await ask(PRIORITIES, { input, edition: l.edition || null }, "view", stop)).priorities!;
  },
  picture: (answer, l) => ({
    title: `${say("view_priorities")}: ${l.pillar ? say(l.pillar as "ECONOMY") : say("allPillars")}`,
    areas: new Map(answer.ranked.map(r => [r.area.code, r.rank == null ? { fill: "unknown", text: say("unknown") }
      : { fill: classOf(r.rank).fill, text: `${say("rank")} ${r.rank}${r.rankLow == null ? "" : ` (${r.rankLow}–${r.rankHigh})`}` }])),
    shapes: [],
    legend: [...CLASSES.map(c => ({ fill: c.fill, label: say(c.word), count: answer.ranked.filter(r => r.rank != null && classOf(r.rank) === c).length })).filter(e => e.count),
      { fill: "unknown", label: say("unknown"), count: answer.ranked.filter(r => r.rank == null).length }],
    notes: [say("intervalsOverlap")],
    table: {
      columns: [say("area"), say("rank"), say("rankInterval"), say("score")],
      rows: answer.ranked.map(r => ({ area: r.area.code, cells: [nameOf(r.area.code), r.rank ?? null, r.rankLow == null ? null : `${r.rankLow}–${r.rankHigh}`, r.score == null ? null : number(r.score, 3)] })),
    },
  }),
  Choices: () => <><ChoosePillar /><ChooseLevel /></>,
  Panel,
  long: true,
};
