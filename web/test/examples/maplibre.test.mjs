// examples/maplibre/index.html in a browser, with the CDN answered from node_modules: every kelurahan in the colour that its
// figure asks for, told by what the server answers to another question.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { address, ask, browser, shot } from "../browser.mjs";

const CDN = "https://unpkg.com/maplibre-gl@6.17.0/";
const TYPES = { css: "text/css", mjs: "text/javascript" };

/** open gives the page with a measure, and all there was to complain about. */
async function open(measure) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 700 } });
  context.setDefaultTimeout(120_000);
  const page = await context.newPage(), troubles = [], files = [];
  page.on("console", m => ["error", "warning"].includes(m.type()) && troubles.push(m.text()));
  page.on("pageerror", e => troubles.push(e.message));
  page.on("requestfailed", r => troubles.push(`${r.url()}: ${r.failure().errorText}`));
  await context.route(url => ![address, process.env.KANTONG_PAGE].includes(url.origin), async route => {
    const url = route.request().url(), file = url.split("?")[0].slice(CDN.length);
    if (!url.startsWith(CDN)) return route.abort();
    files.push(file);
    const body = await readFile(new URL(`../../node_modules/maplibre-gl/${file}`, import.meta.url));
    await route.fulfill({ body, contentType: TYPES[file.split(".").pop()], headers: { "Access-Control-Allow-Origin": "*" } }); // as the CDN does
  });
  await page.goto(`${process.env.KANTONG_PAGE}/?${new URLSearchParams({ server: address, ...(measure && { measure }) })}`);
  return { page, troubles, files, close: () => context.close() };
}

const isWithheld = figure => figure.value.status === "SUPPRESSED";

const legendOf = page => page.locator("#legend div").evaluateAll(rows => rows.map(r => [r.textContent, getComputedStyle(r).borderLeftColor]));

/** drawn gives kelurahan by code, each with the colour it has on the map. */
async function drawn(page) {
  await page.waitForFunction(() => globalThis.map?.loaded?.() && globalThis.map.areTilesLoaded());
  return page.evaluate(() => Object.fromEntries(globalThis.map.queryRenderedFeatures({ layers: ["areas"] }).map(f => {
    const { r, g, b } = f.layer.paint["fill-color"];
    return [f.properties.code, `rgb(${[r, g, b].map(x => Math.round(x * 255)).join(", ")})`];
  })));
}

/** placeOf is where a position of the map stands, in pixels of the page. */
const placeOf = (page, position) => page.evaluate(position => {
  const at = globalThis.map.project(position), box = globalThis.map.getCanvas().getBoundingClientRect();
  return { x: box.left + at.x, y: box.top + at.y };
}, position);

for (const [measure, shown] of [["", "deprivation:STUNTED_CHILD"], ["deprivation:UNSAFE_WATER"], ["indicator:p0_persen"]]) {
  test(`each kelurahan has the colour of its figure: ${measure || shown}`, async () => {
    const { page, troubles, files, close } = await open(measure);
    const colours = await drawn(page), legend = await legendOf(page);
    const { measures: [truth] } = await ask("query($c: ID!) { measures(codes: [$c]) { label(language: EN) breaks figures { area { code name labelPoint } value { value status } } } }", { c: measure || shown });
    assert.equal(Object.keys(colours).length, 42);
    assert.equal(legend.length, 1 + truth.breaks.length + 1 + 2, "the label, the classes, withheld and unknown");
    assert.equal(legend[0][0], truth.label);
    assert.equal(new Set(legend.map(l => l[1])).size, legend.length, "a colour of its own for each line");
    truth.breaks.forEach((from, i) => assert.match(legend[i + 2][0], new RegExp(`^${(from * 100).toFixed(1).replace(".", "\\.")} % and more$`)));
    for (const { area, value: { value, status } } of truth.figures) {
      const line = value !== null ? 1 + truth.breaks.filter(from => value >= from).length : legend.length - (status === "SUPPRESSED" ? 2 : 1);
      assert.equal(colours[area.code], legend[line][1], `${area.name}: ${value} ${status}`);
    }
    if (measure === "") {
      assert.ok(truth.figures.some(isWithheld), "a measure of which something is withheld");
      await shot(page, "example-maplibre");
    }
    const { area, value } = truth.figures.find(isWithheld) ?? truth.figures[0];
    const at = await placeOf(page, area.labelPoint.coordinates);
    await page.mouse.click(at.x, at.y);
    const told = await page.locator(".maplibregl-popup-content").textContent();
    assert.ok(told.startsWith(`${area.name}: `) && told.includes(`(${value.status})`), told);
    assert.equal(told.includes("withheld"), value.status === "SUPPRESSED", told);
    if (value.value !== null) assert.ok(told.includes(`${(value.value * 100).toFixed(1)} %`), told);
    assert.deepEqual(troubles, []);
    assert.ok(files.includes("dist/maplibre-gl.css") && files.includes("dist/maplibre-gl.mjs"), files.join());
    await close();
  });
}

test("a measure that there is not is said on the page", async () => {
  const { page, close } = await open("deprivation:NOTHING");
  await page.locator("#legend", { hasText: "no measure" }).waitFor();
  await close();
});
