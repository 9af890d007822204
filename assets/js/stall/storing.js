/* What a stall keeps on the device: its keys, and sealed signatures that wait. Nothing else, and nothing in clear. */
import { done, openBase } from "../indexed.js";

const STALL = "stall";

export async function openStore(name) {
  const { read, change } = await openBase(name, (base) => {
    base.createObjectStore("keys");
    base.createObjectStore("waiting", { keyPath: "id" });
  });
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
