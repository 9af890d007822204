/* Arrow keys go from day to day and from week to week, Home and End to the first and last: in any grid with data-days. */
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

function dayOf(link) {
  return Date.parse(`${link.dataset.day}T12:00Z`) / 86400000;
}

function target(links, here, key) {
  if (key === "Home") return links[0];
  if (key === "End") return links.at(-1);
  const wanted = dayOf(here) + STEPS[key];
  const onwards = links.filter((link) => (STEPS[key] > 0 ? dayOf(link) >= wanted : dayOf(link) <= wanted));
  return STEPS[key] > 0 ? onwards[0] : onwards.at(-1);
}

export function startDays() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (!(event.key in STEPS || event.key === "Home" || event.key === "End")) return;
    const here = event.target.closest?.("[data-days] a[data-day]");
    if (!here) return;
    const found = target([...here.closest("[data-days]").querySelectorAll("a[data-day]")], here, event.key);
    if (!found) return;
    event.preventDefault();
    found.focus();
  });
}
