// Below every panel: its command line and its Python cell, to copy.
import { button, h } from "./dom.js";
import { notice } from "./notice.js";

export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    notice(`${what} copied`);
  } catch {
    notice("The browser did not allow copying: select the text and copy it by hand", "bad");
  }
}

export function recipe(said) {
  if (!said) return null;
  const one = (name, text) =>
    h("div", { class: "code" }, h("div", { class: "code-head" }, h("span", {}, name), button("Copy", () => copy(text, name), { class: "quiet", "aria-label": `Copy: ${name}` })), h("pre", { tabindex: "0" }, text));
  return h("details", { class: "recipe" }, h("summary", {}, "Command line and Python"), one("Command line", said.command), one("Python cell", said.python));
}
