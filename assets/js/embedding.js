/* On a partner's page: give each frame of the pledge the height it asks for. It reads and changes nothing else there. */
const home = new URL(import.meta.url).origin;
const TALLEST = 4000;

window.addEventListener("message", (event) => {
  if (event.origin !== home || event.data?.organising !== "height") return;
  const height = Number(event.data.height);
  if (!(height > 0 && height <= TALLEST)) return;
  for (const frame of document.querySelectorAll("iframe[data-organising]")) {
    if (frame.contentWindow === event.source) frame.style.height = `${height}px`;
  }
});
