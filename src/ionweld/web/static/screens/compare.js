// Compare: one plot of all effects with their intervals, one sentence, n shown; the figure, the table and the methods to take away.
import { work } from "/static/lib/ask.js";
import { button, choice, field, fill, h, number, panel } from "/static/lib/dom.js";
import { guarded } from "/static/lib/notice.js";
import { figure, palette } from "/static/lib/plot.js";
import { copy, recipe } from "/static/lib/recipe.js";
import { download } from "/static/lib/save.js";
import { table } from "/static/lib/table.js";

export async function show({ root, house, params }) {
  const leaving = new AbortController();
  const place = h("div");
  const asked = { project: params.get("project") || house.projects[0] || null, baseline: null, other: null };
  let drawn = [];
  const leave = () => drawn.forEach((one) => one.leave());
  const open = () => guarded(place, async () => {
    fill(place, h("p", { class: "busy-box" }, "Analysing every cell of the project"));
    const found = await work("/api/compare/show", { body: asked, signal: leaving.signal });
    leave();
    drawn = draw(place, found, asked, open);
  });
  if (!house.projects.length) {
    fill(root, h("div", { class: "panel empty" }, h("h2", {}, "No project yet"), h("p", {}, "Bench makes one: take files in, say which cell each belongs to, and treatments can be compared.")));
    return () => {};
  }
  if (house.projects.length > 1) root.append(h("div", { class: "panel row" }, field("Project", choice(house.projects.map((name) => [name, name || "the opened folder"]), asked.project, { onchange: (event) => (Object.assign(asked, { project: event.target.value, baseline: null, other: null }), open()) }))));
  root.append(place);
  await open();
  return () => (leaving.abort(), leave());
}

function draw(place, found, asked, open) {
  const plots = [];
  const made = (unit) => (plots.push(figure(`effects-${unit || "ratio"}`, found.verdict, { height: 90 + 46 * group(unit).length })), plots.at(-1));
  const unitOf = (effect) => (effect.kind === "ratio" ? "" : effect.unit);
  const group = (unit) => found.effects.filter((effect) => unitOf(effect) === unit);
  const units = [...new Set(found.effects.map(unitOf))];
  const panels = units.map((unit) => plot(made(unit), group(unit), unit));
  fill(place,
    panel("What differs", h("p", { class: "verdict", "aria-live": "polite" }, found.verdict), pair(found, asked, open), panels,
      found.effects.length ? exports(asked) : null, recipe(found.recipe)),
    found.effects.length ? panel("Every effect", effectTable(found)) : null,
    panel("Cells", table([{ key: "treatment", title: "Treatment" }, { key: "sentence", title: "What it is", value: (row) => found.sentences[row.treatment] || "" }, { key: "design", title: "Design" }, { key: "n", title: "n" }, { key: "names", title: "Cells", value: (row) => row.names.join(", ") }], found.cells, { caption: "What was compared", name: "cells" })),
    found.methods ? panel("For the methods of a paper", h("p", {}, found.methods), button("Copy the paragraph", () => copy(found.methods, "Paragraph"), { class: "second" })) : null,
    found.warnings.length ? panel("To be said", found.warnings.map((text) => h("p", { class: "warn" }, text))) : null);
  return plots;
}

function pair(found, asked, open) {
  if (found.treatments.length < 2) return null;
  const names = [["", "all"], ...found.treatments];
  const pick = (key) => choice(names, asked[key] || "", { onchange: (event) => {
    asked[key] = event.target.value || null;
    const both = asked.baseline && asked.other;
    if (both ? asked.baseline !== asked.other : !asked.baseline && !asked.other) open();
  } });
  return h("div", { class: "row" }, field("Compared with", pick("baseline")), field("Treatment", pick("other")));
}

