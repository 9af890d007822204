/* .due: a choice of near days with a field for another. Who goes back to a near day means that one, not the hidden other. */
export function startDue() {
  document.addEventListener("change", (event) => {
    const due = event.target.closest?.(".due");
    if (!due || event.target.tagName !== "SELECT") return;
    const day = due.querySelector("input[type=date]");
    if (event.target.value !== "other") day.value = "";
    else if (event.isTrusted) day.focus();
  });
}
