// Files of what is on screen.
import type { Picture, Table } from "../map/picture";
import { say } from "../words/words";

/** save hands a file to the browser. */
function save(content: Blob, name: string) {
  const a = document.createElement("a");
  a.href = URL.createObjectURL(content);
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 10_000);
}

/** named makes a file name of a title. */
export const named = (picture: Picture, state: string, ending: string) => `kantong ${picture.title} ${state}`.replace(/[^\p{L}\p{N}+.-]+/gu, "-").slice(0, 100) + `.${ending}`;

export const saveSvg = (svg: string, name: string) => save(new Blob([svg], { type: "image/svg+xml" }), name);

/** savePng draws the SVG twice as large as it is, for slides and print. */
export async function savePng(svg: string, name: string) {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.naturalWidth * 2, image.naturalHeight * 2);
  canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
  save(await canvas.convertToBlob({ type: "image/png" }), name);
}

/** csvOf is a table with comma and quotes (RFC 4180). What a spreadsheet would take for a formula is shown as text. */
export function csvOf(table: Table): string {
  const cell = (v: string | number | null) => {
    if (typeof v === "number") return String(v);
    const text = v === null ? "" : /^[=+\-@\t\r]/.test(v) && !/^[+-]?[\d.,]+( ?[%\p{L}²/]+)?$/u.test(v) ? `'${v}` : v;
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const withCode = table.rows.some(r => r.area), rows = table.rows.map(r => [...(withCode ? [r.area ?? ""] : []), ...r.cells]);
  return [[...(withCode ? [say("code")] : []), ...table.columns], ...rows].map(r => r.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** saveCsv begins with a byte order mark: spreadsheets then read UTF-8. */
export const saveCsv = (table: Table, name: string) => save(new Blob(["\ufeff", csvOf(table)], { type: "text/csv;charset=utf-8" }), name);
