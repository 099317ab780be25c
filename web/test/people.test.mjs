// Who asks: what a key opens, what is drawn by hand, what a publication does to an open map.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, keys, open, placeOf, settled, shot, signIn } from "./browser.mjs";

const SUMMARY = `query($f: HouseholdFilter!) { summary(filter: $f) { households { value } answeredFor { blocks } } }`;

test("a drawn polygon: the public is told why not, a partner gets blocks, a planner exact figures", async () => {
  const page = await open("#language=EN&view=region", { expected: ["graphql", "status of"] });
  const around = await placeOf(page, "Pasir Putih");
  await page.getByRole("button", { name: "Draw a polygon" }).click();
  for (const [dx, dy] of [[-70, -60], [80, -50], [70, 70], [-60, 60]]) {
    await page.mouse.move(around.x + dx, around.y + dy, { steps: 4 });
    await page.mouse.click(around.x + dx, around.y + dy);
  }
  await page.keyboard.press("Enter");
  await page.locator("#panel [role=alert]").waitFor();
  assert.match(await page.locator("#panel [role=alert]").innerText(), /partners or planners who sign in/);
  await page.waitForFunction(() => globalThis.kantong.map.querySourceFeatures("shapes")[0]?.properties.id === "drawing");
  assert.match(new URL(page.url()).hash, /region=/);
  const corners = new URLSearchParams(new URL(page.url()).hash.slice(1)).get("region").split(",").map(c => c.split(" ").map(Number));
  assert.equal(corners.length, 4);
  const f = { where: { coveredBy: { type: "Polygon", coordinates: [[...corners, corners[0]]] } } };
  await assert.rejects(ask(SUMMARY, { f }), /without a key/);

  await signIn(page, keys.partner);
  const partner = (await ask(SUMMARY, { f }, keys.partner)).summary;
  await page.locator(".sums").waitFor();
  assert.equal(await page.locator(".sums dd").first().innerText(), partner.households.value.toLocaleString("en-GB"));
  assert.ok((await page.locator("#panel").innerText()).includes(`${partner.answeredFor.blocks} blocks`));
  await shot(page, "region");

  await page.getByRole("button", { name: "Sign out" }).click();
  await signIn(page, keys.planner);
  const planner = (await ask(SUMMARY, { f }, keys.planner)).summary;
  await page.waitForFunction(n => document.querySelector(".sums dd")?.textContent === n, planner.households.value.toLocaleString("en-GB"));
  assert.ok((await page.locator("#panel").innerText()).includes("Exactly what was drawn"));
  await page.done();
});

test("families are for a planner with a purpose, on the map and in the list; a reload forgets the key", async () => {
  const page = await open("#language=EN&view=program&program=PKH&area=19.71.01.1006");
  assert.match(await page.locator("#panel").innerText(), /A planner who signs in/);
  await signIn(page, keys.planner, "trying the map");
  await page.getByRole("button", { name: "Show the families" }).click();
  await page.locator("#families tbody tr").first().waitFor();
  const { unreached: { totalCount } } = await ask(`{ unreached(program: "PKH", filter: {areas: ["19.71.01.1006"]}, first: 1) { totalCount } }`, {}, keys.planner, "trying the map");
  assert.equal(await page.locator("#families caption").innerText(), `50 of ${totalCount}`);
  await page.waitForFunction(() => globalThis.kantong.map.queryRenderedFeatures({ layers: ["families"] }).length > 100);
  await shot(page, "families");
  assert.ok(!page.url().includes(keys.planner) && !JSON.stringify(await page.context().storageState()).includes(keys.planner), "the key is kept somewhere");
  await page.reload();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  assert.equal(await page.locator("#families").count(), 0);
  await page.done();
});

test("a key that is not valid is refused in words, and nothing changes", async () => {
  const page = await open("#language=EN", { expected: ["graphql", "status of"] });
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("input[name=key]").fill("kantong_nobody");
  await page.getByRole("dialog").getByRole("button", { name: "Sign in" }).click();
  assert.match(await page.getByRole("dialog").getByRole("alert").innerText(), /key/);
  await page.keyboard.press("Escape");
  await settled(page);
  assert.equal(await page.getByRole("button", { name: "Sign in" }).count(), 1);
  await page.done();
});

test("a publication reaches an open map", async () => {
  const page = await open("#language=EN&view=program&program=PKH");
  const offered = () => page.locator("select[name=program] option").allInnerTexts();
  assert.equal((await offered()).filter(o => o.startsWith("DAPUR")).length, 0);
  await ask(`mutation($p: ProgramInput!) { createProgram(edition: "demo", program: $p, clientId: "browser-test-1") { program { code } } }`,
    { p: { code: "DAPUR", name: "Dapur bersama", pillar: "HEALTH", funder: "Yayasan", funderKind: "CIVIL_SOCIETY", year: 2025, eligibility: { decile: { max: 2 } }, source: "-" } }, keys.admin);
  await page.getByRole("status").filter({ hasText: "New data was published" }).waitFor();
  await settled(page);
  assert.equal((await offered()).filter(o => o.startsWith("DAPUR")).length, 1);
  await page.done();
});
