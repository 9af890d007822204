"""An MP's answer reaches everyone who wrote to them, once, in exactly the words that another person approved."""

import threading

import pytest

from organising.letters import jobs
from organising.letters.models import Letter, LetterRelay
from organising.letters.relay_runner import relay_answer
from organising.letters.services import relaying
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import Conflict, Forbidden
from tests.support.letters import ADDRESS, confirm_many, open_a_page, seat_a_member, sweep

OTHER = "cato.marshman@parliament.example"
ANSWER = "Thank you for writing.\n\nI will ask the Secretary of State for that promise."


@pytest.fixture
def action_id(app, world, holding_id, run_jobs):
    """A page with twelve letters to one member and three to another that have left."""
    marsh = seat_a_member(app, "E2 6AB", "E14002222", "Marsh", "Cato Marshman", OTHER)
    made = open_a_page(world)
    confirm_many(world, made, {holding_id: ADDRESS}, 12)
    confirm_many(world, made, {marsh: OTHER}, 3, first=100)
    sweep(app, jobs.sweep_letters)
    run_jobs()
    return made


@pytest.fixture
def admin(world):
    return world.user("neu", "admin")


@pytest.fixture
def relay_id(world, action_id, holding_id):
    organiser = world.user("neu", "organiser")
    with world.context("neu", organiser) as session:
        relay_id = relaying.draft_relay(organiser, action_id, holding_id, ANSWER).id
        session.commit()
    return relay_id


def approve(world, admin, relay_id):
    browser = world.browser(admin)
    page = browser.get(f"/letters/answers/{relay_id}").text
    content_hash = page.split('name="content_hash" value="')[1].split('"')[0]
    return browser.post(f"/letters/answers/{relay_id}/approval", data={"content_hash": content_hash})


def answers(sink):
    return [one for one in sink.messages if one["Subject"] == "An answer to your letter"]


def test_everyone_who_wrote_to_them_gets_it_once(app, world, admin, relay_id, owner, smtp_sink, run_jobs):
    run_jobs()
    assert answers(smtp_sink) == []
    assert approve(world, admin, relay_id).status_code == 303
    assert approve_again(world, admin, relay_id)
    for _ in range(2):
        run_jobs()
        sweep(app, jobs.sweep_relays)
    told = sorted(str(one["To"]) for one in answers(smtp_sink))
    assert told == sorted(f"writer{n}@example.org" for n in range(12))
    text = answers(smtp_sink)[0].get_content()
    assert "I will ask the Secretary of State" in text
    assert "Ada Harbourer" in text
    assert owner.rows("SELECT state FROM letter_relay") == [("finished",)]
    assert owner.rows("SELECT count(*) FROM letter WHERE relayed_at IS NOT NULL") == [(12,)]


def approve_again(world, admin, relay_id):
    with world.context("neu", admin):
        relay = db.session.query(LetterRelay).one()
        return not relaying.approve_relay(admin, relay_id, relaying.hash_shown(relay))


def test_an_answer_refused_at_the_dot_is_passed_on_later_and_once(
    app, world, admin, relay_id, owner, smtp_sink, run_jobs
):
    smtp_sink.at_the_dot.append("451 4.3.0 disk full")
    approve(world, admin, relay_id)
    run_jobs()
    assert len(answers(smtp_sink)) == 11
    assert owner.rows("SELECT count(*) FROM letter WHERE relay_due_at > now() AND relayed_at IS NULL") == [
        (1,)
    ]
    owner.rows("UPDATE letter SET relay_due_at = now() WHERE relay_due_at IS NOT NULL")
    for _ in range(2):
        sweep(app, jobs.sweep_relays)
        run_jobs()
    assert sorted(str(one["To"]) for one in answers(smtp_sink)) == sorted(
        f"writer{n}@example.org" for n in range(12)
    )


def test_two_workers_at_once_tell_nobody_twice(app, world, admin, relay_id, smtp_sink):
    approve(world, admin, relay_id)

    def work():
        with world.context("neu"):
            relay_answer(Actor.system(world.organisations["neu"], "NEU"), relay_id)
            db.session.commit()
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    told = [str(one["To"]) for one in answers(smtp_sink)]
    assert len(told) == len(set(told)) == 12


