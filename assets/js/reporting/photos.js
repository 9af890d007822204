/* <div data-photos>: photographs of a report. Each is drawn anew on the phone, smaller and without what the camera wrote
   into it, kept with the draft, and shown; the server draws it once more. */
import { dropPhotos, keepPhoto, listPhotos } from "./keeping.js";

const LONGEST = 1600;
const QUALITY = 0.8;
const THUMBNAIL = 160;
const MOST = 6;

const taken = new WeakMap();

export function takenPhotos(form) {
  return (taken.get(form) ?? []).map(({ id, name, blob, at }) => ({ id, name, blob, at }));
}

/* Back into the form's own field, for a browser that keeps nothing: the form then goes as any other does. */
export function giveBack(form) {
  const given = new DataTransfer();
  for (const { blob, name } of taken.get(form) ?? []) given.items.add(new File([blob], name, { type: blob.type }));
  const input = form.querySelector('[data-photos] input[type="file"]');
  if (input) input.files = given.files;
}

function canvasOf(picture, longest) {
  const by = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * by));
  canvas.height = Math.max(1, Math.round(picture.height * by));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function shrunk(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const canvas = canvasOf(picture, LONGEST);
  picture.close();
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", QUALITY);
  });
}

async function thumbnail(photo) {
  const picture = await createImageBitmap(photo.blob);
  const canvas = canvasOf(picture, THUMBNAIL);
  picture.close();
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "A photograph of this report");
  return canvas;
}

async function show(form, place, photo) {
  const item = document.createElement("li");
  item.append(await thumbnail(photo));
  const away = document.createElement("button");
  away.type = "button";
  away.className = "button button--quiet button--small";
  away.textContent = "Remove";
  away.addEventListener("click", async () => {
    taken.set(form, taken.get(form).filter((one) => one.id !== photo.id));
    await dropPhotos([photo]);
    item.remove();
    told(form, place);
  });
  item.append(away);
  place.querySelector("[data-photo-list]").append(item);
}

function told(form, place) {
  const some = taken.get(form).length > 0;
  place.querySelector("[data-photo-consent]").hidden = !some;
}

async function add(form, place, files) {
  const said = place.querySelector("[data-photo-said]");
  said.textContent = "";
  for (const file of files) {
    if (taken.get(form).length >= MOST) {
      said.textContent = `${MOST} are as many as one report holds.`;
      break;
    }
    try {
      const photo = { id: crypto.randomUUID(), name: "photo.jpg", blob: await shrunk(file), at: Date.now(), draft: form.dataset.draft };
      await keepPhoto(photo);
      taken.get(form).push(photo);
      await show(form, place, photo);
    } catch {
      said.textContent = "That file is no photograph that this phone can read.";
    }
  }
  told(form, place);
}

export async function startPhotos(form) {
  taken.set(form, []);
  const place = form.querySelector("[data-photos]");
  if (!place) return;
  for (const input of place.querySelectorAll('input[type="file"]')) {
    input.addEventListener("change", async () => {
      const files = [...input.files];
      // What is drawn anew goes instead of the file itself.
      input.value = "";
      await add(form, place, files);
    });
  }
  const kept = await listPhotos(form.dataset.draft);
  taken.get(form).push(...kept);
  for (const photo of kept) await show(form, place, photo);
  told(form, place);
}
