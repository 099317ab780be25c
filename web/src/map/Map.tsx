// The map on screen. It follows the picture; what is pointed at or chosen on it is told to everybody else.
import { computed, effect, signal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { AttributionControl, Map as MapLibre, NavigationControl, ScaleControl, setWorkerUrl, type GeoJSONSource, type IControl, type MapMouseEvent } from "maplibre-gl";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import { credentials } from "../api/who";
import { areas, city, nameOf, pointed } from "../state/city";
import { go, link, placeOf } from "../state/link";
import { picture } from "../state/shown";
import { theme } from "../state/theme";
import { say } from "../words/words";
import { familyTiles } from "../views/program";
import { drawing, follow } from "./drawing";
import { areaFeatures, middleOf, nameFeatures, shapeFeatures } from "./features";
import { fillOf, inks } from "./fills";
import { patternImage, patterned } from "./patterns";
import { basemap, styleOf } from "./style";

setWorkerUrl(new URL(worker, import.meta.url).href);

/** The box of what is in view, for pictures of it: west, south, east, north. */
export const inView = signal<[number, number, number, number] | null>(null);

/** The legend lies on the map, to the left, where there is room: pixels. */
const LEGEND_WIDTH = 270;

const TOUCHED = ["shapes", "shapes-pattern", "shape-points", "areas", "areas-pattern"];

/** boundsOf is the box of all areas. */
function boundsOf(): [number, number, number, number] | null {
  const boxes = [...areas.value.values()].map(a => a.bbox).filter(b => b.length === 4);
  if (!boxes.length) return null;
  return [Math.min(...boxes.map(b => b[0]!)), Math.min(...boxes.map(b => b[1]!)), Math.max(...boxes.map(b => b[2]!)), Math.max(...boxes.map(b => b[3]!))];
}

export function Map() {
  const box = useRef<HTMLDivElement>(null), tip = useRef<HTMLDivElement>(null);
  const dark = theme.value, ground = basemap.value;
  useEffect(() => {
    const placed = placeOf(link.peek().at);
    const map = new MapLibre({
      container: box.current!, style: styleOf(dark, ground), attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxZoom: 18, fadeDuration: 0,
      ...(placed && { zoom: placed[0], center: [placed[2], placed[1]] as [number, number] }),
      locale: { "Map.Title": say("map"), "NavigationControl.ZoomIn": say("zoomIn"), "NavigationControl.ZoomOut": say("zoomOut") },
      transformRequest: url => (new URL(url, location.href).origin === location.origin ? { url, headers: credentials() } : { url }),
    });
    Object.assign(globalThis, { kantong: { map } }); // for whoever tries things out in the console, and for tests
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new ScaleControl({ maxWidth: 120 }), "bottom-left");
    if (ground) map.addControl(new AttributionControl({ compact: false }));
    map.addControl(new Whole(), "top-right");
    const ends: (() => void)[] = [];
    let told = ""; // what the pointer is on
    const put = ({ x, y }: { x: number; y: number }) => {
      const right = x > box.current!.clientWidth / 2; // there is room on the other side
      if (tip.current) tip.current.style.transform = `translate(${x + (right ? -14 : 14)}px, ${y + 14}px)${right ? " translateX(-100%)" : ""}`;
    };
    const bounds = computed(() => JSON.stringify(boundsOf())), at = computed(() => link.value.at);
    let moved = link.peek().at; // where a hand left the map: the link follows it then, and otherwise the map the link
    ends.push(effect(() => {
      const place = placeOf(at.value), found = JSON.parse(bounds.value) as [number, number, number, number] | null, wide = box.current!.clientWidth > LEGEND_WIDTH * 2;
      if (place) {
        if (at.value !== moved) map.jumpTo({ zoom: place[0], center: [place[2], place[1]] });
      } else if (found) map.fitBounds(found, { animate: false, padding: { top: 16, bottom: 28, right: 16, left: wide ? LEGEND_WIDTH : 16 } }); // beside the legend
      moved = at.value;
    }));
    map.on("load", () => {
      for (const name of patterned) map.addImage(name, patternImage(fillOf(name, dark), dark), { pixelRatio: 2 });
      const source = (name: string) => map.getSource(name) as GeoJSONSource;
      ends.push(
        effect(() => void source("areas").setData(areaFeatures(city.value, picture.value, dark))),
        effect(() => void source("shapes").setData(shapeFeatures(picture.value, dark))),
        effect(() => void source("names").setData(nameFeatures(areas.value.values()))),
        effect(() => {
          map.removeFeatureState({ source: "areas" });
          map.removeFeatureState({ source: "shapes" });
          const area = areas.value.get(pointed.value), chosen = areas.value.get(link.value.area);
          const shape = (picture.value?.shapes ?? []).findIndex(s => s.id === pointed.value);
          if (area) map.setFeatureState({ source: "areas", id: area.featureId }, { on: true });
          if (chosen) map.setFeatureState({ source: "areas", id: chosen.featureId }, { chosen: true });
          if (shape >= 0) map.setFeatureState({ source: "shapes", id: shape }, { on: true });
          const place = shape >= 0 ? middleOf(picture.value!.shapes[shape]!.geometry) : area && middleOf(area.labelPoint);
          if (place && pointed.value !== told) put(map.project(place)); // a list points
        }),
        effect(() => showFamilies(map, familyTiles(), dark)),
        follow(map, dark),
      );
      const coloured = () => { // for whoever measures: the areas are on screen in the colours of an answer
        if (!picture.peek() || !map.isSourceLoaded("areas")) return;
        map.off("render", coloured);
        performance.mark("first-map");
      };
      map.on("render", coloured);
      map.on("idle", () => picture.peek() && box.current?.setAttribute("data-drawn", "true"));
    });
    const under = (e: MapMouseEvent) => {
      const [found] = map.queryRenderedFeatures(e.point, { layers: TOUCHED });
      return found ? String(found.properties.id ?? found.properties.code) : "";
    };
    map.on("mousemove", e => {
      if (drawing.peek() === "on") return;
      pointed.value = told = under(e);
      put(e.point);
    });
    map.on("mouseout", () => { if (pointed.peek() === told) pointed.value = ""; }); // a list may have been entered already
    map.on("click", e => {
      if (drawing.peek() === "on") return;
      const code = under(e);
      if (areas.peek().has(code)) go({ area: code === link.peek().area ? "" : code });
      else pointed.value = code;
    });
    const look = () => { const b = map.getBounds(); inView.value = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()]; };
    map.on("load", look);
    map.on("moveend", e => {
      look();
      const c = map.getCenter();
      if (e.originalEvent) link.value = { ...link.peek(), at: (moved = `${map.getZoom().toFixed(2)}/${c.lat.toFixed(5)}/${c.lng.toFixed(5)}`) };
    });
    return () => { for (const end of ends) end(); map.remove(); };
  }, [dark, ground, link.value.language]);
  useSignalEffect(() => { if (link.value.view !== "region") drawing.value = "off"; });
  return (
    <div class="map">
      <div ref={box} class="canvas" role="region" aria-label={say("mapHelp")} />
      <Tip box={tip} />
    </div>
  );
}

