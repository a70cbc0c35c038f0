// Drop: the files of the folder as a table with thumbnails; more are dragged in.
import { ask, work } from "/static/lib/ask.js";
import { button, choice, field, fill, h, number, size } from "/static/lib/dom.js";
import { filesHere, lookAt } from "/static/lib/files.js";
import { guarded, notice } from "/static/lib/notice.js";
import { recipe } from "/static/lib/recipe.js";
import { waiting } from "/static/lib/waiting.js";

const STATES = "Step Type"; // of the Battery Data Format
const NO_DATA = new Set(["not data"]);

export async function show({ root, params, house, address, refresh }) {
  if (params.get("map")) return mapColumns(root, params.get("map"), address);
  const list = h("div");
  const leaving = new AbortController();
  root.append(dropZone(house, refresh), list);
  await guarded(list, async () => {
    const found = await filesHere();
    if (!found.rows.length) return fill(list, welcome(house, refresh));
    lookAt(found.rows, listing(list, found.rows, found, address), leaving.signal);
    return undefined;
  });
  return () => leaving.abort();
}

// ---- files in

function dropZone(house, refresh) {
  if (house.read_only) return h("p", { class: "quietly" }, "Read only: files cannot be dragged in.");
  const status = h("p", { role: "status", class: "quietly" });
  const chosen = h("input", { type: "file", multiple: true, class: "hidden", tabindex: "-1", "aria-hidden": "true", onchange: (event) => send([...event.target.files]) });
  const send = async (files) => {
    let sent = 0;
    for (const file of files) {
      status.textContent = `Taking ${file.name} (${sent + 1} of ${files.length})`;
      const done = await guarded(null, () => ask("/api/drop/upload", { method: "PUT", query: { name: file.name }, body: file, raw: true }));
      sent += done ? 1 : 0;
    }
    status.textContent = "";
    notice(`${sent} of ${files.length} files taken in`, sent === files.length ? "good" : "bad");
    refresh();
  };
  const zone = h("div", { class: "drop" }, h("p", {}, h("b", {}, "Drag files or a folder here"), ": cycling, impedance, XRD, FTIR, XPS, SEM, EDS, zip"), button("Choose files", () => chosen.click(), { class: "second" }), chosen, status);
  zone.addEventListener("dragover", (event) => (event.preventDefault(), zone.classList.add("over")));
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    send(entries.length ? (await Promise.all(entries.map(filesOf))).flat() : [...event.dataTransfer.files]);
  });
  return zone;
}

async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const inside = [];
  for (let some; (some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))).length; ) inside.push(...some);
  return (await Promise.all(inside.map(filesOf))).flat();
}

function welcome(house, refresh) {
  const sample = button("Make the sample project", async () => {
    sample.disabled = true;
    const wait = waiting("Simulating twelve cells and writing their files; the first time takes a minute");
    fill(told, wait.element);
    const made = await guarded(told, () => work("/api/drop/sample", { method: "POST" }, wait.told));
    if (made) {
      notice(`${made.cells} cells and ${made.files} measurements are ready`);
      house.projects = ["sample/project"];
      refresh();
    }
    sample.disabled = false;
  });
  const told = h("div");
  return h("div", { class: "panel empty" }, h("h2", {}, "Nothing is here yet"), h("p", {}, "Drag in what your instruments wrote, or begin with a small laboratory of known truth: bare and welded cells, every technique."), house.read_only ? null : sample, told);
}

// ---- the list

