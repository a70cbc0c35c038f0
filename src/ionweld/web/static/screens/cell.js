// Cell: verdict on top, then the curve, the resistance per cycle with its events, impedance before and after, dQ/dV.
import { ask, work } from "/static/lib/ask.js";
import { button, choice, field, fill, h, number, panel } from "/static/lib/dom.js";
import { chooser, projects } from "/static/lib/files.js";
import { guarded } from "/static/lib/notice.js";
import { figure, palette } from "/static/lib/plot.js";
import { recipe } from "/static/lib/recipe.js";
import { table } from "/static/lib/table.js";
import { answering } from "/static/lib/why.js";

const GRAVE = new Set(["hard short", "soft short", "end of life", "contact loss"]);

export async function show({ root, params, house, address }) {
  const leaving = new AbortController();
  const main = h("div");
  const list = h("div", { class: "cells" });
  const files = h("details", { open: Boolean(params.get("file")) }, h("summary", {}, "A file alone"));
  const side = h("div", { class: "panel" }, h("h2", {}, "Cells"), projects(house, params.get("project") ?? house.projects[0], (project) => (location.hash = address("cell", { project }))), list, files);
  root.append(h("div", { class: "side" }, side, main));
  let leave = () => {};

  const open = async (asked, form) => {
    leave();
    const place = h("div", {}, h("p", { class: "busy-box" }, `Analysing ${asked.cell || asked.file}`));
    fill(main, form || null, place);
    await guarded(place, async () => {
      const found = await work("/api/cell/show", { body: asked, signal: leaving.signal });
      leave = draw(place, found, asked);
    });
  };
  let help = null;
  const openFile = (file, at = 0) => {
    const form = h("div");
    help ||= ask("/api/cell/fields");  // the analysis does not wait for it
    guarded(form, async () => fill(form, about(await help, (said) => open({ file, at, ...said }, form))));
    return open({ file, at }, form);
  };
  const openFiles = () => {
    if (files.children.length === 1) files.append(chooser("cycling", { chosen: params.get("file"), signal: leaving.signal, picked: (row) => (history.replaceState(null, "", address("cell", { file: row.name })), openFile(row.name)) }));
  };
  files.addEventListener("toggle", () => files.open && openFiles());

  await guarded(list, async () => {
    const found = await work("/api/cell/cells", { body: { project: params.get("project") } });
    const pick = (cell) => {
      history.replaceState(null, "", address("cell", { project: found.project, cell }));
      for (const one of list.querySelectorAll(".pick")) one.setAttribute("aria-pressed", String(one.dataset.cell === cell));
      return open({ project: found.project, cell });
    };
    fill(list, groups(found.cells).map(([treatment, cells]) => [h("h3", {}, treatment), cells.map((one) => button([one.name, h("small", {}, one.kind || "")], () => pick(one.name), { class: "pick", "data-cell": one.name, "aria-pressed": "false" }))]));
    if (!found.cells.length) {
      fill(list, h("p", { class: "quietly" }, "No cell is described yet: Bench does that. A file alone can be looked at below."));
      files.open = true;
      openFiles();
    }
    if (params.get("file")) return openFile(params.get("file"), Number(params.get("at") || 0));
    if (params.get("cell") || found.cells.length) return pick(params.get("cell") || found.cells[0].name);
    return fill(main, h("div", { class: "panel empty" }, h("h2", {}, "Choose a cell or a file"), h("p", {}, "Its cycles are summed up, its events named with their evidence and their rivals.")));
  });
  return () => (leaving.abort(), leave());
}

function groups(cells) {
  const found = new Map();
  for (const cell of cells) found.set(cell.treatment, [...(found.get(cell.treatment) || []), cell]);
  return [...found];
}

// What a person says of a file that stands alone.
function about(help, run) {
  const kind = choice([["", "not said"], "symmetric", "half", "full"], "");
  const first = choice([["", "not said"], "charge", "discharge"], "");
  const text = (placeholder) => h("input", { type: "text", placeholder, size: "10" });
  const [area, mass] = [text("0.2827 cm^2"), text("5 mg")];
  const value = (input) => input.value.trim() || null;
  const submit = (event) => (event.preventDefault(), run({ kind: value(kind), first: value(first), area: value(area), mass: value(mass) }));
  return h("form", { class: "panel row", onsubmit: submit }, field("Kind of cell", kind, help.kind), field("First half cycle", first, help.first_half_cycle), field("Area", area, help.area), field("Active mass", mass, help.active_mass), h("button", { type: "submit" }, "Analyse"));
}

function draw(place, found, asked) {
  const test = found.tests[0];
  const parts = [];
  const made = (...given) => (parts.push(figure(...given)), parts.at(-1));
  const head = h("section", { class: "panel", "aria-label": "Verdict" }, h("p", { class: "quietly" }, [found.name, found.treatment, found.kind].filter(Boolean).join(" · ")), verdict(found, test));
  fill(place, head, found.unreadable.map((text) => h("p", { class: "warn" }, text)), found.tests.map((one, number) => testPanel(one, number, found, asked, made)), nyquist(found, made));
  return () => parts.forEach((one) => one.leave());
}

