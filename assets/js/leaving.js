/* <a data-exit>: leaves without a way back to this page; so does Shift, pressed three times in two seconds. */
const TIMES = 3;
const WITHIN_MS = 2000;

export function startLeaving() {
  const link = document.querySelector("[data-exit]");
  if (!link) return;
  const leave = () => {
    document.body.hidden = true;
    location.replace(link.href);
  };
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  let pressed = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift") {
      pressed = [];
      return;
    }
    if (event.repeat) return;
    pressed = [...pressed.filter((at) => event.timeStamp - at < WITHIN_MS), event.timeStamp];
    if (pressed.length >= TIMES) leave();
  });
  for (const words of document.querySelectorAll("[data-exit-keys]")) words.hidden = false;
}
