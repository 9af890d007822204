"""Promises from outside: found, chased, delivered with evidence, put back; who may do what of it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from organising.lobbying.models import (
    Commitment,
    CommitmentChange,
    CommitmentEvidence,
    CommitmentOwn,
    FollowUp,
)
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.permissions import Role
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import Recess
from tests.unit.lobbying.promise_seeds import add, seed_two_nations
from tests.unit.lobbying.seeds import ask_id

DAY = timedelta(days=1)


@pytest.fixture
def members(world):
    return seed_two_nations(world)


def state_of(world, commitment_id):
    with world.context("neu"):
        return db.session.get_one(Commitment, commitment_id).state


def test_a_promise_is_added_and_stands_on_the_list(world, browser, members):
    found = browser.get("/promises/new?q=wex").text
    assert f"/promises/new?person={members['Ada']}" in found
    address = f"/promises/new?person={members['Ada']}"
    assert "All partners can see the promise" in browser.get(address).text
    form = {"kind": "speak", "state": "promised", "words": "In the debate on data", "said_on": today().isoformat(),
            "due_on": (today() + 30 * DAY).isoformat(), "ask_id": str(ask_id(world))}  # fmt: skip
    answers = [browser.post(address, data=form) for _twice in range(2)]
    if answers[0].status_code == 422:  # thirty days from now is a weekend
        form["instead"] = next(
            part.partition('"')[0] for part in answers[0].text.split('value="') if part[:2] == "20"
        )
        answers = [browser.post(address, data=form) for _twice in range(2)]
    assert [one.status_code for one in answers] == [303, 303], answers[0].text
    with world.context("neu"):
        assert db.session.scalar(select(func.count(Commitment.id))) == 1
    assert "In the debate on data" in browser.get("/promises").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": ""}, "Choose what they were asked to do"),
        ({"state": "delivered"}, "Say how far they went"),
        ({"words": "long " * 80}, "at most 280"),
        ({"said_on": "2031-01-01"}, "still to come"),
        ({"due_on": "2019-02-30"}, "There is no such day"),
        ({"due_on": "2001-01-01"}, "before the day on which it was said"),
        ({"due_on": "2099-01-01"}, "within the next five years"),
        ({"words": "Ring Jo on 020 7946 0000"}, "looks like a person"),
        ({"words": "Help the undocumented family"}, "immigration status"),
        ({"owner_user_id": str(uuid4())}, "Choose someone of your organisation"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(world, browser, members, changes, words):
    form = {
        "kind": "visit_service",
        "state": "promised",
        "words": "Will come",
        "said_on": today().isoformat(),
    }
    answer = browser.post(f"/promises/new?person={members['Ada']}", data=form | changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert changes.get("words", "Will come").strip() in answer.text
    with world.context("neu"):
        assert db.session.scalar(select(func.count(Commitment.id))) == 0


def test_delivered_needs_evidence(world, browser, organiser, members):
    promised = add(world, organiser, members["Ada"])
    address = f"/promises/{promised}/delivery"
    assert browser.post(f"/promises/{promised}/state", data={"state": "delivered"}).status_code == 422
    for form, words in (
        ({}, "Give a link, or say in a line"),
        ({"url": "javascript:alert(1)"}, "begins with https"),
        ({"url": "https://a.example", "seen_on": "2031-01-01"}, "still to come"),
        ({"words": "Jo on 020 7946 0000"}, "looks like a person"),
    ):
        answer = browser.post(address, data={"kind": "seen", "seen_on": today().isoformat()} | form)
        assert answer.status_code == 422
        assert words in answer.text
    assert state_of(world, promised) == "promised"
    answer = browser.post(
        address, data={"kind": "seen", "words": "We stood beside her", "seen_on": today().isoformat()}
    )
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "We stood beside her" in page
    assert "Undo" in page
    assert state_of(world, promised) == "delivered"


def test_wrong_evidence_leads_back_and_the_history_keeps_both(world, browser, organiser, members):
    promised = add(world, organiser, members["Ada"])
    browser.post(
        f"/promises/{promised}/delivery",
        data={"kind": "press", "url": "https://a.example/x", "seen_on": today().isoformat()},
    )
    browser.post(f"/promises/{promised}/state", data={"state": "promised", "reason": "It was somebody else"})
    page = browser.get(f"/promises/{promised}").text
    assert "It was somebody else" in page
    assert "No longer counts" in page
    assert state_of(world, promised) == "promised"


def test_undo_of_each_step_and_only_of_the_last(world, browser, organiser, members):
    promised = add(world, organiser, members["Ada"])
    first = browser.post(f"/promises/{promised}/chases", data={"back": "/promises"}).location
    assert first.startswith("/promises?")
    chased = first.partition("changed=")[2]
    second = browser.post(f"/promises/{promised}/state", data={"state": "broken"}).location
    broken = second.partition("changed=")[2]
    assert browser.post(f"/promises/{promised}/changes/{chased}/removal").status_code == 409
    assert browser.post(f"/promises/{promised}/changes/{broken}/removal").status_code == 303
    assert state_of(world, promised) == "promised"
    again = browser.post(f"/promises/{promised}/changes/{broken}/removal")
    assert again.status_code == 303
    assert state_of(world, promised) == "promised"
    assert browser.post(f"/promises/{promised}/changes/{uuid4()}/removal").status_code == 404


def test_a_step_that_does_not_exist_is_refused(world, browser, organiser, members):
    promised = add(world, organiser, members["Ada"])
    browser.post(f"/promises/{promised}/state", data={"state": "withdrawn"})
    assert browser.post(f"/promises/{promised}/state", data={"state": "broken"}).status_code == 409
    assert browser.post(f"/promises/{promised}/state", data={"state": "gone"}).status_code == 422
    assert browser.post(f"/promises/{promised}/chases").status_code == 409
    assert state_of(world, promised) == "withdrawn"


def test_a_new_date_and_a_reminder(world, browser, organiser, members):
    promised = add(world, organiser, members["Ada"])
    assert browser.post(f"/promises/{promised}/due-day", data={"due_on": "2020-01-01"}).status_code == 422
    day = today() + 9 * DAY
    assert browser.post(f"/promises/{promised}/due-day", data={"due_on": day.isoformat()}).status_code == 303
    assert "Overdue" not in browser.get(f"/promises/{promised}").text
    for _twice in range(2):
        assert browser.post(f"/promises/{promised}/follow-ups").status_code == 303
    with world.context("neu", organiser):
        follow_up = db.session.scalars(select(FollowUp)).one()
        assert follow_up.what == "Chase: Visit a service"
    assert "Chase: Visit a service" in browser.get("/follow-ups").text


def test_of_two_editors_the_second_sees_the_difference_and_loses_nothing(world, browser, organiser, members):
    promised = add(world, organiser, members["Ada"])
    form = {"kind": "visit_service", "said_on": (today() - 21 * DAY).isoformat(), "version": "1",
            "due_on": (today() + DAY).isoformat()}  # fmt: skip
    assert browser.post(f"/promises/{promised}/edit", data=form | {"words": "Theirs"}).status_code == 303
    answer = browser.post(f"/promises/{promised}/edit", data=form | {"words": "Mine"})
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert "Mine" in answer.text
    assert 'value="2"' in answer.text
    assert (
        browser.post(f"/promises/{promised}/edit", data=form | {"words": "Mine", "version": "2"}).status_code
        == 303
    )
    assert "Mine" in browser.get(f"/promises/{promised}").text


def recess(world, start, end, chamber="commons"):
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        session.add(Recess(chamber=chamber, name="Test recess", starts_on=start, ends_on=end))
        session.commit()


def test_a_day_in_recess_is_asked_about_and_a_tap_takes_the_better_one(world, browser, members):
    start, end = today() + 10 * DAY, today() + 30 * DAY
    recess(world, start, end)
    back = end + DAY
    while back.weekday() > 4:
        back += DAY
    form = {"kind": "sign_edm", "state": "promised", "said_on": today().isoformat(),
            "due_on": (start + 3 * DAY).isoformat()}  # fmt: skip
    address = f"/promises/new?person={members['Ada']}"
    asked = browser.post(address, data=form)
    assert asked.status_code == 422
    assert "The Commons does not sit from" in asked.text
    assert f'value="{back.isoformat()}"' in asked.text
    assert browser.post(address, data=form | {"instead": back.isoformat()}).status_code == 303
    with world.context("neu"):
        assert db.session.scalars(select(Commitment.due_on)).one() == back
    # What needs no sitting is asked nothing, and who insists is let through.
    assert browser.post(address, data=form | {"kind": "public_statement"}).status_code == 303
    key = next(part.partition('"')[0] for part in asked.text.split('value="') if part.startswith("recess."))
    assert browser.post(address, data=form | {"confirmed": key}).status_code == 303


def test_today_shows_what_is_overdue_but_not_what_rests_over_a_recess(world, browser, organiser, members):
    add(world, organiser, members["Ada"])
    add(world, organiser, members["Bruno"], kind="vote", words="Votes when they are back")
    page = browser.get("/").text
    assert "Will visit the clinic" in page
    assert "Votes when they are back" in page
    recess(world, today() - DAY, today() + 20 * DAY)
    page = browser.get("/").text
    assert "Will visit the clinic" in page
    assert "Votes when they are back" not in page
    assert "Will visit the clinic" not in world.browser(world.user("praxis", "organiser")).get("/").text


def test_the_coordinator_keeps_recesses(world, members):
    browser = world.browser(world.user("liberty", "coordinator"))
    form = {"chamber": "lords", "name": "Easter", "starts_on": "2027-03-20", "ends_on": "2027-04-05"}
    for _twice in range(2):
        assert browser.post("/campaign/recesses", data=form).status_code == 303
    assert "Easter" in browser.get("/campaign/recesses").text
    wrong = browser.post("/campaign/recesses", data=form | {"ends_on": "2027-03-01"})
    assert wrong.status_code == 422
    assert "ends before it begins" in wrong.text
    with world.context("liberty"):
        recess_id = db.session.scalars(select(Recess.id)).one()
    gone = browser.post(f"/campaign/recesses/{recess_id}/removal")
    page = browser.get(gone.location).text
    assert "Taken out: Easter" in page
    assert browser.post(f"/campaign/recesses/{recess_id}/removal").status_code == 404
    assert world.browser(world.user("neu", "admin")).get("/campaign/recesses").status_code == 403


# Promises follow the row "engagement headline": all view; coordinator, deputy, admin and organiser settle their own
# organisation's; an officer writes one down only within a contact, and an analyst none.
@pytest.mark.parametrize(
    ("reader", "settles", "adds"),
    [
        (Role.COORDINATOR, 303, 303),
        (Role.DEPUTY, 303, 303),
        (Role.ADMIN, 303, 303),
        (Role.ORGANISER, 303, 303),
        (Role.OFFICER, 403, 403),
        (Role.ANALYST, 403, 403),
        ("neighbour", 404, 303),
    ],
)
def test_who_may_what(world, organiser, members, reader, settles, adds):
    promised = add(world, organiser, members["Ada"])
    actor = world.user("praxis", "coordinator") if reader == "neighbour" else world.user("neu", reader)
    browser = world.browser(actor)
    for address in ("/promises", "/promises.csv", f"/promises/{promised}"):
        page = browser.get(address)
        assert page.status_code == 200
        assert "Will visit the clinic" in page.text
    form = {"kind": "speak", "state": "asked", "said_on": today().isoformat()}
    assert browser.post(f"/promises/new?person={members['Bruno']}", data=form).status_code == adds
    for path in ("chases", "state", "follow-ups"):
        answer = browser.post(f"/promises/{promised}/{path}", data={"state": "considering"})
        assert answer.status_code == settles, path
    for path in ("delivery", "due-day", "edit"):
        assert browser.get(f"/promises/{promised}/{path}").status_code == (200 if settles == 303 else settles)
    slug = "praxis" if reader == "neighbour" else "neu"
    # The database itself, past the product's own checks.
    with world.context(slug, actor) as session:
        changed = session.execute(text("UPDATE commitment SET words = 'Raw' WHERE words LIKE 'Will visit%'"))
        assert changed.rowcount == (1 if settles == 303 else 0)


def test_a_foreign_promise_and_none_at_all_answer_the_same_bytes(world, organiser, members):
    promised = add(world, organiser, members["Ada"])
    browser = world.browser(world.user("praxis", "coordinator"))
    with world.context("neu"):
        change_id = db.session.scalars(select(CommitmentChange.id)).one()
    for method, path in (
        ("get", "edit"), ("post", "edit"), ("get", "delivery"), ("post", "delivery"), ("get", "due-day"), ("post", "due-day"),
        ("post", "chases"), ("post", "follow-ups"), ("post", f"changes/{change_id}/removal"),
    ):  # fmt: skip
        theirs = getattr(browser, method)(f"/promises/{promised}/{path}")
        nobodys = getattr(browser, method)(f"/promises/{uuid4()}/{path}")
        assert (theirs.status_code, theirs.data) == (404, nobodys.data), path
    assert browser.get(f"/promises/{uuid4()}").status_code == 404


def test_who_chases_is_private_and_nothing_is_deleted(world, organiser, members):
    add(world, organiser, members["Ada"])
    neighbour = world.user("praxis", "coordinator")
    with world.context("praxis", neighbour) as session:
        assert session.execute(text("SELECT count(*) FROM commitment_own")).scalar_one() == 0
        assert session.scalar(select(func.count(Commitment.id))) == 1
    with world.context("neu", world.user("neu", "officer")) as session:
        assert session.scalar(select(func.count(CommitmentOwn.id))) == 0
    for statement in (
        "DELETE FROM commitment",
        "DELETE FROM commitment_change",
        "UPDATE commitment_evidence SET words = 'x'",
    ):
        with world.context("neu", organiser) as session, pytest.raises(DBAPIError, match="permission denied"):
            session.execute(text(statement))


def test_the_database_knows_no_delivery_without_evidence_of_its_own(world, organiser, members):
    promised, other = add(world, organiser, members["Ada"]), add(world, organiser, members["Bruno"])
    with (
        world.context("neu", organiser) as session,
        pytest.raises(IntegrityError, match="ck_commitment_evidence"),
    ):
        session.execute(text("UPDATE commitment SET state = 'delivered' WHERE id = :id"), {"id": promised})
    with world.context("neu", organiser) as session:
        session.add(
            CommitmentEvidence(
                id=(shown := uuid4()), commitment_id=other, kind="seen", words="x", seen_on=today(), campaign_id=world.campaign,
                author_label="x",
            )
        )  # fmt: skip
        session.commit()
        session.execute(
            text("UPDATE commitment SET state = 'delivered', evidence_id = :e WHERE id = :id"),
            {"id": promised, "e": shown},
        )
        with pytest.raises(IntegrityError, match="fk_commitment_evidence_id_id"):
            session.commit()


def test_an_officer_writes_one_down_only_in_a_contact_of_the_own_unit(world, organiser, members):
    officer = world.user("neu", "officer")
    with world.context("neu", officer) as session:
        session.add(
            Commitment(
                person_id=members["Ada"], kind="speak", state="asked", asked_on=today(), owner_label="x",
                campaign_id=world.campaign, author_label="x",
            )
        )  # fmt: skip
        with pytest.raises(DBAPIError, match="row-level security"):
            session.flush()


def test_a_follow_up_is_put_off_handed_on_and_put_back(world, browser, organiser, members):
    colleague, stranger = world.user("neu", "officer"), world.user("praxis", "organiser")
    with world.context("neu", organiser) as session:
        task = FollowUp(person_id=members["Ada"], due_on=today() - DAY, owner_user_id=organiser.user_id)
        task.what = "Ring the office"
        session.add(task)
        session.commit()
        task_id = task.id
    assert "Overdue" in browser.get("/follow-ups").text
    later = (today() + 5 * DAY).isoformat()
    place = browser.post(f"/follow-ups/{task_id}/due-day", data={"due_on": later}).location
    page = browser.get(place).text
    assert "Overdue" not in page
    assert "Undo" in page
    for bad in ("2020-01-01", "nonsense"):
        browser.post(f"/follow-ups/{task_id}/due-day", data={"due_on": bad})
    put_back = {"due_on": (today() - DAY).isoformat(), "putting_back": "1"}
    browser.post(f"/follow-ups/{task_id}/due-day", data=put_back)
    assert "Overdue" in browser.get("/follow-ups").text
    for nobody in (stranger.user_id, uuid4(), ""):
        browser.post(f"/follow-ups/{task_id}/owner", data={"user_id": str(nobody)})
        assert "Ring the office" in browser.get("/follow-ups").text
    handed = browser.post(f"/follow-ups/{task_id}/owner", data={"user_id": str(colleague.user_id)})
    assert "Undo" in browser.get(handed.location).text
    assert "Ring the office" in world.browser(colleague).get("/follow-ups").text
    with (
        world.context("neu", organiser) as session,
        pytest.raises(DBAPIError, match="a member of its organisation"),
    ):
        session.execute(text("UPDATE follow_up SET owner_user_id = :u"), {"u": stranger.user_id})
