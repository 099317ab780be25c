// A drawn polygon as the text that a link holds: "lon lat,lon lat,…".

/** polygonOf gives the polygon of a text; null where there is none on this earth. */
export function polygonOf(text: string): GeoJSON.Polygon | null {
  const corners = text.split(",").map(c => c.trim().split(/\s+/).map(Number));
  const sound = corners.every(c => c.length === 2 && Math.abs(c[0]!) <= 180 && Math.abs(c[1]!) <= 90);
  return sound && corners.length >= 3 ? { type: "Polygon", coordinates: [[...corners, corners[0]!]] } : null;
}

/** textOf writes a ring's corners: a metre is as fine as a pointer draws. */
export const textOf = (ring: GeoJSON.Position[]) => ring.slice(0, -1).map(([lon, lat]) => `${lon!.toFixed(5)} ${lat!.toFixed(5)}`).join(",");
