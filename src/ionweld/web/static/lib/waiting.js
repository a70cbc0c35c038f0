// What is shown while long work goes on: how far it is, part by part, and a button to stop it.
import { stop } from "./ask.js";
import { button, fill, freshId, h } from "./dom.js";

// text: what is waited for. told: to be called with the job as it goes on.
export function waiting(text) {
  const id = freshId("waiting");
  const part = h("span", { id });
  const bar = h("div");
  const drawn = { id: null, total: null, meter: null };
  const told = (job) => {
    if (drawn.id !== job.id) {
      drawn.id = job.id;
      stopping.hidden = false;
      stopping.onclick = () => stop(job.id).catch(() => {}); // it ended on its own meanwhile
    }
    part.textContent = job.total ? `${job.part}: ${job.done} of ${job.total}` : job.state === "waiting" ? "waits for its turn" : "";
    if (job.total !== drawn.total) fill(bar, (drawn.meter = h("progress", { "aria-labelledby": id, max: String(job.total || 1) })));
    drawn.total = job.total;
    if (job.total) drawn.meter.value = job.done;
  };
  const stopping = button("Stop", () => {}, { class: "second", hidden: true, "aria-label": `Stop: ${text}` });
  const element = h("div", { class: "waiting" }, h("p", { class: "busy-box", role: "status" }, text), h("div", { class: "row" }, bar, part, stopping));
  return { element, told };
}
