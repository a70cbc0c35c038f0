// What the page tells a person: short, mendable, said aloud by screen readers too.
import { button, fill, h } from "./dom.js";

export function notice(text, kind = "good", action = null) {
  const box = h("div", { class: `notice ${kind}`, role: kind === "bad" ? "alert" : "status" }, h("span", {}, text));
  if (action) box.append(button(action.text, () => (box.remove(), action.run()), { class: "quiet" }));
  box.append(button("×", () => box.remove(), { class: "quiet", "aria-label": "Close this message" }));
  document.getElementById("notices").append(box);
  if (kind !== "bad") setTimeout(() => box.remove(), action ? 15000 : 6000);
}

// A fault in the place where it happened: what was seen, and how to mend it.
export function faultBox(error) {
  const lines = error.faults?.length
    ? error.faults.map((one) => h("li", {}, one.where ? h("b", {}, `${one.where}: `) : null, `${one.seen}. `, h("em", {}, one.mend)))
    : [h("li", {}, error.message)];
  return h("ul", { class: "fault", role: "alert" }, lines);
}

// Run something and show its fault in `place`, or that it was stopped.
export async function guarded(place, run) {
  try {
    return await run();
  } catch (error) {
    if (error.name === "AbortError") {
      if (place) fill(place, h("p", { class: "quietly" }, "Stopped."));
      return undefined;
    }
    if (place) fill(place, faultBox(error));
    else notice(error.message, "bad");
    if (!error.status && error.status !== 0) console.error(error);
    return undefined;
  }
}
