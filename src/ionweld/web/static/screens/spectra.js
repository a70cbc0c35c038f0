// Spectra: choose a technique and a file; its fit with limits and flags.
import { ask, work } from "/static/lib/ask.js";
import { button, field, fill, h, number, panel } from "/static/lib/dom.js";
import { chooser } from "/static/lib/files.js";
import { saves } from "/static/lib/image.js";
import { guarded } from "/static/lib/notice.js";
import { recipe } from "/static/lib/recipe.js";
import { table } from "/static/lib/table.js";

const JOINED = new Set(["xps", "sem", "eds"]);
const TITLES = { xrd: "XRD", ftir: "FTIR", xps: "XPS", sem: "SEM", eds: "EDS" };

export async function show({ root, params, address }) {
  const known = await ask("/api/spectra/techniques");
  const leaving = new AbortController();
  let looking = new AbortController();
  const [side, place, together] = [h("div"), h("div"), h("div")];
  const kept = []; // what is joined: one fit of each instrument
  const keep = (part) => {
    kept.splice(0, kept.length, ...kept.filter((one) => one.technique !== part.technique), part);
    fill(together, joining(kept, leaving.signal));
  };
  const chips = h("div", { class: "chips", role: "group", "aria-label": "Technique" });
  const choose = (technique, file = null) => {
    looking.abort();
    looking = new AbortController();
    fill(chips, Object.keys(known).map((name) => button(TITLES[name] || name, () => choose(name), { class: "chip", "aria-pressed": String(name === technique) })));
    fill(side, chooser(technique, { chosen: file, signal: looking.signal, picked: (row) => open(technique, row.name) }));
    if (file) return open(technique, file);
    return fill(place, h("div", { class: "panel empty" }, h("h2", {}, "Choose a file"), h("p", {}, "What is found comes with its error, what is not found with the amount that would have been missed.")));
  };
  const open = (technique, file) => {
    history.replaceState(null, "", address("spectra", { technique, file }));
    const result = h("div");
    const fit = (options) => guarded(result, async () => {
      fill(result, h("p", { class: "busy-box" }, `Fitting ${file}`));
      const found = await work("/api/spectra/fit", { body: { file, technique, options }, signal: leaving.signal });
      const add = JOINED.has(technique) ? button("Take this fit into the joined verdict", () => keep({ file, technique, options }), { class: "second" }) : null;
      fill(result, shown(found, TITLES[technique], technique, add));
    });
    const options = form(known[technique], fit);
    fill(place, options.element, result);
    return fit(options.values());
  };
  root.append(h("div", { class: "side" }, h("section", { class: "panel", "aria-label": "Files" }, chips, side), h("div", {}, place, together)));
  choose(params.get("technique") || "xrd", params.get("file"));
  return () => (leaving.abort(), looking.abort());
}

function form(options, fit) {
  const inputs = new Map(options.map((one) => [one.name, h("input", { type: "text", value: one.start, placeholder: one.example })]));
  const values = () => Object.fromEntries([...inputs].map(([name, input]) => [name, input.value]));
  const fields = options.map((one) => field(one.name[0].toUpperCase() + one.name.slice(1), inputs.get(one.name), one.help));
  const element = h("form", { class: "panel row", onsubmit: (event) => (event.preventDefault(), fit(values())) }, fields, h("button", { type: "submit" }, "Fit"));
  return { element, values };
}

// What XPS, SEM, EDS and impedance say together of one interface.
function joining(kept, signal) {
  const text = (value, placeholder) => h("input", { type: "text", value, placeholder });
  const [temperature, resistance, error] = [text("80 degC", "80 degC"), text("", "120 ohm*cm^2"), text("", "10 ohm*cm^2")];
  const gap = h("input", { type: "checkbox" });
  const result = h("div");
  const join = (event) => (event.preventDefault(), guarded(result, async () => {
    fill(result, h("p", { class: "busy-box" }, "Joining the evidence"));
    const body = { parts: kept, temperature: temperature.value, resistance: resistance.value, resistance_error: error.value, gap: gap.checked };
    fill(result, shown(await work("/api/spectra/joined", { body, signal }), "The joined verdict", "joined"));
  }));
  const form = h("form", { class: "row", onsubmit: join },
    field("Temperature", temperature), field("Resistance of one interface", resistance, "of impedance, per area"), field("Its error", error), field("What SEM measured is an empty gap", gap), h("button", { type: "submit" }, "Join"));
  return [panel("Joined", h("ul", {}, kept.map((one) => h("li", {}, `${TITLES[one.technique]}: ${one.file}`))), form), result];
}

// The interval of a row, by the names that results use for it.
const interval = (row) => ({ low: row.ci95_low ?? row.low ?? null, high: row.ci95_high ?? row.high ?? row.upper_limit_95 ?? null, interval: "95 %", error: row.stderr ?? row.stderr_um ?? null });

function shown(found, title, name, more = null) {
  const image = h("img", { class: "picture", src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(found.figure.svg)}`, alt: found.figure.said });
  const columns = found.columns.map((name) => ({ key: name, title: name.replaceAll("_", " "), show: (row) => (typeof row[name] === "boolean" ? (row[name] ? "yes" : "no") : number(row[name])) }));
  return [
    panel(title, h("p", { class: "verdict", "aria-live": "polite" }, found.verdict), found.warnings.map((text) => h("p", { class: "warn" }, text)), h("figure", {}, image, saves(found.figure.name, () => found.figure.svg, () => found.figure.csv)), more, recipe(found.recipe)),
    panel("Every number", table(columns, found.rows, { caption: "What was found, with errors and limits; click a number to see where it comes from", name, origin: found.origin, label: (row) => String(row[found.columns[0]] ?? ""), range: (row) => interval(row) }))];
}
