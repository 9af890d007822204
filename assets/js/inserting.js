/* <button data-insert="{{ salutation }}">: puts its text where the cursor last was in a [data-insertable] field, or in the
   field that data-into names. <button data-place="body:2:5">: goes to line 2, character 5. Hidden until this runs. */
let last = null;

function field(form, name) {
  return form?.elements.namedItem(name) ?? null;
}

function insert(button) {
  const form = document.getElementById("wording");
  const wanted = field(form, button.dataset.into ?? "");
  const target = wanted ?? (last?.isConnected ? last : field(form, "body"));
  if (!target) return;
  const text = button.dataset.insert;
  target.focus();
  target.setRangeText(text, target.selectionStart, target.selectionEnd, "end");
  target.dispatchEvent(new Event("input", { bubbles: true }));
}

/* A character is a code point on the server and may be two units here. */
function go(button) {
  const [name, line, column] = button.dataset.place.split(":");
  const target = field(document.getElementById("wording"), name);
  if (!target) return;
  const lines = target.value.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const start = before + [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
  target.focus();
  target.setSelectionRange(start, start + 2);
}

export function startInserting() {
  document.addEventListener("focusin", (event) => {
    if (event.target.matches?.("[data-insertable]")) last = event.target;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-insert], [data-place]");
    if (button) (button.dataset.insert === undefined ? go : insert)(button);
  });
}

export function showInserting(root) {
  for (const button of root.querySelectorAll("[data-insert], [data-place]")) button.hidden = false;
}
