// The page of examples/maplibre, as it stands there; what it loads from elsewhere comes from node_modules.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { address, ask, browser, shot } from "./browser.mjs";

const here = path => new URL(path, import.meta.url);

test("the example draws 42 kelurahan in the classes of its legend", async () => {
  const page = await browser().newPage({ viewport: { width: 900, height: 700 } }), troubles = [];
  page.on("console", m => m.type() === "error" && troubles.push(m.text()));
  page.on("pageerror", e => troubles.push(e.message));
  await page.route("https://unpkg.com/maplibre-gl@6.17.0/**", async route => {
    const file = new URL(route.request().url()).pathname.split("/dist/")[1];
    await route.fulfill({ body: await readFile(here(`../node_modules/maplibre-gl/dist/${file}`)), headers: { "Access-Control-Allow-Origin": "*" },
      contentType: file.endsWith(".css") ? "text/css" : "text/javascript" });
  });
  await page.goto(`${process.env.KANTONG_EXAMPLE}/?server=${address}`);
  await page.waitForFunction(() => globalThis.map.loaded?.());
  const drawn = await page.evaluate(() => Object.fromEntries(globalThis.map.queryRenderedFeatures({ layers: ["areas"] }).map(f => [f.properties.code, f.properties.value])));
  const { measures: [{ label, breaks, figures }] } = await ask(`{ measures(codes: ["deprivation:UNSAFE_WATER"]) { label(language: EN) breaks figures { area { code } value { value } } } }`);
  assert.equal(Object.keys(drawn).length, 42);
  assert.deepEqual(drawn, Object.fromEntries(figures.map(f => [f.area.code, f.value.value ?? undefined])));
  assert.equal(await page.locator("#legend b").textContent(), label);
  assert.equal(await page.locator("#legend div").count(), breaks.length + 2);
  await page.mouse.click(450, 350);
  assert.match(await page.locator(".maplibregl-popup-content").textContent(), /: [0-9.]+ %/);
  await shot(page, "example-maplibre");
  assert.deepEqual(troubles, []);
});
