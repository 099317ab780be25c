// Which kelurahan first, why, and how sure: the question and its table.
import { ask, type Server } from "./client.js";
import { graphql } from "./generated/gql.js";
import type { Pillar, PrioritiesQuery } from "./generated/graphql.js";

const PRIORITIES = graphql(`
  query Priorities($input: PriorityInput!) {
    edition { state asOf synthetic schematic }
    priorities(input: $input) {
      ranked {
        area { name parent { name } }
        rank rankLow rankHigh score note
        contributions { criterion weighted raw { value status } }
      }
      criteria { criterion measure }
    }
    measures { measure label(language: EN) }
  }
`);

type Ranked = NonNullable<PrioritiesQuery["priorities"]>["ranked"][number];

/** prioritiesTable asks for the ranking by the deprivations of a pillar, or of all, and gives it as lines. */
export async function prioritiesTable(server: Server, pillar: Pillar | null, first: number): Promise<string> {
  const { edition, priorities, measures } = await ask(server, PRIORITIES, { input: { pillar } });
  if (!edition || !priorities) throw new Error("nothing is published yet");

  // A contribution names its criterion; what people call it stands where the same measure is described.
  const labels = new Map(measures?.map(m => [m.measure, m.label]));
  const words = new Map(priorities.criteria.map(c => [c.criterion, labels.get(c.measure) ?? c.criterion]));

  const rows = priorities.ranked.slice(0, first).map(r => [
    `${r.rank ?? "–"}`, r.rankLow === null ? "" : `${r.rankLow}–${r.rankHigh}`, r.area.name, r.area.parent?.name ?? "", r.score?.toFixed(3) ?? "", reasons(r, words),
  ]);
  const tied = priorities.ranked.filter(r => r.rankLow === 1).length;
  const protectedFigures = priorities.ranked.some(r => r.contributions.some(c => c.raw.status === "PERTURBED"));
  return [
    `Edition ${edition.state}, as of ${edition.asOf}${edition.synthetic ? ", synthetic families" : ""}${edition.schematic ? ", schematic boundaries" : ""}.`,
    "",
    ...table([["rank", "in 90 %", "kelurahan", "kecamatan", "score", "most of it from"], ...rows]),
    "",
    `${tied} kelurahan may be the first: figures as small as these can't tell them apart.`,
    ...(protectedFigures ? ["* deviates a little at random, so that no figure gives a family away."] : []),
  ].join("\n");
}

/** reasons are the three criteria that add most, each with its figure; withheld ones add nothing, and are counted. */
function reasons({ contributions }: Ranked, words: Map<string, string>): string {
  const most = contributions.filter(c => c.raw.value !== null).sort((a, b) => b.weighted - a.weighted).slice(0, 3);
  const without = contributions.filter(c => c.raw.value === null).length;
  const parts = most.map(c => `${words.get(c.criterion)} ${(100 * c.raw.value!).toFixed(1)} %${c.raw.status === "PERTURBED" ? "*" : ""} (+${c.weighted.toFixed(3)})`);
  return parts.join("; ") + (without ? `; ${without} without a figure` : "");
}

/** table pads cells to columns. */
function table(rows: string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)));
  return rows.map(row => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd());
}
