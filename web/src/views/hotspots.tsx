// Where high and low figures lie together, and how far chance could do it.
import { graphql } from "../made";
import type { HotspotsQuery } from "../made/graphql";
import { ask } from "../api/client";
import { measureOf, nameOf } from "../state/city";
import { go, link } from "../state/link";
import { write } from "../state/figures";
import { noted } from "../words/notes";
import { chance, number, say } from "../words/words";
import { ChooseLevel, ChooseMeasure } from "../parts/choices";
import type { Coloured, Shape } from "../map/picture";
import type { View } from "./view";

const HOTSPOTS = graphql(`
  query Hotspots($measure: MeasureInput!, $level: AreaLevel!, $hex: HexSize, $edition: ID) {
    hotspots(measure: $measure, level: $level, hex: $hex, edition: $edition) {
      global { moranI p }
      areas { area { code } hex { id geometry } value { value status } z pAdjusted classification confidence }
      notes
    }
  }
`);

type Spots = NonNullable<HotspotsQuery["hotspots"]>;
type Spot = Spots["areas"][number];

const fillOf = (s: Spot) => (s.classification == null ? (s.value.status === "SUPPRESSED" ? "withheld" : "unknown") : s.classification === "NOT_SIGNIFICANT" ? "same" : `${s.classification.toLowerCase()}${s.confidence}`);
/** brief is the same for a narrow column. */
const brief = (s: Spot) => (s.classification == null ? write(s.value) : `${say(`${s.classification}_short`)}${s.confidence ? ` ${s.confidence}%` : ""}`);
const textOf = (s: Spot) => (s.classification == null ? write(s.value) : `${say(s.classification)}${s.confidence ? `, ${s.confidence}% ${say("confidence")}` : ""}`);

function legend(spots: readonly Spot[]) {
  const count = (fill: string) => spots.filter(s => fillOf(s) === fill).length;
  const classes = (["HOT", "COLD"] as const).flatMap(c => [99, 95, 90].map(p => ({ fill: `${c.toLowerCase()}${p}`, label: `${say(c)}, ${p}%`, count: count(`${c.toLowerCase()}${p}`) })));
  return [...classes, ...(["same", "withheld", "unknown"] as const).map(fill => ({ fill, label: say(fill === "same" ? "NOT_SIGNIFICANT" : fill), count: count(fill) }))];
}

export const hotspotsView: View<{ label: string; unit: string; spots: Spots }> = {
  follows: ["measure", "hex"],
  async load(l, city, stop) {
    const found = measureOf(l, city);
    const answer = await ask(HOTSPOTS, { measure: JSON.parse(found.measure), level: l.level, hex: l.hex ? "M500" : null, edition: l.edition || null }, "view", stop);
    return { label: found.label, unit: found.unit, spots: answer.hotspots! };
  },
  picture({ label, unit, spots: { areas: spots, notes, global } }) {
    const coloured = new Map<string, Coloured>(), shapes: Shape[] = [];
    for (const s of spots) {
      if (s.area) coloured.set(s.area.code, { fill: fillOf(s), text: `${write(s.value, unit)} · ${textOf(s)}` });
      else if (s.hex?.geometry) shapes.push({ id: s.hex.id!, fill: fillOf(s), name: s.hex.id!, text: `${write(s.value, unit)} · ${textOf(s)}`, geometry: s.hex.geometry });
    }
    return {
      title: `${say("view_hotspots")}: ${label}`, areas: coloured, shapes, legend: legend(spots),
      notes: [...notes.map(noted), ...(global.moranI == null ? [] : [`Moran's I ${number(global.moranI, 2)}${global.p == null ? "" : `, p ${chance(global.p)}`}`])],
      table: {
        columns: [say("area"), say("value"), say("classification"), "z", "p"],
        rows: [...spots].sort((a, b) => (b.z ?? -99) - (a.z ?? -99)).map(s => ({
          ...(s.area ? { area: s.area.code } : { shape: s.hex?.id ?? "" }),
          cells: [s.area ? nameOf(s.area.code) : s.hex?.id ?? "", write(s.value, unit), brief(s), s.z == null ? null : number(s.z, 2), s.pAdjusted == null ? null : chance(s.pAdjusted)],
        })),
      },
    };
  },
  Choices: () => <><ChooseMeasure /><ChooseLevel /><label class="tick"><input type="checkbox" checked={link.value.hex} onChange={e => go({ hex: e.currentTarget.checked })} /> <span>{say("hex")}</span></label></>,
};