function listing(place, rows, found, address) {
  let kind = null;
  const body = h("tbody");
  const chips = h("div", { class: "chips", role: "group", "aria-label": "Show one kind" });
  const folded = h("div");
  const kinds = (row) => (row.held ? row.held.map((one) => one.kind) : ["…"]);
  const isMain = (row) => !row.same && !(row.held && row.held.every((one) => NO_DATA.has(one.kind)));
  const draw = () => {
    const main = rows.filter(isMain);
    const counts = new Map();
    for (const row of main) for (const one of new Set(kinds(row))) counts.set(one, (counts.get(one) || 0) + 1);
    const chip = (name, text) => button(text, () => ((kind = name), draw()), { class: "chip", "aria-pressed": String(kind === name) });
    fill(chips, chip(null, `All ${main.length}`), [...counts].filter(([name]) => name !== "…").sort().map(([name, count]) => chip(name, `${name} ${count}`)));
    fill(body, main.filter((row) => !kind || kinds(row).includes(kind)).flatMap((row) => lines(row, address)));
    fill(folded, fold("the same as another file", rows.filter((row) => row.same), (row) => `${row.name} = ${row.same}`), fold("no data of an instrument", rows.filter((row) => !row.same && !isMain(row)), (row) => row.name));
  };
  const head = ["", "File", "Kind", "Instrument", "Numbers", ""].map((text, at) => h("th", { scope: "col" }, text || h("span", { class: "hidden" }, at ? "Go on" : "Picture")));
  const tableOf = h("div", { class: "scroll whole", tabindex: "0", role: "region", "aria-label": "Files" }, h("table", { class: "stack" }, h("thead", {}, h("tr", {}, head)), body));
  fill(place, h("section", { class: "panel", "aria-label": "Files of the folder" }, chips, tableOf, folded, found.left ? h("p", { class: "warn" }, `${found.left} files more are not listed: open a smaller folder`) : null, recipe(found.recipe)));
  draw();
  return draw;
}

function lines(row, address) {
  if (!row.held) return [h("tr", {}, h("td", {}, h("div", { class: "thumb" })), h("td", { class: "name" }, row.name, h("br"), h("small", {}, size(row.size))), h("td", { colspan: "4", class: "quietly" }, "…"))];
  let first = 0;
  return row.held.map((one) => {
    const at = first;
    first += one.count || 0;
    return line(row, one, at, address);
  });
}

function line(row, one, first, address) {
  const inside = row.held.length > 1 && one.name && !row.name.endsWith(one.name) ? `: ${one.name}` : "";
  const picture = one.picture ? h("img", { class: "thumb", src: one.picture, alt: `${one.kind} of ${row.name}` }) : h("div", { class: "thumb" });
  const bad = one.kind === "not read";
  return h("tr", {},
    h("td", {}, picture),
    h("td", { class: "name" }, row.name + inside, h("br"), h("small", {}, size(row.size))),
    h("td", {}, h("span", { class: `badge${bad ? " bad" : ""}` }, one.kind)),
    h("td", {}, (one.instrument || "").replace(/ \(ionweld [^)]*\)$/, "")),
    h("td", {}, said(one)),
    h("td", {}, next(row, one, first, address)));
}

function said(one) {
  const numbers = one.numbers.map((item) => h("span", { class: "number" }, `${item.name} `, item.value === null ? h("small", {}, item.why || "not known") : h("b", {}, `${number(item.value)} ${item.unit}`)));
  const more = one.warnings.length ? h("details", {}, h("summary", {}, `${one.warnings.length} ${one.kind === "not read" ? "reason" : "warning"}${one.warnings.length > 1 ? "s" : ""}`), one.warnings.map((text) => h("p", { class: "warn" }, text))) : null;
  return [numbers, more];
}

const SCREENS = { cycling: ["cell", "Look at the test"], eis: ["impedance", "Fit"], ...Object.fromEntries(["xrd", "ftir", "xps", "sem", "eds"].map((name) => [name, ["spectra", "Analyse"]])) };

function next(row, one, first, address) {
  if (one.kind === "not read" && !one.technique && /\.(csv|txt|dat|tsv)$/i.test(row.name)) return h("a", { href: address("drop", { map: row.name }), "aria-label": `Say what the columns of ${row.name} are` }, "Say what its columns are");
  const [screen, text] = SCREENS[one.technique] || [];
  return screen ? h("a", { href: address(screen, { file: row.name, at: first || null, technique: screen === "spectra" ? one.technique : null }), "aria-label": `${text}: ${row.name}` }, text) : null;
}

