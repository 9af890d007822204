/* Asking the server in the background, from a place where the signal may go: why it did not work is always one of a few. */
const PATIENCE = 30_000;

/* Why nothing could be brought just now: "offline", "sign-in", or "refused" with what the server said. */
export class NotNow extends Error {
  constructor(why, words = "", said = {}) {
    super(why);
    this.why = why;
    this.words = words;
    this.said = said;
  }
}

export async function ask(address, options = {}) {
  let answer;
  try {
    answer = await fetch(address, {
      ...options,
      headers: { Accept: "application/json", ...options.headers },
      credentials: "same-origin",
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(options.patience ?? PATIENCE),
    });
  } catch {
    throw new NotNow("offline");
  }
  if (answer.type === "opaqueredirect" || answer.status === 401) throw new NotNow("sign-in");
  if (answer.status >= 500) throw new NotNow("offline");
  let said;
  try {
    said = await answer.json();
  } catch {
    throw new NotNow("offline");
  }
  if (!answer.ok) throw new NotNow(answer.status === 400 ? "sign-in" : "refused", said.title ?? "", said);
  return said;
}
