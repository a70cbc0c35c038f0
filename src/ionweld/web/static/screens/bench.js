// Bench: cells as cards, files dragged or chosen onto them, asked-for fields highlighted, each change written at once.
import { ask, work } from "/static/lib/ask.js";
import { button, field, fill, freshId, h, panel } from "/static/lib/dom.js";
import { filesHere, lookAt, projects } from "/static/lib/files.js";
import { faultBox, guarded, notice } from "/static/lib/notice.js";
import { recipe } from "/static/lib/recipe.js";
import { waiting } from "/static/lib/waiting.js";

const FIRST = ["treatment", "kind", "area", "active_mass", "temperature"];
const DATA = new Set(["not data", "not read", "another instrument"]);

export async function show({ root, params, house, address }) {
  const leaving = new AbortController();
  const place = h("div");
  root.append(place);
  const bench = { house, project: params.get("project"), sheet: null, place, address, readOnly: house.read_only, signal: leaving.signal, last: Promise.resolve() };
  await guarded(place, async () => arrive(bench, await ask("/api/bench/sheet", { body: { project: bench.project } })));
  return () => leaving.abort();
}

function arrive(bench, sheet) {
  bench.sheet = sheet;
  bench.project = sheet.project;
  draw(bench);
}

// Changes are sent one after the other, each of the sheet that the one before has made.
function change(bench, edits, fault = null) {
  bench.last = bench.last.then(() => send(bench, edits, fault));
  return bench.last;
}

// Make changes; when somebody else wrote first, show what stands there now and say so.
async function send(bench, edits, fault) {
  try {
    arrive(bench, await ask("/api/bench/change", { body: { project: bench.project, version: bench.sheet.version, edits } }));
    return true;
  } catch (error) {
    if (error.status === 409) {
      notice(error.message, "bad");
      arrive(bench, await ask("/api/bench/sheet", { body: { project: bench.project } }));
    } else if (fault) fill(fault, faultBox(error));
    else notice(error.message, "bad");
    return false;
  }
}

function undo(bench) {
  bench.last = bench.last.then(async () => {
    const done = await guarded(null, () => ask("/api/bench/undo", { body: { project: bench.project, version: bench.sheet.version } }));
    if (!done) return;
    arrive(bench, done);
    notice("Undone");
  });
  return bench.last;
}

function draw(bench) {
  const { sheet, place } = bench;
  const resume = standing(place);
  if (!sheet.begun) fill(place, begin(bench));
  else fill(place, head(bench), asked(bench), groups(bench), loose(bench), more(bench), recipe(sheet.recipe));
  resume();
}

// What a person is in the midst of: the field with the focus, what was typed into it, and what was unfolded.
function standing(place) {
  const { dataset, value, defaultValue } = document.activeElement || {};
  const name = dataset?.field;
  const open = [...place.querySelectorAll("details[open][data-key]")].map((one) => one.dataset.key);
  return () => {
    for (const key of open) place.querySelector(`details[data-key="${CSS.escape(key)}"]`)?.setAttribute("open", "");
    const again = name && place.querySelector(`[data-field="${CSS.escape(name)}"]`);
    if (!again) return;
    again.focus();
    if (defaultValue !== undefined && value !== defaultValue) again.value = value;
  };
}

// ---- a project is begun by storing files

function begin(bench) {
  return h("div", { class: "panel empty" }, h("h2", {}, "No project yet"), h("p", {}, "A project keeps your files as they are, knows which belongs to which cell, and compares treatments."), bench.readOnly ? h("p", {}, "Read only: none can be begun.") : storing(bench, "Begin a project with the files of this folder"));
}

function storing(bench, text) {
  const told = h("div", { role: "status" });
  const run = button(text, async () => {
    run.disabled = true;
    await guarded(told, async () => {
      fill(told, h("p", { class: "busy-box" }, "Looking at the files of the folder"));
      const { rows } = await filesHere();
      await lookAt(rows, () => {}, bench.signal);
      const files = rows.filter((row) => !row.same && row.held?.some((one) => !DATA.has(one.kind))).map((row) => row.name);
      if (!files.length) throw new Error("No file of an instrument lies in the folder: drag some in on Drop");
      const wait = waiting(`Storing ${files.length} files`);
      fill(told, wait.element);
      const done = await work("/api/bench/take", { body: { project: bench.project, files } }, wait.told);
      fill(told);
      const counts = new Map();
      for (const one of done.files) counts.set(one.answer, (counts.get(one.answer) || 0) + 1);
      notice([...counts].map(([answer, count]) => `${count} ${answer}`).join(", "));
      arrive(bench, await ask("/api/bench/sheet", { body: { project: bench.project } }));
    });
    run.disabled = false;
  });
  return h("div", {}, run, told);
}

