// Why: a click on any number says what it is, how sure it is, what made it, of which file, and what a person said for it.
import { button, fill, h, number } from "./dom.js";

let dialog = null;

// one: {title, of, value, unit, low, high, interval, error, meaning, origin, links}
export function explain(one) {
  const from = one.origin;
  const rows = [
    ["Value", withUnit(one.value, one.unit)],
    ["Range", rangeOf(one)],
    ["Status", from.status],
    one.meaning ? ["Meaning", one.meaning] : null,
    from.how ? ["How", from.how] : null,
    from.sources?.length ? ["Source", from.sources.map((text) => h("p", {}, text))] : null,
    from.made_by ? ["Made by", h("code", {}, from.made_by)] : null,
    from.files?.length ? ["File", from.files.map((file) => h("p", {}, h("code", {}, file)))] : null,
    one.rows ? ["Rows", one.rows] : null,
    one.link ? ["More", h("a", { href: one.link.href, onclick: () => dialog.close() }, one.link.text)] : null];
  const said = (from.said || []).length
    ? [h("h3", {}, "What it stands on"), h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {}, ["What", "Value", "Status", "Written in"].map((text) => h("th", { scope: "col" }, text)))), h("tbody", {}, from.said.map((item) => h("tr", {}, h("td", {}, item.name), h("td", {}, item.value), h("td", {}, item.status), h("td", {}, h("code", {}, place(item))))))))]
    : null;
  open(one.of ? `${one.title}, ${one.of}` : one.title, h("dl", { class: "why" }, rows.filter(Boolean).flatMap(([name, text]) => [h("dt", {}, name), h("dd", {}, text)])), said);
}

const known = (value) => value !== null && value !== undefined;
const withUnit = (text, unit) => (unit && unit !== "1" && !String(text).endsWith(unit) ? `${text} ${unit}` : String(text));

function rangeOf({ low, high, unit, interval, error }) {
  const said = interval ? ` (${interval})` : "";
  if (known(low) && known(high)) return withUnit(`${number(low)} to ${number(high)}`, unit) + said;
  if (known(high)) return withUnit(`up to ${number(high)}`, unit) + said;
  return known(error) ? `± ${withUnit(number(error), unit)} (1 standard error)` : "none is stated";
}

const place = (item) => (item.file ? `${item.file}${item.line ? `, line ${item.line}` : ""}` : "");

// The native dialog keeps the focus inside, closes with Escape, and gives the focus back.
function open(title, ...content) {
  dialog?.remove();
  const close = button("Close", () => dialog.close(), { class: "second" });
  dialog = h("dialog", { class: "why-box", "aria-labelledby": "why-title" }, h("h2", { id: "why-title", tabindex: "-1" }, title), content, close);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  fill(document.querySelector("#why-title"), title).focus();
}

// A number that answers when it is clicked.
export const answering = (text, one) => button(text, () => explain(one()), { class: "ask", title: "Where does this number come from?" });
