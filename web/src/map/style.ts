// The style of the map: grounds, areas, shapes of the view, families, names. Colours are properties of the features, made
// from the picture, so that a legend's line and an area can't differ.
import { signal } from "@preact/signals";
import type { StyleSpecification } from "maplibre-gl";
import { inks } from "./fills";

export interface Basemap {
  tiles: string[];
  attribution: string;
}

/** What the server has the map drawn on; usually nothing. */
export const basemap = signal<Basemap | null>(null);
fetch("map.json").then(r => (r.ok ? r.json() : null)).then((s: { basemap: Basemap | null } | null) => { basemap.value = s?.basemap ?? null; }, () => {});

const nothing = { type: "FeatureCollection" as const, features: [] };
// Lines are layers of their own, so fills are drawn without edges: half as many programs for the graphics card to make.
const on = ["boolean", ["feature-state", "on"], false] as unknown as boolean;

export function styleOf(theme: "light" | "dark", basemap: Basemap | null): StyleSpecification {
  const ink = inks[theme], opacity = basemap ? 0.75 : 1;
  const pattern = ["get", "pattern"] as unknown as string;
  return {
    version: 8,
    sources: {
      ...(basemap && { basemap: { type: "raster", tiles: basemap.tiles, tileSize: 256, attribution: basemap.attribution } }),
      areas: { type: "geojson", data: nothing }, shapes: { type: "geojson", data: nothing },
      names: { type: "geojson", data: nothing },
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": ink.ground } },
      ...(basemap ? [{ id: "basemap", type: "raster" as const, source: "basemap", paint: { "raster-saturation": -0.7 } }] : []),
      { id: "areas", type: "fill", source: "areas", filter: ["!", ["has", "pattern"]], paint: { "fill-color": ["get", "colour"], "fill-opacity": opacity, "fill-antialias": false } },
      { id: "areas-pattern", type: "fill", source: "areas", filter: ["has", "pattern"], paint: { "fill-pattern": pattern, "fill-opacity": opacity, "fill-antialias": false } },
      { id: "shapes", type: "fill", source: "shapes", filter: ["all", ["==", ["geometry-type"], "Polygon"], ["!", ["has", "pattern"]], ["!", ["in", ["get", "outline"], ["literal", ["line", "dashed"]]]]],
        paint: { "fill-color": ["get", "colour"], "fill-opacity": ["case", ["!", ["has", "outline"]], 1, on, 0.95, 0.75], "fill-antialias": false } },
      { id: "shapes-pattern", type: "fill", source: "shapes", filter: ["all", ["==", ["geometry-type"], "Polygon"], ["has", "pattern"]], paint: { "fill-pattern": pattern, "fill-opacity": ["case", ["has", "outline"], 0.75, 1], "fill-antialias": false } },
      { id: "area-lines", type: "line", source: "areas", paint: { "line-color": ink.line, "line-width": ["interpolate", ["linear"], ["zoom"], 10, 0.5, 15, 1.5] } },
      { id: "shape-lines", type: "line", source: "shapes", filter: ["in", ["get", "outline"], ["literal", ["solid", "line"]]], paint: { "line-color": ["get", "colour"], "line-width": ["case", on, 3, 1.5] } },
      { id: "shape-dashes", type: "line", source: "shapes", filter: ["==", ["get", "outline"], "dashed"], paint: { "line-color": ["get", "colour"], "line-width": 2, "line-dasharray": [2, 2] } },
      { id: "shape-points", type: "circle", source: "shapes", filter: ["==", ["geometry-type"], "Point"],
        paint: { "circle-color": ["get", "colour"], "circle-radius": ["case", on, 9, 6], "circle-stroke-width": 1.5, "circle-stroke-color": ink.ground } },
      { id: "area-on", type: "line", source: "areas", paint: { "line-color": ink.strong, "line-width": ["case", ["boolean", ["feature-state", "chosen"], false], 3, on, 2.5, 0] } },
      { id: "names", type: "symbol", source: "names", minzoom: 11.2,
        layout: { "text-field": ["get", "name"], "text-font": ["sans-serif"], "text-size": 12, "text-max-width": 7, "text-padding": 4 },
        paint: { "text-color": ink.text, "text-halo-color": ink.ground, "text-halo-width": 1.6 } },
    ],
  };
}
