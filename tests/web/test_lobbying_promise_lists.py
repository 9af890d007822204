"""The list of promises: filtered by state, party, place and partner, paged, exported, in a constant number of queries."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import OfficeHolding, Party
from tests.unit.lobbying.promise_seeds import add, seed_two_nations
from tests.unit.lobbying.seeds import ask_id

DAY = timedelta(days=1)


@pytest.fixture
def members(world):
    return seed_two_nations(world)


def party_id(world, name):
    with world.context("neu"):
        return db.session.execute(text("SELECT id FROM party WHERE name = :n"), {"n": name}).scalar_one()


def test_the_overdue_promises_of_a_partys_members_in_a_nation(world, browser, organiser, members):
    add(world, organiser, members["Ada"], words="Ada is late")
    add(world, organiser, members["Cleo"], words="Cleo is late")
    add(world, organiser, members["Cleo"], words="Cleo has time", due_on=today())
    add(world, organiser, members["Bruno"], words="Bruno is late elsewhere")
    harbour = party_id(world, "Harbour Party")
    page = browser.get(f"/promises?state=overdue&party={harbour}&place=Cambria").text
    assert "1 overdue promise by Harbour Party members in Cambria" in page
    assert "Cleo is late" in page
    for words in ("Ada is late", "Cleo has time", "Bruno is late elsewhere"):
        assert words not in page
    assert "2 overdue promises in Cambria" in browser.get("/promises?state=overdue&place=Cambria").text
    assert "4 open promises" in browser.get("/promises").text


def test_from_the_log_it_is_one_link_away(browser, members):
    assert 'href="/promises"' in browser.get("/contact-log").text
    assert 'href="/promises"' in browser.get("/follow-ups").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=clinic", True), ("q=Wex", True), ("q=fable", True), ("q=zebra", False), ("kind=visit_service", True),
        ("kind=vote", False), ("state=delivered", False), ("state=all", True), ("place=Albion", False), ("mine=y", True),
        ("state=nonsense", True), ("party=nonsense", True), ("place=nonsense", True),
    ],
)  # fmt: skip
def test_each_filter(world, browser, organiser, members, query, found):
    add(world, organiser, members["Ada"])
    assert ("Will visit the clinic" in browser.get(f"/promises?{query}").text) is found


def test_filters_by_partner_and_ask(world, browser, organiser, members):
    add(world, organiser, members["Ada"], ask_id=ask_id(world))
    for name, found in (("neu", True), ("praxis", False)):
        page = browser.get(f"/promises?organisation={world.organisations[name]}")
        assert ("Will visit the clinic" in page.text) is found
    assert "Will visit" in browser.get(f"/promises?ask={ask_id(world)}").text
    assert "Will visit" not in browser.get(f"/promises?ask={ask_id(world, 'FW-1')}").text


def test_only_those_that_i_chase(world, browser, organiser, members):
    colleague = world.user("neu", "organiser")
    add(world, colleague, members["Ada"])
    assert "Will visit" not in browser.get("/promises?mine=y").text
    assert "Will visit" in world.browser(colleague).get("/promises?mine=y").text


def test_pages_follow_each_other_by_due_day_those_without_one_last(world, browser, organiser, members):
    for number in range(30):
        add(world, organiser, members["Ada"], words=f"No {number}.",
            due_on=today() + number * DAY if number < 28 else None)  # fmt: skip
    first = browser.get("/promises")
    assert "No 0." in first.text
    assert "No 24." in first.text
    assert "No 25." not in first.text
    following = next(
        address for part in first.text.split('href="') if "cursor=" in (address := part.partition('"')[0])
    )
    second = browser.get(following.replace("&amp;", "&")).text
    assert "No 25." in second
    assert second.index("No 27.") < second.index("No 28.")
    assert "No 24." not in second


def test_the_csv_holds_the_filtered_ones_and_runs_no_formula(world, browser, organiser, members):
    add(world, organiser, members["Ada"], words="=1+1")
    add(world, organiser, members["Bruno"], words="Elsewhere")
    rows = list(csv.reader(io.StringIO(browser.get("/promises.csv?place=Cambria").text.lstrip("\ufeff"))))
    assert len(rows) == 2
    assert rows[1][:5] == ["Ada Wexcombe", "Fablewick", "Orchard Party", "Visit a service", "'=1+1"]


def test_whoever_takes_a_partys_whip_is_among_its_members(world, browser, organiser, members):
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        for key, name, holder in (
            ("labour", "Labour", "Ada"),
            ("labour-co-operative", "Labour (Co-op)", "Cleo"),
        ):
            party = Party(key=key, name=name)
            session.add(party)
            session.flush()
            held = select(OfficeHolding).where(OfficeHolding.person_id == members[holder])
            session.scalars(held).one().party_id = party.id
        session.commit()
    for name in ("Ada", "Bruno", "Cleo"):
        add(world, organiser, members[name], words=f"{name} is late")
    page = browser.get(f"/promises?state=overdue&party={party_id(world, 'Labour')}").text
    assert "2 overdue promises by Labour members" in page
    assert "Bruno is late" not in page
    page = browser.get(f"/promises?state=overdue&party={party_id(world, 'Labour (Co-op)')}").text
    assert "1 overdue promise" in page
    assert "Cleo is late" in page
    assert "Labour (2)" in browser.get("/representatives").text
    found = browser.get("/representatives?party=labour").text.partition('id="found"')[2]
    assert "2 people" in found


def test_queries_stay_constant(world, app, browser, organiser, members):
    from sqlalchemy import event

    counted = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *_args: counted.append(1))
    add(world, organiser, members["Ada"])
    counted.clear()
    browser.get("/promises")
    one = len(counted)
    for number in range(12):
        add(world, organiser, members["Cleo"], words=f"No {number}")
    counted.clear()
    browser.get("/promises")
    assert len(counted) == one
    assert one < 20
