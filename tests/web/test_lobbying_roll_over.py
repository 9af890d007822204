"""After an election targets follow the person or the seat, as shown before, and it can be undone."""

from datetime import date

import pytest
from sqlalchemy import select

from organising.lobbying.models import Target
from organising.lobbying.services.allocation import Choice, Wanted, plan_change
from organising.lobbying.services.targets import allocate
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import Area, OfficeHolding, Parliament, Person
from tests.unit.lobbying.seeds import seed_members

DISSOLVED, POLL = date(2026, 9, 1), date(2026, 10, 1)


@pytest.fixture
def coordinator(world):
    return world.user("liberty", "coordinator")


@pytest.fixture
def people(world, coordinator):
    """Ada came back, Bruno for another seat, Cleo lost hers to Edda; NEU led on all three, Praxis helped with Cleo."""
    ids = seed_members(world)
    neu, praxis = world.organisation("neu"), world.organisation("praxis")
    with world.context("liberty", coordinator) as session:
        chosen = Choice(person_ids=(ids["Ada"], ids["Bruno"], ids["Cleo"]))
        wanted = Wanted(
            lead=neu, priority="A", tactic="persuade", supporters_do="set", supporter_ids=frozenset({praxis})
        )
        allocate(coordinator, chosen, wanted, seen=plan_change(coordinator, chosen, wanted).seen)
        session.commit()
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        seats = {}
        for holding in session.scalars(select(OfficeHolding).where(OfficeHolding.end_on.is_(None))):
            holding.end_on, holding.end_reason = date(2026, 8, 31), "dissolution"
            seats[holding.person_id] = holding.area_id
        edda = Person(name="Edda Newly", sort_key="newly edda")
        free = Area(kind="westminster", name="Freshford", sort_key="freshford", region="South Vale")
        session.add_all([edda, free])
        session.add_all(
            [
                Parliament(
                    chamber="commons", number=59, name="2024 parliament", elected_on=date(2024, 7, 4),
                    dissolved_on=DISSOLVED,
                ),
                Parliament(chamber="commons", number=60, name="2026 parliament", elected_on=POLL),
            ]
        )  # fmt: skip
        session.flush()
        ids["Edda"] = edda.id
        for person, area in (
            (ids["Ada"], seats[ids["Ada"]]), (ids["Bruno"], free.id), (edda.id, seats[ids["Cleo"]]),
        ):  # fmt: skip
            session.add(
                OfficeHolding(person_id=person, kind="mp", area_id=area, start_on=POLL, source="test")
            )
        session.commit()
    return ids


@pytest.fixture
def address(world):
    with world.app.app_context(), use_context(Context()) as session:
        found = session.scalars(select(Parliament.id).where(Parliament.number == 59)).one()
    return f"/parliaments/{found}/roll-over"


def led(world):
    """By first name, who leads, with priority and tactic."""
    names = {one: slug for slug, one in world.organisations.items()}
    with world.context("liberty") as session:
        rows = session.execute(
            select(Person.name, Target.lead_organisation_id, Target.priority, Target.tactic).join(
                Person, Person.id == Target.person_id
            )
        )
        return {name.split()[0]: (names.get(lead), priority, tactic) for name, lead, priority, tactic in rows}


def seen(page):
    return page.split('name="seen" value="')[1].split('"')[0]


def roll(world, coordinator, address, **choices):
    browser = world.browser(coordinator)
    page = browser.get(address, query_string=choices).text
    return browser.post(address, data={"seen": seen(page), **choices}), page


KEPT = ("neu", "A", "persuade")
GONE = (None, None, None)


def test_the_usual_way_is_shown_done_told_and_undone(world, coordinator, people, address):
    answer, page = roll(world, coordinator, address)
    assert "Returned for another seat: Freshford" in page
    assert "Edda Newly" in page
    assert answer.status_code == 303
    assert led(world) == {"Ada": KEPT, "Bruno": KEPT, "Cleo": GONE, "Edda": ("neu", "A", None)}
    admin = world.browser(world.user("neu", "admin")).get("/").text
    assert "You now lead on Edda Newly" in admin
    change = answer.headers["Location"]
    assert world.browser(coordinator).post(f"{change}/removal").status_code == 303
    after = led(world)
    assert after.pop("Edda") == GONE
    assert after == {"Ada": KEPT, "Bruno": KEPT, "Cleo": KEPT}


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ({"not_returned": "person"}, {"Ada": KEPT, "Bruno": KEPT, "Cleo": KEPT}),
        ({"not_returned": "nobody", "other_seat": "nobody"}, {"Ada": KEPT, "Bruno": GONE, "Cleo": GONE}),
        ({"other_seat": "seat", "not_returned": "person"}, {"Ada": KEPT, "Bruno": KEPT, "Cleo": KEPT}),
    ],
)
def test_the_coordinator_chooses_by_what_became_of_them(
    world, coordinator, people, address, choices, expected
):
    roll(world, coordinator, address, **choices)
    assert led(world) == expected


def test_one_target_may_differ_from_the_rest(world, coordinator, people, address):
    roll(world, coordinator, address, **{f"row-p.{people['Ada']}": "nobody"})
    assert led(world)["Ada"] == GONE


def test_a_seat_that_another_leads_on_is_not_taken_from_them(world, coordinator, people, address):
    with world.context("liberty", coordinator) as session:
        chosen, wanted = Choice(person_ids=(people["Edda"],)), Wanted(lead=world.organisation("praxis"))
        allocate(coordinator, chosen, wanted, seen=plan_change(coordinator, chosen, wanted).seen)
        session.commit()
    answer, page = roll(world, coordinator, address)
    assert "Another organisation leads on Edda Newly" in page
    assert answer.status_code == 303
    assert led(world)["Edda"][0] == "praxis"
    assert led(world)["Cleo"] == KEPT


def test_what_changed_meanwhile_is_shown_before_anything_is_written(world, coordinator, people, address):
    browser = world.browser(coordinator)
    shown = seen(browser.get(address).text)
    with world.context("liberty", coordinator) as session:
        chosen, wanted = Choice(person_ids=(people["Cleo"],)), Wanted(priority="C")
        allocate(coordinator, chosen, wanted, seen=plan_change(coordinator, chosen, wanted).seen)
        session.commit()
    assert browser.post(address, data={"seen": shown}).status_code == 409
    assert led(world)["Cleo"] == ("neu", "C", "persuade")


@pytest.mark.parametrize("role", ["deputy", "admin", "organiser", "officer", "analyst"])
def test_only_the_coordinator_rolls_over(world, people, address, role):
    browser = world.browser(world.user("liberty", role))
    assert browser.get(address).status_code == browser.post(address, data={"seen": ""}).status_code == 403


def test_a_choice_that_is_none_and_a_parliament_without_a_successor(world, coordinator, people, address):
    browser = world.browser(coordinator)
    assert browser.get(address, query_string={"not_returned": "elsewhere"}).status_code == 422
    with world.app.app_context(), use_context(Context()) as session:
        last = session.scalars(select(Parliament.id).where(Parliament.number == 60)).one()
    assert browser.get(f"/parliaments/{last}/roll-over").status_code == 409
