// Impedance: a sweep, its test, its processes, circuits side by side, and Arrhenius over several files.
import { work } from "/static/lib/ask.js";
import { button, choice, field, fill, h, number, panel } from "/static/lib/dom.js";
import { chooser } from "/static/lib/files.js";
import { faultBox, guarded } from "/static/lib/notice.js";
import { figure, palette } from "/static/lib/plot.js";
import { recipe } from "/static/lib/recipe.js";
import { arrows, table } from "/static/lib/table.js";

const WEIGHTS = [["modulus", "1/|Z|"], ["unit", "equal"], ["robust", "1/|Z|, stray points less"]];

export async function show({ root, params, address }) {
  const leaving = new AbortController();
  const state = { file: params.get("file"), at: Number(params.get("at") || 0), sweeps: [], without: [], fits: [] };
  const main = h("div");
  const side = h("div", { class: "panel" }, h("h2", {}, "File"), chooser("eis", { chosen: state.file, signal: leaving.signal, picked: (row) => (history.replaceState(null, "", address("impedance", { file: row.name })), open(row.name, 0)) }));
  root.append(h("div", { class: "side" }, side, main));
  let parts = null;

  async function open(file, at) {
    parts?.leave();
    Object.assign(state, { file, at, without: [], fits: [] });
    fill(main, h("p", { class: "busy-box" }, `Reading ${file}`));
    await guarded(main, async () => {
      try {
        state.sweeps = await work("/api/impedance/sweeps", { body: { file } });
      } catch (error) {
        if (error.kind !== "AreaUnknownError") throw error;
        return fill(main, sized(error, file, () => open(file, at)));
      }
      return (parts = analysis(main, state));
    });
  }

  if (state.file) await open(state.file, state.at);
  else fill(main, h("div", { class: "panel empty" }, h("h2", {}, "Choose a file"), h("p", {}, "Its sweep is tested, its processes counted, and circuits are proposed with their odds.")));
  return () => (leaving.abort(), parts?.leave());
}

// Where an impedance is per area, its owner says the area, and a description beside the file keeps it from then on.
function sized(error, file, again) {
  const area = h("input", { type: "text", placeholder: "0.785 cm^2", size: "10" });
  const fault = h("div", {}, faultBox(error));
  const save = (event) => (event.preventDefault(), guarded(fault, async () => {
    await work("/api/impedance/sized", { body: { file, area: area.value.trim() } });
    await again();
  }));
  return h("form", { class: "panel", onsubmit: save }, h("h2", {}, file), h("p", {}, "Its impedance is that of a square centimetre or metre: how large is the electrode?"), h("div", { class: "row" }, field("Area of the electrode", area), h("button", { type: "submit" }, "Read it so")), fault);
}

