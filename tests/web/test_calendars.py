"""The calendar's pages: every day in London has what touches it, filters stay in the address, queries stay few."""

import re
from datetime import date, datetime, timedelta

from sqlalchemy import event

from organising.actions.models import BranchAction
from organising.platform.clock import LONDON, now, today
from organising.platform.db import db
from tests.web.test_actions import planned


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
