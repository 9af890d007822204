"""Many contacts at once through the pages: said before it is done, done once, undone but for what was changed by hand."""

import re
from uuid import uuid4

import pytest

from organising.contacts.models import Contact, ContactTag
from tests.support.contacts import form, keep
from tests.web.test_contacts import KEEP_IT, names, version
from tests.web.test_contacts_segments import Builder


@pytest.fixture
def people(world, organiser):
    return {
        name: keep(world, "neu", organiser, f"{name} Ash", tags=tags, sector=sector)
        for name, tags, sector in (
            ("Amara", ("press",), "health"),
            ("Nia", (), "health"),
            ("Olu", (), "health"),
            ("Zoe", (), None),
        )
    }


def look(browser, query):
    """The page before it is done, and what its form would send."""
    answer = browser.get(f"/contacts/changes/new?{query}")
    found = re.findall(
        r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"',
        answer.text.partition('action="/contacts/changes"')[2],
    )
    sent: dict[str, list[str]] = {}
    for name, value in found:
        sent.setdefault(name, []).append(value)
    return answer, sent


def do(browser, query):
    answer, sent = look(browser, query)
    assert answer.status_code == 200, answer.text
    done = browser.post("/contacts/changes", data=sent)
    assert done.status_code == 303, done.text
    return done.location


def test_all_that_a_list_found_are_tagged_once_and_as_before_when_undone(world, organiser, browser, people):
    page, sent = look(browser, "sector=health&deed=tag&new_tag=Press")
    assert "2 contacts get the tag “press”." in page.text
    assert "It is so already for 1 other." in page.text
    done = browser.post("/contacts/changes", data=sent)
    assert browser.post("/contacts/changes", data=sent).location == done.location, "sent twice, done once"
    tag = re.search(r'<option value="([0-9a-f-]{36})">press<', browser.get("/contacts").text)[1]
    assert names(browser, f"tag={tag}") == ["Amara Ash", "Nia Ash", "Olu Ash"]
    assert "Tagged many contacts" in world.browser(world.user("neu", "admin")).get("/organisation/audit").text
    shown = browser.get(done.location).text
    assert "2 contacts changed" in shown
    assert "Amara" not in shown.partition("Whom it changed")[2]
    # Nia's tags were written by hand since: they stay.
    edit = f"/contacts/{people['Nia']}/edit"
    sent = form("Nia Ash", sector="health", tags="press, speaker", version=version(browser.get(edit).text))
    assert browser.post(edit, data=sent).status_code == 303
    undone = browser.get(browser.post(f"{done.location}/undoing").location).text
    assert "Undone for 1 contact." in undone
    assert "it stays as they left it" in undone
    assert names(browser, f"tag={tag}") == ["Amara Ash", "Nia Ash"]
    browser.post(f"{done.location}/undoing")
    assert names(browser, f"tag={tag}") == ["Amara Ash", "Nia Ash"]
    off = do(browser, "deed=untag&new_tag=PRESS")
    assert names(browser, f"tag={tag}") == []
    browser.post(f"{off}/undoing")
    assert names(browser, f"tag={tag}") == ["Amara Ash", "Nia Ash"]
    assert browser.get("/contacts/changes").text.count("Undone") >= 2