function analysis(place, state) {
  const nyquist = figure("nyquist", "Nyquist plot", { height: 420, select: (points) => mask(points) });
  const residuals = figure("kramers-kronig", "Residuals of the Kramers-Kronig test", { height: 250 });
  const relaxation = figure("relaxation-times", "Distribution of relaxation times", { height: 250 });
  const left = figure("fit-residuals", "Residuals of the fits", { height: 230 });
  const verdict = h("div", { role: "status" });
  const masked = h("div", { class: "row" });
  const points = pointTable((frequency, used) => {
    state.without = used ? state.without.filter((one) => one !== frequency) : [...state.without, frequency];
    run();
  });
  const fits = h("div");
  const checks = h("div");
  const inputs = controls(state, () => run());
  const sweep = () => state.sweeps.find((one) => one.at === state.at) || state.sweeps[0];
  const asked = () => ({ file: state.file, at: sweep().at, without: state.without, low: inputs.low.value.trim() || null, high: inputs.high.value.trim() || null });

  const several = state.sweeps.length > 1 ? field("Sweep", choice(state.sweeps.map((one) => [String(one.at), name(one)]), String(sweep().at), { onchange: (event) => ((state.at = Number(event.target.value)), (state.without = []), points.of(sweep()), run()) })) : null;
  const warnings = h("div");
  fill(place,
    panel(state.file, verdict, several, warnings, nyquist.element, h("p", { class: "quietly no-print" }, "To leave points out, draw a box or a lasso around them with the tools of the figure, or take their marks out of the table."), masked, points.element),
    panel("Circuits", inputs.element, fits, left.element),
    h("div", { class: "grid" }, panel("Is the sweep consistent?", residuals.element, checks), panel("How many processes?", relaxation.element, h("div", { class: "processes" }))),
    arrhenius(state));

  function mask(points) {
    const brushed = points.filter((point) => point.data.name === "measured").map((point) => sweep().frequency_Hz[point.customdata ?? point.pointIndex]);
    if (!brushed.length) return;
    state.without = [...new Set([...state.without, ...brushed])];
    run();
  }

  function drawData() {
    const one = sweep();
    const [data, first, second] = palette();
    const out = new Set(state.without);
    const at = one.frequency_Hz.map((_, index) => index);
    const trace = (title, indices, marker) => ({ name: title, mode: "markers", x: indices.map((i) => one.real_ohm[i]), y: indices.map((i) => one.minus_imaginary_ohm[i]), customdata: indices, text: indices.map((i) => `${number(one.frequency_Hz[i])} Hz`), hovertemplate: "%{text}<br>%{x:.4g} Ω, %{y:.4g} Ω<extra></extra>", marker });
    const traces = [trace("measured", at.filter((i) => !out.has(one.frequency_Hz[i])), { color: data, size: 7 })];
    if (out.size) traces.push(trace("left out", at.filter((i) => out.has(one.frequency_Hz[i])), { color: "rgba(128,128,128,0.6)", size: 7, symbol: "x" }));
    state.fits.forEach((fit, place) => traces.push({ name: fit.circuit, mode: "lines", x: fit.model.real_ohm, y: fit.model.minus_imaginary_ohm, line: { color: place ? second : first, dash: place ? "dash" : "solid", width: 2 }, hoverinfo: "skip" }));
    nyquist.describe(`Nyquist plot of ${state.file}: ${one.frequency_Hz.length} points from ${number(Math.min(...one.frequency_Hz))} to ${number(Math.max(...one.frequency_Hz))} Hz${state.fits.length ? `, with ${state.fits.map((fit) => fit.circuit).join(" and ")}` : ""}`);
    nyquist.update(traces, { xaxis: { title: "Re Z / Ω" }, yaxis: { title: "−Im Z / Ω", scaleanchor: "x", scaleratio: 1 } });
    fill(warnings, one.warnings.map((text) => h("p", { class: "warn" }, text)));
    points.mark(out);
    fill(masked, state.without.length ? [h("span", { class: "badge warn" }, `${state.without.length} points left out`), button("Use all points", () => ((state.without = []), run()), { class: "quiet" })] : null);
  }

  function drawCheck(found) {
    fill(verdict, h("p", { class: `light ${found.passes ? "good" : "bad"}` }, `Kramers-Kronig: ${found.passes ? "passes" : "fails"}; ${found.said}`), h("p", {}, found.relaxation_said));
    const [real, imaginary] = palette();
    const f = found.residuals.frequency_Hz;
    const points = (title, y, color, symbol) => ({ name: title, mode: "markers", x: f, y, marker: { color, size: 6, symbol } });
    residuals.describe(`Residuals of the Kramers-Kronig test: ${found.said}`);
    residuals.update([points("real part", found.residuals.real_percent, real, "circle"), points("imaginary part", found.residuals.imaginary_percent, imaginary, "square")], { xaxis: { title: "frequency / Hz", type: "log" }, yaxis: { title: "residual / % of |Z|", rangemode: "tozero" } });
    relaxation.describe(`Distribution of relaxation times: ${found.relaxation_said}`);
    relaxation.update([{ name: "distribution", mode: "lines", x: found.distribution.tau_s, y: found.distribution.gamma_ohm, line: { color: real, width: 2 }, fill: "tozeroy" }], { xaxis: { title: "time constant / s", type: "log" }, yaxis: { title: "Ω per ln τ" }, showlegend: false });
    fill(place.querySelector(".processes"), found.processes.length ? table([{ key: "tau_s", title: "τ", unit: "s" }, { key: "R_ohm", title: "R", unit: "Ω" }, { key: "R_ci95_low", title: "from", unit: "Ω" }, { key: "R_ci95_high", title: "to", unit: "Ω" }, { key: "exponent", title: "exponent" }, { key: "C_F", title: "C", unit: "F" }], found.processes, { name: "processes", caption: "Processes; R with its 95 % interval", origin: found.origin, label: (row) => `process at ${number(row.tau_s)} s`, range: (row, column) => (column.key === "R_ohm" ? { low: row.R_ci95_low, high: row.R_ci95_high, interval: "95 % interval" } : {}) }) : null);
    fill(checks, recipe(found.recipe));
  }

  function drawFits() {
    const colours = palette().slice(1, 3);
    fill(fits, h("div", { class: "fits" }, state.fits.map((fit, place) => fitCard(fit, place))));
    left.update(state.fits.flatMap((fit, place) => ["real", "imaginary"].map((part) => ({ name: `${fit.circuit}, ${part}`, mode: "markers", x: fit.frequency_Hz, y: fit.residuals[`${part}_percent`], marker: { color: colours[place], size: 5, symbol: part === "real" ? "circle" : "square-open" } }))), { xaxis: { title: "frequency / Hz", type: "log" }, yaxis: { title: "residual / % of |Z|" } });
    left.describe(`Residuals of ${state.fits.map((fit) => fit.circuit).join(" and ")} over frequency`);
  }

  async function run() {
    state.fits = [];
    drawData();
    fill(fits, h("p", { class: "busy-box" }, "Fitting"));
    fill(verdict, h("p", { class: "busy-box" }, "Testing"));
    const circuit = inputs.circuit.value.trim() || null;
    await Promise.all([
      guarded(verdict, async () => drawCheck(await work("/api/impedance/check", { body: asked() }))),
      guarded(fits, async () => {
        state.fits = (await work("/api/impedance/fit", { body: { ...asked(), circuit, weights: inputs.weights.value } })).fits;
        drawFits();
        drawData();
      }),
    ]);
  }

  points.of(sweep());
  run();
  return { leave: () => [nyquist, residuals, relaxation, left].forEach((one) => one.leave()) };
}

