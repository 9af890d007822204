"""An admin reads what was done, narrows it, takes it out, and finds the line to keep elsewhere."""

from playwright.sync_api import expect

from tests.support.live import NARROW

from .conftest import Visit

NELL = "admin@neu.example"


def test_nell_reads_narrows_and_takes_out_the_log(visit: Visit, width: int) -> None:
    nell = visit(NELL, color_scheme="dark" if width == NARROW else "light")
    nell.go("Organisation")
    nell.page.get_by_role("link", name="Audit log", exact=True).click()
    # The demo's scheduler seals every ten seconds.
    sealed = nell.page.get_by_text("Sealed up to event")
    for _ in range(60):
        if sealed.count():
            break
        nell.page.wait_for_timeout(500)
        nell.page.reload()
    sealed.click()
    expect(nell.page.get_by_text("organising audit verify --head")).to_be_visible()
    nell.page.get_by_text("Filter by kind, person, day").click()
    nell.look("audit")
    nell.page.get_by_label("Who").select_option("Organising itself")
    nell.page.get_by_label("From").fill("2030-01-01")
    nell.press("Filter")
    nell.see("Nothing found")
    nell.look("audit-nothing-found")
    nell.page.get_by_role("link", name="Show all").click()
    with nell.page.expect_download() as awaited:
        nell.page.get_by_role("button", name="Download as CSV").click()
    assert awaited.value.suggested_filename.startswith("audit-log-")
    assert awaited.value.path().read_text("utf-8-sig").startswith("when (UTC),who,what")
