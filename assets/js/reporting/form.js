/* <form data-report>: sent in the background, kept on the phone until the server has it. Once it is kept there, the form
   steps back: what waits is one report, and what is to be changed is changed when it has arrived. */
import { keyOf } from "../drafts.js";
import { keep, drop } from "./keeping.js";
import { giveBack, startPhotos, takenPhotos } from "./photos.js";
import { bring } from "./waiting.js";

function titleOf(form) {
  const kind = form.elements.kind?.selectedOptions?.[0]?.textContent.trim();
  return form.dataset.title || form.elements.title?.value.trim() || kind || document.title;
}

function collect(form) {
  const fields = [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && typeof value === "string");
  let typed = null;
  try {
    typed = localStorage.getItem(keyOf(form.dataset.draft));
  } catch {
    /* Then only what waits knows it. */
  }
  return {
    id: form.elements.submission_key.value,
    at: Date.now(),
    address: form.getAttribute("action") || location.pathname,
    draft: form.dataset.draft,
    title: titleOf(form),
    fields,
    photos: takenPhotos(form),
    open: form.dataset.report === "open",
    typed,
  };
}

function complain(form, wrong) {
  for (const old of form.querySelectorAll("[data-sent-error]")) old.remove();
  let first = null;
  for (const [name, reasons] of Object.entries(wrong)) {
    const field = form.elements.namedItem(name);
    const place = field?.closest?.(".field") ?? field?.[0]?.closest(".field") ?? form;
    const said = document.createElement("p");
    said.className = "field__error";
    said.dataset.sentError = "";
    said.textContent = reasons.join(" ");
    for (let open = place.closest("details"); open; open = open.parentElement.closest("details")) open.open = true;
    if (place === form) form.prepend(said);
    else (place.querySelector(".field__label") ?? place.firstChild).after(said);
    said.tabIndex = -1;
    first ??= said;
  }
  first?.focus();
  first?.scrollIntoView({ block: "center" });
}

function busy(form, is) {
  for (const button of form.querySelectorAll("button[type=submit]:not([name])")) {
    button.disabled = is;
    const label = button.querySelector("span") ?? button;
    button.dataset.label ??= label.textContent;
    label.textContent = is ? "Sending…" : button.dataset.label;
  }
}

/* It waits on the phone now: the draft is in it, and the form makes room. */
function stepBack(form) {
  form.hidden = true;
  localStorage.removeItem(keyOf(form.dataset.draft));
  scrollTo(0, 0);
}

async function submit(form) {
  for (const old of form.querySelectorAll("[data-sent-error]")) old.remove();
  busy(form, true);
  let record;
  try {
    record = await keep(collect(form));
  } catch {
    // No room, or a browser that keeps nothing: the form goes as any other does.
    giveBack(form);
    form.submit();
    return;
  }
  let left = false;
  await bring(record, {
    onSent: (_record, address) => {
      left = true;
      location.assign(address);
    },
    onWrong: async (_record, wrong) => {
      left = true;
      await drop(record.id);
      busy(form, false);
      complain(form, wrong);
    },
  });
  if (!left) {
    busy(form, false);
    stepBack(form);
  }
}

export function startReportForms(root) {
  for (const form of root.querySelectorAll("form[data-report]:not([data-report-ready])")) {
    form.dataset.reportReady = "";
    startPhotos(form);
    form.addEventListener("submit", (event) => {
      if (event.submitter?.name === "add") return;
      event.preventDefault();
      if (!form.querySelector("button[type=submit]:not([name]):disabled")) submit(form);
    });
  }
}
