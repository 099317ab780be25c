// What is on screen, as an address: whoever opens it sees the same. Nothing about who asks is in it.
import { effect, signal } from "@preact/signals";
import type { Language } from "../words/words";
import { polygonOf } from "./polygon";

export type ViewName = "measure" | "priorities" | "pockets" | "hotspots" | "program" | "region" | "compare";

export interface Link {
  view: ViewName;
  language: Language;
  theme: "system" | "light" | "dark";
  edition: string; // a state; "" is the newest
  before: string; // the state that edition is compared with; "" is the one before it
  level: "KECAMATAN" | "KELURAHAN";
  measure: string; // code
  classes: "QUANTILE" | "JENKS";
  pillar: string; // "" is all
  program: string;
  who: string; // pockets: "decile", "deprivation:CODE" or "unreached:PROGRAM"
  decile: number; // pockets: up to this one
  radius: number; // pockets: metres
  fewest: number; // pockets: families
  hex: boolean; // hot spots of hexagons instead of areas
  area: string; // chosen; "" is none
  region: string; // corners "lon lat,lon lat,…"; "" is none
  at: string; // "zoom/latitude/longitude"; "" is the whole city
}

export const PLAIN: Link = {
  view: "measure", language: navigator.language.toLowerCase().startsWith("en") ? "EN" : "ID", theme: "system", edition: "", before: "",
  level: "KELURAHAN", measure: "share:decile-1-2", classes: "QUANTILE", pillar: "", program: "PKH", who: "decile", decile: 2, radius: 150, fewest: 15,
  hex: false, area: "", region: "", at: "",
};

const CHOICES: Partial<Record<keyof Link, readonly string[]>> = {
  view: ["measure", "priorities", "pockets", "hotspots", "program", "region", "compare"], language: ["ID", "EN"], theme: ["system", "light", "dark"],
  level: ["KECAMATAN", "KELURAHAN"], classes: ["QUANTILE", "JENKS"], pillar: ["", "ECONOMY", "EDUCATION", "HEALTH", "HOUSING", "PROTECTION"],
};

/** Numbers of a link: whole ones from low to high. */
export const LIMITS = { decile: [1, 10], radius: [10, 2000], fewest: [5, 500] } as const;

/** placeOf understands where a map stands: zoom, latitude and longitude; null is the whole city. */
export function placeOf(at: string): [number, number, number] | null {
  const [zoom, latitude, longitude] = at.split("/").map(Number) as [number, number, number];
  return zoom >= 0 && zoom <= 24 && Math.abs(latitude) <= 85 && Math.abs(longitude) <= 180 && at !== "" ? [zoom, latitude, longitude] : null;
}

/** read understands an address; what it can't understand is as if it were not there. */
export function read(hash: string): Link {
  const given = new URLSearchParams(hash.replace(/^#/, "")), found: Record<string, unknown> = { ...PLAIN };
  for (const [name, plain] of Object.entries(PLAIN) as [keyof Link, Link[keyof Link]][]) {
    const text = given.get(name);
    if (text === null) continue;
    if (name in LIMITS) {
      const [low, high] = LIMITS[name as keyof typeof LIMITS], number = Number(text);
      if (text !== "" && Number.isInteger(number) && number >= low && number <= high) found[name] = number;
    } else if (typeof plain === "boolean") found[name] = text === "true";
    else if (name === "at" ? placeOf(text) : name === "region" ? polygonOf(text) : !CHOICES[name] || CHOICES[name].includes(text)) found[name] = text;
  }
  return found as unknown as Link;
}

/** write is the address of a link, without what is as usual. The language is always in it: the reader's may be another. */
export function write(link: Link): string {
  const parts = Object.entries(link).filter(([name, value]) => name === "language" || value !== PLAIN[name as keyof Link]);
  return `#${new URLSearchParams(parts.map(([name, value]) => [name, String(value)]))}`;
}

export const link = signal<Link>(read(location.hash));

/** What a link named that there is not, in words; "" once something else is chosen. */
export const mended = signal("");

/** go changes what is on screen. */
export const go = (change: Partial<Link>) => { [link.value, mended.value] = [{ ...link.value, ...change }, ""]; };

/** start keeps the address and the link the same. */
export function startLink() {
  addEventListener("hashchange", () => { if (location.hash !== write(link.value)) [link.value, mended.value] = [read(location.hash), ""]; });
  effect(() => {
    history.replaceState(null, "", write(link.value));
    document.documentElement.lang = link.value.language.toLowerCase();
    document.documentElement.dataset.theme = link.value.theme;
  });
}
