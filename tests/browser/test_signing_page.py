"""The signing page on a bad phone: small, of one site, and usable without a script, by keyboard alone, at 320 px."""

from playwright.sync_api import Request, expect

from tests.support.live import NARROW

from .conftest import Visit
from .test_pledge import QUICK

PAGE = "/pledge/care-dont-share/praxis"
MOST_BYTES = 60_000
MOST_REQUESTS = 8


def test_it_is_light_asks_nobody_else_and_is_free_of_faults(visits: Visit, product: str) -> None:
    visitor = visits(width=NARROW)
    finished: list[Request] = []
    visitor.page.on("requestfinished", lambda request: finished.append(request))
    visitor.open(PAGE)
    visitor.page.wait_for_load_state("networkidle")
    sizes = {r.url: r.sizes()["responseBodySize"] + r.sizes()["responseHeadersSize"] for r in finished}
    fetched = {url: size for url, size in sizes.items() if not url.startswith("data:")}
    assert all(url.startswith(product) for url in fetched), fetched
    assert sum(fetched.values()) < MOST_BYTES, fetched
    assert len(fetched) <= MOST_REQUESTS, fetched
    visitor.look("signing-page")
    # The way out by keyboard: Shift three times, and nothing of the page is left to go back to.
    visitor.page.route("https://www.bbc.co.uk/**", lambda route: route.fulfill(body="weather"))
    for _ in range(3):
        visitor.page.keyboard.press("Shift")
    visitor.page.wait_for_url("https://www.bbc.co.uk/weather")


def test_without_a_script_and_by_keyboard_alone(visits: Visit) -> None:
    visitor = visits(width=NARROW, java_script_enabled=False)
    visitor.expect_refusal(422)
    visitor.open(PAGE)
    keyboard, page = visitor.page.keyboard, visitor.page

    def tab_to(label: str) -> None:
        wanted = page.get_by_label(label, exact=True)
        for _ in range(40):
            keyboard.press("Tab")
            if wanted.evaluate("e => e === document.activeElement"):
                return
        raise AssertionError(f"no way by Tab to {label}")

    for label, words in (
        ("Your name", "Wren Keys"),
        ("Email address", "wren.keys@signers.example"),
        ("Postcode", "e1 4ns"),
    ):
        tab_to(label)
        keyboard.type(words)
    for box in page.get_by_role("checkbox").all():
        expect(box).not_to_be_checked()
    assert page.get_by_role("checkbox").count() == 2
    with page.expect_navigation():
        keyboard.press("Enter")
    while page.get_by_text(QUICK).count():
        expect(page.get_by_label("Your name", exact=True)).to_have_value("Wren Keys")
        tab_to("Postcode")
        with page.expect_navigation():
            keyboard.press("Enter")
    visitor.see("Now look in your inbox")
    visitor.read_mail("wren.keys@signers.example")
    page.get_by_role("main").get_by_role("link", name="http").first.click()
    visitor.press("Confirm my signature")
    visitor.see("Thank you. You are counted.")
    visitor.fill("Your role", "Teaching assistant")
    visitor.press("Save")
    visitor.see("That is saved.")
    expect(visitor.field("Your role")).to_have_value("Teaching assistant")
    visitor.look("signature-page")
