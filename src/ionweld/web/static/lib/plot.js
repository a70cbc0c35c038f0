// Figures by plotly.js, in the colours of the page; each is saved as svg, png and csv, and says in words what it shows.
import { button, h } from "./dom.js";
import { notice } from "./notice.js";
import { download } from "./save.js";
import { asCsv } from "./table.js";

let loading = null;

// On paper a figure is in the light colours, and no wider than its share of the sheet.
const PAPER_PX = 690;
let onPaper = false;
for (const [event, paper] of [["beforeprint", true], ["afterprint", false]]) {
  addEventListener(event, () => {
    onPaper = paper;
    document.documentElement.classList.toggle("paper", paper);
    document.dispatchEvent(new Event("theme"));
  });
}
const onSheet = (place) => (onPaper ? { width: Math.floor(place.clientWidth * Math.min(1, PAPER_PX / document.querySelector("main").clientWidth)) } : {});

function plotly() {
  loading ||= new Promise((resolve, reject) => {
    const script = h("script", { src: "/static/vendor/plotly-basic.min.js" });
    script.addEventListener("load", () => resolve(window.Plotly));
    script.addEventListener("error", () => reject(new Error("The plotting library could not be loaded")));
    document.head.append(script);
  });
  return loading;
}

// The colour that a custom property means now: light-dark() is resolved on an element alone.
function colour(name) {
  const probe = h("span", { class: "hidden", style: `color: var(${name})` });
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}
export const palette = () => [1, 2, 3, 4, 5, 6].map((number) => colour(`--series-${number}`));

const axis = (given) => ({
  gridcolor: colour("--grid"), zeroline: false, linecolor: colour("--edge"), ticks: "outside", tickcolor: colour("--edge"),
  automargin: true, exponentformat: "power", ...given, title: { text: given?.title || "", standoff: 8 },
});

function styled(layout) {
  const axes = Object.fromEntries(Object.entries(layout).filter(([name]) => /^[xy]axis\d*$/.test(name)).map(([name, given]) => [name, axis(given)]));
  return {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", colorway: palette(), hovermode: "closest", dragmode: "zoom",
    font: { family: "system-ui, sans-serif", size: 13, color: colour("--text") }, margin: { l: 56, r: 34, t: 8, b: 44 },
    legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0 },
    hoverlabel: { bgcolor: colour("--panel"), bordercolor: colour("--edge"), font: { color: colour("--text") } },
    modebar: { orientation: "v", bgcolor: "rgba(0,0,0,0)", color: colour("--soft"), activecolor: colour("--accent") },
    xaxis: axis({}), yaxis: axis({}), ...layout, ...axes,
  };
}

// A figure. name: of its files; says: what it shows, in words. update(traces, layout) draws it.
export function figure(name, says, { height = 340, zoom = null, select = null, click = null } = {}) {
  const place = h("div", { class: "figure", role: "group", "aria-label": says });
  place.style.height = `${height}px`;
  const save = (text, run) => button(text, () => run().catch((error) => notice(error.message, "bad")), { class: "quiet", "aria-label": `Save ${name} as ${text}` });
  const made = { traces: [], layout: {} };
  const image = async (format) => {
    const Plotly = await plotly();
    const url = await Plotly.toImage(place, { format, width: place.clientWidth, height: place.clientHeight, scale: format === "png" ? 3 : 1 });
    const text = format === "svg" ? decodeURIComponent(url.slice(url.indexOf(",") + 1)) : await (await fetch(url)).blob();
    download(`${name}.${format}`, text, `image/${format === "svg" ? "svg+xml" : "png"}`);
  };
  const tools = h("div", { class: "save" },
    save("svg", () => image("svg")), save("png", () => image("png")),
    save("csv", async () => download(`${name}.csv`, numbersOf(made), "text/csv")));
  const element = h("figure", {}, place, tools);
  let listening = false;

  async function update(traces, layout = {}) {
    Object.assign(made, { traces, layout, palette: palette() });
    const Plotly = await plotly();
    if (!document.contains(place)) await new Promise(requestAnimationFrame);
    await Plotly.react(place, traces, styled({ ...layout, ...onSheet(place) }), { responsive: true, displaylogo: false, displayModeBar: innerWidth > 700, modeBarButtons: [["zoom2d", "pan2d", ...(select ? ["select2d", "lasso2d"] : []), "resetScale2d"]] });
    if (listening) return;
    listening = true;
    if (zoom) place.on("plotly_relayout", (event) => zoomed(event, place, zoom));
    if (select) place.on("plotly_selected", (event) => event && select(event.points));
    if (click) place.on("plotly_click", (event) => click(event.points[0]));
  }
  const restyle = () => made.traces.length && update(recoloured(made.traces, made.palette, palette()), made.layout);
  document.addEventListener("theme", restyle);
  return { element, place, update, describe: (text) => place.setAttribute("aria-label", text), leave: () => document.removeEventListener("theme", restyle), width: () => place.clientWidth || 900 };
}

// The same curves in the colours of the other theme.
function recoloured(value, from, to) {
  if (typeof value === "string") return from.includes(value) ? to[from.indexOf(value)] : value;
  if (Array.isArray(value)) return typeof value[0] === "object" && value[0] !== null ? value.map((one) => recoloured(one, from, to)) : value;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, recoloured(one, from, to)]));
}

function zoomed(event, place, zoom) {
  const range = event["xaxis.range"] || (event["xaxis.range[0]"] !== undefined ? [event["xaxis.range[0]"], event["xaxis.range[1]"]] : null);
  if (range) zoom(Number(range[0]), Number(range[1]));
  else if (event["xaxis.autorange"]) zoom(null, null);
}

// What is drawn, as csv: one row per point, with the name of its curve.
function numbersOf({ traces, layout }) {
  const title = (name) => layout[name]?.title || name[0];
  const rows = traces.filter((one) => one.x).flatMap((one) => [...one.x].map((x, at) => ({ curve: one.name || "", x, y: one.y[at] })));
  return asCsv([{ key: "curve", title: "curve" }, { key: "x", title: title("xaxis") }, { key: "y", title: title("yaxis") }], rows);
}
