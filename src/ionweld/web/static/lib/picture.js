// The interfaces of a simulated cell, drawn to scale from the rectangles that the server gives, with a slider through time.
import { fill, freshId, h } from "./dom.js";
import { saves } from "./image.js";
import { asCsv } from "./table.js";

const SPACE = "http://www.w3.org/2000/svg";
const WIDTH = 600;
const HEIGHTS = { interface: 130, pellet: 90 };
const NAMES = { void: "void or empty gap" };

function svg(tag, attributes, ...children) {
  const made = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

// moving: {colours, frames}; start: the moment shown first, else the last
export function picture(moving) {
  const drawn = h("div");
  const said = h("p", { class: "quietly", "aria-live": "polite" });
  const id = freshId("moment");
  const slider = h("input", { id, type: "range", min: "0", max: String(moving.frames.length - 1), value: String(moving.frames.length - 1), class: "wide", oninput: () => show(Number(slider.value)) });
  const show = (at) => {
    const frame = moving.frames[at];
    slider.setAttribute("aria-valuetext", frame.said);
    said.textContent = `${frame.time_h.toFixed(1)} h, ${frame.said}`;
    fill(drawn, frame.panels.map((panel) => drawPanel(panel, moving.colours)));
  };
  const csv = () => asCsv(["time / h", "panel", "what", "x0 / column", "x1 / column", "y0", "y1", "unit of y"].map((title, key) => ({ key, title })), rows());
  const rows = () => {
    const frame = moving.frames[Number(slider.value)];
    return frame.panels.flatMap((panel) => panel.shapes.map((shape) => [frame.time_h, panel.name, ...shape, panel.unit]));
  };
  const legend = h("p", { class: "legend" }, Object.entries(moving.colours).map(([kind, colour]) => h("span", {}, svg("svg", { width: 14, height: 14, "aria-hidden": "true" }, svg("rect", { width: 14, height: 14, fill: colour, stroke: "#777" })), ` ${NAMES[kind] || kind} `)));
  show(moving.frames.length - 1);
  return h("figure", { class: "interface" }, legend, drawn, h("label", { for: id }, "Moment of the test"), slider, said,
    h("p", { class: "quietly" }, "Heights to scale. Each column of the twin has the same width; what touches in it is drawn as one spot, a filament wider than it is."),
    saves("interface", () => whole(moving.frames[Number(slider.value)], moving.colours), csv));
}

function drawPanel(panel, colours) {
  const said = title(panel);
  const drawn = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHTS[panel.kind]}`, class: "to-scale", role: "img", "aria-label": said, preserveAspectRatio: "none" }, ...shapesOf(panel, colours));
  return h("div", {}, h("h3", {}, said), drawn);
}

const title = (panel) => `${panel.name}, ${(panel.span[1] - panel.span[0]).toPrecision(2)} ${panel.unit} high`;

// All panels of a moment and what the colours mean, as a picture of its own.
function whole(frame, colours) {
  const text = (x, y, said) => {
    const made = svg("text", { x, y, "font-family": "sans-serif", "font-size": 12 });
    made.textContent = said;
    return made;
  };
  let y = 16;
  const parts = [text(0, y, `${frame.time_h.toFixed(1)} h, ${frame.said}`)];
  for (const panel of frame.panels) {
    parts.push(text(0, y + 24, title(panel)), svg("g", { transform: `translate(0 ${y + 30})` }, svg("rect", { width: WIDTH, height: HEIGHTS[panel.kind], fill: "#ffffff", stroke: "#777" }), ...shapesOf(panel, colours)));
    y += 30 + HEIGHTS[panel.kind];
  }
  Object.entries(colours).forEach(([kind, colour], at) => parts.push(svg("rect", { x: 110 * at, y: y + 12, width: 12, height: 12, fill: colour, stroke: "#777" }), text(110 * at + 16, y + 22, NAMES[kind] || kind)));
  const made = svg("svg", { xmlns: SPACE, width: WIDTH, height: y + 32, viewBox: `0 0 ${WIDTH} ${y + 32}` }, ...parts);
  return new XMLSerializer().serializeToString(made);
}

function shapesOf(panel, colours) {
  const height = HEIGHTS[panel.kind];
  const [bottom, top] = panel.span;
  const x = (value) => (value / panel.columns.length) * WIDTH;
  const y = (value) => ((top - value) / (top - bottom)) * height;
  return panel.shapes.map(([kind, x0, x1, y0, y1]) => svg("rect", { x: x(x0).toFixed(2), y: y(y1).toFixed(2), width: (x(x1) - x(x0)).toFixed(2), height: Math.max(y(y0) - y(y1), 0).toFixed(2), fill: colours[kind] }));
}
