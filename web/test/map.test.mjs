// The map: what it shows is what the server answers, and the list beside it points at the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { areasOn, ask, drawn, grouped, legendOf, open, placeOf, settled, shot } from "./browser.mjs";

const FIGURES = `query($code: ID!, $level: AreaLevel!, $by: ClassRule!) { measures(codes: [$code], level: $level, by: $by) { breaks figures { area { code name } value { value status } } } }`;

/** classes are what the areas must look like: the sets that share a fill, as the server's breaks part them. */
const classes = ({ breaks, figures }) => grouped(figures.map(({ area, value }) => [area.code,
  value.status === "SUPPRESSED" ? "withheld" : value.status === "UNKNOWN" ? "unknown" : value.value === 0 ? "zero" : breaks.filter(b => value.value >= b).length]));

test("42 kelurahan are drawn by their class, of every measure, level and rule", async () => {
  const page = await open("#language=EN");
  assert.equal(Object.keys(await areasOn(page)).length, 42);
  for (const [measure, level, by, areas] of [["deprivation:STUNTED_CHILD", "KELURAHAN", "QUANTILE", 42], ["exclusion:PKH", "KELURAHAN", "JENKS", 42], ["deprivation:UNSAFE_WATER", "KECAMATAN", "QUANTILE", 7]]) {
    await page.locator("select[name=level]").selectOption(level);
    await settled(page);
    await page.locator("select[name=measure]").selectOption(measure);
    await page.locator("select[name=classes]").selectOption(by);
    await page.waitForTimeout(300);
    await settled(page);
    const shown = await areasOn(page), { measures: [answer] } = await ask(FIGURES, { code: measure, level, by });
    assert.equal(Object.keys(shown).length, areas);
    assert.deepEqual(grouped(Object.entries(shown)), classes(answer), measure);
    assert.equal(await page.locator(".data tbody tr").count(), areas);
  }
  await page.done();
});

test("zero, withheld and missing figures look different from each other and from every class", async () => {
  const page = await open("#language=EN&measure=deprivation:STUNTED_CHILD");
  const withheld = (await ask(FIGURES, { code: "deprivation:STUNTED_CHILD", level: "KELURAHAN", by: "QUANTILE" })).measures[0].figures.filter(f => f.value.status === "SUPPRESSED").map(f => f.area.code);
  assert.ok(withheld.length > 0);
  const shown = await areasOn(page);
  for (const [code, fill] of Object.entries(shown)) assert.equal(fill === "withheld", withheld.includes(code), code);
  await shot(page, "withheld");
  const legend = await legendOf(page);
  assert.equal(legend.Withheld, withheld.length);
  assert.equal(legend["No data"], 0);
  await page.done();
});

test("map and list point at each other", async () => {
  const page = await open("#language=EN");
  const at = await placeOf(page, "Bacang");
  await page.mouse.move(at.x, at.y);
  await page.locator(".tip", { hasText: "Bacang" }).waitFor();
  assert.match(await page.locator("tr.on").innerText(), /^Bacang/);
  const row = page.locator(".data tbody tr", { hasText: "Keramat" });
  await row.hover();
  const { areas: { edges: [{ node: { code } }] } } = await ask(`{ areas(filter: {nameContains: "Keramat"}) { edges { node { code } } } }`);
  await page.waitForFunction(wanted => globalThis.kantong.map.queryRenderedFeatures({ layers: ["areas"] }).some(f => f.state.on && f.properties.code === wanted), code);
  await page.mouse.click(at.x, at.y);
  await page.locator("tr.chosen", { hasText: "Bacang" }).waitFor();
  assert.match(page.url(), /area=19\.71\.01\.1006/);
  await page.done();
});

test("priorities: the order, intervals and contributions are the server's", async () => {
  const page = await open("#language=EN&view=priorities");
  const { priorities: { ranked } } = await ask(`{ priorities(input: {level: KELURAHAN}) { ranked { area { name } rank rankLow rankHigh } } }`);
  const lines = await page.locator(".ranking > li button").allInnerTexts();
  assert.equal(lines.length, 42);
  ranked.forEach((r, i) => assert.ok(lines[i].includes(r.area.name) && lines[i].includes(`${r.rankLow}–${r.rankHigh}`), `${lines[i]} is not ${JSON.stringify(r)}`));
  await page.locator(".ranking > li button").first().click();
  assert.ok(await page.locator(".ranking table tr").count() > 5);
  await shot(page, "priorities");
  await page.done();
});

test("pockets and hot spots", async () => {
  const page = await open("#language=EN&view=pockets");
  const { pockets } = await ask(`{ pockets(filter: {decile: {max: 2}}) { id unit } }`);
  const shapes = () => page.evaluate(() => [...new Set(globalThis.kantong.map.querySourceFeatures("shapes").map(f => f.properties.id))]);
  assert.deepEqual((await shapes()).sort(), pockets.map(p => p.id).sort());
  assert.equal((await legendOf(page))["Without a location: a whole kelurahan or RT"], pockets.filter(p => p.unit === "KELURAHAN").length);
  await shot(page, "pockets");
  await page.locator("select[name=who]").selectOption("deprivation:UNSAFE_WATER");
  await page.locator(".legend h2", { hasText: "Unsafe drinking water" }).waitFor();
  await page.getByRole("tab", { name: "Hot spots" }).click();
  await page.locator("select[name=measure]").selectOption("deprivation:UNSAFE_WATER");
  await page.locator(".legend h2", { hasText: "Hot spots: Unsafe drinking water" }).waitFor();
  const { hotspots: { areas } } = await ask(`{ hotspots(measure: {deprivation: UNSAFE_WATER}) { areas { classification confidence } } }`);
  assert.equal((await legendOf(page))["High among high, 99%"], areas.filter(a => a.classification === "HOT" && a.confidence === 99).length);
  assert.deepEqual(await shapes(), []);
  await shot(page, "hotspots");
  await page.done();
});

test("two states compared", async () => {
  const page = await open("#language=EN&view=compare&measure=exclusion:PKH");
  const at = s => ask(`query($s: ID) { measures(codes: ["exclusion:PKH"], edition: $s) { figures { area { code } value { value } } } }`, { s }).then(d => d.measures[0].figures);
  const [before, after] = [await at("demo+2025-06"), await at("demo+2025-10")];
  const better = after.filter((f, i) => f.value.value - before[i].value.value <= -0.005).length;
  const counts = Object.entries(await legendOf(page)).filter(([label]) => label.startsWith("Better")).map(([, n]) => n);
  assert.equal(counts.reduce((a, b) => a + b, 0), better);
  assert.ok(better > 20);
  await shot(page, "compare");
  await page.done();
});

test("an address shows the same again, and the language can be changed", async () => {
  const page = await open("", { language: "id-ID" });
  assert.equal(await page.locator("html").getAttribute("lang"), "id");
  await page.getByRole("tab", { name: "Kantong" }).click();
  await page.locator("input[name=decile]").fill("1");
  await page.locator("input[name=decile]").blur();
  await page.locator(".legend h2", { hasText: "desil sampai dengan 1" }).waitFor();
  await page.locator("select[name=language]").selectOption("EN");
  await page.locator(".legend h2", { hasText: "decile up to 1" }).waitFor();
  const again = await open(new URL(page.url()).hash, { language: "id-ID" });
  assert.equal(await again.locator(".legend h2").innerText(), await page.locator(".legend h2").innerText());
  await page.locator("select[name=theme]").selectOption("dark");
  await page.waitForTimeout(300);
  await drawn(page);
  await shot(page, "dark");
  await page.done();
  await again.done();
});
