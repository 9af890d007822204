/* After a failed form the summary takes the focus, so that it is read first. */
export function startErrorSummary() {
  document.querySelector("[data-error-summary]")?.focus();
}
