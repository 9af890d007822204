/* What a stall keeps on the device: its keys, and sealed signatures that wait. Nothing else, and nothing in clear. */
const STALL = "stall";

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

export async function openStore(name) {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("keys");
    opening.result.createObjectStore("waiting", { keyPath: "id" });
  };
  const base = await done(opening);
  // A second tab that clears the device is not to wait for this one.
  base.onversionchange = () => base.close();

  async function change(store, work) {
    const transaction = base.transaction(store, "readwrite", { durability: "strict" });
    work(transaction.objectStore(store));
    await finished(transaction);
  }
  const read = (store) => base.transaction(store).objectStore(store);
  return {
    stall: () => done(read("keys").get(STALL)),
    keepStall: (value) => change("keys", (store) => store.put(value, STALL)),
    forgetStall: () => change("keys", (store) => store.delete(STALL)),
    add: (record) => change("waiting", (store) => store.add(record)),
    put: (record) => change("waiting", (store) => store.put(record)),
    remove: (ids) => change("waiting", (store) => ids.forEach((id) => store.delete(id))),
    count: () => done(read("waiting").count()),
    all: () => done(read("waiting").getAll()),
  };
}
