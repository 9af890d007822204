/* The keys of a stall. Signing needs the public half only; what is sealed with it opens with the private half, which
   lies on the device wrapped by a key made of the officer's phrase. Without the phrase nothing on the device opens. */
const CURVE = { name: "ECDH", namedCurve: "P-256" };
const ROUNDS = 600_000;
const BLOCK = 512;
const INFO = new TextEncoder().encode("organising stall signature");

function random(length) {
  return crypto.getRandomValues(new Uint8Array(length));
}

async function wrapping(phrase, salt, rounds) {
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(phrase.normalize("NFKC")), "PBKDF2", false, [
    "deriveKey",
  ]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return crypto.subtle.deriveKey(how, typed, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

/* A fresh pair for this stall: what is kept of it is the public half, and the private one wrapped by the phrase. */
export async function makeKeys(phrase) {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const salt = random(16);
  const iv = random(12);
  const key = await wrapping(phrase, salt, ROUNDS);
  return {
    open: await crypto.subtle.exportKey("raw", pair.publicKey),
    wrapped: await crypto.subtle.wrapKey("pkcs8", pair.privateKey, key, { name: "AES-GCM", iv }),
    salt,
    iv,
    rounds: ROUNDS,
  };
}

/* The private half, usable and not to be taken out again. Throws where the phrase is another. */
export async function unlockKeys(keys, phrase) {
  const key = await wrapping(phrase, keys.salt, keys.rounds);
  return crypto.subtle.unwrapKey("pkcs8", keys.wrapped, key, { name: "AES-GCM", iv: keys.iv }, CURVE, false, ["deriveBits"]);
}

async function shared(privateKey, publicRaw, salt) {
  const other = await crypto.subtle.importKey("raw", publicRaw, CURVE, false, []);
  const bits = await crypto.subtle.deriveBits({ name: "ECDH", public: other }, privateKey, 256);
  const material = await crypto.subtle.importKey("raw", bits, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt, info: INFO };
  return crypto.subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/* As long as the next multiple of a block: the length of a name is not to be read off either. */
function padded(value) {
  const plain = new TextEncoder().encode(JSON.stringify(value));
  const whole = new Uint8Array(Math.ceil((plain.length + 1) / BLOCK) * BLOCK).fill(0x20);
  whole.set(plain);
  return whole;
}

/* One signature, sealed with a pair that is used once; bound to its id. */
export async function seal(openKey, id, value) {
  const once = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const from = new Uint8Array(await crypto.subtle.exportKey("raw", once.publicKey));
  const iv = random(12);
  const key = await shared(once.privateKey, openKey, from);
  const how = { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(id) };
  return { id, from, iv, sealed: await crypto.subtle.encrypt(how, key, padded(value)) };
}

/* What was signed. Throws where the key is another, or a bit was changed. */
export async function unseal(privateKey, record) {
  const key = await shared(privateKey, record.from, record.from);
  const how = { name: "AES-GCM", iv: record.iv, additionalData: new TextEncoder().encode(record.id) };
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, key, record.sealed)));
}
