/* <input type="number" data-stepper>: gets a minus and a plus button for a thumb. Without this module it's a plain number. */
function button(sign, words, label) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "stepper__button";
  made.textContent = sign;
  made.setAttribute("aria-label", `${words}: ${label}`);
  return made;
}

function step(field, by) {
  const least = Number(field.min || 0);
  const most = field.max === "" ? Infinity : Number(field.max);
  const now = Number(field.value.replace(/,/g, "")) || 0;
  field.value = String(Math.min(most, Math.max(least, now + by)));
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

/* A wheel over a number with the cursor in it would change it unseen, 41 into 34, where the page was to move. */
export function guardNumbers() {
  const leave = ({ target }) => target === document.activeElement && target.type === "number" && target.blur();
  document.addEventListener("wheel", leave, { passive: true });
}

export function startSteppers(root) {
  for (const field of root.querySelectorAll("input[data-stepper]:not([data-stepper-ready])")) {
    field.dataset.stepperReady = "";
    const label = field.labels?.[0]?.firstChild?.textContent.trim() ?? "";
    const fewer = button("−", field.dataset.fewer || "One fewer", label);
    const more = button("+", field.dataset.more || "One more", label);
    const box = document.createElement("div");
    box.className = "stepper";
    field.before(box);
    box.append(fewer, field, more);
    fewer.addEventListener("click", () => step(field, -1));
    more.addEventListener("click", () => step(field, 1));
  }
}