def test_ticked_ones_or_a_segment_go_to_a_branch_or_a_colleague(world, organiser, browser, people):
    unit, colleague = world.unit("neu", "Hackney"), world.user("neu", "organiser")
    only = f"only={people['Nia']}&only={people['Zoe']}"
    page, _sent = look(browser, f"{only}&deed=unit&new_unit={unit}")
    assert "2 contacts go to: Hackney." in page.text
    branch = do(browser, f"{only}&deed=unit&new_unit={unit}")
    assert names(browser, f"unit={unit}") == ["Nia Ash", "Zoe Ash"]
    segment = re.search(
        r"segment=([0-9a-f-]{36})",
        Builder(browser).ask("unit", operator="is", value=str(unit)).save("Hackney’s").location,
    )[1]
    page, _sent = look(browser, f"segment={segment}&deed=colleague&new_colleague={colleague.user_id}")
    assert "Hackney’s: Everybody of whom this holds: their branch or group is Hackney." in page.text.replace(
        "&#39;", "’"
    )
    do(browser, f"segment={segment}&deed=colleague&new_colleague={colleague.user_id}")
    theirs = world.browser(colleague)
    mine = Builder(theirs).ask("colleague", operator="mine").save("Mine").location
    assert names(theirs, mine.partition("?")[2]) == ["Nia Ash", "Zoe Ash"]
    page = browser.get(f"/contacts/{people['Nia']}").text
    assert colleague.display_name in page
    assert f"Given with many others to: {colleague.display_name}" in page
    browser.post(f"/contacts/{people['Nia']}/colleague", data={"colleague": ""})
    assert names(theirs, mine.partition("?")[2]) == ["Zoe Ash"]
    assert (
        browser.post(f"/contacts/{people['Nia']}/colleague", data={"colleague": str(uuid4())}).status_code
        == 422
    )
    browser.post(f"{branch}/undoing")
    assert names(browser, f"unit={unit}") == []


def test_what_is_no_wish_is_said_and_nothing_is_done_to_others_than_were_said(
    world, organiser, browser, people
):
    for query, said in (
        ("deed=tag&new_tag=", "Write a tag"), ("deed=untag&new_tag=nothing", "There is no such tag"), ("deed=archive", "Choose one of"),
        (f"deed=unit&new_unit={uuid4()}", "Choose one of"), ("deed=colleague&new_colleague=x", "Choose one of"),
        (f"deed=unit&new_unit={world.unit('liberty', 'Foreign')}", "Choose one of"),
        (f"deed=colleague&new_colleague={world.user('praxis').user_id}", "Choose one of"),
        ("deed=tag&new_tag=a&archived=y", "Archived contacts are not changed"),
    ):  # fmt: skip
        answer, _sent = look(browser, query)
        assert answer.status_code == 422, query
        assert said in answer.text, query
    asked, _sent = look(browser, "deed=tag&new_tag=undocumented")
    assert asked.status_code == 422
    key = KEEP_IT.findall(asked.text)[0]
    again = browser.post(
        "/contacts/changes",
        data={"deed": "tag", "new_tag": "undocumented", "confirmed": key, "expected": "0.0"},
    )
    assert again.status_code == 409
    assert "4 contacts get the tag" in again.text
    _page, sent = look(browser, "deed=tag&new_tag=new")
    keep(world, "neu", organiser, "Late Comer")
    late = browser.post("/contacts/changes", data=sent)
    assert late.status_code == 409
    assert "Meanwhile others came or went" in late.text
    assert "5 contacts get the tag “new”." in late.text
    # Another organisation's contact is not among those that can be ticked; nobody stands for everybody.
    foreign = keep(world, "praxis", world.user("praxis"), "Foreign Person")
    for query in (f"only={foreign}", "only=nobody"):
        page, _sent = look(browser, f"{query}&deed=tag&new_tag=new")
        assert "0 contacts get the tag" in page.text
        assert "Do it" not in page.text
    with world.context("neu"):
        from organising.platform.db import db

        assert db.session.query(ContactTag).count() == 1
        assert db.session.query(Contact).filter(Contact.version > 1).count() == 0


def test_an_officer_tags_the_own_branch_and_assigns_none_to_a_branch(world, organiser, browser, people):
    officer = world.user("neu", "officer")
    keep(world, "neu", officer, "Branch Person")
    branch = world.browser(officer)
    assert "1 contact gets the tag “ours”." in look(branch, "deed=tag&new_tag=ours")[0].text
    assert look(branch, "deed=unit")[0].status_code == 422
    theirs = do(browser, "deed=tag&new_tag=all")
    assert branch.get(theirs).status_code == 404
    assert branch.post(f"{theirs}/undoing").status_code == 404
    own = do(branch, "deed=tag&new_tag=ours")
    assert browser.get(own).status_code == 200
    assert branch.post(f"{own}/undoing").status_code == 303
