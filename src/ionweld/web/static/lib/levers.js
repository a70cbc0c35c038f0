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

// said(row): where the lever is written
export const levers = (rows, origin = null, said = () => []) => (rows.length ? table(COLUMNS, rows, { caption: "Levers, the likeliest first", name: "advice", origin, label: (row) => row.change, range: (row) => ({ low: row.low, high: row.high, interval: "5 to 95 %", unit: row.unit, origin: { ...origin, said: said(row) } }) }) : h("p", {}, "No lever helps."));

// Where an experiment or a lever is written in the package; a change is named by its lever and its step.
export function written(found, list, name) {
  const known = Object.keys(found.written[list]).filter((one) => name.includes(one)).sort((a, b) => b.length - a.length)[0];
  return known ? [{ name: known, value: name, status: "listed in the package", ...found.written[list][known] }] : [];
}
