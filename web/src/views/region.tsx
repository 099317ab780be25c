// What a drawn polygon holds, and what was counted for it.
import { graphql } from "../made";
import type { RegionQuery } from "../made/graphql";
import { ask } from "../api/client";
import { deprivationName } from "../state/city";
import { go, link } from "../state/link";
import { cell, protectedNotes, write } from "../state/figures";
import { number, percent, say } from "../words/words";
import { drawing } from "../map/drawing";
import { isForKeys, sayWhy, Told, type Trouble } from "../parts/trouble";
import { polygonOf } from "../state/polygon";
import type { Shape } from "../map/picture";
import type { View } from "./view";

const REGION = graphql(`
  query Region($filter: HouseholdFilter!, $edition: ID) {
    summary(filter: $filter, edition: $edition) {
      households { value status } people { value status }
      deprivations { deprivation pillar households { value status } rate { value status } }
      deciles { decile households { value status } }
      answeredFor { geometry blocks coverage }
    }
  }
`);

/** What the drawing holds, or who may see it. */
interface Answer { summary: NonNullable<RegionQuery["summary"]> | null; trouble: Trouble | null }

function Panel({ answer: { summary: answer, trouble } }: { answer: Answer }) {
  if (trouble) return <Told of={trouble} />;
  if (!answer) return <p>{say("regionNone")}</p>;
  const rows = [...answer.deprivations].sort((a, b) => (b.rate.value ?? -1) - (a.rate.value ?? -1));
  return (
    <section aria-label={say("view_region")} aria-live="polite">
      <dl class="sums"><div><dt>{say("families")}</dt><dd>{write(answer.households, "count")}</dd></div><div><dt>{say("people")}</dt><dd>{write(answer.people, "count")}</dd></div></dl>
      <h3>{say("counted")}</h3>
      <p class="hint">{answer.answeredFor ? `${say("countedBlocks")} ${number(answer.answeredFor.blocks)} ${say("blocks")}, ${say("covers")} ${percent(answer.answeredFor.coverage, 0)}.` : say("countedExact")}</p>
      <table>
        <tbody>{rows.map(d => <tr key={d.deprivation}><th scope="row">{deprivationName(d.deprivation)}</th><td>{write(d.rate)}</td></tr>)}</tbody>
      </table>
    </section>
  );
}

export const regionView: View<Answer> = {
  follows: ["region"],
  async load(l, _, stop) {
    const polygon = polygonOf(l.region);
    if (!polygon) return { summary: null, trouble: null };
    try {
      return { summary: (await ask(REGION, { filter: { where: { coveredBy: polygon } }, edition: l.edition || null }, "view", stop)).summary ?? null, trouble: null };
    } catch (e) {
      if (isForKeys(e)) return { summary: null, trouble: sayWhy(e) }; // the drawing stays
      throw e;
    }
  },
  picture({ summary: answer }, l) {
    const polygon = polygonOf(l.region), shapes: Shape[] = [];
    const text = answer ? `${write(answer.households, "count")} ${say("families").toLowerCase()}` : "";
    if (answer?.answeredFor?.geometry) shapes.push({ id: "counted", fill: "counted", name: say("counted"), text, outline: "dashed", geometry: answer.answeredFor.geometry });
    if (polygon) shapes.push({ id: "drawing", fill: "drawing", name: say("drawn"), text, outline: "line", geometry: polygon });
    return {
      title: say("view_region"), areas: new Map(), shapes,
      legend: shapes.map(s => ({ fill: s.fill, label: s.name, outline: s.outline })),
      notes: answer ? protectedNotes([answer.households, ...answer.deprivations.map(d => d.rate)]) : [],
      table: {
        columns: [say("measure"), say("families"), say("value")],
        rows: answer ? [{ cells: [say("families"), cell(answer.households) ?? write(answer.households, "count"), null] }, { cells: [say("people"), cell(answer.people) ?? write(answer.people, "count"), null] },
          ...answer.deciles.map(d => ({ cells: [`${say("decile")} ${d.decile ?? "–"}`, cell(d.households) ?? write(d.households, "count"), null] })),
          ...answer.deprivations.map(d => ({ cells: [deprivationName(d.deprivation), cell(d.households) ?? write(d.households, "count"), write(d.rate)] }))] : [],
      },
    };
  },
  Choices: () => (
    <>
      <p class="hint wide">{say("drawHelp")}</p>
      <button type="button" class={drawing.value === "on" ? "main" : ""} aria-pressed={drawing.value === "on"} onClick={() => (drawing.value = drawing.value === "on" ? "off" : "on")}>{say("draw")}</button>
      <button type="button" onClick={() => (drawing.value = "view")}>{say("useView")}</button>
      <button type="button" disabled={!link.value.region} onClick={() => go({ region: "" })}>{say("clear")}</button>
    </>
  ),
  Panel,
  long: true,
};
