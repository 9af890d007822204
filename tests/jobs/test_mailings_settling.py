"""Settling what is uncertain: by the relay's log, or by a person; never by itself."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from organising.cli import main
from organising.mailings.models import Delivery
from organising.platform.audit import AuditEvent
from tests.support.mail import GatedSink
from tests.support.mailings import Campaigners, seat_members
from tests.support.world import World


@pytest.fixture
def people(app: Flask, world: World) -> Campaigners:
    seat_members(app, 8)
    return Campaigners.at(world)


@pytest.fixture
def uncertain(people: Campaigners, smtp_sink: GatedSink, run_jobs: Callable[[], None]) -> UUID:
    """A mailing of which the answer to one message was lost; the relay had taken that one."""
    smtp_sink.drop_dot = 3
    mailing = people.sending()
    run_jobs()
    assert people.counts(mailing) == {"accepted": 7, "uncertain": 1}
    assert people.state(mailing) == "sent"
    return mailing


def delivery(people: Campaigners, mailing: UUID) -> Delivery:
    with people.world.context(people.slug) as session:
        return session.scalars(
            select(Delivery).where(Delivery.mailing_id == mailing, Delivery.state == "uncertain")
        ).one()


def settle(people: Campaigners, mailing: UUID, decision: str, evidence: str = "") -> int:
    browser = people.world.browser(people.admin)
    place = f"/mailings/{mailing}/settlement/{delivery(people, mailing).id}"
    return browser.post(place, data={"decision": decision, "evidence": evidence}).status_code


def test_a_person_with_evidence_settles_it_as_delivered(people: Campaigners, uncertain: UUID) -> None:
    browser = people.world.browser(people.admin)
    place = f"/mailings/{uncertain}/settlement/{delivery(people, uncertain).id}"
    without = browser.post(place, data={"decision": "delivered", "evidence": " "})
    assert without.status_code == 422
    assert "Say how you know that it arrived." in without.text
    assert "Settle uncertain messages" in without.text, "on the page itself, beside the message"
    assert settle(people, uncertain, "delivered", "Her office answered") == 303
    assert people.counts(uncertain) == {"accepted": 8}
    assert people.state(uncertain) == "closed"
    with people.world.context(people.slug) as session:
        actions = session.scalars(select(AuditEvent.action)).all()
    assert "delivery.marked_delivered" in actions


def test_only_a_person_has_it_sent_again(
    people: Campaigners, uncertain: UUID, smtp_sink: GatedSink, run_jobs: Callable[[], None]
) -> None:
    assert settle(people, uncertain, "again") == 303
    assert people.state(uncertain) == "sending"
    run_jobs()
    assert people.counts(uncertain) == {"accepted": 8}
    assert people.state(uncertain) == "closed"
    assert sum(smtp_sink.recipients().values()) == 9


def test_looked_at_and_left(people: Campaigners, uncertain: UUID) -> None:
    assert settle(people, uncertain, "hold") == 303
    assert people.counts(uncertain) == {"accepted": 7, "held": 1}
    assert people.state(uncertain) == "sent"


def test_an_organiser_settles_nothing(people: Campaigners, uncertain: UUID) -> None:
    browser = people.world.browser(people.organiser)
    assert browser.get(f"/mailings/{uncertain}/settlement").status_code == 403
    place = f"/mailings/{uncertain}/settlement/{delivery(people, uncertain).id}"
    assert browser.post(place, data={"decision": "again"}).status_code == 403


@pytest.fixture
def run(environment: dict[str, str], tmp_path: Path) -> Callable[..., str]:
    """The command over a log with these lines; a refusal begins with its exit code."""

    def call(mailing: UUID, lines: list[str], *options: str) -> str:
        log = tmp_path / "accepted.log"
        log.write_text("\n".join(lines))
        named = ["--organisation", "neu", "--mailing", str(mailing), "--accepted-log", str(log)]
        result = CliRunner().invoke(main, ["mailings", "settle", *named, *options], env=environment)
        return result.output if result.exit_code == 0 else f"{result.exit_code}: {result.output}"

    return call


def test_the_relays_log_settles_what_it_names(
    people: Campaigners, uncertain: UUID, smtp_sink: GatedSink, run: Callable[..., str]
) -> None:
    lines = [f"Nov 22 relay: message-id={one['Message-ID']} status=sent" for one in smtp_sink.messages]
    assert "1 settled as delivered" in run(uncertain, lines, "--dry-run")
    assert people.counts(uncertain) == {"accepted": 7, "uncertain": 1}
    assert '"accepted": 1' in run(uncertain, lines, "--json")
    assert people.counts(uncertain) == {"accepted": 8}
    assert people.state(uncertain) == "closed"


def test_only_a_complete_log_proves_absence_and_then_a_person_decides(
    people: Campaigners, uncertain: UUID, run: Callable[..., str], run_jobs: Callable[[], None]
) -> None:
    assert "1 still uncertain" in run(uncertain, ["nothing here"])
    assert "1 never arrived" in run(uncertain, ["nothing here"], "--complete-log")
    run_jobs()
    assert people.counts(uncertain) == {"accepted": 7, "uncertain": 1}
    browser = people.world.browser(people.admin)
    assert "One provably never arrived" in browser.get(f"/mailings/{uncertain}/settlement").text
    browser.post(f"/mailings/{uncertain}/settlement/absent")
    run_jobs()
    assert people.counts(uncertain) == {"accepted": 8}


def test_another_organisations_mailing_is_not_settled(run: Callable[..., str], people: Campaigners) -> None:
    assert run(uuid4(), []) == "2: organising: there is no such mailing\n"
