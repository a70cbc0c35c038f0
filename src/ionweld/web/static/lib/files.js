// The files of the opened folder and what they hold; looked at once, some at a time.
import { allJobs, ask, isOver, work } from "./ask.js";
import { button, choice, field, fill, h } from "./dom.js";
import { guarded } from "./notice.js";

const ABREAST = 2;
const AT_ONCE = 4;
const PATIENCE_MS = 3000;

export async function filesHere() {
  const found = await ask("/api/drop/files");
  return { ...found, rows: found.files.map((file) => ({ ...file, same: found.same[file.name], held: null })) };
}

// What a person asked for comes before pictures of files; these wait some seconds at most.
async function afterOthers() {
  const until = performance.now() + PATIENCE_MS;
  const others = () => allJobs().some((job) => !isOver(job) && !job.title.startsWith("Looking at"));
  while (others() && performance.now() < until) await new Promise((go) => setTimeout(go, 50));
}

// Look at every row that is no copy of another; told: called after each answer. What runs when nobody wants it any more ends
// by itself, within a second: to stop it would end its worker, and the next one takes longer to begin.
export async function lookAt(rows, told, signal) {
  const left = rows.filter((row) => !row.held && !row.same);
  const one = async () => {
    while (left.length && !signal.aborted) {
      await afterOthers();
      const some = left.splice(0, AT_ONCE);
      const held = await guarded(null, () => work("/api/drop/look", { body: { names: some.map((row) => row.name) } }));
      if (!held || signal.aborted) continue;
      for (const row of some) row.held = held[row.name];
      told();
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, one));
}

// A list of the files of one technique to choose from; picked: called with the row that is chosen.
export function chooser(technique, { chosen = null, picked, signal, filter = () => true }) {
  const list = h("div", { class: "choose", role: "group", "aria-label": "Files" });
  const status = h("p", { class: "quietly", role: "status" }, "Looking for files");
  const draw = (rows) => {
    const mine = rows.filter((row) => row.held?.some((one) => one.technique === technique) && filter(row));
    const left = rows.some((row) => !row.held && !row.same);
    status.textContent = left ? "Looking for files" : mine.length ? "" : "No file of this kind lies in the folder: drag one in on Drop.";
    fill(list, mine.map((row) => pick(row, technique, row.name === chosen, () => ((chosen = row.name), draw(rows), picked(row)))));
  };
  guarded(status, async () => {
    const { rows } = await filesHere();
    const wanted = rows.findIndex((row) => row.name === chosen);
    if (wanted > 0) rows.unshift(...rows.splice(wanted, 1));
    lookAt(rows, () => draw(rows), signal);
    draw(rows);
  });
  return h("div", {}, status, list);
}

function pick(row, technique, isChosen, run) {
  const one = row.held.find((item) => item.technique === technique);
  const picture = one.picture ? h("img", { class: "thumb small", src: one.picture, alt: "" }) : null;
  return button([picture, h("span", {}, row.name)], run, { class: "pick", "aria-pressed": String(isChosen) });
}

// Where the folder holds several projects: which of them is looked at.
export function projects(house, current, chosen) {
  if (house.projects.length < 2) return null;
  return field("Project", choice(house.projects.map((name) => [name, name || "this folder"]), current, { onchange: (event) => chosen(event.target.value) }));
}
