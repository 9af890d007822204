/* Fields marked data-combobox. A <select> searches its own options; a text field asks data-source?q=… for
   [{id, label, detail}] and puts the chosen id into the hidden field named by data-target, or the label into itself. */
const PAUSE = 160;

export function startComboboxes(root) {
  const marked = [...root.querySelectorAll("[data-combobox]:not([data-combobox-ready])")];
  if (!marked.length) return;
  import("accessible-autocomplete").then(({ default: autocomplete }) => {
    for (const field of marked) {
      field.dataset.comboboxReady = "";
      if (field.tagName === "SELECT") enhanceSelect(autocomplete, field);
      else enhanceInput(autocomplete, field);
    }
  });
}

function container(field) {
  const box = document.createElement("div");
  box.className = "combobox";
  field.after(box);
  return box;
}

function dress(box, field) {
  const input = box.querySelector("input");
  for (const name of ["aria-invalid", "required", "placeholder"]) {
    if (field.hasAttribute(name)) input.setAttribute(name, field.getAttribute(name));
  }
  const described = [field.getAttribute("aria-describedby"), input.getAttribute("aria-describedby")].filter(Boolean);
  if (described.length) input.setAttribute("aria-describedby", described.join(" "));
  return input;
}

function escapeText(text) {
  const span = document.createElement("span");
  span.textContent = text ?? "";
  return span.innerHTML;
}

function suggestion(item) {
  if (!item) return "";
  if (typeof item === "string") return escapeText(item);
  return escapeText(item.label) + (item.detail ? ` <small>${escapeText(item.detail)}</small>` : "");
}

function show(input, text) {
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function enhanceSelect(autocomplete, select) {
  const options = [...select.options].filter((option) => option.value).map((option) => ({
    id: option.value,
    label: option.textContent.trim(),
    detail: option.dataset.detail,
  }));
  const box = container(select);
  const id = select.id;
  select.id = `${id}-select`;
  select.hidden = true;
  const chosen = select.value ? select.selectedOptions[0].textContent.trim() : "";
  const choose = (value) => {
    select.value = value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  };
  autocomplete({
    element: box,
    id,
    name: "",
    defaultValue: chosen,
    confirmOnBlur: false,
    showAllValues: options.length <= 30,
    source: (query, done) => done(options.filter((option) => fold(`${option.label} ${option.detail ?? ""}`).includes(fold(query)))),
    templates: { inputValue: (item) => item?.label ?? item ?? "", suggestion },
    onConfirm: (item) => item && choose(item.id),
    tNoResults: () => select.dataset.none || "Nothing found",
  });
  const input = dress(box, select);
  select.addEventListener("change", () => {
    const label = select.value ? select.selectedOptions[0].textContent.trim() : "";
    if (!label && input.value && document.activeElement !== input) show(input, "");
  });
  select.required = false; // a hidden required field would stop the form without a word
  input.addEventListener("input", () => {
    const exact = options.find((option) => fold(option.label) === fold(input.value));
    choose(exact?.id ?? "");
  });
}

function enhanceInput(autocomplete, field) {
  const hidden = field.dataset.target ? field.form?.elements[field.dataset.target] : null;
  const box = container(field);
  const { id, name, value } = field;
  const isFree = () => document.activeElement === document.body;
  const focused = document.activeElement === field;
  // The browser gives an autofocus its due only with the first rendering, and this may run before.
  const awaited = field.autofocus && isFree();
  field.remove();
  let waiting;
  let request;
  autocomplete({
    element: box,
    id,
    name,
    defaultValue: value,
    minLength: 2,
    confirmOnBlur: false,
    source: (query, done) => {
      clearTimeout(waiting);
      request?.abort();
      waiting = setTimeout(async () => {
        request = new AbortController();
        try {
          const address = new URL(field.dataset.source, location.href);
          address.searchParams.set("q", query);
          const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: request.signal });
          done(answer.ok ? await answer.json() : []);
        } catch (error) {
          if (error.name !== "AbortError") done([]);
        }
      }, PAUSE);
    },
    templates: { inputValue: (item) => item?.label ?? item ?? "", suggestion },
    onConfirm: (item) => {
      if (item?.id && hidden) hidden.value = item.id;
    },
    tNoResults: () => field.dataset.none || "Nothing found",
  });
  const input = dress(box, field);
  // With words in it, from a draft or from the address, the focus would open a list of just these words.
  if (focused && !value) input.focus();
  // Not sooner: the browser, come to its autofocus, would find the focus taken, and complain.
  if (awaited && !value) requestAnimationFrame(() => isFree() && input.focus());
  input.addEventListener("input", () => {
    if (hidden) hidden.value = "";
  });
}