function head(bench) {
  const { sheet } = bench;
  const said = `${sheet.cells.length} cells, ${sheet.files.length} files, ${sheet.files.filter((one) => !one.cell).length} of them without a cell`;
  return h("div", { class: "row" }, projects(bench.house, sheet.project, (project) => (location.hash = bench.address("bench", { project }))), h("p", { class: "grow" }, h("b", {}, sheet.project || "This folder"), ` · ${said}`), bench.readOnly ? null : button("Undo", () => undo(bench), { class: "second", disabled: !sheet.undoable }));
}

// ---- what is asked, once for all cells of a treatment

function asked(bench) {
  const { sheet } = bench;
  const wanted = new Map();
  for (const cell of sheet.cells) for (const key of cell.asks) wanted.set(`${cell.treatment}\n${key}`, [...(wanted.get(`${cell.treatment}\n${key}`) || []), cell.name]);
  if (!wanted.size || bench.readOnly) return null;
  const one = ([where, names]) => {
    const [treatment, key] = where.split("\n");
    const fault = h("div");
    const input = editor(bench, key, "", { class: "asked", field: `all ${where}` });
    const save = () => input.value.trim() && change(bench, names.map((cell) => ({ do: "set", cell, key, value: input.value })), fault);
    input.addEventListener("change", save);
    return h("div", {}, field(`${label(key)} of ${names.length} ${treatment} cell${names.length > 1 ? "s" : ""}`, input, helpOf(bench, key)), fault);
  };
  return panel("Still asked", h("p", { class: "quietly" }, "Nothing of this is ever assumed. An answer goes to all cells of the line."), h("div", { class: "row" }, [...wanted].map(one)));
}

// ---- cells as cards

function groups(bench) {
  const found = new Map();
  for (const cell of bench.sheet.cells) found.set(cell.treatment, [...(found.get(cell.treatment) || []), cell]);
  return [...found].map(([treatment, cells]) => h("section", { "aria-label": `Treatment ${treatment}` }, h("div", { class: "row treatment" }, h("h2", {}, treatment), sentence(bench, treatment)), h("div", { class: "cards" }, cells.map((cell) => card(bench, cell)))));
}

// What a treatment is, in a person's words: it stands in comparisons and reports.
function sentence(bench, treatment) {
  const said = bench.sheet.treatments[treatment] || "";
  if (bench.readOnly) return h("small", {}, said);
  const input = h("input", { type: "text", placeholder: "what was done, in one sentence", "aria-label": `What ${treatment} is`, "data-field": `treatment ${treatment}`, autocomplete: "off" });
  input.defaultValue = said;
  input.addEventListener("change", () => {
    input.defaultValue = input.value;
    change(bench, [{ do: "describe", treatment, value: input.value }]);
  });
  return input;
}

function card(bench, cell) {
  const fault = h("div");
  const shown = new Set([...FIRST.filter((key) => key !== "active_mass" || cell.kind !== "symmetric"), ...cell.asks]);
  const names = bench.sheet.fields.map((one) => one.name);
  const one = (key) => inline(bench, cell, key, fault);
  const files = bench.sheet.files.filter((file) => file.cell === cell.name);
  const made = h("article", { class: "card", "aria-label": cell.name },
    h("div", { class: "card-head" }, h("h3", {}, h("a", { href: bench.address("cell", { project: bench.project, cell: cell.name }) }, cell.name)), h("span", { class: "badge" }, `replicate ${cell.replicate}`)),
    fault,
    h("div", { class: "fields" }, names.filter((key) => shown.has(key)).map(one)),
    h("details", { "data-key": cell.name }, h("summary", {}, "More fields"), h("div", { class: "fields" }, names.filter((key) => !shown.has(key)).map(one)), bench.readOnly ? null : button("Remove this cell", () => change(bench, [{ do: "remove", cell: cell.name }]), { class: "quiet" })),
    h("ul", { class: "files", "aria-label": `Files of ${cell.name}` }, files.map((file) => chip(bench, file))));
  if (!bench.readOnly) landing(made, (file) => change(bench, [{ do: "assign", file, cell: cell.name }], fault));
  return made;
}

const label = (key) => ({ first_half_cycle: "First half cycle", area_name: "Which area", active_mass: "Active mass", stack_pressure: "Stack pressure" })[key] || key[0].toUpperCase() + key.slice(1);
const fieldOf = (bench, key) => bench.sheet.fields.find((one) => one.name === key);
const helpOf = (bench, key) => fieldOf(bench, key)?.help || "";

