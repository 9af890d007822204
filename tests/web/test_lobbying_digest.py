"""The daily digest: once a person and morning, only when something is due, and never a private word."""

from datetime import datetime, time, timedelta

import pytest
import time_machine
from sqlalchemy import select, text

from organising.lobbying.digest_jobs import send_digests
from organising.lobbying.digest_links import digest_token
from organising.lobbying.models import DigestSetting, InformationRequest
from organising.lobbying.services import add_follow_up
from organising.lobbying.services.commitments import CommitmentDraft, add_commitment
from organising.lobbying.services.requests import RequestDraft, make_request
from organising.platform.clock import LONDON, today
from organising.platform.tenancy import Context, use_context
from organising.platform.ui import longdate
from organising.representatives.models import Institution
from tests.unit.lobbying.seeds import ask_id, follow_up, seed_members

# The next Tuesday: the database's own clock refuses contexts that were signed in its past.
DAY = today() + timedelta(days=1 + (0 - today().weekday()) % 7)
TUESDAY = datetime.combine(DAY, time(8, 5), LONDON)
SECRET = "Ring the frightened head teacher"


@pytest.fixture
def morning(app, run_jobs):
    """Let a morning pass: the sweep rings, a worker runs."""

    def pass_by(at=TUESDAY):
        with time_machine.travel(at, tick=False):
            with app.app_context():
                send_digests()
            run_jobs()

    return pass_by


def due(world, actor, on=DAY, slug="neu"):
    people = seed_members(world)
    with world.context(slug, actor) as session:
        add_follow_up(actor, people["Ada"], follow_up(what=SECRET, due_on=on))
        add_commitment(
            actor,
            CommitmentDraft(kind="sign_edm", ask_id=ask_id(world), due_on=on, words="Will sign the motion"),
            person_id=people["Bruno"],
        )
        session.commit()


def asked(world, actor, on=DAY, slug="neu", title="Referrals of victims"):
    """A request for information that the actor chases and whose answer is due on that day."""
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        body = Institution(kind="police_force", name="Vale Police", sort_key="vale police", source="test")
        session.add(body)
        session.commit()
        body_id = body.id
    with world.context(slug, actor) as session:
        draft = RequestDraft(title, "How many were referred?", today() - timedelta(days=90))
        made = make_request(actor, body_id, draft, confirmed=None)
        made.due_on = on
        session.commit()
        return made.id


def mails(sink):
    return [message for message in sink.messages if message["Subject"] == "What is due today"]


def text_of(message):
    return message.get_content() if not message.is_multipart() else message.get_body(("plain",)).get_content()


def test_what_is_due_comes_once_and_keeps_the_private_words_out(world, organiser, morning, smtp_sink):
    due(world, organiser)
    morning()
    morning()
    [mail] = mails(smtp_sink)
    text = text_of(mail)
    assert f"Ada Wexcombe, by {longdate(DAY)}" in text
    assert "Bruno Tallis: " in text
    assert SECRET not in mail.as_string()
    assert "http://localhost/follow-ups" in text
    morning(TUESDAY + timedelta(days=1))
    assert len(mails(smtp_sink)) == 1, "what is merely still open is not repeated every day"
    morning(TUESDAY + timedelta(days=6))
    assert len(mails(smtp_sink)) == 2, "on Monday it is"


def test_a_digest_refused_at_the_dot_comes_with_the_next_sweep(world, organiser, morning, smtp_sink):
    due(world, organiser)
    smtp_sink.at_the_dot.append("451 4.3.0 disk full")
    morning()
    assert mails(smtp_sink) == []
    morning(TUESDAY + timedelta(minutes=10))
    morning(TUESDAY + timedelta(minutes=20))
    assert len(mails(smtp_sink)) == 1


@pytest.mark.parametrize("hour", [3, 6, 12, 20])
def test_only_in_the_morning(world, organiser, morning, smtp_sink, hour):
    due(world, organiser)
    morning(TUESDAY.replace(hour=hour))
    assert mails(smtp_sink) == []