// Every point of a sweep with a mark whether it is used: by keyboard what the box and the lasso are to a pointer.
function pointTable(change) {
  const body = h("tbody");
  const marks = new Map();
  const head = ["Used", "Frequency / Hz", "Re Z / Ω", "−Im Z / Ω"].map((text) => h("th", { scope: "col" }, text));
  const scroll = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Points of the sweep" }, h("table", {}, h("thead", {}, h("tr", {}, head)), body));
  const element = h("details", { class: "no-print" }, h("summary", {}, "Points, to leave some out one by one (arrows and the space bar)"), scroll);
  const line = (sweep, at) => {
    const frequency = sweep.frequency_Hz[at];
    const mark = h("input", { type: "checkbox", checked: true, "aria-label": `Use the point at ${number(frequency)} Hz`, onchange: () => change(frequency, mark.checked) });
    marks.set(frequency, mark);
    return h("tr", {}, h("td", {}, mark), [frequency, sweep.real_ohm[at], sweep.minus_imaginary_ohm[at]].map((value) => h("td", { class: "num" }, number(value))));
  };
  const of = (sweep) => {
    marks.clear();
    fill(body, sweep.frequency_Hz.map((_, at) => line(sweep, at)));
    oneStop();
  };
  const oneStop = arrows(body, "input");
  return { element, of, mark: (without) => marks.forEach((mark, frequency) => (mark.checked = !without.has(frequency))) };
}

const name = (sweep) => sweep.label + (sweep.temperature_degC === null ? "" : `, ${number(sweep.temperature_degC)} °C`);

function controls(state, run) {
  const circuit = h("input", { type: "text", placeholder: "proposed by the sweep", spellcheck: "false", autocomplete: "off", size: "28" });
  const low = h("input", { type: "text", placeholder: "1 Hz", size: "8" });
  const high = h("input", { type: "text", placeholder: "1 MHz", size: "8" });
  const weights = choice(WEIGHTS, "modulus");
  const form = h("form", { class: "row", onsubmit: (event) => (event.preventDefault(), run()) },
    field("Circuit", circuit, "R0-p(R1,CPE1)-CPE2 or R(RQ)Q; empty: proposed"), field("From", low), field("Up to", high), field("Weights", weights), h("button", { type: "submit" }, "Fit"));
  return { element: form, circuit, low, high, weights };
}

