/* A list narrows while its search box is typed in. Leaving the box is no news: asking again then would put another
   address in place just as a result is tapped, and the tap would be lost. */
export function startSearching() {
  document.addEventListener(
    "change",
    (event) => {
      if (event.target.matches?.("[data-search]")) event.stopPropagation();
    },
    true,
  );
}