function fold(what, rows, text) {
  return rows.length ? h("details", {}, h("summary", {}, `${rows.length} ${rows.length > 1 ? "files are" : "file is"} ${what}`), h("ul", {}, rows.map((row) => h("li", {}, text(row))))) : null;
}

// ---- an unknown table: its owner says what the columns are, and the description lies beside the file from then on

async function mapColumns(root, file, address) {
  root.append(h("p", {}, h("a", { href: "#drop" }, "← All files")));
  const place = h("div");
  root.append(place);
  await guarded(place, async () => {
    fill(place, h("p", { class: "busy-box" }, `Reading ${file}`));
    const seen = await work("/api/drop/table", { body: { file } });
    const columns = seen.names.map((name) => columnOf(name, seen));
    const sign = choice([["", "choose"], ["charge", "charges the cell"], ["discharge", "discharges the cell"], ["by state", "has no sign: a column of states says it"]], "");
    const states = statesOf(columns, seen.words, sign);
    const mark = choice([["", "found by itself"], [".", "point"], [",", "comma"]], "");
    const area = h("input", { type: "text", placeholder: "0.785 cm^2", size: "10" });
    const fault = h("div");
    const save = (event) => {
      event.preventDefault();
      return guarded(fault, async () => {
        const said = columns.filter((one) => one.name && one.target.value).map((one) => ({ name: one.name, target: one.target.value, unit: one.unit.value.trim() }));
        const done = await work("/api/drop/describe", { body: { file, columns: said, current_positive: sign.value, decimal_mark: mark.value || null, states: states.said(), area: area.value.trim() || null } });
        notice(`${done.rows} rows are read; the description lies beside the file`);
        location.hash = address("cell", { file });
      });
    };
    fill(place, h("form", { class: "panel", onsubmit: save },
      h("h2", {}, file), h("p", {}, "No known format wrote this table. Click a column and say what it is; time, voltage and current are needed."),
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "The table" }, h("table", { class: "mapped" }, h("thead", {}, h("tr", {}, columns.map((one) => one.head))), h("tbody", {}, seen.rows.map((row) => h("tr", {}, row.map((cell) => h("td", {}, cell))))))),
      h("div", { class: "row" }, field("A positive current", sign), field("Decimal mark", mark), field("Area, where currents are per area", area), h("button", { type: "submit" }, "Read it so")), states.element, fault));
  });
}

// Where the current has no sign: what each word of the column of states means.
function statesOf(columns, words, sign) {
  const element = h("div");
  let asked = [];
  const said = () => Object.fromEntries(asked.filter(([, select]) => select.value).map(([word, select]) => [word, select.value]));
  const draw = () => {
    const column = columns.find((one) => one.target.value === STATES);
    asked = sign.value === "by state" && column ? (words[column.name] || []).map((word) => [word, choice([["", "choose"], "charge", "discharge", "rest"], "")]) : [];
    if (sign.value !== "by state") return fill(element);
    if (!column) return fill(element, h("p", { class: "warn" }, `Say above which column is ${STATES}: its words tell charge from discharge.`));
    return fill(element, asked.length ? h("div", { class: "row" }, asked.map(([word, select]) => field(word, select))) : h("p", { class: "warn" }, `${column.name} holds no few words that could be states.`));
  };
  sign.addEventListener("change", draw);
  for (const one of columns) one.target.addEventListener("change", draw);
  return { element, said };
}

function columnOf(name, seen) {
  const [target, unit] = seen.guesses[name] || ["", ""];
  const select = choice([["", "not used"], ...seen.quantities], target, { "aria-label": `What ${name} is` });
  const written = h("input", { type: "text", value: unit, placeholder: "unit", size: "7", "aria-label": `Unit of ${name}` });
  const head = h("th", { scope: "col", class: target ? "used" : "" }, h("span", {}, name), select, written);
  select.addEventListener("change", () => {
    head.classList.toggle("used", Boolean(select.value));
    written.placeholder = select.value.includes(" / ") ? select.value.split(" / ")[1] : "";
  });
  head.addEventListener("click", (event) => event.target === head && select.focus());
  return { name, head, target: select, unit: written };
}