// Where nothing differs stands a line; whose interval leaves it out is drawn in the first colour.
function plot(drawn, effects, unit) {
  const [clear, open] = palette();
  const y = effects.map((effect) => effect.label);
  const colours = effects.map((effect) => (effect.clear ? clear : open));
  const bars = effects.filter((effect) => effect.low !== null).map((effect) => ({ x: [effect.low, effect.high], y: [y[effects.indexOf(effect)], y[effects.indexOf(effect)]], mode: "lines", line: { color: effect.clear ? clear : open, width: 4 }, name: "95 % interval", hoverinfo: "skip" }));
  const points = { x: effects.map((effect) => effect.value), y, mode: "markers", name: "effect", text: effects.map((effect) => effect.said), hovertemplate: "%{text}<extra></extra>", marker: { size: 10, color: effects.map((effect, at) => (effect.low === null ? "rgba(0,0,0,0)" : colours[at])), line: { color: colours, width: 2 } } };
  const none = effects[0].none;
  const nothing = { x: [none], y: [y[0]], mode: "markers", marker: { opacity: 0 }, hoverinfo: "skip", name: "no effect" };
  drawn.update([...bars, points, nothing], {
    showlegend: false, margin: { l: 12, r: 12, t: 8, b: 44 },
    xaxis: { title: unit && unit !== "1" ? `difference / ${unit}` : unit ? "difference" : "ratio", type: unit ? "linear" : "log" },
    yaxis: { autorange: "reversed", showticklabels: false, ticks: "" },
    shapes: [{ type: "line", x0: none, x1: none, yref: "paper", y0: 0, y1: 1, line: { dash: "dash", width: 1, color: palette()[5] } }],
    annotations: effects.map((effect, at) => ({ xref: "paper", x: 0, y: y[at], text: y[at], showarrow: false, xanchor: "left", yanchor: "bottom", yshift: 6, font: { size: 12 } })),
  });
  drawn.describe(effects.map((effect) => effect.said).join("; "));
  return drawn.element;
}

function effectTable(found) {
  const cells = (row, treatment) => (found.cells.find((one) => one.treatment === treatment && one.design === row.design) || { names: [] }).names.join(", ");
  const story = (row) => ({ low: row.low, high: row.high, interval: "95 % interval", meaning: row.said, origin: { ...found.origin, how: `${row.kind} of ${row.other} to ${row.baseline}, by: ${row.method}`, said: [[row.other, row.other_n], [row.baseline, row.baseline_n]].map(([treatment, n]) => ({ name: `cells of ${treatment}`, value: cells(row, treatment), status: `n = ${n}`, file: found.origin.files[0] })) } });
  return table([
    { key: "quantity", title: "Quantity" }, { key: "other", title: "Treatment" }, { key: "baseline", title: "Compared with" }, { key: "kind", title: "Effect" },
    { key: "value", title: "Value", show: (row) => `${number(row.value, 3)}${row.unit === "1" ? "" : ` ${row.unit}`}` },
    { key: "low", title: "95 % from", show: (row) => number(row.low, 3) }, { key: "high", title: "to", show: (row) => number(row.high, 3) },
    { key: "other_n", title: "n" }, { key: "baseline_n", title: "n compared with" }, { key: "method", title: "How" }, { key: "design", title: "Design" }], found.effects, { caption: "Effects with their intervals; click a number to see where it comes from", name: "effects", origin: found.origin, label: (row) => row.quantity, range: story });
}

function exports(asked) {
  const save = (width, format) => button(`${width} mm, ${format}`, () => guarded(null, async () => {
    const made = await work("/api/compare/figure", { body: { ...asked, width, format } });
    const bytes = Uint8Array.from(atob(made.content), (sign) => sign.charCodeAt(0));
    download(made.name, new Blob([bytes], { type: format === "svg" ? "image/svg+xml" : "image/png" }));
  }), { class: "quiet", "aria-label": `${width} mm, ${format}: save the figure for print` });
  return h("div", { class: "save" }, h("span", { class: "quietly" }, "For print: "), [88, 180].flatMap((width) => ["svg", "png"].map((format) => save(width, format))));
}
