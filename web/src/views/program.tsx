// How far a programme reaches whom it means, and, for planners, whom it misses.
import { signal } from "@preact/signals";
import { Fragment } from "preact";
import { useEffect } from "preact/hooks";
import { graphql } from "../made";
import type { CoverageQuery, UnreachedQuery } from "../made/graphql";
import { ask, isAbort, unask } from "../api/client";
import { key, owned, purpose } from "../api/who";
import { city, deprivationName, nameOf } from "../state/city";
import { link } from "../state/link";
import { cell, classify, protectedNotes, write } from "../state/figures";
import { number, say } from "../words/words";
import { ChooseLevel, ChooseProgram } from "../parts/choices";
import { sayWhy, Told, type Trouble } from "../parts/trouble";
import type { View } from "./view";

const COVERAGE = graphql(`
  query Coverage($program: ID!, $level: AreaLevel!, $measure: [ID!]!, $edition: ID) {
    program(code: $program, edition: $edition) {
      name eligibility unmatchedWithoutArea { value status }
      coverage(by: $level, order: NOT_REACHED) {
        area { code } eligible { value status } enrolledEligible { value status } notReached { value status } exclusion { value status }
        unmatched { value status }
      }
    }
    measures(codes: $measure, level: $level, edition: $edition) { breaks }
  }
`);

const UNREACHED = graphql(`
  query Unreached($program: ID!, $filter: HouseholdFilter, $after: String, $edition: ID) {
    unreached(program: $program, filter: $filter, first: 50, after: $after, edition: $edition) {
      totalCount
      edges { node { id area { name } rw rt decile members deprivations } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

type Programme = NonNullable<CoverageQuery["program"]>;
interface Answer { programme: Programme; breaks: number[] }
type Rows = NonNullable<UnreachedQuery["unreached"]>;

/** Rows that a planner asked for, of the programme, area and edition that were on screen then. */
const rows = owned<{ of: string; list: Rows["edges"]; page: Rows["pageInfo"] | null; total: number; trouble: Trouble | null } | null>(null);
const asking = signal(false);

const wanted = () => `${link.value.program} ${link.value.area} ${city.value?.edition?.dataVersion}`;

async function more() {
  const l = link.value, of = wanted(), former = rows.value?.of === of ? rows.value : { of, list: [], page: null, total: 0 };
  asking.value = true;
  try {
    const { unreached } = await ask(UNREACHED, { program: l.program, filter: l.area ? { areas: [l.area] } : null, after: former.page?.endCursor ?? null, edition: l.edition || null }, "rows");
    if (of === wanted()) rows.value = { of, list: [...former.list, ...unreached!.edges], page: unreached!.pageInfo, total: unreached!.totalCount, trouble: null };
  } catch (e) {
    if (of === wanted() && !isAbort(e)) rows.value = { ...former, trouble: sayWhy(e) };
  } finally {
    asking.value = false;
  }
}

function Families({ of: { list, page, total, trouble } }: { of: NonNullable<typeof rows.value> }) {
  return (
    <>
      {list.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label={say("unreachedFamilies")}>
          <table id="families">
            <caption>{number(list.length)} {say("of")} {number(total)}</caption>
            <thead><tr>{[say("area"), "RW/RT", say("decile"), say("members")].map(c => <th scope="col" key={c}>{c}</th>)}</tr></thead>
            <tbody>
              {list.map(({ node: h }) => (
                <Fragment key={h.id}>
                  <tr><th scope="row">{h.area.name}</th><td>{h.rw ?? "–"}/{h.rt ?? "–"}</td><td>{h.decile ?? "–"}</td><td>{h.members ?? "–"}</td></tr>
                  <tr class="more"><td colSpan={4}>{h.deprivations.map(deprivationName).join("; ") || "–"}</td></tr>
                </Fragment>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {page && !list.length && <p>{say("noFamilies")}</p>}
      {trouble && <Told of={trouble} again={more} />}
      {page?.hasNextPage && <button type="button" disabled={asking.value} onClick={more}>{say("more")}</button>}
    </>
  );
}

function Panel({ answer: { programme } }: { answer: Answer }) {
  const of = wanted(), shown = rows.value?.of === of ? rows.value : null;
  useEffect(() => () => unask("rows"), [of]);
  return (
    <section aria-label={say("view_program")}>
      <p>{programme.name}</p>
      <p class="hint" lang="en">{programme.eligibility}</p>
      {programme.unmatchedWithoutArea.value ? <p class="hint">{say("unmatchedElsewhere")}: {write(programme.unmatchedWithoutArea, "count")}</p> : null}
      <h3>{say("unreachedFamilies")}{link.value.area && `: ${nameOf(link.value.area)}`}</h3>
      {!key.value || !purpose.value ? <p class="hint">{say("signInForRows")}</p>
        : shown ? <Families of={shown} /> : <button type="button" class="main" disabled={asking.value} onClick={more}>{say("showFamilies")}</button>}
    </section>
  );
}

export const programView: View<Answer> = {
  follows: ["program"],
  async load(l, city, stop) {
    const measure = `exclusion:${l.program}`, known = city.measures?.some(m => m.code === measure);
    const answer = await ask(COVERAGE, { program: l.program, level: l.level, measure: known ? [measure] : [], edition: l.edition || null }, "view", stop);
    if (!answer.program) throw new Error(say("unknown"));
    return { programme: answer.program, breaks: answer.measures?.[0]?.breaks ?? [] };
  },
  picture({ programme, breaks }) {
    const list = programme.coverage ?? [], figures = new Map(list.map(c => [c.area!.code, c.exclusion]));
    const { areas, legend } = classify(figures, breaks, "share");
    // People on lists of recipients who are no family of the registry: shown where there are such lists.
    const unmatched = list.some(c => c.unmatched.value);
    for (const c of list) areas.get(c.area!.code)!.text += ` · ${say("notReached")}: ${write(c.notReached, "count")}`;
    return {
      title: `${programme.name}: ${say("exclusion").toLowerCase()}`, areas, shapes: [], legend, notes: protectedNotes(figures.values()),
      table: {
        columns: [say("area"), say("eligible"), say("reached"), say("notReached"), say("exclusion"), ...unmatched ? [say("unmatched")] : []],
        rows: list.map(c => ({
          area: c.area!.code,
          cells: [nameOf(c.area!.code), ...[c.eligible, c.enrolledEligible, c.notReached].map(f => cell(f) ?? write(f, "count")), write(c.exclusion), ...unmatched ? [cell(c.unmatched) ?? write(c.unmatched, "count")] : []],
        })),
      },
    };
  },
  Choices: () => <><ChooseProgram /><ChooseLevel /></>,
  Panel,
  long: true,
};

/** The tiles of families on the map: whom the programme means and does not reach. "" for whoever may not see them. */
export function familyTiles(): string {
  if (link.value.view !== "program" || !key.value || !purpose.value || !city.value) return "";
  const filter = { eligibleFor: link.value.program, notEnrolledIn: [link.value.program] };
  const parameters = new URLSearchParams({ filter: JSON.stringify(filter), ...(link.value.edition && { edition: link.value.edition }) });
  return `${new URL("tiles/households", document.baseURI).href}/{z}/{x}/{y}.mvt?${parameters}`;
}
