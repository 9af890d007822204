"""A model text made a branch's own: gaps filled and asked about, differences told, a newer version taken over."""

import re

import pytest
from sqlalchemy import select

from organising.motions.queries.motions import read_text
from organising.motions.text import MotionText
from organising.organisations.models import UnitArea
from tests.support.motion_texts import WORDS, Shelf
from tests.support.motions import Branch, motion_form, version_of

NEWER = MotionText(
    WORDS.title,
    WORDS.notes,
    WORDS.believes,
    "To support the pledge.\nTo write to all governing bodies in [name of local authority] by [date].\n"
    "[name of branch] to report back in spring.\nTo ask [name of MP] to sign too.",
)


@pytest.fixture
def shelf(world):
    return Shelf.at(world)


@pytest.fixture
def branch(world):
    branch = Branch.at(world)
    with world.context("neu") as session:
        area = {"gss_code": "E09000007", "kind": "local_authority", "area_name": "Camden Council"}
        session.add(UnitArea(unit_id=branch.officer.unit_id, **area))
        session.commit()
    return branch


def _begun(world, branch, shelf):
    """A draft of the officer's, made of a published model with its gaps filled; its page's address."""
    shelf.published()
    browser = world.browser(branch.officer)
    link = re.search(r'href="(/motions/texts/[^"]+/use[^"]*)"', browser.get(_text(browser)).text)[1]
    begins = browser.get(link.replace("&amp;", "&"))
    assert "Camden Council" in begins.text
    asked = {name: _hidden(begins.text, name) for name in ("text", "unit", "forum")}
    assert 'formaction="/motions/new"' in begins.text
    page = browser.get("/motions/new", query_string=asked).text
    said = {name: _value(page, name) for name in ("title", "notes", "believes", "resolves")}
    said |= {"text_version": re.search(r'name="text_version"[^>]*value="([^"]+)"', page)[1]}
    return browser, said


def _hidden(page, name):
    """What the form sends besides what is chosen; the choice that stands where there is more than one."""
    found = re.search(rf'type="hidden" name="{name}" value="([^"]*)"', page)
    return (
        found or re.search(rf'<select[^>]*name="{name}".*?<option selected value="([^"]*)"', page, re.DOTALL)
    )[1]


def _text(browser):
    return re.search(r'href="(/motions/texts/[0-9a-f-]{36})"', browser.get("/motions/texts").text)[1]


def _value(page, name):
    found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)
    found = found or re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    return found[1].replace("&#39;", "'")


def _read(world, branch, motion_id):
    from organising.motions.models import MotionDetail

    with world.context("neu", branch.officer) as session:
        kept = session.scalars(select(MotionDetail).where(MotionDetail.motion_id == motion_id)).one()
        return read_text(kept.text)


def test_gaps_are_filled_from_the_unit_and_the_rest_is_asked_about(world, branch, shelf):
    browser, said = _begun(world, branch, shelf)
    assert "governing bodies in Camden Council by [date]." in said["resolves"]
    assert "Camden to report back" in said["resolves"]
    asked = browser.post("/motions/new", data=motion_form(**said))
    assert asked.status_code == 422
    assert "Still to be filled in: [date]." in asked.text
    assert "Send it in with these gaps" in asked.text
    place = browser.post("/motions/new", data=motion_form(**said, draft="yes")).location.split("?")[0]
    page = browser.get(place).text
    assert "to be filled in: </span>[date]" in page
    refused = browser.post(f"{place}/submission", data={"version": version_of(page)})
    assert refused.status_code == 422
    assert "The text has gaps" in refused.text
    sent = browser.post(f"{place}/submission", data={"version": version_of(page), "gaps_seen": "y"})
    assert sent.status_code == 303
    assert "Submitted" in browser.get(place).text


def test_what_differs_from_the_model_is_told_on_the_motions_page(world, branch, shelf):
    browser, said = _begun(world, branch, shelf)
    said["resolves"] = said["resolves"].replace("by [date]", "by May") + "\nTo meet the head."
    place = browser.post("/motions/new", data=motion_form(**said, draft="yes")).location
    page = browser.get(place).text
    # Filled gaps are changes too, and are marked as such.
    assert "1 put in" in page
    assert '<b class="clause__change" lang="en-GB">Put in</b>' in page


def test_a_newer_version_is_told_of_and_taken_over(world, branch, shelf):
    browser, said = _begun(world, branch, shelf)
    said["resolves"] = said["resolves"].replace("in Camden Council by [date]", "in Camden Council by May")
    said["notes"] += "\nOur own schools were asked in June."
    place = browser.post("/motions/new", data=motion_form(**said, draft="yes")).location.split("?")[0]
    motion_id = place.rsplit("/", 1)[1]
    assert browser.get(f"{place}/newer-version").status_code == 404
    text_id = _text(browser).rsplit("/", 1)[1]
    shelf.later(text_id, NEWER, news="Writes to all of them, and asks the MP.")
    page = browser.get(place).text
    assert "Writes to all of them, and asks the MP." in page
    taking = browser.get(f"{place}/newer-version").text
    assert "1 clause changed, 1 put in." in taking
    question = re.search(r'name="q-([^"]+)" value="model"', taking)[1]
    sent = {"version": version_of(taking), "to": re.search(r'name="to"[^>]*value="([^"]+)"', taking)[1]}
    undecided = browser.post(f"{place}/newer-version", data=sent)
    assert undecided.status_code == 422
    stale = browser.post(f"{place}/newer-version", data=sent | {"version": "99", f"q-{question}": "ours"})
    assert stale.status_code == 409
    taken = browser.post(f"{place}/newer-version", data=sent | {f"q-{question}": "ours"})
    assert taken.status_code == 303
    own = _read(world, branch, motion_id)
    assert "Our own schools were asked in June." in own.notes
    assert own.resolves.splitlines() == [
        "To support the pledge.",
        "To write to the governing bodies in Camden Council by May.",
        "Camden to report back in spring.",
        "To ask [name of MP] to sign too.",
    ]
    # Again the same: nothing more is taken over. Once it is sent in, nothing is offered.
    assert browser.get(f"{place}/newer-version").status_code == 404
    assert browser.post(f"{place}/newer-version", data=sent | {f"q-{question}": "ours"}).status_code == 303


def test_who_uses_which_version_is_seen_without_anybodys_draft(world, branch, shelf):
    browser, said = _begun(world, branch, shelf)
    text = _text(browser)
    browser.post("/motions/new", data=motion_form(**said, draft="yes"))
    partner = world.browser(world.user("praxis", "organiser"))
    assert "NEU: 1" in browser.get(text).text
    assert "NEU: 1" not in partner.get(text).text
    browser.post("/motions/new", data=motion_form(**said, gaps_seen="y"))
    assert "NEU: 2" in browser.get(text).text
    assert "NEU: 1" in partner.get(text).text
    # Another unit's newer version, and a partner's draft, are not there to be taken over.
    draft = browser.post("/motions/new", data=motion_form(**said, draft="yes")).location.split("?")[0]
    shelf.later(text.rsplit("/", 1)[1], NEWER)
    assert partner.get(f"{draft}/newer-version").status_code == 404
    assert partner.post(f"{draft}/newer-version", data={"version": "1"}).status_code == 404
