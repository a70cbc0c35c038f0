// Elements made of text and other elements: data never becomes markup.

export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else if (name in made && typeof value !== "string" && name !== "style") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...flat(children));
  return made;
}

function flat(children) {
  return children.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== false);
}

export function fill(element, ...children) {
  element.replaceChildren(...flat(children));
  return element;
}

let counted = 0;
export const freshId = (stem) => `${stem}-${(counted += 1)}`;

// A field with its label, its help and the fault that was found in it.
export function field(label, input, help = "") {
  input.id ||= freshId("field");
  const about = help ? h("small", { id: `${input.id}-help`, class: "help" }, help) : null;
  if (about) input.setAttribute("aria-describedby", about.id);
  return h("div", { class: "field" }, h("label", { for: input.id }, label), input, about);
}

export function choice(options, value, attributes = {}) {
  const one = ([key, text]) => h("option", { value: key, selected: key === value }, text);
  return h("select", attributes, options.map((option) => one(Array.isArray(option) ? option : [option, option])));
}

export function button(text, onclick, attributes = {}) {
  return h("button", { type: "button", onclick, ...attributes }, text);
}

// A panel: a heading, what it shows, and below it the command line and the Python cell that say the same.
export function panel(title, ...children) {
  const id = freshId("panel");
  return h("section", { class: "panel", "aria-labelledby": id }, h("h2", { id }, title), children);
}

export function number(value, digits = 4) {
  if (value === null || value === undefined) return "–";
  if (typeof value !== "number") return String(value);
  const large = Math.abs(value);
  if (value === 0 || (Number.isInteger(value) && large < 1e6)) return String(value);
  if (large >= 1e-3 && large < 1e6) return String(Number(value.toPrecision(digits)));
  return value.toExponential(digits - 1).replace(/\.?0+e/, "e").replace("e+", "e");
}

export function size(bytes) {
  for (const unit of ["B", "kB", "MB"]) {
    if (bytes < 1000) return `${bytes < 10 && unit !== "B" ? bytes.toFixed(1) : Math.round(bytes)} ${unit}`;
    bytes /= 1000;
  }
  return `${bytes.toFixed(1)} GB`;
}
