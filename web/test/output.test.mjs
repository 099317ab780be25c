// What leaves the page: files, print, queries; and how it is for keyboards, screen readers and phones.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { address, areasOn, ask, drawn, open, settled, shot } from "./browser.mjs";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

async function download(page, name) {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name, exact: true }).click()]);
  return { name: file.suggestedFilename(), content: await readFile(await file.path()) };
}

test("PNG, SVG and CSV hold what is on screen", async () => {
  const page = await open("#language=EN&measure=deprivation:UNSAFE_WATER");
  const png = await download(page, "PNG");
  assert.match(png.name, /Unsafe-drinking-water-demo\+2025-10\.png$/);
  assert.equal(png.content.subarray(1, 4).toString(), "PNG");
  assert.ok(png.content.readUInt32BE(16) === 2400 && png.content.length > 50_000);
  const svg = (await download(page, "SVG")).content.toString();
  const problem = await page.evaluate(text => new DOMParser().parseFromString(text, "image/svg+xml").querySelector("parsererror")?.textContent ?? "", svg);
  assert.equal(problem, "");
  assert.equal(svg.match(/<title>/g).length, 42);
  for (const words of ["Unsafe drinking water", ">Bacang</text>", "Legend", "Withheld", "31 October 2025", "Source: synthetic", "km</text>"]) assert.ok(svg.includes(words), words);
  const csv = (await download(page, "CSV")).content.toString();
  const lines = csv.trim().split("\r\n");
  assert.equal(lines.length, 43);
  assert.ok(csv.startsWith("\ufeffCode,Area,Value,"));
  const { measures: [{ figures }] } = await ask(`{ measures(codes: ["deprivation:UNSAFE_WATER"]) { figures { area { code } value { value } } } }`);
  const most = figures.toSorted((a, b) => b.value.value - a.value.value)[0];
  assert.ok(lines[1].startsWith(most.area.code) && lines[1].includes(`${(most.value.value * 100).toFixed(1)}%`), lines[1]);
  await page.done();
});

test("a spreadsheet takes no name for a formula", async () => {
  const page = await open("#language=EN", { prepare: p => p.route(/graphql\?query=.*City/, async route => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replaceAll('"Bacang"', '"=1+cmd"').replaceAll('"Keramat"', '"-2+3 cmd"') });
  }) });
  const csv = (await download(page, "CSV")).content.toString();
  for (const name of ["'=1+cmd", "'-2+3 cmd"]) assert.ok(csv.includes(name), name);
  await page.done();
});

test("recipients who are no family of the registry are told where lists have some", async () => {
  let unmatched = 0; // the demonstration city has no such lists
  const page = await open("#language=EN&view=program&program=PKH", { prepare: p => p.route(/graphql\?query=.*Coverage/, async route => {
    const response = await route.fetch(), body = await response.json();
    for (const c of body.data.program.coverage) {
      assert.ok(["SUPPRESSED", "PERTURBED"].includes(c.unmatched.status));
      if (c.area.code === "19.71.01.1006") c.unmatched = { value: unmatched, status: "PERTURBED" };
    }
    if (unmatched) body.data.program.unmatchedWithoutArea = { value: 33, status: "PERTURBED" };
    await route.fulfill({ response, json: body });
  }) });
  assert.ok(!(await download(page, "CSV")).content.toString().includes("Unmatched"));
  unmatched = 27;
  await page.reload();
  await page.locator("#panel", { hasText: "Unmatched recipients without a kelurahan: 33" }).waitFor();
  const [head, ...lines] = (await download(page, "CSV")).content.toString().trim().split("\r\n");
  assert.match(head, /Unmatched recipients/);
  assert.match(lines.find(line => line.startsWith("19.71.01.1006")), /\b27\b/);
  await page.done();
});

test("printed, the map is a picture with its legend", async () => {
  const page = await open("#language=EN");
  const made = await page.evaluate(() => { // a printer does not wait
    dispatchEvent(new Event("beforeprint"));
    return document.querySelectorAll(".printed svg path title").length;
  });
  assert.equal(made, 42);
  await page.emulateMedia({ media: "print" });
  assert.ok(await page.locator(".printed").isVisible() && await page.locator(".data").isVisible());
  assert.equal(await page.getByRole("tablist").isVisible(), false);
  assert.equal(await page.locator(".map").isVisible(), false);
  await shot(page, "print", { fullPage: true });
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.equal(await page.locator(".printed svg").count(), 0);
  await page.done();
});

