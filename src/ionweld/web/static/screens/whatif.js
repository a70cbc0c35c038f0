// What if: sliders, the band of the twin with the measured curve over it, the interface to scale, and what to change for a goal.
import { ask, work } from "/static/lib/ask.js";
import { button, choice, field, fill, freshId, h, panel } from "/static/lib/dom.js";
import { chooser } from "/static/lib/files.js";
import { levers, written } from "/static/lib/levers.js";
import { guarded } from "/static/lib/notice.js";
import { picture } from "/static/lib/picture.js";
import { figure, palette } from "/static/lib/plot.js";
import { recipe } from "/static/lib/recipe.js";
import { waiting } from "/static/lib/waiting.js";

const WAIT_MS = 120;
const SOON_MS = 900; // a whole band that comes this soon needs no quick look at its first cells before it
const CYCLES = ["5", "10", "20", "40", "100"];
const tab = Math.random().toString(36).slice(2);

export async function show({ root, params }) {
  const known = await ask("/api/whatif/start");
  const asked = { cell: params.get("cell") || "", electrolyte: "Li2OHCl", liquid: known.liquids.find((name) => name.includes("LiPF6")) || "", moved: {}, cycles: 10, tab };
  const view = parts();
  const leaving = new AbortController();
  let timer = null;
  let turn = 0;
  let took = Infinity;
  let over = null;
  let last = null;
  const draw = () => last && drawBand(view, last, over);
  const run = async () => {
    const mine = (turn += 1);
    const looks = took < SOON_MS ? [known.draws] : [known.first_draws, known.draws];
    for (const draws of looks) {
      const begun = performance.now();
      view.status.textContent = draws === looks[0] ? "Simulating…" : `Of ${known.first_draws} cells; ${known.draws} are simulated now`;
      const found = await guarded(view.fault, () => work("/api/whatif/band", { body: { ...asked, draws }, signal: leaving.signal }));
      if (mine !== turn) return; // it was moved on meanwhile: the band of this place is not waited for
      if (!found) return void (view.status.textContent = "");
      took = draws === known.draws ? performance.now() - begun : took;
      fill(view.fault);
      last = found;
      draw();
      tell(view, found);
    }
    view.status.textContent = "";
  };
  const change = (values, now = false) => {
    Object.assign(asked, values);
    clearTimeout(timer);
    timer = setTimeout(run, now ? 0 : WAIT_MS);
  };
  const lay = async (file) => {
    over = file ? await guarded(view.fault, () => work("/api/whatif/measured", { body: { file } })) : null;
    draw();
  };
  const advise = async (goal, place) => {
    const wait = waiting("Trying every lever on draws of the cell; this takes a while");
    fill(place, wait.element);
    const found = await guarded(place, () => work("/api/whatif/advice", { body: { ...asked, goal }, signal: leaving.signal }, wait.told));
    if (found) fill(place, advice(found));
  };
  root.append(h("div", { class: "side" }, controls(known, asked, change, lay, params, leaving.signal), h("div", {}, view.element, goalPanel(advise))));
  change({}, true);
  return () => {
    clearTimeout(timer);
    leaving.abort();
    view.leave();
  };
}

// ---- what is moved

function controls(known, asked, change, lay, params, signal) {
  const sliders = h("div");
  const drawSliders = () => fill(sliders, known.sliders.map((one) => slider(one, asked, change)));
  const made = h("div");
  const drawMade = () => fill(made, asked.cell ? null : [
    field("Electrolyte", choice(known.electrolytes, asked.electrolyte, { onchange: (event) => change({ electrolyte: event.target.value }, true) })),
    field("Liquid in the gap", choice([["", "none: a bare cell"], ...known.liquids], asked.liquid, { onchange: (event) => change({ liquid: event.target.value }, true) }))]);
  const cell = choice([["", "a new cell"], ...known.cells], asked.cell, { onchange: (event) => {
    change({ cell: event.target.value, moved: {} }, true);
    drawMade();
    drawSliders();
  } });
  const files = h("details", {}, h("summary", {}, "Lay a measured test over it"));
  files.addEventListener("toggle", () => files.open && files.children.length === 1 && files.append(chooser("cycling", { chosen: params.get("file"), signal, picked: (row) => lay(row.name) }), button("None", () => lay(null), { class: "quiet" })));
  if (params.get("file")) lay(params.get("file"));
  drawMade();
  drawSliders();
  return panel("The cell",
    field("Cell", cell), made, sliders,
    field("Cycles", choice(CYCLES, String(asked.cycles), { onchange: (event) => change({ cycles: Number(event.target.value) }, true) })),
    files, h("p", { class: "quietly" }, "A cycling file of a symmetric cell"));
}

