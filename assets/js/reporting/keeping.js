/* What waits on this device: reports that the server has not yet said it has, and photographs of a report being written.
   A record belongs to the person and organisation that made it, as drafts do. */
import { owner } from "../drafts.js";
import { done, openBase } from "../indexed.js";

const NAME = "organising-reports";
const FLAG = "reports-waiting";
const DAYS = 14;

let opened;

function open() {
  opened ??= openBase(NAME, (base) => {
    base.createObjectStore("waiting", { keyPath: "id" });
    base.createObjectStore("photos", { keyPath: "id" });
  });
  return opened;
}

/* Who holds the link of a mail may send what it was opened for, whoever is signed in. */
function isMine(record) {
  return record.open || record.owner === owner();
}

/* A word in the plain store, so that pages of those who wait for nothing need not open the database. */
function flag(is) {
  try {
    if (is) localStorage.setItem(FLAG, "1");
    else localStorage.removeItem(FLAG);
  } catch {
    /* Then every page looks. */
  }
}

export function mayWait() {
  try {
    return localStorage.getItem(FLAG) !== null;
  } catch {
    return true;
  }
}

async function all(store) {
  const base = await open();
  return done(base.read(store).getAll());
}

/* This person's reports that wait, the oldest first. */
export async function listWaiting() {
  const records = await all("waiting");
  flag(records.length > 0 || (await all("photos")).length > 0);
  return records.filter(isMine).sort((one, other) => one.at - other.at);
}

export async function keep(record) {
  const base = await open();
  const owned = { ...record, owner: owner() };
  await base.change("waiting", (store) => store.put(owned));
  flag(true);
  return owned;
}

export async function drop(id) {
  const base = await open();
  await base.change("waiting", (store) => store.delete(id));
}

/* Photographs of a form that was not sent yet. */
export async function listPhotos(draft) {
  const old = Date.now() - DAYS * 86_400_000;
  const found = (await all("photos")).filter((one) => isMine(one) && one.draft === draft);
  await dropPhotos(found.filter((one) => one.at < old));
  return found.filter((one) => one.at >= old).sort((one, other) => one.at - other.at);
}

export async function keepPhoto(photo) {
  const base = await open();
  await base.change("photos", (store) => store.put({ ...photo, owner: owner() }));
  flag(true);
}

export async function dropPhotos(photos) {
  if (!photos.length) return;
  const base = await open();
  await base.change("photos", (store) => photos.forEach((one) => store.delete(one.id)));
}

/* Signing out: nothing of anybody stays on the device. */
export async function forgetAll() {
  const base = await open();
  await base.change("waiting", (store) => store.clear());
  await base.change("photos", (store) => store.clear());
  flag(false);
}