function fitCard(fit, place) {
  const columns = [{ key: "parameter", title: "Parameter" }, { key: "value", title: "Value" }, { key: "unit", title: "Unit", show: (row) => (row.unit === "1" ? "" : row.unit) }, { key: "stderr", title: "± 1 s.e." }, { key: "ci95_low", title: "95 % from" }, { key: "ci95_high", title: "to" }];
  return h("article", { class: "fit" },
    h("h3", {}, fit.circuit),
    h("p", {}, fit.odds ? h("span", { class: "badge good" }, `odds ${number(fit.odds, 2)}`) : null, ` χ² per degree of freedom ${number(fit.chi2_reduced, 3)}; ${place ? "dashed" : "full line"}`),
    table(columns, fit.parameters, { name: `fit ${fit.circuit}`, origin: fit.origin, label: (row) => `${row.parameter} of ${fit.circuit}`, range: (row) => ({ low: row.ci95_low, high: row.ci95_high, interval: "95 % interval", error: row.stderr }) }),
    fit.warnings.map((text) => h("p", { class: "warn" }, text)),
    recipe(fit.recipe));
}

// ---- several temperatures

function arrhenius(state) {
  const drawn = figure("arrhenius", "Arrhenius plot", { height: 320 });
  const place = h("div");
  const rows = h("div");
  const chosen = new Map();
  const leaving = new AbortController();
  const circuit = h("input", { type: "text", placeholder: "p(Rb,CPEb)-p(Rgb,CPEgb)-CPE3", size: "28" });
  const thickness = h("input", { type: "text", placeholder: "1.15 mm", size: "9" });
  const diameter = h("input", { type: "text", placeholder: "10 mm", size: "9" });
  const draw = () => fill(rows, [...chosen.keys()].map((file) => field(`Temperature of ${file}`, chosen.get(file), "empty: as the file says")));
  const picked = (row) => {
    if (chosen.has(row.name)) chosen.delete(row.name);
    else chosen.set(row.name, h("input", { type: "text", placeholder: "80 degC", size: "9" }));
    draw();
  };
  const run = () => guarded(place, async () => {
    const files = [...chosen.keys()];
    fill(place, h("p", { class: "busy-box" }, "Fitting the series"));
    const found = await work("/api/impedance/arrhenius", { body: { files, temperatures: files.map((file) => chosen.get(file).value.trim() || null), circuit: circuit.value.trim(), thickness: thickness.value.trim(), diameter: diameter.value.trim() } });
    const roles = [...new Set(found.sigma.map((one) => one.role))];
    fill(place, h("p", { class: "verdict" }, found.verdict), found.series.map((one) => (one.transition ? h("p", {}, `${one.role}: change of slope tested: ${describe(one.transition)}`) : null)), found.warnings.map((text) => h("p", { class: "warn" }, text)), drawn.element, table([{ key: "role", title: "Role" }, { key: "T_K", title: "T", unit: "K" }, { key: "sigma_S_per_cm", title: "σ", unit: "S/cm" }, { key: "stderr_S_per_cm", title: "± 1 s.e.", unit: "S/cm" }], found.sigma, { name: "conductivities", origin: found.origin, label: (row) => `${row.role} at ${number(row.T_K)} K`, range: (row, column) => (column.key === "sigma_S_per_cm" ? { error: row.stderr_S_per_cm } : {}) }), recipe(found.recipe));
    drawn.update(roles.map((role) => {
      const mine = found.sigma.filter((one) => one.role === role);
      return { name: role, mode: "markers+lines", x: mine.map((one) => 1000 / one.T_K), y: mine.map((one) => one.sigma_S_per_cm), error_y: { type: "data", array: mine.map((one) => one.stderr_S_per_cm), visible: true } };
    }), { xaxis: { title: "1000 K / T" }, yaxis: { title: "σ / S cm⁻¹", type: "log" } });
  });
  const details = h("details", {}, h("summary", {}, "Choose three or more sweeps of one sample at different temperatures"));
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(chooser("eis", { picked, signal: leaving.signal }), rows, h("form", { class: "row", onsubmit: (event) => (event.preventDefault(), run()) }, field("Circuit", circuit), field("Thickness", thickness), field("Diameter", diameter), h("button", { type: "submit" }, "Activation energy")), place);
  });
  return panel("Arrhenius", details);
}

const describe = (transition) => Object.entries(transition).map(([key, value]) => `${key.replaceAll("_", " ")} ${typeof value === "number" ? number(value) : value}`).join(", ");
