// The first page. Nothing is stored, and what the server says is set as text, never as markup.

const $ = id => document.getElementById(id);
const page = { areas: [], measures: [] };

function make(tag, attributes = {}, ...children) {
  const element = document.createElementNS(`http://www.w3.org/${tag === "path" ? "2000/svg" : "1999/xhtml"}`, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

async function ask(query) {
  const key = $("key").value.trim(), purpose = $("purpose").value.trim();
  const who = { ...key && { Authorization: "Bearer " + key }, ...purpose && { "Kantong-Purpose": purpose } };
  const headers = { "Content-Type": "application/json", ...who };
  return (await fetch("../graphql", { method: "POST", headers, body: JSON.stringify({ query }) })).json();
}

async function need(file) {
  const { data, errors } = await ask(await (await fetch(file)).text());
  if (errors) throw new Error(errors.map(complaint).join("; "));
  return data;
}

const complaint = ({ message, locations, extensions: { code, field } = {} }) =>
  [code, field, message].filter(Boolean).join(": ") + (locations ? ` (line ${locations[0].line})` : "");
const nodes = connection => connection.edges.map(edge => edge.node);
const words = name => name[0] + name.slice(1).toLowerCase().replaceAll("_", " ");

function shown({ value, status }, isRate) {
  if (value === null) return status === "SUPPRESSED" ? "withheld" : "no data";
  return isRate ? (100 * value).toFixed(1) + "\u00a0%" : value.toLocaleString("en");
}

async function loadCity() {
  const { edition, viewer, city: cities, districts, areas, programs, conditions } = await need("city.graphql");
  [page.city, page.areas] = [nodes(cities)[0], nodes(areas)];
  $("city").textContent = document.title = page.city?.name ?? edition.label;
  $("about").textContent = [edition.label, `as of ${edition.asOf}`, edition.enrolmentsAsOf && `enrolments as of ${edition.enrolmentsAsOf}`,
    edition.source, `boundaries: ${edition.boundaries}`, `${shown(edition.households)} families`, `seen as ${viewer.role}`,
    areas.totalCount > page.areas.length && `only the first ${page.areas.length} kelurahan`].filter(Boolean).join(" · ");
  for (const flag of ["synthetic", "schematic"]) $(flag).hidden = !edition[flag];
  listMeasures(programs, new Map(conditions.enumValues.map(v => [v.name, v.description])));
  draw(nodes(districts));
  choose(page.areas.find(a => a.code === page.chosen?.code));
}

function listMeasures(programs, meanings) {
  const reach = (what, isRate, group, meaning) => programs.map(({ code, name, coverage }) => ({ key: what + code, isRate, group, meaning,
    label: `${code}: ${name}`, of: a => coverage.find(c => c.area?.code === a.code)?.[what] ?? { value: null } }));
  page.measures = [
    { key: "households", group: "Registry", label: "Households", meaning: "Families in the registry.", of: a => a.summary.households },
    ...page.areas[0].summary.deprivations.map(({ deprivation: key, pillar }, i) => ({ key, group: words(pillar), label: words(key),
      isRate: true, meaning: "Share of families: " + meanings.get(key).split(": ")[1], of: a => a.summary.deprivations[i].rate })),
    ...reach("exclusion", true, "Programmes: exclusion error", "Share of the eligible families that the programme does not reach."),
    ...reach("notReached", false, "Programmes: not reached", "Eligible families that the programme does not reach.")];
  const before = $("measure").value || "UNSERVED";
  $("measure").replaceChildren(...[...Map.groupBy(page.measures, m => m.group)].map(([label, group]) =>
    make("optgroup", { label }, ...group.map(m => make("option", { value: m.key }, m.label)))));
  $("measure").value = page.measures.some(m => m.key === before) ? before : "households";
}

// draw puts degrees on the plane of the map: equirectangular, true at the city's middle latitude.
function draw(districts) {
  const rings = a => (a.boundary?.type === "Polygon" ? [a.boundary.coordinates] : a.boundary?.coordinates ?? []).flat();
  const range = list => list.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]);
  const all = page.areas.flatMap(rings).flat(), [west, east] = range(all.map(p => p[0])), [south, north] = range(all.map(p => p[1]));
  const squeeze = Math.cos((south + north) / 2 * Math.PI / 180), scale = 1000 / (east - west) / squeeze;
  const place = ([lon, lat]) => `${((lon - west) * squeeze * scale).toFixed(1)} ${((north - lat) * scale).toFixed(1)}`;
  const path = a => rings(a).map(ring => `M${ring.map(place).join("L")}Z`).join("");
  if (all.length) $("map").setAttribute("viewBox", `-4 -4 1008 ${((north - south) * scale + 8).toFixed(0)}`);
  for (const a of page.areas) a.shape = make("path", { "data-code": a.code, tabindex: 0, role: "button", d: a.path = path(a) });
  $("shapes").replaceChildren(...page.areas.map(a => a.shape));
  $("outlines").replaceChildren(...districts.map(a => make("path", { d: path(a) })));
}

