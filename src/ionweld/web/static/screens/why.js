// Why: choose a material, a pair or a cell; each of its numbers with its range, status, source, file and line.
import { ask } from "/static/lib/ask.js";
import { button, field, fill, h } from "/static/lib/dom.js";
import { guarded } from "/static/lib/notice.js";
import { recipe } from "/static/lib/recipe.js";
import { table } from "/static/lib/table.js";

export async function show({ root, params, address }) {
  const known = await ask("/api/why/entries");
  const place = h("div");
  const list = h("div", { class: "choose" });
  const open = (asked) => guarded(place, async () => {
    const key = asked.cell ? "cell" : "material";
    history.replaceState(null, "", address("why", { [key]: asked[key], number: asked.number }));
    fill(place, numbers(await ask("/api/why/numbers", { body: { [key]: asked[key] } }), asked.number, open, known));
    for (const one of list.querySelectorAll(".pick")) one.setAttribute("aria-pressed", String(one.dataset.name === asked[key]));
  });
  const search = h("input", { type: "search", placeholder: "LLZO, filament, 10.1021", class: "wide", oninput: () => draw(search.value.trim().toLowerCase()) });
  const draw = (text) => {
    const fits = (words) => !text || words.join(" ").toLowerCase().includes(text);
    const cells = known.cells.filter((name) => fits([name]));
    const materials = known.materials.filter((one) => fits([one.name, one.kind, one.about]));
    const pick = (name, small, asked) => button([name, h("small", {}, small)], () => open(asked), { class: "pick", "data-name": name, "aria-pressed": "false" });
    fill(list,
      cells.length ? [h("h3", {}, "Cells of the folder"), cells.map((name) => pick(name, "its own numbers", { cell: name }))] : null,
      kinds(materials).map(([kind, some]) => [h("h3", {}, kind), some.map((one) => pick(one.name, `${one.numbers} numbers, ${one.assumed} assumed${one.borrowed ? `, ${one.borrowed} borrowed` : ""}`, { material: one.name }))]));
  };
  draw("");
  root.append(h("div", { class: "side" }, h("section", { class: "panel", "aria-label": "What to look up" }, field("Find", search), h("div", { class: "scroll", tabindex: "0" }, list)), place));
  if (params.get("material") || params.get("cell")) await open({ material: params.get("material"), cell: params.get("cell"), number: params.get("number") });
  else fill(place, h("div", { class: "panel empty" }, h("h2", {}, "Choose a material, a pair or a cell"), h("p", {}, "No number is standard: each says who measured it, or why it is assumed, and how far off it may be."), recipe(known.recipe)));
}

function kinds(materials) {
  const found = new Map();
  for (const one of materials) found.set(one.kind, [...(found.get(one.kind) || []), one]);
  return [...found];
}

function numbers(found, wanted, open, known) {
  const names = new Set(known.materials.map((one) => one.name));
  const link = (name) => (names.has(name) ? button(name, () => open({ material: name }), { class: "quiet" }) : name);
  const key = (row) => row.property || row.path;
  const columns = [
    { key: "property", title: "Number", value: key, show: (row) => h("b", {}, key(row).replaceAll("_", " ")) },
    { key: "as_written", title: "Value" },
    { key: "low", title: "Range", value: (row) => row.low, class: "name", show: (row) => row.range || "not stated" },
    { key: "status", title: "Status", show: (row) => h("span", { class: `badge${row.status === "assumed" ? " warn" : ""}` }, row.status) },
    { key: "source", title: "Source or reason", class: "source" },
    { key: "borrowed_from", title: "Borrowed from", show: (row) => (row.borrowed_from ? link(row.borrowed_from) : "") },
    { key: "file", title: "Written in", value: (row) => where(row), show: (row) => h("code", {}, where(row)) }];
  const rows = wanted ? [...found.rows].sort((a, b) => Number(key(b) === wanted) - Number(key(a) === wanted)) : found.rows;
  const mark = (row) => (key(row) === wanted ? { class: "wanted" } : {});
  return h("section", { class: "panel", "aria-label": found.title }, h("h2", {}, found.title), table(columns, rows, { caption: `Every number of ${found.title}`, name: "numbers", row: mark }), recipe(found.recipe));
}

const where = (row) => (row.file ? `${row.file}${row.line ? `, line ${row.line}` : ""}` : "");
