/* <button data-copy="text">: shown only where copying works. */
export function startCopying(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      const words = button.querySelector("span");
      const before = words.textContent;
      words.textContent = button.dataset.copied || "Copied";
      setTimeout(() => (words.textContent = before), 2000);
    });
  }
}
