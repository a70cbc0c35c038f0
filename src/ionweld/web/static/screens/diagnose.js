// Diagnose: say which cell and which files; odds as bars, what is known better now, what decides, what to change.
import { ask, work } from "/static/lib/ask.js";
import { button, choice, field, fill, h, number, panel } from "/static/lib/dom.js";
import { chooser } from "/static/lib/files.js";
import { levers, written } from "/static/lib/levers.js";
import { guarded } from "/static/lib/notice.js";
import { figure, palette } from "/static/lib/plot.js";
import { recipe } from "/static/lib/recipe.js";
import { table } from "/static/lib/table.js";
import { waiting } from "/static/lib/waiting.js";

export async function show({ root, params }) {
  const known = await ask("/api/why/entries");
  const leaving = new AbortController();
  const [given, place] = [h("ul", { class: "given" }), h("div")];
  const asked = { cell: params.get("cell") || known.cells[0] || "", measured: [], first: null, goal: "" };
  let drawn = [];
  const leave = () => drawn.forEach((one) => one.leave());
  const list = () => fill(given, asked.measured.map((one) => h("li", {}, one.file, " ", one.spectrum ? moment(one) : h("small", {}, "cycling"), button("Take out", () => ((asked.measured = asked.measured.filter((other) => other !== one)), list()), { class: "quiet", "aria-label": `Take out ${one.file}` }))));
  const add = (spectrum) => (row) => {
    if (asked.measured.some((one) => one.file === row.name)) return;
    asked.measured.push({ file: row.name, moment: spectrum ? proposed(row.name) : "", spectrum });
    list();
  };
  const run = () => guarded(place, async () => {
    leave();
    const wait = waiting("Drawing virtual cells like this one; this takes minutes the first time");
    fill(place, h("div", { class: "panel" }, wait.element));
    const measured = asked.measured.map(({ file, moment: when }) => ({ file, moment: when }));
    const found = await work("/api/diagnose/show", { body: { ...asked, measured }, signal: leaving.signal }, wait.told);
    drawn = draw(place, found);
  });
  const files = (technique, title) => h("details", { open: technique === "cycling" }, h("summary", {}, title), chooser(technique, { picked: add(technique === "eis"), signal: leaving.signal }));
  const first = choice([["", "not said"], "charge", "discharge"], "", { onchange: (event) => (asked.first = event.target.value || null) });
  const goal = h("input", { type: "text", placeholder: "400 h at 0.4 mA/cm^2", onchange: () => (asked.goal = goal.value.trim()) });
  const cell = known.cells.length ? choice(known.cells, asked.cell, { onchange: (event) => (asked.cell = event.target.value) }) : h("p", { class: "warn" }, "No file of the folder describes a cell: put its .toml there.");
  root.append(h("div", { class: "side" }, panel("The cell", field("Cell", cell), field("First half cycle", first), field("Goal", goal, "What the cell should reach; a longer life without it"), files("cycling", "Cycling tests"), files("eis", "Spectra"), h("h3", {}, "Given"), given, button("Why does it fail?", run, { disabled: !known.cells.length })), place));
  fill(place, h("div", { class: "panel empty" }, h("h2", {}, "Give a cell and what was measured on it"), h("p", {}, "Many virtual cells go through the same test; those that behave alike say which mechanism limits it. Add a spectrum, and see the odds move.")));
  return () => (leaving.abort(), leave());
}

// A name often says when; else the clocks of the files may, or the server asks.
const proposed = (name) => (name.toLowerCase().match(/before|after/g) || []).at(-1) || "";

function moment(one) {
  const input = h("input", { type: "text", value: one.moment, size: "10", placeholder: "by its clock", "aria-label": `When ${one.file} was taken: before, after, cycle:20`, oninput: () => (one.moment = input.value.trim()) });
  return input;
}