function verdict(found, test) {
  if (!test) return h("p", { class: "verdict" }, "No cycling test");
  const { gravest } = test;
  if (!gravest) return h("p", { class: "verdict" }, found.kind ? `No event in ${test.cycles.length} cycles` : `${test.cycles.length} cycles; say what kind of cell it is, and its events are named`);
  const [rival, decides] = split(gravest.rivals[0] || "");
  return [h("p", { class: "verdict" }, `${capital(gravest.kind)} likely from cycle ${gravest.cycle}`), rival ? h("p", { class: "rival" }, h("b", {}, "It could also be "), `${rival}. `, h("b", {}, "What decides: "), decides) : null];
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);
const split = (text) => [text.slice(0, text.indexOf(": ")), text.slice(text.indexOf(": ") + 2)];

function testPanel(test, number, found, asked, made) {
  const name = `${found.name}-${number + 1}`;
  const events = eventList(test);
  const linked = { cycles: () => {} }; // what the curve calls when it is zoomed; the figure of the cycles takes it over
  const volts = curve(test, number, asked, made, name, events, linked);
  const place = h("div", { class: "grid" }, volts.element, perCycle(test, made, name, events, volts.look, linked), test.dqdv.length ? dqdv(test, made, name) : null);
  return panel(found.tests.length > 1 ? `Test ${number + 1}` : "Test",
    test.asks.map((text) => h("p", { class: "warn" }, `Asked: ${text}`)), test.warnings.map((text) => h("p", { class: "warn" }, text)),
    place, h("h3", {}, "Events"), events.element, h("p", {}, answering("Where this comes from", () => ({ title: "The verdict", value: test.verdict, origin: test.origin }))),
    h("details", {}, h("summary", {}, `Table of ${test.cycles.length} cycles`), cycleTable(test, name)), recipe(test.recipe));
}

// ---- events: a click on a mark opens its evidence

function eventList(test) {
  const items = test.events.map((event) => h("li", { class: GRAVE.has(event.kind) ? "grave" : "" }, h("details", {},
    h("summary", {}, h("b", {}, capital(event.kind)), ` at cycle ${event.cycle} (${event.sign})`),
    h("p", {}, event.evidence), h("p", { class: "quietly" }, `What it means: ${event.meaning}.`),
    event.rivals.length ? [h("p", {}, h("b", {}, "What else it could be, and what decides")), h("ul", {}, event.rivals.map((text) => h("li", {}, text)))] : null)));
  const element = items.length ? h("ol", { class: "events" }, items) : h("p", {}, "None.");
  const open = (at) => {
    const details = items[at].firstChild;
    details.open = true;
    details.firstChild.focus({ preventScroll: true });
    items[at].scrollIntoView({ block: "nearest", behavior: "smooth" });
  };
  return { element, open };
}

const marks = (test, x, y) => ({
  name: "events", mode: "markers", x: test.events.map(x), y: test.events.map(y), customdata: test.events.map((_, at) => at),
  text: test.events.map((event) => `${event.kind}, cycle ${event.cycle}: click for its evidence`), hovertemplate: "%{text}<extra></extra>",
  marker: { symbol: "triangle-down", size: 13, color: palette()[1] },
});

// ---- figures

function curve(test, at, asked, made, name, events, linked) {
  const drawn = made(`${name}-voltage`, `Voltage over time: ${test.verdict}`, { height: 330, zoom: (low, high) => (refetch(low, high), linked.cycles(low, high)), click: (point) => point.data.name === "events" && events.open(point.customdata) });
  const status = h("p", { class: "quietly" }, shown(test.curve));
  const put = (part, layout = {}) => {
    const top = Math.max(...test.curve.voltage_V.filter((one) => one !== null));
    return drawn.update([{ name: "voltage", mode: "lines", x: part.time_h, y: part.voltage_V, line: { color: palette()[0], width: 1 } }, marks(test, (event) => event.time_h, () => top)], { xaxis: { title: "test time / h", ...layout }, yaxis: { title: "voltage / V" }, showlegend: false });
  };
  const refetch = (low, high) => guarded(status, async () => {
    const part = await work("/api/cell/curve", { body: { ...asked, test: at, low, high, width: Math.min(8000, Math.round(drawn.width())) } });
    status.textContent = shown(part);
    await put(part, low === null ? {} : { range: [low, high] });
  });
  put(test.curve);
  return { element: h("div", {}, h("h3", {}, "Voltage"), drawn.element, status), look: refetch };
}

const shown = (part) => (part.time_h.length < part.rows ? `${part.time_h.length} of ${part.rows} points are drawn, every extreme among them; zoom in for more` : `all ${part.rows} points`);

