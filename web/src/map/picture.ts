// What a view shows, before anything draws it: the map on screen, its legend, the table and what can be downloaded are
// all made from a picture, so they can't tell different stories.
import type { Fill } from "./fills";

/** An area, coloured. */
export interface Coloured {
  fill: string; // name of a fill
  text: string; // its figure in words
}

/** A shape beside the areas: a pocket, a hexagon, what was drawn. */
export interface Shape {
  id: string;
  fill: string;
  name: string;
  text: string;
  outline?: "solid" | "line" | "dashed"; // around its fill, or alone
  geometry: GeoJSON.Geometry;
}

/** A line of the legend. */
export interface Entry {
  fill: string;
  label: string;
  count?: number;
  outline?: Shape["outline"]; // drawn as a line, not filled
}

/** The same as a table; the first cell names the row, and areas are linked to the map by their code. */
export interface Table {
  columns: string[];
  rows: { area?: string; shape?: string; cells: (string | number | null)[] }[];
}

export interface Picture {
  title: string;
  areas: Map<string, Coloured>; // by code; an area that is not in it is plain
  shapes: Shape[];
  legend: Entry[];
  notes: string[];
  table: Table;
}

export type { Fill };
