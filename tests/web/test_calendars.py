"""The calendar's pages: every day in London has what touches it, filters stay in the address, queries stay few."""

import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event

from organising.actions.models import ActionArea, BranchAction
from organising.calendars.near import steps_between
from organising.platform.clock import LONDON, now, today
from organising.platform.db import db
from tests.support.actions import planned
from tests.support.postcodes import importing, load, seat


def at(day: date, hours: float) -> datetime:
    return datetime.combine(day, datetime.min.time(), LONDON) + timedelta(hours=hours)


def days_of(page: str) -> dict[str, list[str]]:
    """The titles on each day of a month or a week."""
    cells = re.split(r'<li class="day[^"]*" id="day-', page)[1:]
    return {
        cell[:10]: re.findall(r'entry__title">([^<]*)<', cell) for cell in cells if "entry__title" in cell
    }


def next_month() -> date:
    return (today().replace(day=1) + timedelta(days=32)).replace(day=10)


def test_an_action_is_on_every_day_that_it_touches_in_london(world, organiser, browser):
    day = next_month()
    after = day + timedelta(days=1)
    planned(world, organiser, title="Evening", starts_at=at(day, 19), ends_at=at(day, 21))
    planned(world, organiser, title="Until midnight", starts_at=at(day, 22), ends_at=at(after, 0))
    planned(world, organiser, title="Over midnight", starts_at=at(day, 23), ends_at=at(after, 0.5))
    planned(world, organiser, title="Two days", starts_at=at(day, 0), ends_at=at(after, 24), all_day=True)
    for view in ("month", "week"):
        page = browser.get(f"/calendar?view={view}&on={day}").text
        shown = days_of(page)
        assert shown[str(day)] == ["Two days", "Evening", "Until midnight", "Over midnight"], view
        assert shown[str(after)] == ["Two days", "Over midnight"], view
    page = browser.get(f"/calendar?view=list&on={after}").text
    assert re.findall(r'entry__title">([^<]*)<', page) == ["Two days", "Over midnight"]


def test_a_full_day_says_how_many_more_and_leads_to_them(world, organiser, browser):
    day = next_month()
    for number in range(6):
        planned(
            world,
            organiser,
            title=f"Stall {number}",
            starts_at=at(day, 9 + number),
            ends_at=at(day, 10 + number),
        )
    page = browser.get(f"/calendar?on={day}").text
    assert days_of(page)[str(day)] == [f"Stall {number}" for number in range(4)]
    assert "2 more" in page
    assert "6 actions of all partners together" in page
    assert f"view=list&amp;on={day}" in page


def test_filters_stay_in_the_address_of_every_way_of_looking(app, world, organiser, browser):
    day = next_month()
    praxis = world.user("praxis", "organiser")
    planned(world, organiser, title="Ours", starts_at=at(day, 9), ends_at=at(day, 10))
    planned(world, praxis, "praxis", title="Theirs", area="Leeds", starts_at=at(day, 9), ends_at=at(day, 10))
    chosen = f"organisation={world.organisation('praxis')}"
    for query, expected in (
        (chosen, ["Theirs"]),
        ("area=leed", ["Theirs"]),
        ("area=alder", ["Ours"]),
        ("kind=motion", []),
    ):
        page = browser.get(f"/calendar?on={day}&{query}").text
        assert days_of(page).get(str(day), []) == expected, query
    page = browser.get(f"/calendar?on={day}&{chosen}").text
    ways = re.findall(r'<a (?:class="[^"]*" )?href="(/calendar\?[^"]*)"', page)
    assert len(ways) >= 6
    dropping = [way for way in ways if chosen not in way]
    assert len(dropping) == 1, "only “Clear” drops the filters"
    assert browser.get("/calendar?organisation=nobody&view=decade&on=yesterday&region=x").status_code == 200
    assert browser.get("/calendar?on=9999-12-31").status_code == 200


def test_called_off_is_shown_as_such_and_a_draft_only_at_home(world, organiser, browser):
    day = next_month()
    times = {"starts_at": at(day, 9), "ends_at": at(day, 10)}
    planned(world, organiser, title="Draft", submit=False, **times)
    action_id = planned(world, organiser, title="Rained off", **times)
    version = re.search(r'name="version" value="(\d+)"', browser.get(f"/actions/{action_id}").text).group(1)
    assert browser.post(f"/actions/{action_id}/cancellation", data={"version": version}).status_code == 303
    theirs = world.browser(world.user("praxis", "organiser")).get(f"/calendar?on={day}").text
    assert days_of(theirs)[str(day)] == ["Rained off"]
    assert "Called off" in theirs
    assert set(days_of(browser.get(f"/calendar?on={day}").text)[str(day)]) == {"Draft", "Rained off"}


def statements(app, path_of) -> list[str]:
    """What a request asks of the database."""
    seen: list[str] = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note := lambda *given: seen.append(given[2]))
    try:
        assert path_of().status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return seen