function slider(one, asked, change) {
  const shown = h("output", {}, asked.moved[one.name] || (asked.cell && one.of_the_cell ? "as in the file" : one.steps[one.start]));
  const input = h("input", { type: "range", class: "wide", min: "0", max: String(one.steps.length - 1), step: "1", value: String(one.steps.indexOf(asked.moved[one.name]) >= 0 ? one.steps.indexOf(asked.moved[one.name]) : one.start), "aria-valuetext": shown.textContent });
  input.addEventListener("input", () => {
    const text = one.steps[Number(input.value)];
    shown.textContent = text;
    input.setAttribute("aria-valuetext", text);
    change({ moved: { ...asked.moved, [one.name]: text } });
  });
  const made = field(one.title, input, one.help);
  made.querySelector("label").append(" ", shown);
  return made;
}

// ---- what is shown

function parts() {
  const verdict = h("p", { class: "verdict", "aria-live": "polite" });
  const status = h("p", { class: "quietly", role: "status" });
  const [fault, warnings, bar, moving, below] = [h("div"), h("div"), h("div"), h("div"), h("div")];
  const band = figure("what_if", "Overpotential by cycle: the band of the twin", { height: 320 });
  const trace = figure("what_if_voltage", "Voltage of the typical cell over time", { height: 220 });
  const plots = h("div", { class: "plots" }, h("h3", {}, "Overpotential by cycle"), band.element, h("h3", {}, "Voltage of the typical cell"), trace.element);
  const element = h("div", {}, panel("What the twin says", verdict, status, fault, bar, warnings, plots, below), panel("The interface, to scale", moving));
  return { element, verdict, status, fault, warnings, bar, moving, below, band, trace, plots, leave: () => (band.leave(), trace.leave()) };
}

function tell(view, found) {
  view.verdict.textContent = found.verdict;
  fill(view.warnings, h("ul", {}, found.says.map((text) => h("li", {}, text))), found.warnings.map((text) => h("p", { class: "warn" }, text)));
  fill(view.bar, borrowedBar(found.borrowed));
  view.plots.classList.toggle("borrowed", found.borrowed.count > 0);
  fill(view.moving, picture(found.picture));
  fill(view.below, recipe(found.recipe));
}

// The more is borrowed from other materials, the fuller the bar; the plots are grey as soon as anything is.
function borrowedBar(borrowed) {
  const id = freshId("borrowed");
  const meter = h("meter", { id, min: "0", max: String(borrowed.total), value: String(borrowed.count) });
  return h("div", { class: "field" }, h("label", { for: id }, `Parameters borrowed from other materials: ${borrowed.count} of ${borrowed.total}`), meter, borrowed.sentence ? h("p", { class: "warn" }, borrowed.sentence) : null, h("a", { href: `#why?${new URLSearchParams({ material: borrowed.pair })}` }, "Where these numbers come from"));
}

function drawBand(view, found, over) {
  const [blue, orange] = palette();
  const x = found.band.map((row) => row.cycle);
  const line = (key, more) => ({ x, y: found.band.map((row) => row[key] ?? null), mode: "lines", ...more });
  const edge = { line: { width: 0, color: blue }, showlegend: false, hoverinfo: "skip" };
  const area = (low, high, name, opacity) => [
    line(low, { ...edge, name: `${name}, low` }),
    line(high, { ...edge, fill: "tonexty", fillcolor: tinted(blue, opacity), showlegend: true, name })];
  const traces = [...area("p05", "p95", "5-95 % of cells", 0.18), ...area("p16", "p84", "16-84 %", 0.3), line("median", { name: "median of the twin", line: { color: blue, width: 2 } })];
  if (over) traces.push({ x: over.x, y: over.y, mode: "lines+markers", marker: { size: 4 }, line: { color: orange, width: 1.5 }, name: `measured: ${over.name}` });
  view.band.update(traces, { xaxis: { title: "cycle" }, yaxis: { title: "overpotential / mV", rangemode: "tozero" } });
  view.band.describe(`Overpotential by cycle, ${found.verdict}${over ? `, and measured: ${over.verdict}` : ""}`);
  view.trace.update([{ x: found.trace.x, y: found.trace.y, mode: "lines", line: { color: blue, width: 1 }, name: "simulated" }], { xaxis: { title: "time / h" }, yaxis: { title: "voltage / mV" } });
}

const tinted = (colour, opacity) => colour.replace("rgb(", "rgba(").replace(")", `, ${opacity})`);

// ---- what to change

function goalPanel(advise) {
  const place = h("div");
  const goal = h("input", { type: "text", value: "400 h at 0.4 mA/cm^2", class: "wide" });
  const ask = button("What should I change?", () => advise(goal.value, place));
  goal.addEventListener("keydown", (event) => event.key === "Enter" && ask.click());
  return panel("A goal", h("div", { class: "row" }, field("What the cell should reach", goal, "Hours at a current, cycles, or a critical current"), ask), place);
}

function advice(found) {
  return [h("p", { class: "verdict" }, found.verdict), found.warnings.map((text) => h("p", { class: "warn" }, text)), levers(found.advice, found.origin, (row) => written(found, "levers", row.change)), recipe(found.recipe)];
}
