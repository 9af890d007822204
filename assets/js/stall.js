/* The stall's page: people sign one after the other without signal; the officer unlocks, delivers and finishes. */
import { NotNow } from "./asking.js";
import { deliver, signOut } from "./stall/delivering.js";
import { makeKeys, seal, unlockKeys, unseal } from "./stall/sealing.js";
import { openStore } from "./stall/storing.js";

const main = document.querySelector("[data-stall]");
const place = main.dataset;
const part = (name) => main.querySelector(`[data-part="${name}"]`);
const view = (name) => main.querySelector(`[data-view="${name}"]`);
const SHORTEST_PHRASE = 10;
const THANKS = 8_000;
const IDLE = 90_000;
const EVERY = 30_000;
const POSTCODE = /^[a-z]{1,2}[0-9][a-z0-9]?\s*[0-9][a-z]{2}$/i;
const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;

let store;
let stall;
let privateKey = null;
let delivering = false;
let returning;

function show(name) {
  for (const one of main.querySelectorAll("[data-view]")) one.hidden = one.dataset.view !== name;
  const shown = view(name);
  shown.querySelector("[data-first]")?.focus();
  window.scrollTo(0, 0);
}

function say(word, values = {}) {
  const said = part("said");
  let words = word ? main.querySelector(`[data-word="${word}"]`).textContent : "";
  for (const [name, value] of Object.entries(values)) words = words.replace(`{${name}}`, value);
  said.textContent = words;
  said.hidden = !words;
}

async function count() {
  const waiting = await store.count();
  for (const one of main.querySelectorAll("[data-waiting]")) one.textContent = String(waiting);
  return waiting;
}

/* Errors stand at their field, and the first wrong one gets the cursor. */
function complain(form, wrong) {
  for (const old of form.querySelectorAll("[data-error]")) old.hidden = true;
  for (const field of form.elements) field.removeAttribute("aria-invalid");
  for (const name of wrong) {
    form.querySelector(`[data-error="${name}"]`).hidden = false;
    form.elements[name].setAttribute("aria-invalid", "true");
  }
  if (wrong.length) form.elements[wrong[0]].focus();
  return wrong.length > 0;
}

function typed(form) {
  const text = (name) => form.elements[name].value.trim().replace(/\s+/g, " ");
  return {
    name: text("name"),
    postcode: text("postcode"),
    email: text("email"),
    wants_updates: form.elements.wants_updates?.checked ?? false,
    lead_may_keep: form.elements.lead_may_keep?.checked ?? false,
  };
}

function wrongIn(given) {
  const wrong = [];
  if (!/\p{L}/u.test(given.name)) wrong.push("name");
  if (!POSTCODE.test(given.postcode)) wrong.push("postcode");
  if (given.email ? !EMAIL.test(given.email) : given.wants_updates) wrong.push("email");
  return wrong;
}

/* The next person finds an empty form, whoever walked away from it. */
function wipe() {
  const form = part("sign");
  form.reset();
  complain(form, []);
}

async function setUp(form) {
  const phrase = form.elements.phrase.value;
  const wrong = [];
  if (!form.elements.label.value.trim()) wrong.push("label");
  if (phrase.length < SHORTEST_PHRASE) wrong.push("phrase");
  else if (phrase !== form.elements.again.value) wrong.push("again");
  if (complain(form, wrong)) return;
  const keys = await makeKeys(phrase);
  stall = { id: crypto.randomUUID(), label: form.elements.label.value.trim(), finished: false, ...keys };
  await store.keepStall(stall);
  form.reset();
  await navigator.storage?.persist?.();
  say("");
  show("sign");
}

async function sign(form) {
  const given = typed(form);
  if (complain(form, wrongIn(given))) return;
  const id = crypto.randomUUID();
  const value = { ...given, version: Number(place.version), at: new Date().toISOString() };
  try {
    await store.add(await seal(stall.open, id, value));
  } catch {
    say("full");
    return;
  }
  wipe();
  await count();
  say("");
  show("thanks");
  clearTimeout(returning);
  returning = setTimeout(next, THANKS);
}

function next() {
  clearTimeout(returning);
  if (!view("thanks").hidden) show("sign");
}

function lock() {
  privateKey = null;
  part("refused").replaceChildren();
  part("unlock").reset();
  part("unlock").hidden = false;
  part("unlocked").hidden = true;
}

async function unlock(form) {
  try {
    privateKey = await unlockKeys(stall, form.elements.phrase.value);
  } catch {
    complain(form, ["phrase"]);
    return;
  }
  complain(form, []);
  form.reset();
  form.hidden = true;
  part("unlocked").hidden = false;
  await bring();
}