function draw(place, found) {
  const bars = figure("odds", found.verdict, { height: 90 + 30 * found.bars.length });
  const [blue, orange] = palette();
  const rows = [...found.bars].reverse();
  bars.update([{ type: "bar", orientation: "h", x: rows.map((row) => row.odds), y: rows.map((row) => row.name), marker: { color: rows.map((row) => (row.name === "undecided" ? orange : blue)) }, hovertemplate: "%{y}: %{x:.3f}<extra></extra>" }], { xaxis: { title: "odds", range: [0, 1] }, yaxis: {}, showlegend: false });
  const curves = posterior(found.curves);
  bars.describe(found.bars.map((row) => `${row.name} ${number(row.odds, 2)}`).join(", "));
  fill(place,
    panel("Why", h("p", { class: "verdict", "aria-live": "polite" }, found.verdict), found.explained ? null : h("p", { class: "warn" }, "No virtual cell behaves like this one: the odds are worth little."), found.warnings.map((text) => h("p", { class: "warn" }, text)), bars.element, curves.element, recipe(found.recipe)),
    found.misfit.length ? panel("What does not fit", h("ul", {}, found.misfit.map((one) => h("li", {}, one.said)))) : null,
    listed("What decides", found, found.experiments, [{ key: "experiment", title: "Experiment" }, { key: "bits", title: "Bits", show: (row) => number(row.bits, 2) }, { key: "low", title: "from", show: (row) => number(row.low, 2) }, { key: "high", title: "to", show: (row) => number(row.high, 2) }, { key: "hours", title: "Hours", show: (row) => number(row.hours, 2) }], "experiments", (row) => ({ origin: { ...found.origin, said: written(found, "experiments", row.experiment) } }), found.deciding),
    panel("What to change", levers(found.advice, found.origin, (row) => written(found, "levers", row.change))),
    listed("What is known better now", found, found.posterior.map((row) => ({ ...row, before_low: row.prior[0], before_high: row.prior[1] })), [{ key: "parameter", title: "Parameter" }, { key: "before_low", title: "Before, from", show: (row) => number(row.before_low, 3) }, { key: "before_high", title: "to", show: (row) => number(row.before_high, 3) }, { key: "low", title: "Now, from", show: (row) => number(row.low, 3) }, { key: "median", title: "median", show: (row) => number(row.median, 3) }, { key: "high", title: "to", show: (row) => number(row.high, 3) }, { key: "unit", title: "Unit" }], "posterior", (row) => ({ low: row.low, high: row.high, interval: "95 % interval, now", unit: row.unit, link: { href: `#why?${new URLSearchParams({ material: found.pair, number: row.parameter })}`, text: `What ${found.pair} has in the library` } })));
  return [bars, curves];
}

// What was measured over the band of the cells that stand for it.
function posterior(found) {
  const [blue, orange] = palette();
  const drawn = figure("posterior", `${found.quantity} by cycle, measured over the band of the posterior`, { height: 300 });
  const edge = (y, more) => ({ x: found.cycle, y, mode: "lines", line: { width: 0, color: blue }, showlegend: false, hoverinfo: "skip", ...more });
  const bands = found.bands.flatMap((one, at) => [edge(one.low, {}), edge(one.high, { fill: "tonexty", fillcolor: `${blue}${at ? "55" : "2e"}`, showlegend: true, name: `middle ${number(100 * one.share)} % of the posterior` })]);
  drawn.update([...bands, { x: found.cycle, y: found.measured, mode: "lines+markers", marker: { size: 4 }, line: { color: orange, width: 1.5 }, name: "measured" }], { xaxis: { title: "cycle" }, yaxis: { title: `${found.quantity} / ${found.unit}` } });
  return drawn;
}

const listed = (title, found, rows, columns, name, range, said = "") => (rows.length || said ? panel(title, said ? h("p", {}, said) : null, rows.length ? table(columns, rows, { caption: title, name, origin: found.origin, label: (row) => row.experiment || row.parameter, range }) : null) : null);
