// Where families of the poorest deciles live close together.
import { graphql } from "../made";
import type { Deprivation, HouseholdFilter, PocketsQuery } from "../made/graphql";
import { ask } from "../api/client";
import { city, deprivationName, measures, pointed } from "../state/city";
import { link, type Link } from "../state/link";
import { cell, write } from "../state/figures";
import { noted } from "../words/notes";
import { number, percent, say } from "../words/words";
import { Choose, ChooseNumber } from "../parts/choices";
import type { View } from "./view";

const POCKETS = graphql(`
  query Pockets($filter: HouseholdFilter!, $radius: Float!, $fewest: Int!, $edition: ID) {
    pockets(filter: $filter, radiusMeters: $radius, minHouseholds: $fewest, first: 50, edition: $edition) {
      id unit households { value status } people { value status } areaKm2 hull center notes
      areas { area { code name } households { value status } }
      profile { deprivation lift share { value status } }
    }
  }
`);

/** whoOf is the filter of a link's choice, and its words. */
function whoOf(l: Link): { filter: HouseholdFilter; words: string } {
  const [kind, code] = l.who.split(":") as [string, string | undefined];
  if (kind === "deprivation" && code) return { filter: { deprivedIn: [code as Deprivation] }, words: measures.value.get(l.who)?.label ?? code };
  if (kind === "unreached" && code) return { filter: { eligibleFor: code, notEnrolledIn: [code] }, words: `${code}, ${say("notReached").toLowerCase()}` };
  return { filter: { decile: { max: l.decile } }, words: `${say("decileUpTo").toLowerCase()} ${l.decile}` };
}

type Pocket = NonNullable<PocketsQuery["pockets"]>[number];

const placeOf = (p: Pocket) => p.areas.slice(0, 2).map(a => a.area.name).join(", ") || "–";

/** Whether a pocket is where its families live; without locations it is as large as the area they are counted in. */
const isPlace = (p: Pocket) => p.unit === "HOUSEHOLD" || p.unit === "BLOCK";

const ChooseWho = () => (
  <Choose name="who" label="who">
    <option value="decile">{say("decileUpTo")} …</option>
    <optgroup label={say("deprivedIn")}>{[...measures.value.values()].filter(m => m.code.startsWith("deprivation:")).map(m => <option key={m.code} value={m.code}>{m.label}</option>)}</optgroup>
    <optgroup label={say("notReached")}>{(city.value?.programs ?? []).map(p => <option key={p.code} value={`unreached:${p.code}`}>{p.code}: {p.name}</option>)}</optgroup>
  </Choose>
);

/** Deprivations that mark a pocket: clearly more common than among all. */
const marks = (p: Pocket) => (p.profile ?? []).filter(d => (d.lift ?? 0) >= 1.2).sort((a, b) => b.lift! - a.lift!).slice(0, 3);

function Panel({ answer }: { answer: Pocket[] }) {
  if (!answer.length) return <p>{say("noPockets")}</p>;
  return (
    <section aria-label={say("view_pockets")}>
      <ol class="ranking">
        {answer.map((p, i) => (
          <li key={p.id} class={pointed.value === p.id ? "on" : ""} onPointerEnter={() => (pointed.value = p.id)} onPointerLeave={() => (pointed.value = "")}>
            <button type="button" onFocus={() => (pointed.value = p.id)} onBlur={() => (pointed.value = "")} onClick={() => (pointed.value = p.id)}>
              <b>{i + 1}</b> <span>{placeOf(p)}</span> <small>{write(p.households, "count")} {say("families").toLowerCase()}{p.areaKm2 == null ? "" : ` · ${number(p.areaKm2, 2)} km²`}</small>
            </button>
            {marks(p).map(d => (
              <p class="hint" key={d.deprivation}>{deprivationName(d.deprivation)}: {d.share.value == null ? say("withheld") : percent(d.share.value, 0)}, {number(d.lift!, 1)} {say("times")}</p>
            ))}
          </li>
        ))}
      </ol>
    </section>
  );
}

export const pocketsView: View<Pocket[]> = {
  follows: ["who", "decile", "radius", "fewest"],
  load: async (l, _, stop) =>
    (await ask(POCKETS, { filter: whoOf(l).filter, radius: l.radius, fewest: l.fewest, edition: l.edition || null }, "view", stop)).pockets ?? [],
  picture: (answer, l) => ({
    title: `${say("view_pockets")}: ${whoOf(l).words}`,
    areas: new Map(),
    shapes: answer.map((p, i) => ({ id: p.id, fill: isPlace(p) ? "pocket" : "unlocated", name: `${say("pocket")} ${i + 1}: ${placeOf(p)}`, text: `${write(p.households, "count")} ${say("families").toLowerCase()}`, outline: "solid", geometry: p.hull ?? p.center })),
    legend: [{ fill: "pocket", label: say("pocket"), count: answer.filter(isPlace).length }, { fill: "unlocated", label: say("unlocated"), count: answer.filter(p => !isPlace(p)).length }],
    notes: [...new Set(answer.flatMap(p => p.notes))].map(noted),
    table: {
      columns: [say("pocket"), say("families"), say("people"), "km²"],
      rows: answer.map((p, i) => ({ shape: p.id, cells: [`${i + 1}. ${placeOf(p)}`, ...[p.households, p.people].map(f => cell(f) ?? write(f, "count")), p.areaKm2 == null ? null : number(p.areaKm2, 2)] })),
    },
  }),
  Choices: () => <><ChooseWho />{link.value.who === "decile" && <ChooseNumber name="decile" label="decileUpTo" />}<ChooseNumber name="radius" label="radius" step={10} /><ChooseNumber name="fewest" label="fewest" /></>,
  Panel,
  long: true,
};
