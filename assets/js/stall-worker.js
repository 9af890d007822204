/* Keeps the stall's page and what it is made of on the device. Its reach is /pledges/stall/ and nothing else; it keeps
   no answer of any other kind, and no signature ever passes through it. */
const CACHE = "stall";
const PATIENCE = 4000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

function isStall(url) {
  return /^\/pledges\/stall\/[0-9a-f-]{36}$/.test(url.pathname);
}

/* The page as it is now where there is signal and somebody is signed in; else as it was kept. */
async function page(request, url) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(url.pathname, { ignoreVary: true });
  const patience = kept ? { signal: AbortSignal.timeout(PATIENCE) } : {};
  try {
    const answer = await fetch(request, patience);
    if (answer.ok && !answer.redirected) await cache.put(url.pathname, answer.clone());
    else if (kept) return kept;
    return answer;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

async function file(request, url) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(url.pathname, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(url.pathname, answer.clone());
  return answer;
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && isStall(url)) event.respondWith(page(event.request, url));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(event.request, url));
});