/** Whole is the button that shows the whole city again. */
class Whole implements IControl {
  onAdd() {
    const box = document.createElement("div"), button = document.createElement("button");
    box.className = "maplibregl-ctrl maplibregl-ctrl-group whole";
    Object.assign(button, { type: "button", title: say("city"), ariaLabel: say("city"), textContent: "⤢", onclick: () => { link.value = { ...link.peek(), at: "" }; } });
    box.append(button);
    return box;
  }
  onRemove() {}
}

function Tip({ box }: { box: { current: HTMLDivElement | null } }) {
  const id = pointed.value, shape = picture.value?.shapes.find(s => s.id === id), area = picture.value?.areas.get(id);
  const name = shape?.name ?? (areas.value.has(id) ? nameOf(id) : "");
  return <div ref={box} class="tip" hidden={!name} aria-hidden="true"><b>{name}</b> {shape?.text ?? area?.text}</div>;
}

/** showFamilies puts the tiles of families on the map, or takes them off. */
function showFamilies(map: MapLibre, tiles: string, dark: "light" | "dark") {
  if (map.getLayer("families")) map.removeLayer("families");
  if (map.getSource("families")) map.removeSource("families");
  if (!tiles) return;
  map.addSource("families", { type: "vector", tiles: [tiles], minzoom: 11, maxzoom: 16 });
  map.addLayer({ id: "families", type: "circle", source: "families", "source-layer": "households",
    paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 11, 2, 16, 6], "circle-color": fillOf("family", dark).colour, "circle-stroke-width": 0.75, "circle-stroke-color": inks[dark].ground } }, "names");
}
