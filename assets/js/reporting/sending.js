/* Bringing a report to the server. It stays on the device until the server has said that it has it: an answer that gets
   lost costs nothing, since what is sent twice under one key is kept once. */
import { NotNow, ask } from "../asking.js";
import { drop } from "./keeping.js";

const TOKEN = "/actions/report/token.json";
const PHOTOS = "photos";
// A photograph takes its time over a thin line.
const PATIENCE = 90_000;

const underway = new Set();

function bodyOf(record, token) {
  const body = new FormData();
  for (const [name, value] of record.fields) body.append(name, value);
  for (const photo of record.photos) {
    body.append("photo_ids", photo.id);
    body.append(PHOTOS, photo.blob, photo.name);
  }
  if (token) body.set("csrf_token", token);
  return body;
}

/* Send one record. Returns the page that shows it, or null while it is under way already. Throws NotNow. */
export async function send(record) {
  if (underway.has(record.id)) return null;
  underway.add(record.id);
  try {
    const { owner, token } = record.open ? record : await ask(TOKEN);
    if (owner !== record.owner) throw new NotNow("owner");
    const said = await ask(record.address, { method: "POST", body: bodyOf(record, token), patience: PATIENCE });
    await drop(record.id);
    return said.location;
  } finally {
    underway.delete(record.id);
  }
}
