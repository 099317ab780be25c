// Patterns of fills, drawn small: hatching for withheld figures, dots for missing ones,
// a grid for what has no location.
import { fills, inks, type Fill } from "./fills";

const SIDE = 16;

/** patternImage is a tile of a fill, to be repeated. */
export function patternImage(fill: Fill, theme: "light" | "dark"): ImageData {
  const canvas = new OffscreenCanvas(SIDE, SIDE), c = canvas.getContext("2d")!;
  c.fillStyle = fill.colour;
  c.fillRect(0, 0, SIDE, SIDE);
  c.strokeStyle = c.fillStyle = inks[theme].line;
  c.lineWidth = 2.5;
  if (fill.pattern === "hatch") {
    c.beginPath();
    for (const shift of [-SIDE, 0, SIDE]) { c.moveTo(shift - 2, SIDE + 2); c.lineTo(shift + SIDE + 2, -2); }
    c.stroke();
  } else if (fill.pattern === "grid") {
    c.lineWidth = 1.5;
    c.strokeRect(-1, -1, SIDE + 0.5, SIDE + 0.5);
  } else {
    for (const [x, y] of [[4, 4], [12, 12]] as const) { c.beginPath(); c.arc(x, y, 2, 0, 7); c.fill(); }
  }
  return c.getImageData(0, 0, SIDE, SIDE);
}

/** patterned are the names of the fills that have a pattern. */
export const patterned = Object.entries(fills.light).filter(([, f]) => f.pattern).map(([name]) => name);
