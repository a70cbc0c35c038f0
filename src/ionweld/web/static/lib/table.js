// Tables: sorted by a click on a head, copied as csv.
import { button, fill, h, number } from "./dom.js";
import { download } from "./save.js";
import { copy } from "./recipe.js";

// columns: [{key, title, unit, show(row), value(row), class}]; rows: objects
export function table(columns, rows, { caption, name = "table", row: attributes = () => ({}) } = {}) {
  const body = h("tbody");
  let sorted = null;
  let rising = true;
  const valueOf = (column, row) => (column.value ? column.value(row) : row[column.key]);
  const shown = (column, row) => (column.show ? column.show(row) : number(valueOf(column, row)));
  const cell = (column, row) => h("td", { class: column.class || (typeof valueOf(column, row) === "number" ? "num" : "") }, shown(column, row));
  const draw = () => fill(body, order().map((row) => h("tr", attributes(row), columns.map((column) => cell(column, row)))));
  const order = () => (sorted ? [...rows].sort((a, b) => compare(valueOf(sorted, a), valueOf(sorted, b)) * (rising ? 1 : -1)) : rows);
  const heads = columns.map((column) => {
    const text = column.unit ? `${column.title} / ${column.unit}` : column.title;
    if (column.still) return h("th", { scope: "col" }, text || h("span", { class: "hidden" }, "Actions"));
    const head = h("th", { scope: "col", "aria-sort": "none" });
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
