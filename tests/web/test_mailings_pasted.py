"""A pasted list: every line is answered, and what is not settled stays on the page."""

import re

import pytest
from sqlalchemy import select, text

from organising.mailings.queries import match_lines
from organising.mailings.queries.pasted import MOST_LINES
from organising.mailings.services import drafting
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import ContactPoint, Person, PersonIdentifier
from tests.support.mailings import Campaigners, seat_members, wording


@pytest.fixture
def people(app, world):
    seat_members(app, 14)
    return Campaigners.at(world)


@pytest.fixture
def mailing(people):
    with people.world.context("neu", people.organiser) as session:
        made = drafting.compose_mailing(people.organiser, wording()).id
        session.commit()
    return made


@pytest.fixture
def browser(people):
    return people.world.browser(people.organiser)


def meant(people, mailing, lines) -> list[list[str]]:
    """The names that each line means."""
    with people.world.context("neu", people.organiser):
        return [[one.person.name for one in line.found] for line in match_lines(lines, mailing)]


def person_id(people, number):
    with people.world.context("neu") as session:
        return session.scalars(select(Person.id).where(Person.name == f"Ada Member{number:04}")).one()


def chosen(people, mailing) -> int:
    with people.world.context("neu") as session:
        return session.scalar(
            text("SELECT count(*) FROM mailing_choice WHERE mailing_id = :m"), {"m": mailing}
        )


def test_a_line_may_be_a_name_a_seat_an_address_or_an_id(people, mailing):
    with people.world.app.app_context(), use_context(Context(purpose="import")) as session:
        first = session.scalars(select(Person).where(Person.name == "Ada Member0007")).one()
        session.add(PersonIdentifier(scheme="datadotparl_id", value="4711", person_id=first.id))
        session.commit()
    lines = [
        "Ada Member0001",
        "  ms ada MEMBER0002 mp ",
        "Seat 0003",
        "Member0004",
        "Member0005, Ada",
        "member0006@parliament.example",
        "4711",
        str(person_id(people, 8)),
        "Ada Member0009 (Seat 0009)",
        "Ada Member0010\tOrchard Party\tSeat 0010",
        "Ada Member0011 <MEMBER0011@parliament.example>",
        "Ada Member0012 Seat 0012, Orchard Party",
    ]
    assert meant(people, mailing, "\n".join(lines)) == [[f"Ada Member{n:04}"] for n in range(1, 13)]


def test_every_line_is_answered_and_none_is_lost(people, mailing, browser):
    lines = "Ada Member0001\n\nNobody Known\nAda\n<b>Seat 0002</b>\n"
    page = browser.post(f"/mailings/{mailing}/audience/list", data={"lines": lines}).text
    assert "4 lines: 1 found, 0 chosen already, 0 to choose from several, 3 not found." in page
    assert "Nobody in office is called this." in page
    assert "It fits 14 people." in page
    assert "<b>Seat" not in page
    rows = re.findall(r'<td class="numeric[^"]*"[^>]*>(\d+)</td>', page)
    assert rows == ["1", "3", "4", "5"]
    assert chosen(people, mailing) == 0


def test_several_are_chosen_from_and_the_rest_stays_for_another_try(people, mailing, browser):
    with people.world.app.app_context(), use_context(Context(purpose="import")) as session:
        points = session.scalars(select(ContactPoint).order_by(ContactPoint.email).limit(3)).all()
        for point in points:
            point.email = "office@parliament.example"
        session.commit()
    here = f"/mailings/{mailing}/audience/list"
    lines = "office@parliament.example\nAda Member0009\nSomebody Else"
    page = browser.post(here, data={"lines": lines}).text
    assert "3 lines: 1 found, 0 chosen already, 1 to choose from several, 1 not found." in page
    options = re.findall(r'name="line-1" value="([0-9a-f-]+)"', page)
    assert len(options) == 3
    seen = re.search(r'name="seen" value="(\w+)"', page).group(1)
    data = {"lines": lines, "add": "1", "seen": seen, "line-1": options[:2]}
    answer = browser.post(here, data=data)
    assert answer.status_code == 200
    assert "3 representatives added." in answer.text
    assert chosen(people, mailing) == 3
    kept = answer.text.split("<textarea")[1].split("</textarea>")[0]
    assert "Somebody Else" in kept
    assert "Member0009" not in kept


def test_a_list_that_is_all_clear_leads_back_and_can_be_undone(people, mailing, browser):
    here = f"/mailings/{mailing}/audience/list"
    lines = "Seat 0001\nSeat 0002"
    seen = re.search(r'name="seen" value="(\w+)"', browser.post(here, data={"lines": lines}).text).group(1)
    answer = browser.post(here, data={"lines": lines, "add": "1", "seen": seen})
    assert answer.status_code == 303
    assert "Take out again the 2 just added" in browser.get(answer.location).text
    again = browser.post(here, data={"lines": lines}).text
    assert "2 chosen already" in again


def test_what_was_not_seen_is_not_added(people, mailing, browser):
    here = f"/mailings/{mailing}/audience/list"
    seen = re.search(
        r'name="seen" value="(\w+)"', browser.post(here, data={"lines": "Seat 0001"}).text
    ).group(1)
    page = browser.post(here, data={"lines": "Seat 0002", "add": "1", "seen": seen}).text
    assert "Ada Member0002" in page
    assert chosen(people, mailing) == 0


def test_a_foreign_choice_adds_nobody(people, mailing, browser):
    """Only those whom the line means can be ticked for it."""
    here = f"/mailings/{mailing}/audience/list"
    first = re.search(
        r'name="holding" value="([0-9a-f-]+)"', browser.get(f"/mailings/{mailing}/audience?q=member0009").text
    ).group(1)
    seen = re.search(r'name="seen" value="(\w+)"', browser.post(here, data={"lines": "Nobody"}).text).group(1)
    browser.post(here, data={"lines": "Nobody", "add": "1", "seen": seen, "line-1": first})
    assert chosen(people, mailing) == 0


def test_too_many_lines_are_refused_in_words(mailing, browser):
    answer = browser.post(f"/mailings/{mailing}/audience/list", data={"lines": "x\n" * (MOST_LINES + 1)})
    assert answer.status_code == 422
    assert f"At most {MOST_LINES} lines at once" in answer.text