def test_words_changed_after_they_were_approved_go_to_nobody(
    app, world, admin, relay_id, smtp_sink, run_jobs
):
    approve(world, admin, relay_id)
    with world.context("neu") as session:
        session.query(LetterRelay).one().answer = "Something else."
        session.commit()
    run_jobs()
    sweep(app, jobs.sweep_relays)
    run_jobs()
    assert answers(smtp_sink) == []


def test_nobody_approves_what_they_took_down_and_one_answer_is_passed_on(world, admin, action_id, holding_id):
    with world.context("neu", admin) as session:
        relay = relaying.draft_relay(admin, action_id, holding_id, ANSWER)
        content_hash = relaying.hash_shown(relay)
        with pytest.raises(Forbidden):
            relaying.approve_relay(admin, relay.id, content_hash)
        with pytest.raises(Conflict):
            relaying.draft_relay(admin, action_id, holding_id, "Another")
        relay_id = relay.id
        session.commit()
    other = world.user("neu", "admin")
    with world.context("neu", other), pytest.raises(Conflict):
        relaying.approve_relay(other, relay_id, "x")


def test_who_took_their_letter_back_or_had_it_erased_is_not_written_to(
    world, admin, relay_id, smtp_sink, run_jobs, owner
):
    owner.rows("UPDATE letter SET details_removed_at = now() WHERE person_key = %s", f"{3:032}".encode())
    approve(world, admin, relay_id)
    owner.rows("UPDATE letter SET details_removed_at = now() WHERE person_key = %s", f"{4:032}".encode())
    run_jobs()
    told = {str(one["To"]) for one in answers(smtp_sink)}
    assert told == {f"writer{n}@example.org" for n in range(12)} - {
        "writer3@example.org",
        "writer4@example.org",
    }
    assert owner.rows("SELECT state FROM letter_relay") == [("finished",)]


def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_not(
    app, world, admin, relay_id, smtp_sink, run_jobs, owner
):
    smtp_sink.refuse = {"writer1@example.org": "451 later", "writer2@example.org": "550 5.1.1 unknown"}
    approve(world, admin, relay_id)
    run_jobs()
    assert len(answers(smtp_sink)) == 10
    assert owner.rows("SELECT state FROM letter_relay") == [("approved",)]
    smtp_sink.refuse = {}
    owner.rows("UPDATE letter SET relay_due_at = now() WHERE relay_due_at IS NOT NULL")
    sweep(app, jobs.sweep_relays)
    run_jobs()
    assert len(answers(smtp_sink)) == 11
    assert owner.rows("SELECT state FROM letter_relay") == [("finished",)]


def test_limits_hold_for_it_too(app, world, admin, relay_id, smtp_sink, owner):
    from tests.jobs.test_letters_sending import limit

    limit(app, "domain=5/hour")
    approve(world, admin, relay_id)
    with world.context("neu"):
        assert relay_answer(Actor.system(world.organisations["neu"], "NEU"), relay_id) == 5
        db.session.commit()
    assert len(answers(smtp_sink)) == 5
    assert owner.rows("SELECT count(*) FROM letter WHERE relay_due_at > now()") == [(7,)]


def test_by_page_from_the_organiser_to_the_administrator(
    world, admin, action_id, holding_id, smtp_sink, run_jobs
):
    organiser = world.browser(world.user("neu", "organiser"))
    path = f"/letters/{action_id}/answers/new"
    assert "Ada Harbourer, Harbour and Vale" in organiser.get(path).text
    fields = {"holding_id": str(holding_id), "answer": f"{ANSWER} My caseworker has your visa on file."}
    unsure = organiser.post(path, data=fields)
    assert unsure.status_code == 422
    assert "Read it once more" in unsure.text
    made = organiser.post(path, data=fields | {"sure": "y"})
    assert made.status_code == 303
    page = organiser.get(made.location).text
    assert "“visa”" in page
    assert 'name="content_hash"' not in page
    assert organiser.post(f"{made.location}/approval").status_code == 403
    assert organiser.post(f"{made.location}/removal").status_code == 303
    made = organiser.post(path, data=fields | {"answer": ANSWER, "sure": "y"})
    relay_id = made.location.rpartition("/")[2]
    assert approve(world, admin, relay_id).status_code == 303
    run_jobs()
    assert len(answers(smtp_sink)) == 12
    assert organiser.post(f"{made.location}/removal").status_code == 409
    shown = world.browser(admin).get(f"/letters/{action_id}").text
    assert "passed on" in shown
    with world.context("neu") as session:
        assert session.query(Letter).filter(Letter.relayed_at.is_not(None)).count() == 12
