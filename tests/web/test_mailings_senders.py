"""Whom mailings come from: proven by a link, chosen by mailing, asked again when they leave; and the own mail server."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from organising.mailings import identity_jobs
from organising.mailings.models import Mailing, SenderIdentity, SenderProof
from organising.mailings.services import identities
from organising.mailings.services.identities import Sender
from organising.platform.audit import AuditEvent
from organising.platform.clock import now
from tests.support.mail import Sink
from tests.support.mailings import BODY, Campaigners, seat_members
from tests.support.world import World

NEU = {"name": "NEU campaigns", "address": "campaigns@neu.example", "reply_to": ""}


@pytest.fixture
def people(app: Flask, world: World) -> Campaigners:
    seat_members(app, 4)
    return Campaigners.at(world)


@pytest.fixture
def admin(people: Campaigners) -> FlaskClient:
    return people.world.browser(people.admin)


def link_in(sink: Sink, address: str, place: int = -1) -> str:
    found = re.search(r"http://localhost(/mailings/senders/proof/\S+)", sink.to(address)[place].get_content())
    assert found
    return found.group(1)


def confirmed(people: Campaigners, sink: Sink, run_jobs: Callable[[], None], **changes: str) -> UUID:
    """A sender whose addresses were proven by their links."""
    given = NEU | changes
    before = len(sink.messages)
    people.world.browser(people.admin).post("/mailings/senders/new", data=given)
    run_jobs()
    for message in sink.messages[before:]:
        found = re.search(r"http://localhost(/mailings/senders/proof/\S+)", message.get_content())
        assert found
        assert people.world.app.test_client().post(found.group(1)).status_code == 200
    del sink.messages[before:], sink.envelopes[before:]
    with people.world.context("neu") as session:
        return session.scalars(
            select(SenderIdentity.id).where(SenderIdentity.address == given["address"])
        ).one()


def choose(people: Campaigners, mailing: UUID, identity: UUID | str) -> int:
    with people.world.context("neu") as session:
        version = session.get_one(Mailing, (people.organiser.organisation_id, mailing)).version
    data = {"identity": str(identity), "version": version}
    return people.world.browser(people.organiser).post(f"/mailings/{mailing}/sender", data=data).status_code


def test_an_address_is_proven_by_pressing_a_button_on_the_page_of_its_link(
    people: Campaigners, admin: FlaskClient, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    answer = admin.post("/mailings/senders/new", data=NEU, follow_redirects=True)
    assert "Waits to be confirmed" in answer.text
    run_jobs()
    (message,) = smtp_sink.messages
    assert message["To"] == "campaigns@neu.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "A link was mailed to campaigns@neu.example" in admin.get("/mailings/senders").text
    link = link_in(smtp_sink, "campaigns@neu.example")
    anybody = people.world.app.test_client()
    for _ in range(3):
        # A scanner that follows the link proves nothing.
        page = anybody.get(link)
        assert page.status_code == 200
        assert "May NEU write from this address?" in page.text
        assert "Waits to be confirmed" in admin.get("/mailings/senders").text
    assert "Confirmed" in anybody.post(link).text
    assert "Waits to be confirmed" not in admin.get("/mailings/senders").text
    assert anybody.post(link).status_code == anybody.get(link).status_code == 410


def test_the_job_runs_twice_and_sends_once(
    people: Campaigners, admin: FlaskClient, app: Flask, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    admin.post("/mailings/senders/new", data=NEU)
    with app.app_context():
        identity_jobs.send_waiting_proofs()
        identity_jobs.send_waiting_proofs()
    run_jobs()
    assert len(smtp_sink.messages) == 1


def test_a_link_refused_at_the_dot_is_mailed_by_the_sweep(
    admin: FlaskClient, app: Flask, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    smtp_sink.at_the_dot.append("451 later")
    admin.post("/mailings/senders/new", data=NEU)
    run_jobs()
    assert smtp_sink.messages == []
    for _ in range(2):
        with app.app_context():
            identity_jobs.send_waiting_proofs()
    assert len(smtp_sink.messages) == 1


def test_answers_elsewhere_need_a_proof_of_their_own(
    people: Campaigners, admin: FlaskClient, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    admin.post("/mailings/senders/new", data=NEU | {"reply_to": "answers@neu.example"})
    run_jobs()
    assert len(smtp_sink.messages) == 2
    browser = people.world.app.test_client()
    browser.post(link_in(smtp_sink, "campaigns@neu.example"))
    assert "Waits to be confirmed" in admin.get("/mailings/senders").text
    browser.post(link_in(smtp_sink, "answers@neu.example"))
    assert "Waits to be confirmed" not in admin.get("/mailings/senders").text


def test_a_link_is_good_for_three_days_and_only_the_newest_is(
    people: Campaigners, admin: FlaskClient, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    admin.post("/mailings/senders/new", data=NEU)
    run_jobs()
    browser = people.world.app.test_client()
    first = link_in(smtp_sink, "campaigns@neu.example")
    with time_machine.travel(now() + timedelta(days=3, minutes=1), tick=True):
        assert browser.post(first).status_code == 410
    with people.world.context("neu") as session:
        identity = session.scalars(select(SenderIdentity.id)).one()
    admin.post(f"/mailings/senders/{identity}/links")
    run_jobs()
    second = link_in(smtp_sink, "campaigns@neu.example")
    assert first != second
    assert browser.post(first).status_code == 410
    assert browser.post(second).status_code == 200
    assert admin.post(f"/mailings/senders/{identity}/links").status_code == 409


@pytest.mark.parametrize("token", ["", "x", "WyJhIl0.abc", "e30.e30.e30"])
def test_a_link_of_somebody_elses_making_is_none(people: Campaigners, token: str) -> None:
    browser = people.world.app.test_client()
    for answer in (
        browser.get(f"/mailings/senders/proof/{token}"),
        browser.post(f"/mailings/senders/proof/{token}"),
    ):
        assert answer.status_code in (404, 405)


def test_another_address_has_to_be_proven_again(
    people: Campaigners, admin: FlaskClient, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    identity = confirmed(people, smtp_sink, run_jobs)
    admin.post(
        f"/mailings/senders/{identity}", data=NEU | {"name": "NEU", "reply_to": "campaigns@neu.example"}
    )
    assert "Waits to be confirmed" not in admin.get("/mailings/senders").text
    answer = admin.post(
        f"/mailings/senders/{identity}", data=NEU | {"address": "new@neu.example"}, follow_redirects=True
    )
    assert "has to be confirmed again" in answer.text
    run_jobs()
    assert [message["To"] for message in smtp_sink.messages] == ["new@neu.example"]


@pytest.mark.parametrize(
    "wrong", [{"address": "nobody"}, {"address": "a b@neu.example"}, {"address": "NEU <a@neu.example>"}, {"address": "a@neu"},
              {"name": ""}, {"name": "NEU\nBcc: x@evil.example"}, {"reply_to": "x"}, {"address": "ä@neu.example"}],
)  # fmt: skip
def test_what_is_no_sender_is_told(people: Campaigners, admin: FlaskClient, wrong: dict[str, str]) -> None:
    assert admin.post("/mailings/senders/new", data=NEU | wrong).status_code == 422
    with people.world.context("neu") as session:
        assert session.scalars(select(SenderIdentity)).all() == []


def test_a_mailing_comes_from_the_sender_that_was_chosen(
    people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    identity = confirmed(people, smtp_sink, run_jobs, reply_to="answers@neu.example")
    mailing = people.draft(sender_name="Somebody", reply_to="elsewhere@neu.example")
    assert choose(people, mailing, identity) == 303
    # Its name and reply address are no fields of the text any more, and what is sent as such changes nothing.
    writer, path = people.world.browser(people.organiser), f"/mailings/{mailing}/text"
    page = writer.get(path).text
    assert "It comes from NEU campaigns &lt;campaigns@neu.example&gt;" in page
    assert 'name="sender_name"' not in page
    given = {
        "title": "Firewall", "subject": "A question", "body": BODY, "version": re.findall(r'name="version"[^>]*value="(\d+)"', page)[0],
        "sender_name": "Another", "reply_to": "other@neu.example",
    }  # fmt: skip
    assert writer.post(path, data=given).status_code == 303
    people.release(people.approve(people.ask(mailing)))
    run_jobs()
    assert people.counts(mailing) == {"accepted": 4}
    for message in smtp_sink.messages:
        assert message["From"] == "NEU campaigns <campaigns@neu.example>"
        assert message["Reply-To"] == "answers@neu.example"


def test_without_a_choice_it_comes_from_the_installations_address(
    people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    people.sending()
    run_jobs()
    assert {str(message["From"]) for message in smtp_sink.messages} == {
        "NEU campaigns <hello@organising.example>"
    }


def test_a_sender_that_is_not_confirmed_can_not_be_chosen(people: Campaigners, admin: FlaskClient) -> None:
    admin.post("/mailings/senders/new", data=NEU)
    with people.world.context("neu") as session:
        identity = session.scalars(select(SenderIdentity.id)).one()
    mailing = people.draft()
    assert choose(people, mailing, identity) == 422
    assert (
        "campaigns@neu.example; answers"
        not in people.world.browser(people.organiser).get(f"/mailings/{mailing}/sender").text
    )


def test_choosing_is_an_edit_and_voids_the_approval(
    people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    identity = confirmed(people, smtp_sink, run_jobs)
    mailing = people.approved()
    assert choose(people, mailing, identity) == 303
    assert people.state(mailing) == "draft"
    assert choose(people, mailing, "default") == 303
    data = {"identity": str(identity), "version": 1}
    assert (
        people.world.browser(people.organiser).post(f"/mailings/{mailing}/sender", data=data).status_code
        == 409
    )


CHANGES = {
    "removed": lambda actor, identity: identities.remove_identity(actor, identity),
    "renamed": lambda actor, identity: identities.change_identity(actor, identity, Sender("Else", "campaigns@neu.example", "campaigns@neu.example")),
    "another address": lambda actor, identity: identities.change_identity(actor, identity, Sender("NEU campaigns", "new@neu.example", "campaigns@neu.example")),
    "answers elsewhere": lambda actor, identity: identities.change_identity(actor, identity, Sender("NEU campaigns", "campaigns@neu.example", "new@neu.example")),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_sender_that_changed_after_send_was_pressed_sends_nothing(
    people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None], what: str
) -> None:
    identity = confirmed(people, smtp_sink, run_jobs)
    mailing = people.draft()
    choose(people, mailing, identity)
    people.release(people.approve(people.ask(mailing)))
    assert people.state(mailing) == "sending"
    with people.world.context("neu", people.admin) as session:
        CHANGES[what](people.admin, identity)
        session.commit()
    run_jobs()
    assert [one for one in smtp_sink.messages if "parliament.example" in str(one["To"])] == []
    assert people.state(mailing) == "paused"
    page = people.world.browser(people.admin).get(f"/mailings/{mailing}").text
    assert "not confirmed any more" in page


def test_a_draft_with_an_unconfirmed_sender_can_not_ask(
    people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    identity = confirmed(people, smtp_sink, run_jobs)
    mailing = people.draft()
    choose(people, mailing, identity)
    with people.world.context("neu", people.admin) as session:
        identities.remove_identity(people.admin, identity)
        session.commit()
    page = people.world.browser(people.organiser).get(f"/mailings/{mailing}/review").text
    assert "is not confirmed" in page
    assert f"/mailings/{mailing}/sender" in page
    assert (
        people.world.browser(people.organiser)
        .post(f"/mailings/{mailing}/review", data={"reviewer": "own"})
        .status_code
        == 422
    )


def test_who_may_look_after_the_senders(
    people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    identity = confirmed(people, smtp_sink, run_jobs)
    for role, status in (
        ("admin", 200),
        ("coordinator", 200),
        ("deputy", 403),
        ("organiser", 403),
        ("officer", 403),
        ("analyst", 403),
    ):
        browser = people.world.browser(people.world.user("neu", role))
        for path in ("", "/new", f"/{identity}"):
            assert browser.get(f"/mailings/senders{path}").status_code == status, (role, path)
        for path in ("/new", f"/{identity}/removal", "/server/test"):
            if status == 403:
                assert browser.post(f"/mailings/senders{path}", data=NEU).status_code == 403


def test_no_other_organisation_sees_or_uses_a_sender(
    people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    identity = confirmed(people, smtp_sink, run_jobs, name="The canary sender", address="canary@neu.example")
    for slug in ("liberty", "praxis"):
        coordinator = people.world.user(slug, "coordinator")
        browser = people.world.browser(coordinator)
        listed = browser.get("/mailings/senders").text
        assert "canary" not in listed
        assert browser.get(f"/mailings/senders/{identity}").status_code == 404
        for path in ("", "/links", "/removal"):
            assert browser.post(f"/mailings/senders/{identity}{path}", data=NEU).status_code == 404
        with people.world.context(slug) as session:
            for table in ("sender_identity", "sender_proof", "mail_server"):
                assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0
    theirs = Campaigners.at(people.world, "liberty")
    mailing = theirs.draft()
    with people.world.context("liberty") as session:
        version = session.get_one(Mailing, (theirs.organiser.organisation_id, mailing)).version
    browser = people.world.browser(theirs.organiser)
    assert (
        browser.post(
            f"/mailings/{mailing}/sender", data={"identity": str(identity), "version": version}
        ).status_code
        == 422
    )
    assert "canary" not in browser.get(f"/mailings/{mailing}/sender").text


def test_the_audit_log_says_what_was_done_and_holds_no_address(
    people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    identity = confirmed(people, smtp_sink, run_jobs)
    with people.world.context("neu", people.admin) as session:
        identities.remove_identity(people.admin, identity)
        session.commit()
    with people.world.context("neu") as session:
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.subject_id == identity).order_by(AuditEvent.created_at)
        ).all()
        assert [one.action for one in events] == ["sender.added", "sender.confirmed", "sender.removed"]
        assert "neu.example" not in str([one.facts for one in events])


def test_a_refused_address_is_told(
    people: Campaigners, admin: FlaskClient, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    smtp_sink.refuse["campaigns@neu.example"] = "550 5.1.1 no such user"
    admin.post("/mailings/senders/new", data=NEU)
    run_jobs()
    assert "refused the link, code 550" in admin.get("/mailings/senders").text
    with people.world.context("neu") as session:
        assert session.scalars(select(SenderProof.sent_at)).all() == [None]
