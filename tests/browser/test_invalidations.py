"""What is taken out of the count, and put back: looked at on a phone and at a desk, in light and in dark."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import Visit

ADMIN = "admin@neu.example"
PAGE = "/pledge/care-dont-share/neu"


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_taking_out_of_the_count_and_putting_back(visit: Visit, scheme: str) -> None:
    visitor = visit(ADMIN, color_scheme=scheme)
    visitor.open("/pledges/signers")
    visitor.page.get_by_role("link", name=re.compile("out of the count")).click()
    visitor.see("Only your own signatures")
    visitor.look(f"invalidations-empty-{scheme}")
    visitor.expect_refusal(422)
    visitor.fill("Email addresses at", "not a domain")
    visitor.press("Count them")
    visitor.see("Enter what stands after the @")
    visitor.look(f"invalidations-slip-{scheme}")
    visitor.fill("Email addresses at", "example.org")
    visitor.press("Count them")
    found = visitor.page.locator("#found")
    expect(found).to_contain_text("of yours are meant")
    visitor.look(f"invalidations-found-{scheme}")
    visitor.press(re.compile("Take .* out of the count"))
    visitor.see("Say why")
    visitor.look(f"invalidations-no-reason-{scheme}")
    visitor.fill(
        "Why they do not count", "Sent by a program within one minute, all through the same leaflet."
    )
    visitor.press(re.compile("Take .* out of the count"))
    visitor.see("no longer count")
    visitor.look(f"invalidations-decided-{scheme}")
    visitor.press("Put back")
    visitor.see("count again")
