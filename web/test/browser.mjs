// What the tests of the page share: a browser as people have it, told by the environment where the server is.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before } from "node:test";
import { chromium } from "playwright-core";

/** The server, a key of each role and where screenshots go; internal/cli/browser_test.go starts all this. */
export const address = process.env.KANTONG_ADDRESS;
export const keys = { planner: process.env.KANTONG_KEY_PLANNER, partner: process.env.KANTONG_KEY_PARTNER, admin: process.env.KANTONG_KEY_ADMIN };
const shots = process.env.KANTONG_SHOTS;

const FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"];

/** How long the slowest machine may take for one step; no test is about time. */
const PATIENCE_MILLISECONDS = 120_000;

/** The browser that all tests of a file share. */
export let browser;
before(async () => {
  await mkdir(shots, { recursive: true });
  browser = await chromium.launch({ executablePath: process.env.KANTONG_CHROMIUM, args: FLAGS });
});
after(() => browser?.close());

/**
 * open gives a page at an address of the client, once its map is drawn. A word on the console, a request that fails, and a
 * connection to anybody but the server fail the test that closes it; `expected` are words that may be there. `prepare` is done
 * with the page before, and `until` waits for something else than the map.
 */
export async function open(hash = "", { width = 1200, height = 800, language = "en-GB", expected = [], prepare = async () => {}, until = drawn, ...more } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale: language, acceptDownloads: true, ...more });
  context.setDefaultTimeout(PATIENCE_MILLISECONDS);
  const page = await context.newPage(), troubles = [];
  page.on("console", m => ["error", "warning"].includes(m.type()) && !expected.some(e => m.text().includes(e)) && troubles.push(`console: ${m.text()}`));
  page.on("pageerror", e => troubles.push(`exception: ${e.message}`));
  page.on("request", r => !r.url().startsWith(address) && !/^(data|blob):/.test(r.url()) && troubles.push(`a connection to ${r.url()}`));
  page.on("response", r => r.status() >= 400 && !expected.some(e => r.url().includes(e)) && troubles.push(`${r.status()} ${r.url()}`));
  await prepare(page);
  await page.goto(`${address}/${hash}`);
  try {
    await until(page);
  } catch (e) {
    await shot(page, `failed-${Date.now()}`);
    throw new Error(`${hash} is not drawn; the page says: ${await page.locator("body").innerText()}\n${troubles.join("\n")}`, { cause: e });
  }
  page.done = async () => {
    assert.deepEqual(troubles, []);
    await context.close();
  };
  return page;
}

/** drawn waits until the map shows the view's answer. */
export async function drawn(page) {
  await page.waitForSelector(".canvas[data-drawn]");
  await settled(page);
}

/** settled waits until nothing is asked any more and the map stands still. */
export async function settled(page) {
  await page.waitForSelector('#panel[aria-busy="false"]');
  await page.waitForFunction(() => globalThis.kantong.map.loaded() && !globalThis.kantong.map.isMoving());
}

/** areasOn are the areas on the map by code, with the colour or pattern that each is drawn in. */
export const areasOn = page => page.evaluate(() => Object.fromEntries(globalThis.kantong.map.queryRenderedFeatures({ layers: ["areas", "areas-pattern"] })
  .map(f => [f.properties.code, f.properties.pattern ?? f.properties.colour])));

/** legendOf is the legend: how many areas or shapes each line stands for. */
export const legendOf = page => page.locator(".legend li").evaluateAll(lines => Object.fromEntries(lines.map(l => {
  const [, label, count] = l.textContent.trim().match(/^(.*?) ?(?:\((\d+)\))?$/s);
  return [label.trim(), Number(count)];
})));

/** grouped are the keys of an object's entries that share a value, as sorted sets. */
export function grouped(entries) {
  const sets = new Map();
  for (const [key, value] of entries) sets.set(value, [...(sets.get(value) ?? []), key]);
  return [...sets.values()].map(s => s.sort().join()).sort();
}

/** placeOf is where an area's name stands, in pixels of the page. */
export const placeOf = (page, name) => page.evaluate(wanted => {
  const { map } = globalThis.kantong, found = map.querySourceFeatures("names").find(f => f.properties.name === wanted);
  const at = map.project(found.geometry.coordinates), box = map.getCanvas().getBoundingClientRect();
  return { x: box.left + at.x, y: box.top + at.y };
}, name);

export const shot = (page, name, options = {}) => page.screenshot({ path: `${shots}/${name}.png`, ...options });

/** signIn fills in the form, as a person does. */
export async function signIn(page, key, purpose = "") {
  await page.locator("header").getByRole("button", { name: "Sign in" }).click();
  await page.locator("input[name=key]").fill(key);
  await page.locator("input[name=purpose]").fill(purpose);
  await page.getByRole("dialog").getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await settled(page);
}

/** ask asks the server itself, to compare what the page shows with. */
export async function ask(query, variables = {}, key = "", purpose = "") {
  const response = await fetch(`${address}/graphql`, { method: "POST", body: JSON.stringify({ query, variables }),
    headers: { "Content-Type": "application/json", ...(key && { Authorization: `Bearer ${key}` }), ...(purpose && { "Kantong-Purpose": purpose }) } });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}
