"""The directory of stakeholders, from outside: kept by its authors, logged by all, and left at one's own wish."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from organising.platform.audit import AuditEvent
from organising.sharing.models import Stakeholder, StakeholderEntry

LIST = "/stakeholders"
DRAFT = {
    "name": "Sam Invented",
    "kind": "mp_staff",
    "role": "Caseworker",
    "employer": "Office in Northmoor",
    "email": "casework@office.example.org",
    "phone": "020 7946 0000",
    "source": "The office's own page",
}


@pytest.fixture
def browsers(world):
    """One who keeps it at each of three partners, and who only reads."""
    return {
        "neu": world.browser(world.user("neu", "organiser")),
        "praxis": world.browser(world.user("praxis", "organiser")),
        "coordinator": world.browser(world.user("liberty", "coordinator")),
        "officer": world.browser(world.user("neu", "officer")),
        "analyst": world.browser(world.user("neu", "analyst")),
    }


def add(browser, **changes):
    answer = browser.post(f"{LIST}/new", data=DRAFT | changes)
    assert answer.status_code == 303, re.findall(r"field__error.*?</p>", answer.text)
    return answer.headers["Location"]


def log(browser, place, headline="They will pass it on", **given):
    data = {"headline": headline, "entry_kind": "call", "submission_key": uuid4()} | given
    return browser.post(f"{place}/log", data=data)


def entry(world, headline, slug="neu"):
    with world.context(slug) as session:
        return session.scalar(select(StakeholderEntry.id).where(StakeholderEntry.headline == headline))


def test_partners_read_what_one_keeps_and_find_it(browsers):
    empty = browsers["praxis"].get(LIST)
    assert "Nobody in the directory yet" in empty.text
    place = add(browsers["neu"])
    add(
        browsers["praxis"],
        name="Zoë Madeup",
        kind="journalist",
        role="Health editor",
        employer="The Paper",
        email="",
        phone="",
    )
    for name in ("neu", "praxis", "coordinator", "officer", "analyst"):
        page = browsers[name].get(place)
        assert page.status_code == 200, name
        assert "casework@office.example.org" in page.text
        assert "NEU" in page.text
    for query, found in {
        "q=zoe": 1,
        "q=northmoor+case": 1,
        "kind=journalist": 1,
        "ours=y": 1,
        "": 2,
        "q=nobody": 0,
    }.items():
        shown = browsers["neu"].get(f"{LIST}?{query}").text
        assert shown.count('<a href="/stakeholders/') == found, query


def test_who_may_keep_it(world, browsers):
    place = add(browsers["neu"])
    for name in ("officer", "analyst"):
        assert browsers[name].get(f"{LIST}/new").status_code == 403
        assert browsers[name].post(f"{LIST}/new", data=DRAFT).status_code == 403
        assert log(browsers[name], place).status_code == 403
        assert "Add somebody" not in browsers[name].get(LIST).text
    for name in ("praxis", "coordinator"):
        assert browsers[name].post(f"{place}/edit", data=DRAFT).status_code == 403
        assert browsers[name].post(f"{place}/archive").status_code == 403
        assert log(browsers[name], place, f"{name} rang them").status_code == 303
    theirs = entry(world, "praxis rang them")
    for step in ("edit", "removal", "removal/undo"):
        assert browsers["neu"].post(f"{place}/log/{theirs}/{step}", data={"headline": "x"}).status_code == 403
    with world.context("neu") as session:
        moved = session.execute(
            text("UPDATE stakeholder_entry SET headline = 'x' WHERE id = :i"), {"i": theirs}
        )
        assert moved.rowcount == 0, "the database keeps to it too"


WRONG = [
    ({"name": " "}, "Enter the name"),
    ({"role": ""}, "what their role is"),
    ({"source": ""}, "where their role is public"),
    ({"email": "nothing"}, "Enter an email address"),
    ({"kind": "supporter"}, "Choose what they are"),
    ({"email": "sam@gmail.com"}, "own address"),
    ({"phone": "07700 900123"}, "mobile number"),
    ({"role": "Caseworker, lives at SW1A 1AA"}, "looks like a person’s details"),
]


def test_what_is_wrong_or_looks_private_is_asked_about(browsers):
    for changes, told in WRONG:
        answer = browsers["neu"].post(f"{LIST}/new", data=DRAFT | changes)
        assert answer.status_code == 422, changes
        assert told in answer.text, changes
        assert 'value="Office in Northmoor"' in answer.text
        if key := re.search(r'name="confirmed" value="([^"]+)" id', answer.text):
            again = browsers["neu"].post(f"{LIST}/new", data=DRAFT | changes | {"confirmed": key[1]})
            assert again.status_code == 303, changes


def test_editing_archiving_and_undoing(world, browsers):
    browser, place = browsers["neu"], add(browsers["neu"])
    version = re.search(r'name="version" type="hidden" value="(\d+)"', browser.get(f"{place}/edit").text)
    changed = DRAFT | {"role": "Chief of staff", "version": version[1]}
    assert browser.post(f"{place}/edit", data=changed).status_code == 303
    late = browser.post(f"{place}/edit", data=changed | {"role": "Other"})
    assert late.status_code == 409
    assert "A colleague changed this" in late.text
    assert browser.post(f"{place}/archive").status_code == 303
    assert "No longer in this role" in browser.get(place).text
    assert "Sam Invented" not in browser.get(LIST).text
    assert "Sam Invented" in browser.get(f"{LIST}?archived=y").text
    assert browser.post(f"{place}/archive/removal").status_code == 303
    assert "Chief of staff" in browser.get(LIST).text
    with world.context("neu") as session:
        events = [e.action for e in session.scalars(select(AuditEvent).order_by(AuditEvent.created_at))]
    assert events == [f"stakeholder.{what}" for what in ("added", "edited", "archived", "restored")]


def test_the_log_takes_a_form_once_asks_about_details_and_undoes(world, browsers):
    browser, place, key = browsers["neu"], add(browsers["neu"]), uuid4()
    for _ in range(2):
        assert log(browser, place, "Rang: back on Monday", submission_key=key).status_code == 303
    assert browser.get(place).text.count("Rang: back on Monday</") == 1
    assert "Keep it below 280" in log(browser, place, "x" * 281).text
    assert "yet to come" in log(browser, place, happened_on="2999-01-01").text
    asked = log(browser, place, "Their own number is 020 7946 0001")
    assert asked.status_code == 422
    assert "looks like a person’s details" in asked.text
    mine = f"{place}/log/{entry(world, 'Rang: back on Monday')}"
    assert (
        browser.post(f"{mine}/edit", data={"headline": "Rang: Tuesday", "entry_kind": "call"}).status_code
        == 303
    )
    gone = browser.post(f"{mine}/removal").headers["Location"]
    page = browser.get(gone).text
    assert "The headline is taken out" in page
    assert "Rang: Tuesday" not in page
    assert browser.post(f"{mine}/removal/undo").status_code == 303
    assert "Rang: Tuesday" in browsers["praxis"].get(place).text


def test_who_asks_is_taken_out_by_any_partner_and_not_written_down_again(world, browsers, owner):
    place = add(browsers["neu"])
    log(browsers["coordinator"], place, "The lead rang them")
    page = browsers["praxis"].get(f"{place}/removal")
    assert "can’t be undone" in page.text.replace("&#39;", "’")
    assert browsers["officer"].post(f"{place}/removal", data={"name": DRAFT["name"]}).status_code == 403
    assert browsers["praxis"].post(f"{place}/removal", data={"name": "Somebody"}).status_code == 422
    assert browsers["praxis"].post(f"{place}/removal", data={"name": "sam invented"}).status_code == 303
    assert browsers["neu"].get(place).status_code == 404
    for table in ("stakeholder", "stakeholder_entry"):
        assert owner.rows(f"SELECT count(*) FROM {table}")[0][0] == 0
    again = browsers["neu"].post(f"{LIST}/new", data=DRAFT)
    assert again.status_code == 422
    assert "asked not to stand in the directory" in again.text
    namesake = browsers["neu"].post(f"{LIST}/new", data=DRAFT | {"email": ""})
    assert namesake.status_code == 422
    assert "Make sure that this is another person" in namesake.text


def test_details_are_sealed_and_another_campaign_sees_nothing(world, browsers, owner):
    place = add(browsers["neu"])
    sealed = owner.rows("SELECT email_cipher, phone_cipher FROM stakeholder")[0]
    assert not any(b"office" in bytes(one) or b"7946" in bytes(one) for one in sealed)
    owner.rows(
        "UPDATE campaign_member SET coalition_status = 'left' WHERE organisation_id = %s",
        world.organisations["praxis"],
    )
    assert browsers["praxis"].get(place).status_code == 404
    with world.context("praxis") as session:
        assert session.scalars(select(Stakeholder)).all() == []
