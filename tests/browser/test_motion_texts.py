"""Model texts and the bodies that carried, in a real browser: read, made one's own, taken over, named; and the public's page in its languages."""

from playwright.sync_api import expect

from .conftest import Visit

COORDINATOR, WRITER, OFFICER, ADMIN = (
    "coordinator@liberty.example", "organiser@neu.example", "officer@neu.example", "admin@neu.example",
)  # fmt: skip
MODEL = "Demo: schools are for learning"
MOST_BYTES = 60_000


def test_a_model_text_is_made_ones_own(visit: Visit) -> None:
    coordinator = visit(COORDINATOR)
    coordinator.open("/motions/texts")
    coordinator.see("Waiting to be published")
    coordinator.look("model-texts")
    coordinator.page.get_by_role("link", name="Demo: safe to see a doctor").first.click()
    coordinator.look("model-text-offered")
    writer = visit(WRITER)
    writer.open("/motions/texts/new")
    writer.look("model-text-new")
    officer = visit(OFFICER)
    officer.open("/motions/texts")
    officer.page.get_by_role("link", name=MODEL).first.click()
    officer.look("model-text")
    officer.page.get_by_role("link", name="What changed between versions").click()
    officer.look("model-text-versions")
    officer.page.go_back()
    officer.page.get_by_role("link", name="Use this for our branch’s motion").first.click()
    officer.look("model-text-use")
    officer.press("Begin the motion")
    officer.look("motion-from-model")
    officer.expect_refusal(422)
    officer.press("Keep and send in")
    expect(officer.page.get_by_text("Still to be filled in").first).to_be_visible()
    officer.look("motion-with-gaps")
    officer.press("Keep as a draft")
    officer.look("motion-beside-its-model")


def test_bodies_that_carried_and_those_that_are_named(visit: Visit) -> None:
    member = visit(COORDINATOR)
    member.open("/motions/bodies")
    member.look("bodies-that-carried")
    admin = visit(ADMIN)
    admin.open("/motions/bodies")
    admin.page.locator("table a").first.click()
    admin.look("motion-carried")
    reader = visit()
    sizes: dict[str, int] = {}
    reader.page.on(
        "requestfinished",
        lambda one: sizes.update(
            {one.url: one.sizes()["responseBodySize"] + one.sizes()["responseHeadersSize"]}
        ),
    )
    for language in ("en", "cy", "es", "pt"):
        reader.open(f"/motions/carried?lang={language}")
        reader.look(f"carried-{language}")
    pages = [size for url, size in sizes.items() if "/motions/carried" in url]
    assert max(pages) + sum(size for url, size in sizes.items() if "/static/" in url) < MOST_BYTES, sizes
