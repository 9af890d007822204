"""After a mailing has left: the funnel, each recipient in plain words, the CSV, and a correction to those who got it."""

import csv
import io
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from organising.lobbying.models import PositionClaim
from organising.mailings.models import Delivery, Mailing, MailingChoice
from organising.mailings.outcomes import outcome_of
from organising.mailings.services import after
from organising.mailings.states import DeliveryState
from organising.organisations.models import Ask
from organising.platform.clock import today
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import OfficeHolding, Person
from tests.support.mail import GatedSink
from tests.support.mailings import Campaigners, seat_members
from tests.support.world import World


@pytest.fixture
def people(app: Flask, world: World) -> Campaigners:
    seat_members(app, 8, without_email=(8,))
    return Campaigners.at(world)


def address(number: int) -> str:
    return f"member{number:04}@parliament.example"


@pytest.fixture
def mailing(people: Campaigners, smtp_sink: GatedSink, run_jobs: Callable[[], None]) -> UUID:
    """Seven messages: two refused, one answer lost, one answered, one come back, two taken; an eighth has no address."""
    smtp_sink.refuse[address(2)] = "550 5.1.1 no such user here"
    smtp_sink.refuse[address(3)] = "554 5.7.1 blocked by policy"
    made = people.sending(
        title="The first", body='Dear {{ salutation }},\n\nWe ask you: {{ ask|"act" }}.\n\nYours,\nNEU\n'
    )
    run_jobs()
    people.make_due(made)
    with people.world.context("neu") as session:
        state = {address(4): DeliveryState.UNCERTAIN, address(5): DeliveryState.REPLIED, address(6): DeliveryState.BOUNCED,
                 address(1): DeliveryState.ACCEPTED, address(7): DeliveryState.ACCEPTED}  # fmt: skip
        for delivery in session.scalars(select(Delivery).where(Delivery.mailing_id == made)):
            if delivery.address in state:
                delivery.state = state[delivery.address]
            elif delivery.address == address(3):
                delivery.state, delivery.last_code, delivery.last_reply = (
                    DeliveryState.FAILED,
                    554,
                    "5.7.1 blocked by policy",
                )
            elif delivery.address == address(2):
                delivery.state, delivery.last_code, delivery.last_reply = (
                    DeliveryState.FAILED,
                    550,
                    "5.1.1 no such user here",
                )
        row = session.get_one(Mailing, (people.organiser.organisation_id, made))
        row.state = "sent"
        session.commit()
    smtp_sink.messages.clear()
    smtp_sink.envelopes.clear()
    return made


def organiser_sees(people: Campaigners, path: str) -> str:
    return people.world.browser(people.organiser).get(path).text


def row_of(page: str, label: str) -> str:
    return page.split(f">{label}<", 1)[1].split("</tr>", 1)[0]


def test_the_funnel_adds_up(people: Campaigners, mailing: UUID) -> None:
    with people.world.context("neu") as session:
        row = session.get_one(Mailing, (people.organiser.organisation_id, mailing))
        from organising.mailings.queries import count_deliveries

        funnel = after.funnel_of(row, count_deliveries(row))
    assert (funnel.chosen, funnel.left_out, funnel.to_go) == (8, 1, 7)
    assert (funnel.taken, funnel.came_back, funnel.answered) == (4, 1, 1)
    assert (funnel.uncertain, funnel.never, funnel.waiting) == (1, 2, 0)
    assert funnel.to_go == funnel.taken + funnel.uncertain + funnel.never + funnel.waiting
    page = organiser_sees(people, f"/mailings/{mailing}/recipients")
    assert "8</td>" in row_of(page, "Chosen")
    assert "1 left out" in row_of(page, "Chosen")
    assert "4</td>" in row_of(page, "Taken by the mail server")
    assert "1 came back" in row_of(page, "Taken by the mail server")
    assert "1</td>" in row_of(page, "Answered by a person")


def test_each_recipient_in_plain_words_with_what_to_do(people: Campaigners, mailing: UUID) -> None:
    page = organiser_sees(people, f"/mailings/{mailing}/recipients")
    assert "no such mailbox" in row_of(page, "Ada Member0002")
    assert "Find another address, or write by post" in row_of(page, "Ada Member0002")
    assert "turned our mail away, whoever it is to" in row_of(page, "Ada Member0003")
    assert "the answer was lost" in row_of(page, "Ada Member0004")
    assert "somebody has answered" in row_of(page, "Ada Member0005")
    assert "came back" in row_of(page, "Ada Member0006")
    assert "No email address is known" in row_of(page, "Ada Member0008")


