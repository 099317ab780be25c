// A picture as features for the map.
import type { AreaNode, City } from "../state/city";
import { fillOf } from "./fills";
import type { Picture } from "./picture";

type Features = GeoJSON.FeatureCollection;

const look = (name: string, theme: "light" | "dark") => {
  const fill = fillOf(name, theme);
  return { colour: fill.colour, ...(fill.pattern && { pattern: name }) };
};

/** areaFeatures are the outlines of the city in the colours of a picture; ids are those of the server. */
export const areaFeatures = (city: City | null, picture: Picture | null, theme: "light" | "dark"): Features => ({
  type: "FeatureCollection",
  features: (city?.outlines.features ?? []).filter(f => f.geometry).map(f => ({ ...f, properties: { code: f.properties!.code, ...look(picture?.areas.get(f.properties!.code)?.fill ?? "plain", theme) } })),
});

/** shapeFeatures are the shapes of a picture, numbered by their place in it. */
export const shapeFeatures = (picture: Picture | null, theme: "light" | "dark"): Features => ({
  type: "FeatureCollection",
  features: (picture?.shapes ?? []).map((s, i) => ({ type: "Feature", id: i, geometry: s.geometry, properties: { id: s.id, ...(s.outline && { outline: s.outline }), ...look(s.fill, theme) } })),
});

/** nameFeatures are the names of areas, where the server says that they lie inside. */
export const nameFeatures = (areas: Iterable<AreaNode>): Features => ({
  type: "FeatureCollection", features: [...areas].map(a => ({ type: "Feature", geometry: a.labelPoint, properties: { name: a.name } })),
});

/** middleOf is about the middle of a shape. */
export function middleOf(geometry: GeoJSON.Geometry): [number, number] | undefined {
  if (geometry.type === "Point") return [geometry.coordinates[0]!, geometry.coordinates[1]!];
  const ring = geometry.type === "Polygon" ? geometry.coordinates[0] : geometry.type === "MultiPolygon" ? geometry.coordinates[0]?.[0] : undefined;
  if (!ring?.length) return undefined;
  const mean = (k: number) => ring.reduce((sum, p) => sum + p[k]!, 0) / ring.length;
  return [mean(0), mean(1)];
}
