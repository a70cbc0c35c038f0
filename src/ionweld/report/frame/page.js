// One button opens all that is folded, for those who print or search the whole.
const folds = document.querySelectorAll("details");
if (folds.length) {
  const button = document.createElement("button");
  const say = () => { button.textContent = [...folds].some((one) => !one.open) ? "open all" : "close all"; };
  button.addEventListener("click", () => {
    const open = [...folds].some((one) => !one.open);
    folds.forEach((one) => { one.open = open; });
    say();
  });
  say();
  document.querySelector("header").append(button);
}
