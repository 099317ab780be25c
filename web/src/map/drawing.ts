// Drawing a polygon with a pointer, on top of the map.
import { effect, signal } from "@preact/signals";
import type { Map } from "maplibre-gl";
import { TerraDraw, TerraDrawPolygonMode } from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";
import { go } from "../state/link";
import { textOf } from "../state/polygon";
import { fillOf } from "./fills";

/** Whether a polygon is being drawn; "view" asks for what is in view as one. */
export const drawing = signal<"off" | "on" | "view">("off");

/** follow draws whenever drawing is on. It gives what ends it. */
export function follow(map: Map, theme: "light" | "dark"): () => void {
  const colour = fillOf("drawing", theme).colour as `#${string}`;
  const pen = new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map }),
    modes: [new TerraDrawPolygonMode({ styles: { fillColor: colour, outlineColor: colour, fillOpacity: 0.2, outlineWidth: 2, closingPointColor: colour } })],
  });
  pen.on("finish", id => {
    const drawn = pen.getSnapshotFeature(id);
    pen.clear();
    drawing.value = "off";
    if (drawn?.geometry.type === "Polygon") go({ region: textOf(drawn.geometry.coordinates[0]!) });
  });
  const end = effect(() => {
    if (drawing.value === "view") {
      const b = map.getBounds(), [w, s, e, n] = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()];
      drawing.value = "off";
      go({ region: textOf([[w, s], [e, s], [e, n], [w, n], [w, s]]) });
    } else if (drawing.value === "on") {
      if (!pen.enabled) pen.start();
      pen.setMode("polygon");
      map.getCanvas().focus();
    } else if (pen.enabled) pen.stop();
  });
  const cancel = (e: KeyboardEvent) => { if (e.key === "Escape" && drawing.peek() === "on") drawing.value = "off"; };
  addEventListener("keyup", cancel);
  return () => { removeEventListener("keyup", cancel); end(); if (pen.enabled) pen.stop(); };
}
