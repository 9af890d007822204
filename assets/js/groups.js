/* <div data-group="kind" data-most="10">: parts of a form that can be there several times. Its <template> holds an empty
   part with __n__ for the number; its button[name=add] adds one in place. Without this module the button asks the server. */
const NUMBER = "__n__";

export function parts(group) {
  return group.querySelectorAll(":scope > [data-part]");
}

function most(group) {
  return Number(group.dataset.most || 10);
}

function adder(group) {
  return group.querySelector(":scope > .group__more");
}

/* One more part, or null where there are as many as may be. */
export function add(group) {
  const number = parts(group).length + 1;
  if (number > most(group)) return null;
  const blank = group.querySelector(":scope > template");
  const filled = document.createElement("template");
  filled.innerHTML = blank.innerHTML.replaceAll(NUMBER, String(number));
  const part = filled.content.firstElementChild;
  blank.before(part);
  adder(group).hidden = number >= most(group);
  return part;
}

/* As many parts as the names of fields speak of: a kept draft may hold more than a fresh page. */
export function growFor(form, names) {
  for (const group of form.querySelectorAll("[data-group]")) {
    const numbers = names.map((name) => (name.startsWith(`${group.dataset.group}-`) ? Number.parseInt(name.slice(group.dataset.group.length + 1), 10) : 0));
    const wanted = Math.min(Math.max(0, ...numbers.filter(Number.isInteger)), most(group));
    while (parts(group).length < wanted) add(group);
  }
}

export function startGroups(root) {
  for (const group of root.querySelectorAll("[data-group]:not([data-group-ready])")) {
    group.dataset.groupReady = "";
    adder(group)?.addEventListener("click", (event) => {
      event.preventDefault();
      const part = add(group);
      part?.querySelector("select, input, textarea")?.focus();
    });
  }
}
