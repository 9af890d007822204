/* In a partner's frame: tell the page around it how high this one is, and tell nobody but the sites that were declared. */
import "./public.js";

const origins = (document.querySelector('meta[name="embed-origins"]')?.content || "").split(" ").filter(Boolean);

function tell() {
  const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
  // A message to another origin than the one around is dropped by the browser.
  for (const origin of origins) window.parent.postMessage({ organising: "height", height }, origin);
}

if (window.parent !== window) {
  new ResizeObserver(tell).observe(document.documentElement);
  tell();
}
