/* Lists that narrow while their form is filled in: <form hx-get>, with its button marked data-show, which a page without
   scripts needs, and data-found-current, the line which says that nothing is left to be shown. */
function step(form, isCurrent, isTold) {
  const button = form.querySelector("[data-show]");
  const line = form.querySelector("[data-found-current]");
  button?.classList.toggle("button--quiet", isCurrent);
  button?.classList.toggle("button--secondary", !isCurrent);
  if (line) line.hidden = !(isCurrent && isTold);
}

export function startSearching() {
  /* Leaving the box is no news: asking again then would put another address in place just as a result is tapped, and
     the tap would be lost. */
  document.addEventListener(
    "change",
    (event) => {
      if (event.target.matches?.("[data-search]")) event.stopPropagation();
    },
    true,
  );
  for (const form of document.querySelectorAll("form[hx-get]:has([data-show])")) {
    step(form, true, false);
    // On a train an answer may never come: until it is there, the button is the way to it.
    form.addEventListener("input", () => step(form, false, false));
    form.addEventListener("htmx:afterRequest", (event) => step(form, event.detail.successful, true));
  }
}