// A range of cycles that is zoomed into here is looked at in the curve, too, and the other way round.
function perCycle(test, made, name, events, look, linked) {
  const known = (key) => test.cycles.some((one) => one[key] !== null && one[key] !== undefined);
  const kinds = [["asr_ohm_cm2", "area-specific resistance / Ω cm²"], ["resistance_ohm", "resistance / Ω"], ["discharge_capacity_Ah", "discharge capacity / Ah"], ["coulombic_efficiency", "coulombic efficiency"], ["overpotential_V", "overpotential / V"], ["wedge_index", "wedge index"]].filter(([key]) => known(key));
  if (!kinds.length) return null;
  const zoom = (low, high) => {
    looked.range = low === null ? {} : { range: [low, high] };
    const spans = test.spans_h.filter((_, at) => low === null || (test.cycles[at].cycle >= low && test.cycles[at].cycle <= high));
    if (low === null) look(null, null);
    else if (spans.length) look(spans[0][0], spans.at(-1)[1]);
  };
  const drawn = made(`${name}-cycles`, "", { height: 330, zoom, click: (point) => point.data.name === "events" && events.open(point.customdata) });
  const looked = { key: kinds[0][0], range: {} };
  const put = () => {
    const { key, range } = looked;
    const title = kinds.find(([one]) => one === key)[1];
    const at = (cycle) => test.cycles.find((one) => one.cycle === cycle)?.[key] ?? null;
    drawn.describe(`${title} per cycle, ${test.cycles.length} cycles; ${test.verdict}`);
    return drawn.update([{ name: title, mode: "lines+markers", x: test.cycles.map((one) => one.cycle), y: test.cycles.map((one) => one[key]), line: { color: palette()[0], width: 1.5 }, marker: { size: 5 } }, marks(test, (event) => event.cycle, (event) => at(event.cycle))], { xaxis: { title: "cycle", ...range }, yaxis: { title, rangemode: "tozero" }, showlegend: false });
  };
  linked.cycles = (low, high) => {
    const seen = test.cycles.map((one) => one.cycle).filter((_, at) => low === null || (test.spans_h[at][1] > low && test.spans_h[at][0] < high));
    looked.range = low === null || !seen.length ? {} : { range: [seen[0] - 0.5, seen.at(-1) + 0.5] };
    put();
  };
  const select = choice(kinds.map(([key, title]) => [key, title]), kinds[0][0], { onchange: (event) => ((looked.key = event.target.value), put()), "aria-label": "Quantity per cycle" });
  put();
  return h("div", {}, h("h3", {}, "Per cycle"), drawn.element, h("p", {}, select));
}

function dqdv(test, made, name) {
  const drawn = made(`${name}-dqdv`, `dQ/dV of cycle ${test.dqdv[0].cycle}`, { height: 330 });
  const sign = { charge: 1, discharge: -1 };
  drawn.update(test.dqdv.map((one) => ({ name: `cycle ${one.cycle}, ${one.direction}`, mode: "lines", x: one.voltage_V, y: one.dQ_dV_Ah_per_V.map((value) => sign[one.direction] * value) })), { xaxis: { title: "voltage / V" }, yaxis: { title: "dQ/dV / Ah V⁻¹ (discharge downwards)" } });
  return h("div", {}, h("h3", {}, "Differential capacity"), drawn.element);
}

function nyquist(found, made) {
  if (!found.spectra.length) return null;
  const drawn = made(`${found.name}-nyquist`, `Nyquist plots: ${found.spectra.map((one) => one.state || "state not said").join(", ")}`, { height: 380 });
  drawn.update(found.spectra.map((one) => ({ name: one.state || "state not said", mode: "lines+markers", x: one.real_ohm, y: one.minus_imaginary_ohm, text: one.frequency_Hz.map((f) => `${number(f)} Hz`), hovertemplate: "%{text}<br>%{x:.4g} Ω, %{y:.4g} Ω<extra></extra>", marker: { size: 5 } })), { xaxis: { title: "Re Z / Ω" }, yaxis: { title: "−Im Z / Ω", scaleanchor: "x", scaleratio: 1 } });
  return panel("Impedance", drawn.element);
}

function cycleTable(test, name) {
  const titles = { cycle: ["Cycle"], charge_capacity_Ah: ["Charge", "Ah"], discharge_capacity_Ah: ["Discharge", "Ah"], coulombic_efficiency: ["Efficiency", ""], retention: ["Retention", ""], overpotential_V: ["Overpotential", "V"], resistance_ohm: ["Resistance", "Ω"], asr_ohm_cm2: ["ASR", "Ω cm²"], wedge_index: ["Wedge", ""], current_density_mA_cm2: ["Current density", "mA/cm²"] };
  const columns = Object.keys(test.cycles[0] || {}).filter((key) => titles[key]).map((key) => ({ key, title: titles[key][0], unit: titles[key][1] }));
  const rows = (cycle) => test.rows[test.cycles.indexOf(cycle)];
  return table(columns, test.cycles, { name: `${name}-cycles`, caption: "Cycles; click a number to see where it comes from", origin: test.origin, label: (cycle) => `cycle ${cycle.cycle}`, range: (cycle) => ({ rows: `${rows(cycle).join(" to ")} of the measurement` }) });
}
