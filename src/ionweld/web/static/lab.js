// The frame of the page: which screen is shown, the row of screens, jobs, the line to the server, light and dark.
import { allJobs, ask, connect, isOver, stop, watch } from "./lib/ask.js";
import { button, fill, h } from "./lib/dom.js";
import { faultBox, notice } from "./lib/notice.js";

const at = (id) => document.getElementById(id);
let house = null;
let leave = null;
let shown = 0;

// ---- screens: #name?key=value

export function address(name, values = {}) {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== null && value !== undefined)).toString();
  return `#${name}${query ? `?${query}` : ""}`;
}

async function show() {
  const [name, query] = location.hash.slice(1).split("?");
  if (!house) return;
  const screen = house.screens.find((one) => one.name === name) || house.screens[0];
  const turn = (shown += 1);
  leave?.();
  leave = null;
  for (const link of at("nav").children) link.setAttribute("aria-current", link.dataset.name === screen.name ? "page" : "false");
  document.title = `${screen.title} · ionweld lab`;
  const root = h("div", { class: `screen screen-${screen.name} loading` });
  fill(at("main"), h("header", { class: "head" }, h("h1", {}, screen.title), h("p", {}, screen.purpose)), root);
  try {
    const module = await import(`/screens/${screen.name}.js`);
    if (turn !== shown) return;
    const left = await module.show({ root, params: new URLSearchParams(query || ""), house, address, refresh: show });
    if (turn === shown) leave = left || null;
    else left?.();
    root.classList.remove("loading");
  } catch (error) {
    root.classList.remove("loading");
    if (error.name !== "AbortError") fill(root, faultBox(error));
    if (!error.status) console.error(error);
  }
}

function row() {
  fill(at("nav"), house.screens.map((one) => h("a", { href: `#${one.name}`, title: one.purpose, "data-name": one.name }, one.title)));
  at("where").textContent = house.folder + (house.read_only ? " (read only)" : "");
  at("version").textContent = `ionweld ${house.version}`;
}

// ---- jobs

function listJobs() {
  const jobs = allJobs();
  const busy = jobs.filter((one) => !isOver(one));
  at("jobs-count").textContent = String(busy.length);
  at("jobs").classList.toggle("busy", busy.length > 0);
  if (at("jobs-panel").hidden) return;
  const one = (job) => h("li", { class: job.state },
    h("span", {}, job.title), h("span", { class: "state" }, job.error ? job.error.message : !isOver(job) && job.total ? `${job.part}: ${job.done} of ${job.total}` : job.state),
    isOver(job) ? null : h("progress", job.total ? { max: String(job.total), value: String(job.done), "aria-label": job.title } : { "aria-label": job.title }),
    isOver(job) ? null : button("Stop", () => stop(job.id).catch((error) => notice(error.message, "bad")), { class: "quiet", "aria-label": `Stop ${job.title}` }));
  fill(at("jobs-panel"), jobs.length ? h("ol", {}, jobs.slice(-12).reverse().map(one)) : h("p", {}, "Nothing runs."));
}

function lineTold(state) {
  const line = at("line");
  line.hidden = state !== "lost";
  line.textContent = "The server does not answer: is `ionweld lab` still running? This page goes on as soon as it does.";
  if (state === "restarted") {
    notice("The server was restarted; what was running has to be started again");
    start();
  }
}

// ---- light and dark

function theme(name) {
  if (name) document.documentElement.dataset.theme = name;
  else delete document.documentElement.dataset.theme;
  document.dispatchEvent(new Event("theme"));
}

function turnTheme() {
  const dark = getComputedStyle(document.documentElement).colorScheme.startsWith("dark");
  const next = dark ? "light" : "dark";
  localStorage.setItem("theme", next);
  theme(next);
}

async function start() {
  house = await ask("/api/house");
  row();
  await show();
}

theme(localStorage.getItem("theme"));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new Event("theme")));
at("theme").addEventListener("click", turnTheme);
at("jobs").addEventListener("click", () => {
  at("jobs-panel").hidden = !at("jobs-panel").hidden;
  at("jobs").setAttribute("aria-expanded", String(!at("jobs-panel").hidden));
  listJobs();
});
document.querySelector(".skip").addEventListener("click", (event) => (event.preventDefault(), at("main").focus()));
window.addEventListener("hashchange", show);
watch(listJobs);
connect(lineTold);
start().catch((error) => fill(at("main"), faultBox(error)));
