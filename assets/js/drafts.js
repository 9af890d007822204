/* <form data-draft="key">: what is typed is kept on this device until the server accepts the form.
   Restored with a notice, only into fields the server left as they were. Passwords and files are never kept.
   A page shown after success carries data-draft-done="key" on any element. */
import { growFor } from "./groups.js";

const PREFIX = "draft:";
const DAYS = 14;

/* A phone is passed on: a draft belongs to the person and organisation that typed it, and goes at sign-out. */
export function owner() {
  return document.querySelector('meta[name="draft-owner"]')?.content ?? "";
}

export function keyOf(name) {
  return `${PREFIX}${owner()}:${name}`;
}

function forget(store, keeps) {
  for (const key of Object.keys(store)) if (key.startsWith(PREFIX) && !keeps(key)) store.removeItem(key);
}

function storage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function fields(form) {
  return [...form.elements].filter(
    (field) => field.name && ("kept" in field.dataset || !["password", "file", "hidden", "submit", "button"].includes(field.type)),
  );
}

function read(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked;
  return field.value;
}

function original(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.defaultChecked;
  if (field.tagName === "SELECT") return [...field.options].find((option) => option.defaultSelected)?.value ?? field.options[0]?.value ?? "";
  return field.dataset.kept ?? field.defaultValue;
}

function write(field, value) {
  if (field.type === "checkbox" || field.type === "radio") field.checked = value;
  else field.value = value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function nameOf(field) {
  return field.type === "checkbox" || field.type === "radio" ? `${field.name}=${field.value}` : field.name;
}

/* The hidden id beside a searching field belongs to what was typed. A hidden field has no default of its own. */
function keepChosenIds(form) {
  for (const search of form.querySelectorAll("[data-combobox][data-target]")) {
    const hidden = form.elements[search.dataset.target];
    if (hidden) hidden.dataset.kept = hidden.value;
  }
}

function save(store, form) {
  const changed = fields(form).filter((field) => read(field) !== original(field));
  const key = keyOf(form.dataset.draft);
  if (!changed.length) return store.removeItem(key);
  const values = Object.fromEntries(changed.map((field) => [nameOf(field), read(field)]));
  try {
    store.setItem(key, JSON.stringify({ at: Date.now(), values }));
  } catch {
    /* A full or closed store loses the draft, not the form. */
  }
}

/* What came back is to be seen, not folded away. */
function reveal(field) {
  for (let place = field.closest("details"); place; place = place.parentElement.closest("details")) place.open = true;
}

function restore(store, form) {
  const kept = store.getItem(keyOf(form.dataset.draft));
  if (!kept) return [];
  const { at, values } = JSON.parse(kept);
  if (Date.now() - at > DAYS * 86400000) {
    store.removeItem(keyOf(form.dataset.draft));
    return [];
  }
  growFor(form, Object.keys(values));
  const restored = fields(form).filter((field) => nameOf(field) in values && values[nameOf(field)] !== read(field));
  for (const field of restored) {
    write(field, values[nameOf(field)]);
    reveal(field);
  }
  return restored;
}

/* Whom the draft is about, where its form asks for somebody. */
function whom(restored) {
  return restored.find((field) => field.matches("[data-combobox][data-target]"))?.value ?? "";
}

/* Back to what the server sent. A searching field has been replaced since by one that listens to its input only. */
function undo(form, field) {
  const living = field.isConnected ? field : form.elements.namedItem(field.name);
  write(living, original(field));
  if (living !== field) living.dispatchEvent(new Event("input", { bubbles: true }));
}

function announce(store, form, restored) {
  const notice = document.createElement("div");
  notice.className = "draft-notice";
  notice.setAttribute("role", "status");
  const words = document.createElement("span");
  const about = whom(restored);
  words.textContent = about ? `What you typed earlier about ${about} is back.` : "What you typed earlier is back.";
  const discard = document.createElement("button");
  discard.type = "button";
  discard.className = "button button--quiet button--small";
  discard.textContent = "Discard it";
  discard.addEventListener("click", () => {
    for (const field of restored) undo(form, field);
    store.removeItem(keyOf(form.dataset.draft));
    notice.remove();
  });
  notice.append(words, discard);
  form.prepend(notice);
}

export function startDrafts(root) {
  const store = storage();
  if (!store) return;
  const person = owner().split(".")[0];
  if (person) forget(store, (key) => key.startsWith(`${PREFIX}${person}.`));
  for (const leaving of root.querySelectorAll("form[data-sign-out]")) {
    leaving.addEventListener("submit", () => forget(store, () => false));
  }
  for (const done of root.querySelectorAll("[data-draft-done]")) store.removeItem(keyOf(done.dataset.draftDone));
  for (const form of root.querySelectorAll("form[data-draft]")) {
    keepChosenIds(form);
    const restored = restore(store, form);
    if (restored.length) announce(store, form, restored);
    let waiting;
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => save(store, form), 300);
    });
    form.addEventListener("submit", () => save(store, form));
  }
}
