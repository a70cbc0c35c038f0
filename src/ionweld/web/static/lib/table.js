// Tables: sorted by a click on a head, copied as csv.
import { button, fill, h, number } from "./dom.js";
import { download } from "./save.js";
import { copy } from "./recipe.js";
import { answering } from "./why.js";

// columns: [{key, title, unit, show(row), value(row), class, why: false, place(row)}]; rows: objects
// origin: where the numbers come from, so that each answers a click; label(row): what the row is of; range(row, column): its interval
export function table(columns, rows, { caption, name = "table", row: attributes = () => ({}), origin = null, label = () => "", range = () => ({}) } = {}) {
  const body = h("tbody");
  const oneStop = arrows(body, ".ask");
  let sorted = null;
  let rising = true;
  const valueOf = (column, row) => (column.value ? column.value(row) : row[column.key]);
  const shown = (column, row) => (column.show ? column.show(row) : number(valueOf(column, row)));
  const isNumber = (column, row) => typeof valueOf(column, row) === "number";
  const story = (column, row) => ({ title: column.title, of: label(row), value: shown(column, row), unit: column.show ? "" : column.unit || row.unit, meaning: column.meaning || origin.meanings?.[column.key], origin, ...range(row, column), ...column.place?.(row) });
  const text = (column, row) => (origin && column.why !== false && isNumber(column, row) ? answering(shown(column, row), () => story(column, row)) : shown(column, row));
  const cell = (column, row) => h("td", { class: column.class || (isNumber(column, row) ? "num" : "") }, text(column, row));
  const draw = () => {
    fill(body, order().map((row) => h("tr", attributes(row), columns.map((column) => cell(column, row)))));
    oneStop();
  };
  const order = () => (sorted ? [...rows].sort((a, b) => compare(valueOf(sorted, a), valueOf(sorted, b)) * (rising ? 1 : -1)) : rows);
  const heads = columns.map((column) => {
    const text = column.unit ? `${column.title} / ${column.unit}` : column.title;
    if (column.still) return h("th", { scope: "col" }, text || h("span", { class: "hidden" }, "Actions"));
    const head = h("th", { scope: "col", "aria-sort": "none", class: rows.some((row) => isNumber(column, row)) ? "num" : "" });
    const sort = () => {
      rising = sorted === column ? !rising : true;
      sorted = column;
      for (const other of heads) if (other.hasAttribute("aria-sort")) other.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", rising ? "ascending" : "descending");
      draw();
    };
    head.append(button(text, sort, { class: "sort" }));
    return head;
  });
  draw();
  const csv = () => asCsv(columns.filter((one) => !one.still), order(), valueOf);
  const made = h("table", {}, caption ? h("caption", {}, caption) : null, h("thead", {}, h("tr", {}, heads)), body);
  const tools = h("div", { class: "save" }, button("Copy as csv", () => copy(csv(), "Table"), { class: "quiet" }), button("csv", () => download(`${name}.csv`, csv(), "text/csv"), { class: "quiet", "aria-label": `Save ${name} as csv` }));
  return h("div", { class: "table" }, h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption || name }, made), tools);
}

// What a table holds many of is one stop for Tab: the arrows go on from one to the next, within its row and its column.
// Gives what is to be called when the lines were drawn.
export function arrows(body, selector) {
  body.addEventListener("keydown", (event) => walk(event, selector));
  return () => [...body.querySelectorAll(selector)].forEach((one, at) => (one.tabIndex = at ? -1 : 0));
}

function walk(event, selector) {
  const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
  const cell = event.target.closest("td");
  if (!step || !cell) return;
  event.preventDefault();
  let [row, column] = [cell.parentElement.rowIndex + step[0], cell.cellIndex + step[1]];
  const lines = cell.closest("table").rows;
  for (; lines[row]?.cells[column]; row += step[0], column += step[1]) {
    const next = lines[row].cells[column].querySelector(selector);
    if (!next) continue;
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
    return;
  }
}

function compare(a, b) {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });
}

export function asCsv(columns, rows, valueOf = (column, row) => row[column.key]) {
  const head = columns.map((one) => (one.unit ? `${one.title} / ${one.unit}` : one.title));
  return [head, ...rows.map((row) => columns.map((column) => valueOf(column, row)))].map((line) => line.map(quoted).join(",")).join("\n") + "\n";
}

// A text that a spreadsheet would take for a formula is marked as text.
function quoted(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(String(value)) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
