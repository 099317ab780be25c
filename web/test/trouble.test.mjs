// What goes wrong: addresses that name what isn't there, a server that is busy, gone or slow, a key that ends.
import assert from "node:assert/strict";
import { test } from "node:test";
import { areasOn, keys, open, settled, signIn } from "./browser.mjs";

const alert = page => page.locator("#panel [role=alert]");
const refusals = ["graphql", "status of"];
const asks = what => url => url.pathname === "/graphql" && (url.searchParams.get("query") ?? "").includes(`query ${what}`);

test("an address that names what is not there shows what is, and says so", async () => {
  const page = await open("#language=EN&view=nope&level=RT&measure=nope&program=NOPE&area=99&who=deprivation:NOPE&decile=99&radius=-1&fewest=x&region=1,2&at=99/200/500&before=gone&%%%=%E0%A4%A");
  assert.equal(Object.keys(await areasOn(page)).length, 42);
  assert.match(await page.locator("#panel [role=status]").innerText(), /nope, NOPE, deprivation:NOPE, gone\.$/);
  assert.equal(await page.locator("select[name=measure]").inputValue(), "share:decile-1-2");
  assert.equal(new URL(page.url()).hash, "#language=EN");
  await page.getByRole("tab", { name: "Pockets" }).click();
  await settled(page);
  assert.equal(await page.locator("#panel [role=status]").count() + await alert(page).count(), 0);
  await page.done();
});

test("an edition that is not there: a way to the newest", async () => {
  const page = await open("#language=EN&edition=gone", { expected: [...refusals, "areas.geojson"], until: p => alert(p).waitFor() });
  assert.match(await alert(page).innerText(), /edition that the link names/);
  await page.getByRole("button", { name: "See the newest edition" }).click();
  await page.locator(".data tbody tr").nth(41).waitFor();
  assert.equal(await alert(page).count(), 0);
  await page.done();
});

test("another address in the same tab moves the map, and the whole city is one button away", async () => {
  const page = await open("#language=EN");
  const zoom = () => page.evaluate(() => globalThis.kantong.map.getZoom()), whole = await zoom();
  await page.evaluate(() => { location.hash = "#language=EN&at=14.5/-2.12900/106.11370"; });
  await page.waitForFunction(() => globalThis.kantong.map.getZoom() === 14.5);
  await page.getByRole("button", { name: "The whole city" }).click();
  await page.waitForFunction(z => Math.abs(globalThis.kantong.map.getZoom() - z) < 0.01, whole);
  await page.done();
});

test("an older answer does not replace a newer one, and the page is busy until the newest is there", async () => {
  const page = await open("#language=EN");
  let free;
  const slow = new Promise(done => { free = done; });
  await page.route(url => asks("Figures")(url) && url.search.includes("STUNTED"), route => slow.then(() => route.continue()).catch(() => {}));
  await page.locator("select[name=measure]").selectOption("deprivation:STUNTED_CHILD");
  await page.waitForSelector('#panel[aria-busy="true"]');
  await page.locator("select[name=measure]").selectOption("deprivation:UNSAFE_WATER");
  await page.locator(".legend h2", { hasText: "Unsafe drinking water" }).waitFor();
  free();
  await page.waitForTimeout(300);
  assert.equal(await page.locator(".legend h2").innerText(), "Unsafe drinking water");
  assert.equal(await page.title(), "Unsafe drinking water · kantong");
  await page.done();
});

test("too many requests: told in words, and asked again when the server says", async () => {
  const page = await open("#language=EN", { expected: refusals });
  await page.route(asks("Priorities"), route => route.fulfill({ status: 429, headers: { "Retry-After": "1" }, json: { errors: [{ message: "slowly", extensions: { code: "RATE_LIMITED" } }] } }), { times: 1 });
  await page.getByRole("tab", { name: "Priorities" }).click();
  await alert(page).waitFor();
  assert.match(await alert(page).innerText(), /Too many requests. Trying again in 1 seconds/);
  await page.locator(".ranking > li").nth(41).waitFor();
  assert.equal(await alert(page).count(), 0);
  await page.done();
});

test("no server: told in words, with a way to try again", async () => {
  const page = await open("#language=ID", { expected: ["ERR_FAILED"] });
  await page.route(asks("Priorities"), route => route.abort(), { times: 1 });
  await page.getByRole("tab", { name: "Prioritas" }).click();
  await alert(page).waitFor();
  assert.match(await alert(page).innerText(), /Server tidak menjawab/);
  await page.getByRole("button", { name: "Coba lagi" }).click();
  await page.locator(".ranking > li").nth(41).waitFor();
  assert.equal(await alert(page).count(), 0);
  await page.done();
});

test("a key that ends: the page goes on as the public's, and says so", async () => {
  const page = await open("#language=EN", { expected: refusals });
  await signIn(page, keys.planner);
  await page.route(url => url.pathname === "/graphql", async route => (await route.request().headerValue("Authorization")
    ? route.fulfill({ status: 401, json: { errors: [{ message: "no such key", extensions: { code: "UNAUTHENTICATED" } }] } }) : route.continue()));
  await page.getByRole("tab", { name: "Priorities" }).click();
  await page.locator("header").getByRole("button", { name: "Sign in" }).waitFor();
  await page.locator(".ranking > li").nth(41).waitFor();
  assert.match(await alert(page).innerText(), /not valid any more/);
  await page.unroute(url => url.pathname === "/graphql");
  await page.done();
});

test("what a key opened is gone with it: rows, figures, and answers that are still on their way", async () => {
  const page = await open("#language=EN&view=program&program=PKH&area=19.71.01.1006", { expected: ["ERR_FAILED"] });
  await signIn(page, keys.planner, "trying the map");
  await page.getByRole("button", { name: "Show the families" }).click();
  await page.locator("#families tbody tr").first().waitFor();
  let free;
  const slow = new Promise(done => { free = done; });
  await page.route(asks("Unreached"), route => slow.then(() => route.continue()).catch(() => {}));
  await page.getByRole("button", { name: "More" }).click();
  await page.route(url => asks("City")(url) || asks("Coverage")(url), route => route.abort());
  await page.getByRole("button", { name: "Sign out" }).click();
  await alert(page).waitFor();
  assert.equal(await page.locator("#families, .data tbody tr, .legend li").count(), 0);
  assert.ok(await page.getByRole("button", { name: "CSV" }).isDisabled());
  assert.deepEqual(await areasOn(page), {});
  free();
  await page.unroute(asks("Unreached"));
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await signIn(page, keys.planner, "trying the map");
  await page.getByRole("button", { name: "Show the families" }).waitFor();
  assert.equal(await page.locator("#families").count(), 0);
  await page.done();
});

test("a stream that the server ends is opened again, and what is on screen is asked again then", async () => {
  const streams = [], cities = [];
  const page = await open("#language=EN", { prepare: async page => {
    page.on("request", r => {
      if (r.headers().accept === "text/event-stream") streams.push(r);
      if (r.url().includes("query+City")) cities.push(r);
    });
    await page.route(url => url.pathname === "/graphql", (route, request) => request.headers().accept === "text/event-stream" && streams.length === 1
      ? route.fulfill({ contentType: "text/event-stream", body: "event: complete\ndata:\n\n" }) : route.fallback());
  } });
  while (streams.length < 2 || cities.at(-1).timing().startTime < streams[1].timing().startTime) await page.waitForTimeout(50);
  await settled(page);
  await page.done();
});