@pytest.mark.parametrize("state", list(DeliveryState))
def test_every_state_has_words_and_what_to_do(state: DeliveryState) -> None:
    for code, reply in ((None, None), (550, "5.1.1 x"), (554, "5.7.1 x"), (550, "5.2.2 full"), (451, "x")):
        became = outcome_of(Delivery(state=state, last_code=code, last_reply=reply))
        assert str(became.state)
        assert str(became.happened)
        assert str(became.to_do)


def test_the_csv_holds_everyone_and_runs_nothing(app: Flask, people: Campaigners, mailing: UUID) -> None:
    with app.app_context(), use_context(Context(purpose="import")) as session:
        session.scalars(select(Person).where(Person.sort_key == "member0001")).one().name = "=HYPERLINK(1)"
        session.commit()
    with people.world.context("neu") as session:
        first = session.scalars(select(Delivery).where(Delivery.address == address(1))).one()
        first.last_reply = "+cmd|' /C calc'!A0"
        session.commit()
    answer = people.world.browser(people.organiser).get(f"/mailings/{mailing}/recipients.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 8
    assert not [cell for row in rows for cell in row.values() if cell and cell[0] in "=+-@\t\r"]
    by_address = {row["Address"]: row for row in rows}
    assert by_address[address(1)]["Representative"] == "'=HYPERLINK(1)"
    assert by_address[address(2)]["State"] == "Refused"
    assert by_address[address(2)]["Code"] == "550"
    assert by_address[address(5)]["State"] == "Answered"
    (left_out,) = [row for row in rows if not row["Address"]]
    assert (left_out["Representative"], left_out["State"]) == ("Ada Member0008", "Left out")


def test_nobody_else_gets_any_of_it(people: Campaigners, mailing: UUID) -> None:
    for slug, role in (("liberty", "coordinator"), ("praxis", "admin")):
        browser = people.world.browser(people.world.user(slug, role))
        for path in ("recipients", "recipients.csv", "correction"):
            assert browser.get(f"/mailings/{mailing}/{path}").status_code == 404
        assert browser.post(f"/mailings/{mailing}/correction").status_code == 404
    for role in ("officer", "analyst"):
        browser = people.world.browser(people.world.user("neu", role))
        for path in ("recipients", "recipients.csv", "correction"):
            assert browser.get(f"/mailings/{mailing}/{path}").status_code == 403


def begin_correction(people: Campaigners, mailing: UUID) -> UUID:
    answer = people.world.browser(people.organiser).post(f"/mailings/{mailing}/correction")
    assert answer.status_code == 303
    return UUID(answer.location.split("/")[2])


def chosen(people: Campaigners, mailing: UUID) -> set[str]:
    with people.world.context("neu") as session:
        names = (
            select(Person.name)
            .join(MailingChoice, MailingChoice.person_id == Person.id)
            .where(MailingChoice.mailing_id == mailing)
        )
        return set(session.scalars(names))


def test_a_correction_goes_to_exactly_those_who_got_the_first(
    people: Campaigners, mailing: UUID, smtp_sink: GatedSink, run_jobs: Callable[[], None]
) -> None:
    page = organiser_sees(people, f"/mailings/{mailing}/correction")
    assert "3 got it" in page
    assert "One is uncertain" in page
    assert "Ada Member0004" in page
    assert "goes to them" in row_of(page, "Delivered to the relay")
    assert "nobody knows whether they got the first" in row_of(page, "Uncertain")
    assert "they did not get the first" in row_of(page, "Refused")
    made = begin_correction(people, mailing)
    assert chosen(people, made) == {"Ada Member0001", "Ada Member0005", "Ada Member0007"}
    # It has to be written, and signed off as any other.
    review = organiser_sees(people, f"/mailings/{made}/review")
    assert "[SAY WHAT WAS WRONG]" in review
    assert "Who signs it off?" not in review
    with people.world.context("neu") as session:
        row = session.get_one(Mailing, (people.organiser.organisation_id, made))
        assert row.title == "Correction: The first"
        assert row.subject.startswith("Correction: ")
        row.body = row.body.replace("[SAY WHAT WAS WRONG]", "the date of the vote").replace(
            "[SAY WHAT IS RIGHT]", "It is on Tuesday."
        )
        session.commit()
    people.release(people.approve(people.ask(made)))
    run_jobs()
    assert sorted(smtp_sink.recipients()) == [address(1), address(5), address(7)]
    assert set(smtp_sink.recipients().values()) == {1}
    assert "Correction: The first" in organiser_sees(people, f"/mailings/{mailing}/recipients")


def test_those_who_were_greeted_as_somebody_checked_are_greeted_so_again(
    people: Campaigners, mailing: UUID
) -> None:
    with people.world.context("neu") as session:
        for choice in session.scalars(select(MailingChoice).where(MailingChoice.mailing_id == mailing)):
            choice.checked_by, choice.fields = (
                "Ada Reed",
                {**(choice.fields or {}), "salutation": f"greeted {choice.place}"},
            )
        session.commit()
    made = begin_correction(people, mailing)
    with people.world.context("neu") as session:
        choices = session.scalars(select(MailingChoice).where(MailingChoice.mailing_id == made)).all()
        assert {one.checked_by for one in choices} == {"Ada Reed"}
        assert all((one.salutation or "").startswith("greeted ") for one in choices)


def test_an_audience_that_differs_is_told_before_sign_off(people: Campaigners, mailing: UUID) -> None:
    made = begin_correction(people, mailing)
    page = organiser_sees(people, f"/mailings/{made}")
    assert "who got the first letter" not in page
    with people.world.context("neu") as session:
        taken_out = session.scalars(select(MailingChoice).where(MailingChoice.mailing_id == made)).first()
        session.delete(taken_out)
        refused = session.scalars(
            select(MailingChoice).join(Person, Person.id == MailingChoice.person_id)
            .where(MailingChoice.mailing_id == mailing, Person.sort_key == "member0002")
        ).one()  # fmt: skip
        session.add(
            MailingChoice(
                organisation_id=refused.organisation_id,
                mailing_id=made,
                holding_id=refused.holding_id,
                person_id=refused.person_id,
            )
        )
        session.commit()
    page = organiser_sees(people, f"/mailings/{made}")
    assert "One who got the first letter would not get the correction." in page
    assert "One would get the correction who did not get the first letter." in page


def test_what_has_not_left_or_is_still_leaving_can_not_be_corrected(
    people: Campaigners, mailing: UUID
) -> None:
    browser = people.world.browser(people.organiser)
    draft, sending = people.draft(title="Draft"), people.sending(title="Leaving")
    for one, words in ((draft, "It has not left"), (sending, "It is still being sent")):
        assert words in browser.get(f"/mailings/{one}/correction").text
        assert browser.post(f"/mailings/{one}/correction").status_code == 409
    people.world.browser(people.admin).post(f"/mailings/{sending}/cancellation")
    assert "nobody to correct it to" in browser.get(f"/mailings/{sending}/correction").text
    assert browser.post(f"/mailings/{sending}/correction").status_code == 409


def test_where_they_stand_since(people: Campaigners, mailing: UUID) -> None:
    def claim(number: int, position: str) -> None:
        with people.world.context("liberty") as session:
            person = session.scalars(select(Person.id).where(Person.sort_key == f"member{number:04}")).one()
            session.add(
                PositionClaim(campaign_id=people.world.campaign, organisation_id=people.world.organisations["liberty"], author_label="x",
                              person_id=person, ask_id=ask_id, position=position, confidence="high", basis="meeting", held_on=today())
            )  # fmt: skip
            session.commit()

    with people.world.context("neu") as session:
        ask_id = session.scalars(select(Ask.id).order_by(Ask.place)).first()
        row = session.get_one(Mailing, (people.organiser.organisation_id, mailing))
        started, row.ask_id, row.started_at = row.started_at, ask_id, None
        session.commit()
    claim(1, "undecided")
    claim(5, "supporter")
    with people.world.context("neu") as session:
        from organising.platform.clock import now

        assert started is not None
        session.get_one(Mailing, (people.organiser.organisation_id, mailing)).started_at = now()
        session.commit()
    page = organiser_sees(people, f"/mailings/{mailing}/recipients")
    assert "Where they stand since" not in page
    claim(1, "champion")
    claim(5, "leaning_support")
    claim(7, "opposed")
    # One who did not get it counts nowhere.
    claim(2, "champion")
    page = organiser_sees(people, f"/mailings/{mailing}/recipients")
    for label in ("Nearer to us", "Further from us", "Known for the first time"):
        assert f"<dt>{label}</dt><dd>1</dd>" in page


def test_the_holding_of_each_stays_that_of_the_first(people: Campaigners, mailing: UUID) -> None:
    made = begin_correction(people, mailing)
    with people.world.context("neu") as session:
        holdings = set(
            session.scalars(select(MailingChoice.holding_id).where(MailingChoice.mailing_id == made))
        )
        assert len(holdings) == 3
        assert holdings <= set(session.scalars(select(OfficeHolding.id)))
