// Figures in words and classes. Zero, missing and withheld never look alike.
import { classFill } from "../map/fills";
import type { Coloured, Entry } from "../map/picture";
import { number, percent, say } from "../words/words";

export interface Figure {
  value?: number | null;
  status: "EXACT" | "PERTURBED" | "SUPPRESSED" | "UNKNOWN";
}

/** write writes a figure in its unit. */
export function write(figure: Figure, unit = "share"): string {
  if (figure.status === "SUPPRESSED") return say("withheld");
  if (figure.status === "UNKNOWN" || figure.value == null) return say("unknown");
  return amount(figure.value, unit);
}

/** amount writes a number in a unit. */
export function amount(value: number, unit: string): string {
  if (unit === "share") return percent(value);
  return unit === "count" ? number(value) : unit === "persen" ? percent(value / 100) : `${number(value, 2)} ${unit}`;
}

/** cell is a figure for a table that other programs read: a number, or nothing where there is none. */
export const cell = (figure: Figure) => (figure.status === "SUPPRESSED" || figure.status === "UNKNOWN" ? null : figure.value ?? null);

/**
 * classify colours figures by class breaks: a value belongs above a break when it is at least the break. Zero has a class
 * of its own. With lessIsWorse the strong colours are at the low end.
 */
export function classify(figures: Map<string, Figure>, breaks: readonly number[], unit: string, lessIsWorse = false) {
  const n = breaks.length + 1, members: number[][] = Array.from({ length: n }, () => []), areas = new Map<string, Coloured>();
  const counts = { zero: 0, withheld: 0, unknown: 0 };
  for (const [code, figure] of figures) {
    const text = write(figure, unit);
    let fill = "unknown";
    if (figure.status === "SUPPRESSED") fill = "withheld";
    else if (figure.status !== "UNKNOWN" && figure.value != null) {
      const at = breaks.filter(b => figure.value! >= b).length;
      if (figure.value === 0) fill = "zero";
      else {
        members[at]!.push(figure.value);
        fill = classFill(lessIsWorse ? n - 1 - at : at, n);
      }
    }
    if (fill in counts) counts[fill as keyof typeof counts]++;
    areas.set(code, { fill, text });
  }
  const legend: Entry[] = [];
  if (counts.zero) legend.push({ fill: "zero", label: say("zero"), count: counts.zero });
  members.forEach((values, i) => {
    if (!values.length) return;
    const [low, high] = [Math.min(...values), Math.max(...values)].map(v => amount(v, unit));
    legend.push({ fill: classFill(lessIsWorse ? n - 1 - i : i, n), label: low === high ? low! : `${low} – ${high}`, count: values.length });
  });
  legend.push({ fill: "withheld", label: say("withheld"), count: counts.withheld }, { fill: "unknown", label: say("unknown"), count: counts.unknown });
  return { areas, legend };
}

/** protectedNotes say what protection does to the figures on screen. */
export function protectedNotes(figures: Iterable<Figure>): string[] {
  const states = new Set([...figures].map(f => f.status));
  return [...(states.has("PERTURBED") ? [say("perturbed")] : []), ...(states.has("SUPPRESSED") ? [say("withheldLong")] : [])];
}
