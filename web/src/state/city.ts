// What every view needs: the edition, the areas of a level with their outlines, the measures and programmes there are.
import { computed, signal } from "@preact/signals";
import { graphql } from "../made";
import type { CityQuery } from "../made/graphql";
import { ask, fetchShapes } from "../api/client";
import { owned } from "../api/who";
import type { Link } from "./link";

const CITY = graphql(`
  query City($edition: ID, $level: AreaLevel!, $language: Language!) {
    edition(id: $edition) { state label asOf enrolmentsAsOf source boundaries synthetic schematic dataVersion households { value status } geocoded { value status } }
    editions(former: true, first: 50) { edges { node { state asOf enrolmentsAsOf } } }
    areas: summaries(groupBy: [{ area: $level }], edition: $edition) {
      key { area { code featureId name bbox labelPoint parent { code name } } }
      summary { households { value status } people { value status } geocoded { value status } }
    }
    top: areas(first: 1, edition: $edition) { edges { node { name } } }
    measures(level: $level, edition: $edition) { code measure label(language: $language) unit direction pillar withFigure }
    programs(edition: $edition) { code name pillar eligibility }
  }
`);

/** Outlines on the page leave out corners of less than so many metres: finer than a screen shows a city. */
const SIMPLIFY_METRES = 8;

/** A city, as the parts of a link that it follows from (base) have it. */
export type City = CityQuery & { outlines: GeoJSON.FeatureCollection; level: Link["level"]; base: string };
type Group = NonNullable<CityQuery["areas"]>[number];
export type AreaNode = NonNullable<Group["key"]["area"]> & Group["summary"];
export type MeasureNode = NonNullable<CityQuery["measures"]>[number];

export const city = owned<City | null>(null);
export const areas = computed(() => new Map<string, AreaNode>((city.value?.areas ?? []).map(g => [g.key.area!.code, { ...g.key.area!, ...g.summary }])));
export const measures = computed(() => new Map((city.value?.measures ?? []).map(m => [m.code, m])));

/** The area that is pointed at, on the map or in a list: each shows it in the other. A shape is pointed at by its id. */
export const pointed = signal<string>("");

/** loadCity asks for all of it at once. */
export async function loadCity(l: Link, stop: AbortSignal): Promise<Omit<City, "level" | "base">> {
  const edition = l.edition || null, parameters = new URLSearchParams({ level: l.level.toLowerCase(), simplify: String(SIMPLIFY_METRES), ...(edition && { edition }) });
  const [answer, outlines] = await Promise.all([ask(CITY, { edition, level: l.level, language: l.language }, "city", stop), fetchShapes(`areas.geojson?${parameters}`, stop)]);
  return { ...answer, outlines };
}

/** deprivationName is what the server calls a deprivation. */
export const deprivationName = (code: string) => measures.value.get(`deprivation:${code}`)?.label ?? code;

/** measureOf is the measure of a link. */
export const measureOf = (l: Link, city: City) => city.measures!.find(m => m.code === l.measure)!;

/** nameOf is that of an area, with what it lies in. */
export function nameOf(code: string): string {
  const area = areas.value.get(code);
  return area ? (area.parent && area.parent.name !== area.name ? `${area.name}, ${area.parent.name}` : area.name) : code;
}