def test_two_thousand_actions_take_no_more_statements_than_one(app, world, organiser, browser):
    day = next_month()
    planned(world, organiser, starts_at=at(day, 9), ends_at=at(day, 10))
    paths = [f"/calendar?view={view}&on={day}" for view in ("month", "week", "list")]

    def counts() -> list[int]:
        return [len(statements(app, lambda path=path: browser.get(path))) for path in paths]

    counts()
    few = counts()
    with world.context("neu", organiser) as session:
        session.add_all(
            BranchAction(
                campaign_id=world.campaign, author_label="x", unit_label="", kind="stall", title=f"Stall {number}",
                area="Alderwick", state="scheduled", shared_at=now(), starts_at=at(day, number % 700), ends_at=at(day, number % 700 + 2),
            )
            for number in range(2_000)
        )  # fmt: skip
        session.commit()
    assert counts() == few


SEATS = {"Alder": (0, 0), "Birch": (1, 0), "Cedar": (0, 1), "Elm": (5, 4)}


@pytest.fixture
def country(app):
    """Four constituencies on a map, a council across the first and the last, and a postcode in the first."""
    ids = {}
    with importing(app) as session:
        for number, (name, (q, r)) in enumerate(SEATS.items(), start=1):
            area = seat(session, f"E1400000{number}", name, f"Ada {name}")
            area.hex_q, area.hex_r, area.region = q, r, "Woods" if number < 4 else "Fens"
            ids[name] = area.id
        ids["council"] = seat(session, "E06000001", "Alder Council", kind="local_authority").id
        session.commit()
    load(app, "ZA1 1AA,,E06000001,E92000001,E14000001")
    return ids


def located(world, actor, ids, title, *places, days=3, slug="neu"):
    start = now() + timedelta(days=days)
    action_id = planned(world, actor, slug, title=title, starts_at=start, ends_at=start + timedelta(hours=1))
    with world.context(slug, actor) as session:
        session.add_all(
            ActionArea(campaign_id=world.campaign, author_label="x", action_id=action_id, area_id=ids[one])
            for one in places
        )
        session.commit()
    return action_id


def test_the_map_says_in_words_what_it_shows_in_shades(world, organiser, browser, country):
    for number in range(4):
        located(world, organiser, country, f"Stall {number}", "Alder", "council")
    located(world, organiser, country, "Alone", "Birch")
    located(world, organiser, country, "Long ahead", "Birch", days=200)
    planned(world, organiser, title="Online")
    page = browser.get("/calendar/map").text
    assert "6 actions in the next three months" in page
    assert "1 action is not on the map" in page
    rows = re.findall(r'<tr role="row"><th[^>]*><a[^>]*>(\w+)</a>.*?>(\d+)</td></tr>', page)
    assert rows == [("Alder", "4"), ("Birch", "1")]
    assert {name: tone for tone, name in re.findall(r'class="tone-([\w-]+)"[^>]*><title>(\w+):', page)} == {
        "Alder": "accent-3",
        "Birch": "accent-2",
        "Cedar": "none",
        "Elm": "none",
    }
    assert " style=" not in page.split("<main")[1]
    path = re.search(r'<th[^>]*><a href="([^"]*)">Birch', page).group(1).replace("&amp;", "&")
    listed = browser.get(path).text
    assert re.findall(r'entry__title">([^<]*)<', listed) == ["Alone", "Long ahead"]
    assert "Only actions in the constituency Birch" in listed
    assert days_of(browser.get("/calendar?region=Fens").text) == {}


def test_near_a_postcode_is_what_the_page_says_it_is(world, organiser, browser, country):
    located(world, organiser, country, "Far", "Elm")
    located(world, organiser, country, "Next", "Cedar")
    located(world, organiser, country, "Council", "council")
    located(world, organiser, country, "Here later", "Alder", "council", days=9)
    located(world, organiser, country, "Here", "Alder")
    planned(world, organiser, title="Online")
    page = browser.get("/calendar/near?postcode=za11aa").text
    assert re.findall(r'entry__title">([^<]*)<', page) == ["Here", "Here later", "Council", "Next", "Far"]
    assert re.findall(r'agenda__date">([^<]*)<', page) == [
        "In your constituency",
        "In your council’s area",
        "Next to your constituency on the map",
        "Further: 6 constituencies between, on the map",
    ]
    assert "No distance is measured" in page
    assert "ZA1 1AA lies in Alder" in page
    assert re.search(r'Its MP is <a href="/[^"]+">Ada Alder</a>', page)
    for typed, said in (
        ("ZA1", "not a whole postcode"),
        ("SW1A 1AA", "is not known here"),
        ("<b>", "&lt;b&gt;"),
    ):
        assert said in browser.get("/calendar/near", query_string={"postcode": typed}).text
    partners = world.browser(world.user("praxis", "organiser")).get("/calendar/near?postcode=ZA1+1AA").text
    assert "Here later" in partners
    assert "12 Secret Passage" not in partners


def test_steps_on_the_map_are_those_of_a_walk(app):
    """Against a search through the neighbours that the invented country is built from."""
    from organising.representatives.invented_layout import neighbours

    for start in ((0, 0), (3, 1), (-2, -3), (4, -6)):
        seen, edge = {start: 0}, [start]
        for step in range(1, 6):
            edge = [near for cell in edge for near in neighbours(cell) if near not in seen]
            seen |= dict.fromkeys(edge, step)
            edge = list(dict.fromkeys(edge))
        assert all(steps_between(start, cell) == step for cell, step in seen.items())
