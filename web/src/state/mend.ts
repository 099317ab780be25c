// A link that names what an edition doesn't have: what is there is shown instead, and the page says so.
import type { City } from "./city";
import { PLAIN, type Link } from "./link";

/** mend gives what must change in a link for a city, and the names that nothing has. */
export function mend(l: Link, city: Omit<City, "level" | "base">): { change: Partial<Link>; unknown: string[] } {
  const change: Partial<Link> = {}, unknown: string[] = [], measures = city.measures ?? [];
  const without = <K extends keyof Link>(name: K, instead: Link[K]) => {
    if (l[name] !== PLAIN[name]) unknown.push(String(l[name])); // what is usual elsewhere, nobody asked for
    change[name] = instead;
  };
  const ofMeasure = (code: string) => measures.some(m => m.code === code), ofProgram = (code: string) => city.programs.some(p => p.code === code);
  if (!ofMeasure(l.measure) && measures.length) without("measure", ofMeasure(PLAIN.measure) ? PLAIN.measure : (measures.find(m => m.withFigure > 0) ?? measures[0]!).code);
  if (!ofProgram(l.program) && city.programs.length) without("program", ofProgram(PLAIN.program) ? PLAIN.program : city.programs[0]!.code);
  const [kind, code = ""] = l.who.split(":");
  if (l.who !== "decile" && !(kind === "deprivation" && ofMeasure(l.who)) && !(kind === "unreached" && ofProgram(code))) without("who", "decile");
  const states = city.editions.edges.map(e => e.node.state);
  if (l.edition && city.edition && !states.includes(l.edition)) change.edition = city.edition.state; // named by its edition: the address names the state
  if (l.before && !states.includes(l.before)) without("before", "");
  if (l.area && !city.areas?.some(g => g.key.area?.code === l.area)) change.area = ""; // another level's, most often
  return { change, unknown };
}
