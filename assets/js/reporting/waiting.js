/* The line that says what is kept on this phone and what was sent, on every page of those who sign in. */
import { keyOf } from "../drafts.js";
import { drop, dropPhotos, forgetAll, keepPhoto, listPhotos, listWaiting } from "./keeping.js";
import { send } from "./sending.js";

const EVERY = 20_000;

const WHY = {
  offline: "No signal. It is sent by itself as soon as there is some, on any page of this site.",
  "sign-in": "Sign in again, and it is sent.",
  owner: "It was written for another organisation. Switch to it, and it is sent.",
};

function line() {
  let found = document.querySelector("[data-reports-waiting]");
  if (!found) {
    found = document.createElement("section");
    found.className = "kept-reports";
    found.dataset.reportsWaiting = "";
    found.setAttribute("role", "status");
    const main = document.getElementById("main");
    const header = main.querySelector(".page-header");
    if (header) header.after(found);
    else main.prepend(found);
  }
  found.hidden = false;
  return found;
}

function words(tag, text, name = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (name) made.className = name;
  return made;
}

function button(label, kind, work) {
  const made = words("button", label, `button button--${kind} button--small`);
  made.type = "button";
  made.addEventListener("click", work);
  return made;
}

/* What was typed goes back into the form's draft, photographs too, and the form is opened again. */
async function reopen(record) {
  if (record.typed) localStorage.setItem(keyOf(record.draft), record.typed);
  for (const photo of record.photos) await keepPhoto({ ...photo, draft: record.draft });
  await drop(record.id);
  location.assign(record.address);
}

function discard(record, pressed) {
  if (pressed.dataset.sure === undefined) {
    pressed.dataset.sure = "";
    pressed.textContent = "Throw it away for good?";
    return;
  }
  drop(record.id).then(() => location.reload());
}

function entry(record) {
  const item = document.createElement("div");
  item.className = "kept-report";
  item.dataset.kept = record.id;
  item.append(words("p", `Kept on this phone: ${record.title}`, "kept-report__title"));
  item.append(words("p", record.reason ?? WHY.offline, "kept-report__why"));
  const row = words("div", "", "kept-report__buttons");
  if (record.wrong) row.append(button("Open it again", "secondary", () => reopen(record)));
  else row.append(button("Send now", "secondary", () => bring(record)));
  const away = button("Discard", "quiet", () => discard(record, away));
  row.append(away);
  item.append(row);
  return item;
}

function show(record) {
  const here = line();
  const before = here.querySelector(`[data-kept="${record.id}"]`);
  if (before) before.replaceWith(entry(record));
  else here.append(entry(record));
}

function showSent(record, address) {
  // Where its own form was answered, the page has nothing else to ask: it says thank you.
  if (record.open && record.address === location.pathname) return location.assign(address);
  const here = line();
  here.querySelector(`[data-kept="${record.id}"]`)?.remove();
  const told = words("p", "Sent: ", "kept-report kept-report--sent");
  const link = words("a", record.title);
  link.href = address;
  told.append(link);
  here.append(told);
}

/* Try one. What the server found wrong stays here with its reasons: only a person can put that right. */
export async function bring(record, { onSent = showSent, onWrong } = {}) {
  try {
    const address = await send(record);
    if (address === null) return;
    await dropPhotos(await listPhotos(record.draft));
    onSent(record, address);
  } catch (error) {
    if (error.why === undefined) throw error;
    const wrong = error.said.errors;
    if (wrong && onWrong) return onWrong(record, wrong);
    const reason = wrong ? Object.values(wrong).flat().join(" ") : (WHY[error.why] ?? error.words);
    show({ ...record, reason, wrong: error.why === "refused" });
  }
}

let asking = false;

async function bringAll() {
  if (asking) return;
  asking = true;
  try {
    for (const record of await listWaiting()) {
      const shown = document.querySelector(`[data-kept="${record.id}"] button`)?.textContent;
      if (shown !== "Open it again") await bring(record);
    }
  } finally {
    asking = false;
  }
}

/* Signing out clears the device, as with drafts; what was not sent yet is asked about first. */
export function guardSignOut(root) {
  for (const leaving of root.querySelectorAll("form[data-sign-out]")) {
    const ask = async (event) => {
      if (leaving.dataset.cleared !== undefined) return;
      // Before the drafts hear of it: who stays keeps them.
      event.preventDefault();
      event.stopImmediatePropagation();
      const waiting = await listWaiting();
      if (waiting.length && !confirm("A report on this phone is not sent yet, and signing out throws it away. Sign out all the same?")) return;
      await forgetAll();
      leaving.dataset.cleared = "";
      leaving.requestSubmit();
    };
    leaving.addEventListener("submit", ask, { capture: true });
  }
}

export async function startWaiting() {
  for (const record of await listWaiting()) show(record);
  await bringAll();
  addEventListener("online", bringAll);
  document.addEventListener("visibilitychange", () => document.hidden || bringAll());
  setInterval(bringAll, EVERY);
}
