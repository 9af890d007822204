"""Every page of lobbying as a phone shows it by day and a desk in the dark: no fault, no word in the console, no sideways scroll."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.live import NARROW, Visitor

from .conftest import Visit

CORA = "coordinator@liberty.example"
PAT = "organiser@praxis.example"
ID = "[0-9a-f-]{36}"
POSTCODE = "/representatives/postcode?q=SW1A+1AA"
# Name, the page, and which of its links leads to the page that is meant; none means that page itself.
PAGES = (
    ("targets", "/targets", None),
    ("whip", "/whip", None),
    ("whip-ask", "/whip", f"/whip/{ID}$"),
    ("dispute", "/whip?disputed=1", f"/representatives/{ID}/disputes/{ID}$"),
    ("target", "/representatives", f"/representatives/{ID}$"),
    ("promises", "/promises", None),
    ("promise", "/promises", f"/promises/{ID}$"),
    ("promise-new", "/promises/new", None),
    ("approaches", "/approaches", None),
    ("approach", "/approaches", f"/approaches/{ID}$"),
    ("parliament", "/in-parliament", None),
    ("matches", "/promises/matches", None),
    ("digest", "/digest", None),
    ("follow-ups", "/follow-ups", None),
    ("segments", "/segments", None),
    ("postcode", POSTCODE, None),
    ("campaign", "/campaign", None),
    ("recesses", "/campaign/recesses", None),
    ("parliaments", "/parliaments", None),
    ("parliament-new", "/parliaments/new", None),
)


def reach(visitor: Visitor, path: str, link: str | None) -> None:
    """Open the page, and follow the first link of it that is meant."""
    visitor.open(path)
    if link is not None:
        visitor.open(hrefs(visitor, link)[0])
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()


def hrefs(visitor: Visitor, pattern: str) -> list[str]:
    """The addresses that this page links to and that look like this."""
    found = (
        visitor.page.get_by_role("main")
        .locator("a")
        .evaluate_all("(all) => all.map((a) => a.getAttribute('href'))")
    )
    return [one for one in found if one and re.search(pattern, one)]


@pytest.fixture
def scheme(width: int) -> str:
    """By day on the phone, in the dark at the desk."""
    return "light" if width == NARROW else "dark"


def test_the_pages_of_lobbying(visit: Visit, scheme: str) -> None:
    visitor = visit(CORA, color_scheme=scheme)
    for name, path, link in PAGES:
        reach(visitor, path, link)
        visitor.look(f"lobbying-{name}")


def test_about_one_member(visit: Visit, scheme: str) -> None:
    visitor = visit(PAT, color_scheme=scheme)
    reach(visitor, "/representatives", f"/representatives/{ID}$")
    member = visitor.page.url
    person = member.rpartition("/")[2]
    for name, path in (
        ("briefing", f"{member}/briefing"),
        ("approach-new", f"/approaches/new?person={person}"),
        ("follow-up-new", f"{member}/follow-ups/new"),
        ("position-new", f"{member}/positions/new"),
    ):
        visitor.open(path)
        visitor.look(f"lobbying-{name}")
