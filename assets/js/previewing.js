/* <aside data-preview="form-id">: while somebody types, the form is asked how it reads, and the parts with data-previewed
   take what the answer has for them. The button that asks the same works without this. What a save overtakes is dropped
   without a word, which htmx would not do: it reports each request that a new page cuts off. */
import { showInserting } from "./inserting.js";

const AFTER_TYPING = 500;
const AFTER_CHOOSING = 100;

function show(page) {
  for (const part of document.querySelectorAll("[data-previewed]")) {
    const found = page.getElementById(part.id);
    if (found) part.replaceChildren(...found.childNodes);
    showInserting(part);
  }
}

async function ask(form, signal) {
  const filled = new FormData(form);
  filled.set("preview", "1");
  try {
    const answer = await fetch(form.action, { method: "POST", body: filled, signal });
    if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    /* Overtaken, or no signal: the next keystroke asks again. */
  }
}

export function startPreviewing(root) {
  for (const aside of root.querySelectorAll("[data-preview]")) {
    const form = document.getElementById(aside.dataset.preview);
    let waiting;
    let asked = new AbortController();
    const drop = () => {
      clearTimeout(waiting);
      asked.abort();
    };
    const later = (delay) => {
      drop();
      asked = new AbortController();
      waiting = setTimeout(() => ask(form, asked.signal), delay);
    };
    form.addEventListener("input", () => later(AFTER_TYPING));
    form.addEventListener("change", () => later(AFTER_CHOOSING));
    form.addEventListener("submit", drop);
  }
}