test("the page shows its queries, and they can be asked again", async () => {
  const page = await open("#language=EN&view=priorities");
  await page.getByRole("button", { name: "Show the query" }).click();
  await page.getByRole("dialog").locator("article").nth(1).waitFor();
  const [city, view] = await page.getByRole("dialog").locator("article").all();
  assert.match(await city.innerText(), /query City/);
  const [query, variables] = await view.locator("pre").allInnerTexts();
  const again = await ask(query, JSON.parse(variables));
  assert.equal(again.priorities.ranked.length, 42);
  await shot(page, "query");
  const href = await view.getByRole("link", { name: "Open in GraphiQL" }).getAttribute("href");
  await page.done();

  const graphiql = await open("#language=EN");
  await graphiql.goto(new URL(href, address).href);
  await graphiql.locator(".graphiql-query-editor .view-line", { hasText: "priorities" }).first().waitFor();
  await graphiql.locator(".result-window .monaco-editor").waitFor(); // a click before the editors are there is lost
  await graphiql.getByRole("button", { name: /Execute query/ }).click();
  await graphiql.locator(".result-window", { hasText: "ranked" }).waitFor();
  await shot(graphiql, "graphiql");
  await graphiql.done();
});

test("a dialog that closes gives the focus back, and the address that is copied names the state", async () => {
  const page = await open("#language=EN", { permissions: ["clipboard-read", "clipboard-write"] });
  for (const [name, way] of [["Sign in", "Cancel"], ["Show the query", "Close"]]) {
    await page.getByRole("button", { name }).click();
    await page.getByRole("dialog").getByRole("button", { name: way }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await page.waitForFunction(name => document.activeElement.textContent === name, name);
  }
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(new URLSearchParams(new URL(await page.evaluate(() => navigator.clipboard.readText())).hash.slice(1)).get("edition"), "demo+2025-10");
  await page.done();
});

test("everything can be done from the keyboard", async () => {
  const page = await open("#language=EN");
  await page.getByRole("tab", { name: "Measure" }).focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.getByRole("tab", { name: "Priorities" }).getAttribute("aria-selected"), "true");
  await page.locator(".ranking > li button").first().focus();
  await page.keyboard.press("Enter");
  assert.match(page.url(), /area=/);
  const zoom = () => page.evaluate(() => globalThis.kantong.map.getZoom());
  const before = await zoom();
  await page.locator(".maplibregl-canvas").focus();
  await page.keyboard.press("+");
  await page.waitForTimeout(600);
  await settled(page);
  assert.ok((await zoom()) > before);
  await page.done();
});

test("no serious finding about accessibility, in any view, light and dark", async () => {
  for (const theme of ["light", "dark"]) {
    const page = await open(`#language=EN&theme=${theme}`, { expected: ["graphql", "status of"] });
    await page.evaluate(await readFile(AXE, "utf8")); // as a script of the page its policy would forbid it
    for (const view of ["measure", "priorities", "pockets", "hotspots", "program", "region", "compare"]) {
      await page.locator(`#tab-${view}`).click();
      await settled(page);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      assert.deepEqual(violations.filter(v => ["serious", "critical"].includes(v.impact)).map(v => `${view}, ${theme}: ${v.id}: ${v.nodes.map(n => n.html.slice(0, 120)).join(" | ")}`), []);
    }
    await page.done();
  }
});

test("a phone has all of it, without scrolling sideways", async () => {
  const page = await open("#language=EN&view=priorities", { width: 390, height: 844, isMobile: true, hasTouch: true });
  assert.equal(Object.keys(await areasOn(page)).length, 42);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  assert.equal(await page.locator(".ranking > li").count(), 42);
  await shot(page, "phone");
  await page.done();
});

test("the first map is on screen within 1.5 seconds of a warm start", async t => {
  const page = await open("#language=EN");
  const times = [];
  for (let i = 0; i < 3; i++) {
    await page.reload();
    await drawn(page);
    times.push(await page.evaluate(() => performance.getEntriesByName("first-map")[0].startTime));
  }
  t.diagnostic(`first map on screen after ${times.map(n => n.toFixed(0)).join(", ")} ms`);
  await shot(page, "map");
  await page.done();
});
