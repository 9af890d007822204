"""Stall mode in a real browser: signatures without signal, sealed on the device, delivered once each, and then gone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.support.line import Line, line_to
from tests.support.live import NARROW, Visitor

OFFICER = "officer@neu.example"
PHRASE = "three wet umbrellas"
SIGNERS = 50
NAMES = [f"Planted Canary{n:02d}" for n in range(SIGNERS)]
POSTCODE = "ZE1 0AA"
PATIENCE = 20_000

AT_AN_END = re.compile("There is no connection|Nothing is left on this device|Nothing waits")

# Everything that the browser keeps for this site, as bytes in text: databases, both storages, caches, cookies.
DUMP = """
async () => {
  const seen = [];
  const text = (value) => {
    if (value instanceof ArrayBuffer) value = new Uint8Array(value);
    if (ArrayBuffer.isView(value)) return new TextDecoder("latin1").decode(value);
    if (value && typeof value === "object") return Object.entries(value).map(([k, v]) => `${k}=${text(v)}`).join(";");
    return String(value);
  };
  const ask = (request) => new Promise((good, bad) => { request.onsuccess = () => good(request.result); request.onerror = () => bad(request.error); });
  const rows = { keys: 0, waiting: 0 };
  for (const { name } of await indexedDB.databases()) {
    const base = await ask(indexedDB.open(name));
    for (const store of base.objectStoreNames) {
      const all = await ask(base.transaction(store).objectStore(store).getAll());
      rows[store] += all.length;
      seen.push(...all.map(text));
    }
    base.close();
  }
  for (const storage of [localStorage, sessionStorage]) seen.push(JSON.stringify({ ...storage }));
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) seen.push(request.url, await (await cache.match(request)).text());
  }
  seen.push(document.cookie, document.documentElement.outerHTML);
  return { rows, text: seen.join("\\n") };
}
"""


@pytest.fixture
def line(product: str) -> Iterator[Line]:
    with line_to(product) as line:
        yield line


@pytest.fixture
def device(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone of its own: the console of one that is offline is full of that."""
    context = chromium.new_context(viewport={"width": NARROW, "height": 720}, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def sign(page: Page, name: str, postcode: str = POSTCODE, email: str = "") -> None:
    form = page.locator('[data-part="sign"]')
    # Whoever comes next finds nothing of whoever was before.
    expect(form.get_by_label("Your name")).to_have_value("")
    form.get_by_label("Your name").fill(name)
    form.get_by_label("Postcode").fill(postcode)
    form.get_by_label("Email address").fill(email)
    form.get_by_role("button", name="Sign the pledge").click()
    page.get_by_role("button", name="Next person").click()


def ready(page: Page) -> None:
    expect(page.locator("[data-stall][data-ready]")).to_be_attached()


def said(page: Page) -> Locator:
    return page.locator('[data-part="said"]')


def outcome(page: Page) -> str:
    """What the page says once an attempt to deliver is over."""
    expect(said(page)).to_contain_text(AT_AN_END)
    return said(page).inner_text()


def unlock(page: Page, phrase: str = PHRASE) -> None:
    page.get_by_label("Unlock phrase").and_(page.locator("#unlock-phrase")).fill(phrase)
    page.get_by_role("button", name="Unlock and deliver").click()


def test_fifty_signatures_without_signal_are_delivered_once(device: BrowserContext, line: Line) -> None:
    visitor = Visitor(device, device.new_page(), line.address, OFFICER, NARROW)
    visitor.sign_in(OFFICER)
    visitor.open("/pledges/paper")
    visitor.press("Stall mode")
    page, stall = visitor.page, visitor.page.url
    ready(page)
    visitor.look("stall-set-up")
    page.get_by_label("Where is the stall?").fill("Emberwick market")
    page.get_by_label("Unlock phrase").and_(page.locator("#phrase")).fill(PHRASE)
    page.get_by_label("The same phrase again").fill(PHRASE)
    page.get_by_role("button", name="Begin").click()
    expect(page.locator('[data-part="sign"]')).to_be_visible()
    visitor.look("stall-sign")

    line.cut()
    for name in NAMES[:25]:
        sign(page, name)
    page.close()
    page = visitor.page = device.new_page()
    page.goto(stall)
    ready(page)
    expect(page.locator('[data-view="sign"] [data-waiting]')).to_have_text("25")
    form = page.locator('[data-part="sign"]')
    form.get_by_label("Postcode").fill("nowhere")
    form.get_by_role("button", name="Sign the pledge").click()
    expect(form.get_by_text("Enter a full postcode")).to_be_visible()
    form.get_by_label("Postcode").fill("")
    for name in NAMES[25:-1]:
        sign(page, name)
    sign(page, NAMES[-1], email="canary@example.org")

    # Fifty wait; whoever takes the device apart finds none of them, and another phrase opens nothing.
    kept = page.evaluate(DUMP)
    assert kept["rows"] == {"keys": 1, "waiting": SIGNERS}
    assert [word for word in ("Planted", "Canary", POSTCODE, "canary@", PHRASE) if word in kept["text"]] == []
    page.get_by_role("button", name="For the officer").click()
    unlock(page, "three dry umbrellas")
    expect(page.get_by_text("This is not the phrase of this stall")).to_be_visible()
    unlock(page)
    expect(said(page)).to_contain_text("There is no connection just now")
    assert page.evaluate(DUMP)["rows"] == {"keys": 1, "waiting": SIGNERS}

    # Back in signal, but the first two answers get lost, and the session has ended meanwhile.
    device.clear_cookies()
    line.mend()
    page.get_by_role("button", name="Deliver now").click()
    page.get_by_role("link", name="Sign in").click()
    visitor.sign_in(OFFICER)
    page.goto(stall)
    ready(page)
    page.get_by_role("button", name="For the officer").click()
    visitor.look("stall-officer")
    line.beginning, line.lose = b"POST /pledges/stall/", 2
    unlock(page)
    # The browser itself may send again what was reset; where it does not, the officer presses.
    while "no connection" in outcome(page):
        page.get_by_role("button", name="Deliver now").click()
    assert line.lost == 2

    # Nothing is left, and the server has each once.
    assert page.evaluate(DUMP)["rows"] == {"keys": 1, "waiting": 0}
    page.get_by_role("button", name="Finish the stall").click()
    expect(page.get_by_role("heading", name="This device is clear")).to_be_visible()
    assert page.evaluate(DUMP)["rows"] == {"keys": 0, "waiting": 0}
    visitor.open("/pledges/paper")
    page.get_by_role("link", name="Emberwick market").first.click()
    visitor.see(f"The sheet has {SIGNERS} signatures; {SIGNERS} are typed in and 0 rejected.")
    page.get_by_role("link", name="All rows").click()
    listed = re.findall(r"Planted Canary\d\d", page.get_by_role("main").inner_text())
    assert sorted(listed) == NAMES