/* Deliver what waits, and say what became of it. */
async function bring() {
  if (delivering || privateKey === null) return;
  delivering = true;
  part("sign-in").hidden = true;
  say("delivering");
  try {
    const { taken, batch } = await deliver({ store, privateKey, stall, place, tell: count });
    const waiting = await count();
    say(waiting ? "some-refused" : taken ? "delivered" : "nothing", { taken });
    if (batch) {
      part("batch").href = batch;
      part("batch").hidden = false;
    }
    await showRefused();
    if (waiting === 0 && stall.finished) await forget();
  } catch (error) {
    await count();
    if (!(error instanceof NotNow)) throw error;
    say(error.why === "refused" ? "refused" : error.why, { words: error.words });
    part("sign-in").hidden = error.why !== "sign-in";
  } finally {
    delivering = false;
  }
}

/* Nothing waits and the stall is over: its keys go too. */
async function forget() {
  await store.forgetStall();
  stall = undefined;
  lock();
  show("clear");
}

async function showRefused() {
  const list = part("refused");
  list.replaceChildren();
  for (const record of (await store.all()).filter((one) => one.reason)) {
    const item = main.querySelector("template[data-refused]").content.cloneNode(true);
    const form = item.querySelector("form");
    const value = await unseal(privateKey, record);
    item.querySelector("[data-reason]").textContent = record.reason;
    for (const name of ["name", "postcode", "email"]) form.elements[name].value = value[name];
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const { name, postcode, email } = typed(form);
      await store.put(await seal(stall.open, record.id, { ...value, name, postcode, email }));
      await bring();
    });
    const drop = item.querySelector("[data-drop]");
    drop.addEventListener("click", async () => {
      if (drop.dataset.sure === undefined) {
        drop.dataset.sure = "";
        drop.textContent = main.querySelector('[data-word="sure"]').textContent;
        return;
      }
      await store.remove([record.id]);
      await count();
      await showRefused();
    });
    list.append(item);
  }
}

async function finish() {
  lock();
  wipe();
  stall = { ...stall, finished: true };
  await store.keepStall(stall);
  if ((await count()) === 0) await forget();
  else openOfficer();
}

async function reopen() {
  stall = { ...stall, finished: false };
  await store.keepStall(stall);
  back();
}

function openOfficer() {
  clearTimeout(returning);
  wipe();
  part("batch").hidden = true;
  part("finished").hidden = !stall.finished;
  part("running").hidden = stall.finished;
  say("");
  show("officer");
}

function back() {
  lock();
  say("");
  show("sign");
}

function listen() {
  const forms = { "set-up": setUp, sign, unlock };
  for (const [name, work] of Object.entries(forms)) {
    part(name).addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = part(name).querySelector("button[type=submit]");
      if (button.disabled) return;
      button.disabled = true;
      try {
        await work(part(name));
      } finally {
        button.disabled = false;
      }
    });
  }
  const presses = { next, officer: openOfficer, back, deliver: bring, finish, reopen, again: () => show("set-up") };
  presses["sign-out"] = async () => {
    try {
      await signOut(place);
      say("signed-out");
    } catch (error) {
      say(error instanceof NotNow && error.why === "sign-in" ? "signed-out" : "offline");
    }
  };
  for (const [name, work] of Object.entries(presses)) {
    for (const button of main.querySelectorAll(`[data-press="${name}"]`)) button.addEventListener("click", () => work());
  }
  let idle;
  part("sign").addEventListener("input", () => {
    clearTimeout(idle);
    idle = setTimeout(wipe, IDLE);
  });
  window.addEventListener("online", bring);
  window.addEventListener("pagehide", wipe);
  setInterval(bring, EVERY);
}

async function start() {
  await navigator.serviceWorker.register(place.worker, { scope: place.scope });
  store = await openStore(`stall-${place.organisation}-${place.drive}`);
  stall = await store.stall();
  listen();
  wipe();
  await count();
  if (!stall) show("set-up");
  else if (stall.finished) openOfficer();
  else show("sign");
  await keepPage();
  main.dataset.ready = "";
}

/* The worker comes after the first visit's page: what this page was made of is kept from here. */
async function keepPage() {
  await navigator.serviceWorker.ready;
  await document.fonts.ready;
  const cache = await caches.open("stall");
  const loaded = performance.getEntriesByType("resource").map((one) => new URL(one.name).pathname);
  for (const path of [location.pathname, ...loaded.filter((name) => name.startsWith("/static/"))]) {
    if (!(await cache.match(path, { ignoreVary: true }))) await cache.add(path);
  }
}

if (window.isSecureContext && "indexedDB" in window && "serviceWorker" in navigator) {
  start().catch(() => show("cannot"));
} else {
  show("cannot");
}
