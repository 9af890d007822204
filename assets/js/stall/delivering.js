/* Bringing what waits to the server: in small parcels, each signature removed only once the server has said that it has
   it. An answer that gets lost costs nothing: the signature is sent again, and the server knows it by its id. */
import { ask } from "../asking.js";
import { unseal } from "./sealing.js";

const PARCEL = 20;

async function parcelOf(privateKey, records) {
  const signatures = [];
  for (const record of records) signatures.push({ ...(await unseal(privateKey, record)), id: record.id });
  return signatures;
}

/* Deliver all that waits. `tell` hears after each parcel. Returns how many the server has now, and the batch's address. */
export async function deliver({ store, privateKey, stall, place, tell }) {
  const { organisation, token } = await ask(place.token);
  if (organisation !== place.organisation) throw new NotNow("organisation");
  const waiting = (await store.all()).filter((record) => !record.reason);
  let taken = 0;
  let batch = null;
  for (let at = 0; at < waiting.length; at += PARCEL) {
    const records = waiting.slice(at, at + PARCEL);
    const signatures = await parcelOf(privateKey, records);
    const said = await ask(place.deliver, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ organisation, stall: stall.id, label: stall.label, signatures }),
    });
    const has = said.receipts.filter((receipt) => receipt.taken).map((receipt) => receipt.id);
    await store.remove(has);
    for (const { id, taken: isTaken, reason } of said.receipts) {
      const record = records.find((one) => one.id === id);
      if (!isTaken && record) await store.put({ ...record, reason });
    }
    taken += has.length;
    batch = said.batch ?? batch;
    tell(taken);
  }
  return { taken, batch };
}

/* Sign out without leaving the page, so that nobody who is handed the device is signed in as somebody else. */
export async function signOut(place) {
  const { token } = await ask(place.token);
  const body = new URLSearchParams({ csrf_token: token });
  await fetch(place.signOut, { method: "POST", body, credentials: "same-origin", redirect: "manual" });
}