function editor(bench, key, value, { class: name = "", field: place }) {
  const about = fieldOf(bench, key) || { choices: [], example: "" };
  const options = { class: name, "data-field": place, disabled: bench.readOnly };
  if (about.choices.length) return h("select", options, ["", ...about.choices].map((one) => h("option", { value: one, selected: one === (value || "") }, one || "not said")));
  const input = h("input", { type: "text", placeholder: about.example, autocomplete: "off", ...options });
  input.defaultValue = value ?? "";
  input.addEventListener("change", () => (input.defaultValue = input.value)); // it is on its way: typed no longer
  if (key === "treatment") input.setAttribute("list", treatments(bench));
  return input;
}

function treatments(bench) {
  bench.list?.remove();
  bench.list = h("datalist", { id: freshId("treatments") }, Object.keys(bench.sheet.treatments).map((one) => h("option", { value: one })));
  bench.place.parentElement.append(bench.list);
  return bench.list.id;
}

function inline(bench, cell, key, fault) {
  const input = editor(bench, key, cell[key], { class: cell.asks.includes(key) ? "asked" : "", field: `${cell.name} ${key}` });
  input.addEventListener("change", () => change(bench, [{ do: "set", cell: cell.name, key, value: input.value.trim() || null }], fault));
  return field(label(key), input, helpOf(bench, key));
}

// ---- files: dragged, or assigned by their list

const name = (file) => h("span", { class: "name" }, file.name, h("small", {}, file.kinds.join(", ")));

function chip(bench, file) {
  const take = button("×", () => change(bench, [{ do: "assign", file: file.file, cell: null }]), { class: "quiet", "aria-label": `Take ${file.name} away` });
  const state = h("input", { type: "text", value: file.state || "", placeholder: "state", size: "12", "aria-label": `State of the cell in ${file.name}`, disabled: bench.readOnly, "data-field": `state ${file.file}` });
  state.addEventListener("change", () => change(bench, [{ do: "say", file: file.file, key: "state", value: state.value.trim() || null }]));
  return h("li", { class: "file", draggable: bench.readOnly ? null : "true", ondragstart: (event) => event.dataTransfer.setData("text/plain", file.file) }, name(file), state, bench.readOnly ? null : take);
}

function loose(bench) {
  const files = bench.sheet.files.filter((file) => !file.cell);
  if (!files.length) return null;
  const cells = bench.sheet.cells.map((one) => one.name);
  const one = (file) => {
    const select = h("select", { "aria-label": `Cell of ${file.name}`, disabled: bench.readOnly, "data-field": `cell of ${file.file}`, onchange: (event) => event.target.value && change(bench, [{ do: "assign", file: file.file, cell: event.target.value }]) }, h("option", { value: "" }, "belongs to …"), cells.map((name) => h("option", { value: name }, name)));
    return h("li", { class: "file", draggable: "true", ondragstart: (event) => event.dataTransfer.setData("text/plain", file.file) }, name(file), cells.length ? select : null);
  };
  return panel(`Files without a cell (${files.length})`, h("p", { class: "quietly no-print" }, "Drag each onto its cell, or choose it from the list."), h("ul", { class: "files" }, files.map(one)));
}

function landing(element, landed) {
  element.addEventListener("dragover", (event) => (event.preventDefault(), element.classList.add("over")));
  element.addEventListener("dragleave", () => element.classList.remove("over"));
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    element.classList.remove("over");
    landed(event.dataTransfer.getData("text/plain"));
  });
}

// ---- new cells, and tables from a spreadsheet

function more(bench) {
  if (bench.readOnly) return null;
  return h("div", { class: "grid" }, panel("New cell", newCell(bench)), panel("From a spreadsheet", paste(bench)), panel("More files", h("p", { class: "quietly" }, "What is stored already is only given its second name."), storing(bench, "Store the new files of this folder")));
}

function newCell(bench) {
  const title = h("input", { type: "text", placeholder: "bare 4", "data-field": "new name" });
  const treatment = h("input", { type: "text", placeholder: "bare", "data-field": "new treatment", list: treatments(bench) });
  const fault = h("div");
  const submit = (event) => (event.preventDefault(), change(bench, [{ do: "add", cell: title.value, treatment: treatment.value }], fault));
  return h("form", { class: "row", onsubmit: submit }, field("Name", title), field("Treatment", treatment), h("button", { type: "submit" }, "Add"), fault);
}

function paste(bench) {
  const text = h("textarea", { rows: "4", spellcheck: "false", placeholder: "file\tcell\ttreatment\tarea (mm^2)\nbare_1.csv\tbare 1\tbare\t28,3", "data-field": "paste" });
  const fault = h("div");
  const run = () => guarded(fault, async () => arrive(bench, await ask("/api/bench/paste", { body: { project: bench.project, text: text.value } })));
  return h("div", {}, field("Rows with their head", text, "One row per file; a decimal comma is understood."), h("p", {}, button("Take these rows", run)), fault);
}
