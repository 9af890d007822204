/* Keying a sheet: Enter saves the row in the background, and the cursor is in the next one. Without this script the
   same form saves the row by loading the page anew. What was typed stays until the server has it; a row that is sent
   again, because the answer got lost, is kept once: the form carries its own id. */
const SECTION = "[data-keying]";

async function sent(form) {
  const answer = await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { Accept: "text/html" },
    credentials: "same-origin",
  });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector(SECTION);
}

function focusIn(section) {
  const wrong = section.querySelector("[aria-invalid=true]");
  (wrong ?? section.querySelector("[data-keying-first]"))?.focus();
}

async function save(form) {
  const section = form.closest(SECTION);
  const failed = section.querySelector("[data-keying-failed]");
  const button = form.querySelector("button[type=submit]");
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  button.setAttribute("aria-disabled", "true");
  failed.hidden = true;
  try {
    const next = await sent(form);
    if (!next) throw new Error("no such section");
    section.replaceWith(next);
    focusIn(next);
  } catch {
    failed.hidden = false;
    delete form.dataset.busy;
    button.removeAttribute("aria-disabled");
  }
}

export function startKeying() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-keying-form]")) return;
    event.preventDefault();
    save(form);
  });
}
