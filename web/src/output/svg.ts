// The picture as SVG: what is in view, legend, scale, source and date. The PNG and the printed page are made from it too.
import { areas, city } from "../state/city";
import type { Entry, Picture } from "../map/picture";
import { middleOf } from "../map/features";
import { fillOf, inks, type Ink } from "../map/fills";
import { day, number, say } from "../words/words";

export type Box = [west: number, south: number, east: number, north: number];

const WIDTH = 1200, MARGIN = 24, ASIDE = 300, LETTERS = "system-ui, sans-serif";

/** Web Mercator, so that the picture looks like the map. */
const northing = (latitude: number) => Math.log(Math.tan(Math.PI / 4 + (latitude * Math.PI) / 360));

const escaped = (text: string) => text.replace(/[&<>"]/g, c => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);

/** wrapped breaks a text into lines of at most so many letters. */
function wrapped(text: string, most: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    if (lines.at(-1)!.length + word.length >= most && lines.at(-1)) lines.push(word);
    else lines[lines.length - 1] += (lines.at(-1) ? " " : "") + word;
  }
  return lines;
}

function path(geometry: GeoJSON.Geometry, place: (p: GeoJSON.Position) => string): string {
  const parts = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.type === "MultiPolygon" ? geometry.coordinates : [];
  return parts.flatMap(part => part.map(ring => `M${ring.slice(0, -1).map(place).join("L")}Z`)).join("");
}

/** A round number of metres that takes about a sixth of the width. */
function scaleBar(metres: number): number {
  const target = metres / 6, power = 10 ** Math.floor(Math.log10(target));
  return [5, 2, 1].find(n => n * power <= target)! * power;
}

/** names are those of the areas, where the map has them; the ones that would lie on each other are left out. */
function names(place: (p: GeoJSON.Position) => string, width: number, height: number, ink: Ink): string {
  const taken: [number, number, number, number][] = [];
  return [...areas.value.values()].map(({ name, labelPoint }) => {
    const [x, y] = place(middleOf(labelPoint)!).split(" ").map(Number) as [number, number], lines = wrapped(name, 12);
    const half = Math.max(...lines.map(l => l.length)) * 3.4, tall = lines.length * 13, box: typeof taken[number] = [x - half, y - tall / 2, x + half, y + tall / 2];
    if (box[0] < 0 || box[1] < 0 || box[2] > width || box[3] > height || taken.some(t => box[0] < t[2] && t[0] < box[2] && box[1] < t[3] && t[1] < box[3])) return "";
    taken.push(box);
    return lines.map((line, i) => `<text x="${x}" y="${(box[1] + 10 + i * 13).toFixed(1)}" font-size="12" text-anchor="middle" stroke="${ink.ground}" stroke-width="3" paint-order="stroke" stroke-linejoin="round">${escaped(line)}</text>`).join("");
  }).join("");
}

/** svgOf draws a picture of what lies in a box. */
export function svgOf(picture: Picture, box: Box, theme: "light" | "dark"): string {
  const c = city.value!, ink = inks[theme], used = new Set<string>(), [west, south, east, north] = box;
  const map = WIDTH - ASIDE - 3 * MARGIN, scale = map / (((east - west) * Math.PI) / 180), height = (northing(north) - northing(south)) * scale;
  const titles = wrapped(picture.title, 84), top = 54 + titles.length * 30, whole = height + top + 70;
  const place = ([lon, lat]: GeoJSON.Position) => `${((((lon! - west) * Math.PI) / 180) * scale).toFixed(1)} ${((northing(north) - northing(lat!)) * scale).toFixed(1)}`;
  const paint = (name: string) => {
    const fill = fillOf(name, theme);
    if (!fill.pattern) return fill.colour;
    used.add(name);
    return `url(#${name})`;
  };
  const body: string[] = [];
  for (const f of c.outlines.features) {
    if (f.geometry) body.push(`<path d="${path(f.geometry, place)}" fill="${paint(picture.areas.get(f.properties!.code)?.fill ?? "plain")}" stroke="${ink.line}"><title>${escaped(`${f.properties!.name}: ${picture.areas.get(f.properties!.code)?.text ?? ""}`)}</title></path>`);
  }
  for (const s of picture.shapes) {
    const title = `<title>${escaped(`${s.name}: ${s.text}`)}</title>`;
    if (s.geometry.type === "Point") {
      const [x, y] = place(s.geometry.coordinates).split(" ");
      body.push(`<circle cx="${x}" cy="${y}" r="6" fill="${paint(s.fill)}">${title}</circle>`);
    } else body.push(`<path d="${path(s.geometry, place)}" fill="${s.outline === "dashed" || s.outline === "line" ? "none" : paint(s.fill)}" fill-opacity="${s.outline ? 0.75 : 1}" stroke="${fillOf(s.fill, theme).colour}"${s.outline === "dashed" ? ' stroke-dasharray="6 4"' : ""}${s.outline ? ' stroke-width="2"' : ""}>${title}</path>`);
  }
  const metres = ((east - west) * Math.PI) / 180 * 6371008.8 * Math.cos((((north + south) / 2) * Math.PI) / 180), bar = scaleBar(metres), x = WIDTH - ASIDE - MARGIN;
  let y = top + 34;
  const entry = (e: Entry) => {
    const lines = wrapped(`${e.label}${e.count === undefined ? "" : ` (${e.count})`}`, 34), at = y;
    y += 10 + lines.length * 16;
    const box = e.outline ? `fill="none" stroke="${fillOf(e.fill, theme).colour}" stroke-width="2"${e.outline === "dashed" ? ' stroke-dasharray="6 4"' : ""}` : `fill="${paint(e.fill)}" stroke="${ink.line}"`;
    return `<g transform="translate(${x} ${at})"><rect width="28" height="18" ${box}/>${lines.map((line, i) => `<text x="38" y="${14 + i * 16}">${escaped(line)}</text>`).join("")}</g>`;
  };
  const legend = picture.legend.map(entry).join("");
  y += 16;
  const paragraph = (text: string) => wrapped(text, 45).map(line => `<text x="${x}" y="${(y += 16)}" font-size="12">${escaped(line)}</text>`).join("");
  const e = c.edition!, notes = [...picture.notes, ...(e.synthetic ? [say("synthetic")] : []), ...(e.schematic ? [say("schematic")] : []),
    `${say("source")}: ${e.source}`, `${say("boundaries")}: ${e.boundaries}`].map(text => { y += 8; return paragraph(text); }).join("");
  const marks = { hatch: `<path d="M-1 1 1-1M0 8 8 0M7 9 9 7" stroke="${ink.line}" stroke-width="2"/>`, dots: `<circle cx="4" cy="4" r="1.4" fill="${ink.line}"/>`, grid: `<path d="M8 0H0V8" fill="none" stroke="${ink.line}" stroke-width="1.5"/>` };
  const patterns = [...used].map(name => `<pattern id="${name}" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" fill="${fillOf(name, theme).colour}"/>${marks[fillOf(name, theme).pattern!]}</pattern>`).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${Math.max(whole, y + 40).toFixed(0)}" width="${WIDTH}" height="${Math.max(whole, y + 40).toFixed(0)}" font-family="${LETTERS}" font-size="14" fill="${ink.text}">
<defs>${patterns}<clipPath id="view"><rect width="${map}" height="${height.toFixed(1)}"/></clipPath></defs>
<rect width="100%" height="100%" fill="${ink.ground}"/>
${titles.map((line, i) => `<text x="${MARGIN}" y="${40 + i * 30}" font-size="24" font-weight="bold">${escaped(line)}</text>`).join("")}
<text x="${MARGIN}" y="${top - 20}">${escaped(`${e.label} · ${e.state} · ${say("asOf")} ${day(e.enrolmentsAsOf ?? e.asOf)}`)}</text>
<g transform="translate(${MARGIN} ${top})"><g clip-path="url(#view)">${body.join("")}${names(place, map, height, ink)}</g><rect width="${map}" height="${height.toFixed(1)}" fill="none" stroke="${ink.line}"/>
<g transform="translate(0 ${(height + 18).toFixed(1)})"><path d="M0 0V6H${((bar / metres) * map).toFixed(1)}V0" fill="none" stroke="${ink.strong}"/><text y="22" font-size="12">${bar >= 1000 ? `${number(bar / 1000)} km` : `${number(bar)} m`}</text></g></g>
<text x="${x}" y="${top + 18}" font-weight="bold">${escaped(say("legend"))}</text>${legend}${notes}
</svg>`;
}