def test_a_day_with_nothing_due_is_quiet(world, organiser, morning, smtp_sink):
    due(world, organiser, on=DAY + timedelta(days=9))
    morning()
    assert mails(smtp_sink) == []


def test_partners_and_colleagues_get_nothing_of_it(world, organiser, morning, smtp_sink):
    due(world, organiser)
    world.user("neu", "organiser")
    world.user("praxis", "organiser")
    morning()
    assert len(mails(smtp_sink)) == 1
    assert smtp_sink.envelopes[-1][1].endswith("@neu.example")


def test_the_link_stops_it_by_a_button_without_signing_in(world, client, organiser, morning, smtp_sink):
    due(world, organiser)
    with world.app.test_request_context():
        address = f"/digest/stop/{digest_token(organiser.organisation_id, organiser.user_id)}"
    assert "Stop the daily digest?" in client.get(address).text
    with world.context("neu", organiser) as session:
        assert session.scalars(select(DigestSetting)).all() == [], (
            "a scanner that follows links stops nothing"
        )
    assert "Stopped" in client.post(address).text
    morning()
    assert mails(smtp_sink) == []
    browser = world.browser(organiser)
    assert "You stopped it" in browser.get("/digest").text
    assert browser.post("/digest/stop/removal").status_code == 303
    morning()
    assert len(mails(smtp_sink)) == 1


@pytest.mark.parametrize("token", ["x", "bm90aGluZw.x"])
def test_a_made_up_link_is_no_page(client, world, token):
    assert client.get(f"/digest/stop/{token}").status_code == 404
    assert client.post(f"/digest/stop/{token}").status_code == 404


def test_who_has_left_gets_nothing(world, organiser, morning, smtp_sink):
    due(world, organiser)
    admin = world.user("neu", "admin")
    with world.context("neu", admin) as session:
        session.execute(
            text("UPDATE membership SET ended_at = now() WHERE user_id = :u"), {"u": organiser.user_id}
        )
        session.commit()
    morning()
    assert mails(smtp_sink) == []


def test_the_page_shows_what_it_would_say(world, organiser):
    due(world, organiser, on=today())
    page = world.browser(organiser).get("/digest").text
    assert "Ada Wexcombe" in page
    assert SECRET not in page
    analyst = world.user("neu", "analyst")
    assert world.browser(analyst).get("/digest").status_code == 403


def test_an_answer_that_is_due_is_told_to_who_chases_it(world, organiser, morning, smtp_sink):
    asked(world, organiser)
    world.user("neu", "organiser")
    world.user("praxis", "organiser")
    morning()
    [mail] = mails(smtp_sink)
    text = text_of(mail)
    assert "1 answer to a request for information is due:" in text
    assert f"Vale Police: Referrals of victims, by {longdate(DAY)}" in text
    assert "http://localhost/requests?whose=mine" in text
    assert smtp_sink.envelopes[-1][1].endswith("@neu.example")


def test_an_overdue_answer_waits_for_monday_beside_nothing_new(world, organiser, morning, smtp_sink):
    asked(world, organiser, on=DAY - timedelta(days=3))
    morning()
    assert mails(smtp_sink) == []
    morning(TUESDAY + timedelta(days=6))
    assert "Vale Police" in text_of(mails(smtp_sink)[0])


def test_what_was_answered_or_is_due_later_stays_out(world, organiser, morning, smtp_sink):
    due(world, organiser)
    settled = asked(world, organiser)
    asked(world, organiser, on=DAY + timedelta(days=1), title="Later")
    with world.context("neu", organiser) as session:
        one = session.get_one(InformationRequest, settled)
        one.state = "refused"
        session.commit()
    morning()
    text = text_of(mails(smtp_sink)[0])
    assert "Ada Wexcombe" in text
    assert "Vale Police" not in text