// paint colours the areas by fifths of those that have a value; equal values always share a class.
function paint() {
  const m = page.measures.find(m => m.key === $("measure").value), bands = [[], [], [], [], []];
  for (const a of page.areas) Object.assign(a, { figure: m.of(a), text: shown(m.of(a), m.isRate) });
  const ranked = page.areas.filter(a => a.figure.value !== null).sort((a, b) => b.figure.value - a.figure.value);
  for (const a of page.areas) {
    const below = ranked.filter(b => b.figure.value < a.figure.value).length, band = Math.floor(bands.length * below / ranked.length);
    if (a.figure.value !== null) bands[band].push(a.figure.value);
    a.shape.setAttribute("class", { withheld: "withheld", "no data": "unknown" }[a.text] ?? "band" + band);
    a.shape.setAttribute("aria-label", `${a.name}, ${a.parent?.name}: ${a.text}`);
  }
  const swatch = (kind, text) => make("li", {}, make("i", { class: kind }), text);
  const count = text => `${text} (${page.areas.filter(a => a.text === text).length})`;
  const span = band => [...new Set([Math.min(...band), Math.max(...band)].map(value => shown({ value }, m.isRate)))].join(" – ");
  $("legend").replaceChildren(...bands.flatMap((band, i) => band.length ? [swatch("band" + i, span(band))] : []),
    swatch("withheld", count("withheld")), swatch("unknown", count("no data")));
  $("meaning").textContent = m.meaning;
  for (const status of ["SUPPRESSED", "PERTURBED"]) $(status).hidden = !page.areas.some(a => a.figure.status === status);
  $("ranking").replaceChildren(...ranked.slice(0, 10).map(a => make("li", {}, make("button", { "data-code": a.code },
    make("span", {}, make("b", {}, a.name), " ", make("small", {}, a.parent?.name ?? "")), a.text,
    make("progress", { value: a.figure.value, max: ranked[0].figure.value || 1 })))));
  for (const row of $("rates").querySelectorAll("tr")) row.classList.toggle("current", row.dataset.measure === m.key);
}

function choose(area) {
  page.chosen = area;
  $("chosen").setAttribute("d", area?.path ?? "");
  for (const a of page.areas) a.shape.setAttribute("aria-pressed", a === area);
  $("place").textContent = area ? `${area.name}, ${area.parent?.name}` : "Choose a kelurahan on the map";
  const columns = [area, page.city].filter(Boolean), head = (scope, text, span = 1) => make("th", { scope, colspan: span }, text);
  const heading = pillar => make("tr", {}, head("rowgroup", words(pillar), 3));
  const row = ({ deprivation: key, pillar }, i, all) => [...(pillar === all[i - 1]?.pillar ? [] : [heading(pillar)]),
    make("tr", { "data-measure": key }, head("row", make("button", {}, words(key))),
      ...columns.map(a => make("td", {}, shown(a.summary.deprivations[i].rate, true))))];
  $("rates").replaceChildren(make("tr", {}, make("td"), ...columns.map(a => head("col", a.name))),
    ...page.areas[0].summary.deprivations.flatMap(row));
  paint();
}

