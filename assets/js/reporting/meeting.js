/* <section data-met data-source="…json">: whom they met. The list of all in office is brought once, so that a name is found
   without signal; what is found is a row of large buttons. Without this module a name is typed, and found by the server. */
import { add, parts } from "../groups.js";

const MOST_FOUND = 5;
const FEWEST = 2;

const lists = new Map();

function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

async function bring(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error("no list");
  return (await answer.json()).map(([id, name, detail]) => ({ id, name, detail, words: fold(`${name} ${detail}`).split(/[\s,]+/) }));
}

function listOf(address) {
  if (!lists.has(address)) {
    lists.set(address, bring(address).catch(() => {
      lists.delete(address);
      return null;
    }));
  }
  return lists.get(address);
}

function matches(people, typed) {
  const wanted = fold(typed).split(/\s+/).filter(Boolean);
  return people.filter((one) => wanted.every((word) => one.words.some((begun) => begun.startsWith(word))));
}

const field = (part, name) => part.querySelector(`[data-met-${name}]`);

function isEmpty(part) {
  return !field(part, "id").value && !field(part, "who").value.trim();
}

/* Chosen: the name alone. Typed and not yet found: the field. Neither: nothing. */
function dress(part) {
  const chosen = field(part, "id").value !== "";
  const wrong = part.querySelector(".field__error") !== null;
  part.hidden = isEmpty(part) && !wrong;
  field(part, "typed").hidden = chosen;
  field(part, "name").hidden = !chosen;
  field(part, "name").textContent = field(part, "who").value;
  field(part, "remove").hidden = false;
  field(part, "remove").setAttribute("aria-label", `Remove ${field(part, "who").value}`);
}

function put(part, id, name) {
  field(part, "id").value = id;
  field(part, "who").value = name;
  field(part, "who").dispatchEvent(new Event("input", { bubbles: true }));
  dress(part);
}

function take(section, id, name) {
  const group = section.querySelector("[data-group]");
  const same = [...parts(group)].find((part) => id && field(part, "id").value === id);
  const part = same ?? [...parts(group)].find(isEmpty) ?? add(group);
  if (!part) return false;
  listen(section, part);
  put(part, id, name);
  return true;
}

function listen(section, part) {
  if (part.dataset.metReady !== undefined) return;
  part.dataset.metReady = "";
  field(part, "remove").addEventListener("click", () => {
    put(part, "", "");
    section.querySelector("#met-search").focus();
  });
  field(part, "who").addEventListener("change", () => dress(part));
  field(part, "id").addEventListener("change", () => dress(part));
}

function choice(label, detail, work) {
  const item = document.createElement("li");
  const made = document.createElement("button");
  made.type = "button";
  made.className = "met-found__one";
  made.textContent = label;
  if (detail) {
    const small = document.createElement("small");
    small.textContent = detail;
    made.append(small);
  }
  made.addEventListener("click", work);
  item.append(made);
  return item;
}

async function search(section, input) {
  const found = section.querySelector("#met-found");
  const said = section.querySelector("[data-met-said]");
  const typed = input.value.trim();
  const people = typed.length < FEWEST ? [] : await listOf(section.dataset.source);
  if (input.value.trim() !== typed) return;
  found.replaceChildren();
  said.textContent = "";
  if (typed.length < FEWEST) return;
  const chosen = (id, name) => () => {
    if (!take(section, id, name)) said.textContent = "Ten are as many as one report holds.";
    input.value = "";
    found.replaceChildren();
    said.textContent = `${name} is added.`;
    input.focus();
  };
  const meant = people ? matches(people, typed) : [];
  for (const one of meant.slice(0, MOST_FOUND)) found.append(choice(one.name, one.detail, chosen(one.id, one.name)));
  // Peers and others who are on no list of this phone: the server finds them by what is typed.
  if (!meant.length) found.append(choice(`Take “${typed}” as typed`, people ? section.dataset.nobody : "", chosen("", typed)));
  if (meant.length > MOST_FOUND) said.textContent = `${meant.length - MOST_FOUND} more: type another letter.`;
}

export function startMeetings(root) {
  for (const section of root.querySelectorAll("[data-met]:not([data-met-ready])")) {
    section.dataset.metReady = "";
    const group = section.querySelector("[data-group]");
    const picker = section.querySelector("template[data-met-picker]").content.cloneNode(true);
    const input = picker.querySelector("input");
    group.after(picker);
    for (const part of parts(group)) {
      listen(section, part);
      dress(part);
    }
    input.addEventListener("input", () => search(section, input));
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      section.querySelector("#met-found button")?.click();
    });
    listOf(section.dataset.source);
  }
}
