"""In whose names a mailing speaks: partners say yes, no or nothing, and what leaves carries exactly the yes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from organising.mailings.models import Mailing, SignOff
from organising.mailings.services import decisions, drafting
from organising.platform.errors import Conflict, Forbidden, Invalid
from tests.support.mailings import Campaigners, seat_members, wording
from tests.support.partners import DROP_OUT, ENDORSE, PARTNERS, Partners, footers, page
from tests.support.world import World


def test_three_partners_answer_and_one_drops_out(partners: Partners, run_jobs: Callable[[], None]) -> None:
    people = partners.people
    mailing = partners.asked(*PARTNERS)
    people.approve(mailing)
    run_jobs()
    assert people.state(mailing) == "in_review", "signed off, but the partners have not answered"
    with pytest.raises(Conflict, match="Not every organisation"):
        people.release(mailing)
    partners.answer("liberty", mailing, ENDORSE)
    partners.answer("lawrs", mailing, DROP_OUT, "Our trustees meet on Friday.")
    partners.answer("medact", mailing, ENDORSE)
    run_jobs()
    assert people.state(mailing) == "approved"
    assert partners.release(mailing) == {("NEU", "Liberty", "Medact")}
    assert people.counts(mailing) == {"accepted": 3}
    author = page(people.world.browser(people.organiser), mailing)
    assert "Our trustees meet on Friday." in author
    assert "Lawrs Not named" in author
    # What one partner writes to the author is no other partner's to read.
    other = page(people.world.browser(partners.admins["medact"]), mailing)
    assert "trustees" not in other
    assert "Lawrs Not named" in other


def test_silence_names_nobody_and_holds_nobody_up_for_ever(
    partners: Partners, run_jobs: Callable[[], None]
) -> None:
    people = partners.people
    mailing = partners.approved(liberty=ENDORSE, lawrs=None)
    run_jobs()
    assert people.state(mailing) == "in_review"
    assert "Not answered yet: Lawrs" in page(people.world.browser(people.admin), mailing)
    partners.let_time_pass(mailing)
    partners.apply(mailing)
    assert people.state(mailing) == "approved"
    assert partners.release(mailing) == {("NEU", "Liberty")}


def test_a_name_comes_late_or_goes_before_it_leaves(partners: Partners, run_jobs: Callable[[], None]) -> None:
    people = partners.people
    mailing = partners.approved(liberty=ENDORSE, lawrs=None)
    partners.let_time_pass(mailing)
    partners.apply(mailing)
    partners.answer("lawrs", mailing, ENDORSE)
    partners.answer("liberty", mailing, DROP_OUT)
    run_jobs()
    assert people.state(mailing) == "approved", "the text was approved whoever stands under it"
    assert partners.release(mailing) == {("NEU", "Lawrs")}


def test_a_name_taken_back_on_the_way_stops_the_rest_until_somebody_looks(partners: Partners) -> None:
    people = partners.people
    mailing = partners.approved(liberty=ENDORSE, lawrs=ENDORSE)
    partners.apply(mailing)
    people.release(mailing)
    # It is being sent, but no worker has run: the name goes before the first message does.
    assert people.state(mailing) == "sending"
    partners.answer("lawrs", mailing, DROP_OUT)
    assert partners.letters_that_leave() == []
    assert people.state(mailing) == "paused"
    browser = people.world.browser(people.admin)
    assert "Lawrs took its name back" in page(browser, mailing)
    with pytest.raises(Conflict, match="on its way"):
        partners.answer("lawrs", mailing, ENDORSE)
    browser.post(f"/mailings/{mailing}/pause/removal")
    assert footers(partners.letters_that_leave()) == {("NEU", "Liberty")}
    assert people.counts(mailing) == {"accepted": 3}


def test_an_edit_voids_every_answer(partners: Partners, run_jobs: Callable[[], None]) -> None:
    people = partners.people
    mailing = partners.approved(liberty=ENDORSE, lawrs=ENDORSE)
    run_jobs()
    assert people.state(mailing) == "approved"
    partners.name(mailing, "liberty", "lawrs", "medact")
    assert people.state(mailing) == "draft"
    assert people.world.browser(partners.admins["liberty"]).get(f"/mailings/{mailing}").status_code == 404
    people.approve(people.ask(mailing))
    run_jobs()
    assert people.state(mailing) == "in_review"
    assert "No answer yet" in page(people.world.browser(people.organiser), mailing)


def test_a_row_changed_behind_the_product_sends_nothing(partners: Partners) -> None:
    """The names that leave are believed only with a standing answer of each."""
    people = partners.people
    mailing = partners.approved(liberty=ENDORSE, lawrs=DROP_OUT)
    partners.apply(mailing)
    people.release(mailing)
    with people.world.context("neu") as session:
        row = session.scalars(select(Mailing).where(Mailing.id == mailing)).one()
        row.named = list(row.asked_names)
        session.commit()
    assert partners.letters_that_leave() == []
    assert people.state(mailing) == "paused"


def test_who_may_be_asked_and_who_may_answer(partners: Partners) -> None:
    people, world = partners.people, partners.people.world
    mailing = people.draft()
    for slug in ("praxis", "neu"):
        with pytest.raises(Invalid, match="members of the coalition"):
            partners.name(mailing, slug)
    with pytest.raises(Invalid, match="times offered"):
        partners.name(mailing, "liberty", hours=1)
    partners.name(mailing, "liberty")
    people.ask(mailing)
    for role in ("organiser", "officer", "analyst"):
        actor = world.user("liberty", role)
        with world.context("liberty", actor), pytest.raises(Forbidden):
            decisions.answer_for_name(actor, mailing, ENDORSE, people.hash(mailing))
    stranger = partners.admins["lawrs"]
    with pytest.raises(Exception, match=r"^$|not found|NotFound"), world.context("lawrs", stranger):
        decisions.answer_for_name(stranger, mailing, ENDORSE, people.hash(mailing))
    assert world.browser(stranger).post(f"/mailings/{mailing}/name", data={}).status_code == 404


def test_one_person_alone_signs_a_quarter_of_an_hour_later(
    app: Flask, world: World, run_jobs: Callable[[], None]
) -> None:
    seat_members(app, 2)
    only = world.user("alone", "admin")
    people = Campaigners(world, only, only)
    mailing = people.approve(people.asked())
    run_jobs()
    assert people.state(mailing) == "in_review"
    assert "alone in the organisation" in page(world.browser(only), mailing)
    with pytest.raises(Conflict, match="Nobody has signed off"):
        people.release(mailing)
    with world.context("alone") as session:
        signed = session.scalars(select(SignOff)).one()
        assert signed.counts_from is not None
        assert signed.counts_from - signed.created_at == timedelta(minutes=15)


def test_with_a_second_person_nobody_signs_their_own_work(app: Flask, world: World) -> None:
    seat_members(app, 2)
    first = world.user("alone", "admin")
    world.user("alone", "analyst")
    people = Campaigners(world, first, first)
    mailing = people.asked()
    with pytest.raises(Forbidden, match="another person"):
        people.approve(mailing)


def test_what_changed_since_one_decided_is_marked(partners: Partners) -> None:
    people, world = partners.people, partners.people.world
    mailing = partners.asked("lawrs")
    partners.answer("lawrs", mailing, DROP_OUT, "Say whose promise it is.")
    browser = world.browser(partners.admins["lawrs"])
    assert "Changed since" not in page(browser, mailing)
    with world.context("neu", people.organiser) as session:
        row = session.scalars(select(Mailing).where(Mailing.id == mailing)).one()
        changed = wording(body=row.body.replace("We ask", "We, the teachers, ask"))
        drafting.edit_wording(people.organiser, mailing, changed, row.version)
        session.commit()
    people.ask(mailing)
    text = page(browser, mailing)
    assert "Changed since you last decided" in text
    assert "put in: We, the teachers," in text
    assert "taken out: We put in:" in text