// point marks an area on the map and in the ranking and says what it is.
function point(area) {
  for (const e of document.querySelectorAll("[data-code]")) e.classList.toggle("on", e.dataset.code === area?.code);
  $("marked").setAttribute("d", area?.path ?? "");
  $("tip").replaceChildren(...(area ? [make("b", {}, area.name), area.parent?.name ?? "", make("strong", {}, area.text)] : []));
}

async function run() {
  const start = performance.now();
  const answer = await ask($("query").value).catch(e => ({ errors: [{ message: "The server gave no answer: " + e.message }] }));
  $("elapsed").textContent = Math.round(performance.now() - start) + " ms";
  $("complaints").textContent = (answer.errors ?? []).map(complaint).join("\n");
  $("result").textContent = JSON.stringify(answer.data ?? null, null, 2);
}

async function example(button) {
  for (const b of $("examples").children) b.setAttribute("aria-pressed", b === button);
  $("query").value = await (await fetch(`../queries/${button.dataset.query}.graphql`)).text();
}

async function listTypes() {
  const { types, queryType } = (await need("types.graphql")).__schema, kinds = ["OBJECT", "INTERFACE", "INPUT_OBJECT", "ENUM", "SCALAR"];
  const rank = t => t.name === queryType.name ? -1 : kinds.indexOf(t.kind);
  const listed = types.filter(t => !t.name.startsWith("__")).sort((a, b) => rank(a) - rank(b));
  const typed = t => t.kind === "NON_NULL" ? [...typed(t.ofType), "!"] : t.kind === "LIST" ? ["[", ...typed(t.ofType), "]"]
    : [make("a", { href: "#type-" + t.name }, t.name)];
  const member = m => make("li", {}, make("code", {}, make("b", {}, m.name), ...(m.type ? [": ", ...typed(m.type)] : []),
    m.defaultValue ? ` = ${m.defaultValue}` : ""), ` ${m.description ?? ""}`, make("ul", {}, ...(m.args ?? []).map(member)));
  $("types").replaceChildren(...listed.map(t => make("details", { id: "type-" + t.name, ...(t === listed[0] && { open: "" }) },
    make("summary", {}, make("b", {}, t.name), " ", make("small", {}, t.description ?? "")),
    make("ul", {}, ...[t.fields, t.inputFields, t.enumValues].flatMap(list => list ?? []).map(member)))));
}

function search() {
  const wanted = $("search").value.trim().toLowerCase(), has = e => e.textContent.toLowerCase().includes(wanted);
  for (const e of $("types").querySelectorAll("details, details > ul > li")) {
    e.hidden = !has(e) && !has(e.closest("details").firstChild);
    if (e.matches("details")) e.open = wanted !== "";
  }
}

const attempt = load => load().then(() => $("trouble").textContent = "", e => $("trouble").textContent = e.message);
const areaOf = e => page.areas.find(a => a.code === e.target.closest?.("[data-code]")?.dataset.code);
for (const event of ["pointerover", "focusin"]) addEventListener(event, e => point(areaOf(e)));
addEventListener("click", e => areaOf(e) && choose(areaOf(e)));
addEventListener("keydown", e => {
  if (e.target.matches("path") && [" ", "Enter"].includes(e.key)) e.preventDefault(), choose(areaOf(e));
  if (e.target === $("query") && e.key === "Enter" && (e.ctrlKey || e.metaKey)) run();
});
addEventListener("hashchange", () => {
  const type = $(location.hash.slice(1));
  if (type?.matches("details")) type.open = !(type.hidden = false), type.scrollIntoView({ block: "nearest" });
});
$("measure").onchange = paint;
$("rates").onclick = e => e.target.matches("button") && ($("measure").value = e.target.closest("tr").dataset.measure, paint());
$("run").onclick = run;
$("search").oninput = search;
$("key").onchange = () => attempt(loadCity);
$("examples").onclick = e => e.target.matches("button") && example(e.target);
example($("examples").children[0]);
attempt(listTypes).then(() => attempt(loadCity));
