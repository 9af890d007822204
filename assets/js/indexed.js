/* A small database on the device: requests and transactions as promises. */
export function done(request) {
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

/* Open it; `make` makes its stores the first time. */
export async function openBase(name, make) {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => make(opening.result);
  const base = await done(opening);
  // A second tab that clears the device is not to wait for this one.
  base.onversionchange = () => base.close();
  return {
    read: (store) => base.transaction(store).objectStore(store),
    async change(store, work) {
      const transaction = base.transaction(store, "readwrite", { durability: "strict" });
      work(transaction.objectStore(store));
      await finished(transaction);
    },
  };
}
