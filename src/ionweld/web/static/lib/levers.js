// What to change: levers with their gain over what is not known of a cell, the likeliest first.
import { h, number } from "./dom.js";
import { table } from "./table.js";

const percent = (value) => (value === null || value === undefined ? "–" : `${number(100 * value, 3)} %`);
const COLUMNS = [
  { key: "change", title: "Change" },
  { key: "gain", title: "Gain", show: (row) => `${number(row.gain, 3)} ${row.unit}` },
  { key: "low", title: "5 to 95 %", show: (row) => `${number(row.low, 3)} to ${number(row.high, 3)}` },
  { key: "probability", title: "Probability", show: (row) => percent(row.probability) },
  { key: "lab", title: "In the laboratory" }];

export const levers = (rows) => (rows.length ? table(COLUMNS, rows, { caption: "Levers, the likeliest first", name: "advice" }) : h("p", {}, "No lever helps."));
