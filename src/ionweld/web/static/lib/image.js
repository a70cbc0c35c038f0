// Pictures that are SVG already: saved as svg, as png, and as the numbers behind them.
import { button, h } from "./dom.js";
import { guarded } from "./notice.js";
import { download } from "./save.js";

const SCALE = 3; // dots of the png per dot of the page

// name: of the files; svg, csv: give their text when they are asked for.
export function saves(name, svg, csv) {
  const one = (kind, run) => button(kind, () => guarded(null, run), { class: "quiet", "aria-label": `Save ${name} as ${kind}` });
  return h("div", { class: "save" },
    one("svg", async () => download(`${name}.svg`, svg(), "image/svg+xml")),
    one("png", async () => download(`${name}.png`, await png(svg()), "image/png")),
    one("csv", async () => download(`${name}.csv`, csv(), "text/csv")));
}

async function png(text) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = h("canvas", { width: image.naturalWidth * SCALE, height: image.naturalHeight * SCALE });
  const drawing = canvas.getContext("2d");
  drawing.fillStyle = "#ffffff";
  drawing.fillRect(0, 0, canvas.width, canvas.height);
  drawing.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
