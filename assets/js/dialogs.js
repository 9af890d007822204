/* A link to a <dialog>'s id opens it as a modal. Without this module the same link shows it through :target. */
export function startDialogs() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href^='#']");
    if (!link) return;
    if (link.hasAttribute("data-dialog-close")) {
      event.preventDefault();
      link.closest("dialog").close();
      if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
      return;
    }
    const target = document.getElementById(link.getAttribute("href").slice(1));
    if (target?.tagName === "DIALOG") {
      event.preventDefault();
      target.showModal();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.tagName !== "DIALOG") return;
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  });
}
