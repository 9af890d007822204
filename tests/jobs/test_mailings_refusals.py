"""What the receiving side says no to, at each step of SMTP: the right state of each message, and what follows."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP
from flask import Flask

from organising.mailings.models import Mailing
from organising.mailings.services import limits, sending
from organising.platform import mail
from organising.platform.clock import now
from organising.representatives.models import ContactPoint
from tests.support.databases import Databases
from tests.support.mail import GatedSink, _FreePort
from tests.support.mailings import Campaigners, forgive, seat_members
from tests.support.world import World

HERE, THERE = "parliament.example", "lords.example"
MEMBERS = 24


@pytest.fixture
def people(app: Flask, world: World) -> Campaigners:
    seat_members(app, MEMBERS, domains=(HERE, THERE))
    return Campaigners.at(world)


def reason(people: Campaigners, mailing: UUID) -> str | None:
    with people.world.context(people.slug) as session:
        found = session.get(Mailing, (people.organiser.organisation_id, mailing))
        assert found is not None
        return found.stopped_because


def go_on(people: Campaigners, mailing: UUID) -> None:
    with people.world.context(people.slug, people.admin) as session:
        sending.resume(people.admin, mailing)
        session.commit()


def test_a_domain_that_asks_for_patience_gets_it_and_no_other_waits(
    people: Campaigners,
    smtp_sink: GatedSink,
    sweep_and_run: Callable[[], None],
    databases: Databases,
    environment: dict[str, str],
) -> None:
    smtp_sink.refuse = {f"member0004@{THERE}": "451 4.3.0 come back later"}
    mailing = people.sending()
    sweep_and_run()
    got = Counter(address.rpartition("@")[2] for address in smtp_sink.recipients())
    assert got[HERE] == MEMBERS / 2
    # Those of the same batch were at their dots already; the rest of that domain waits for its minute.
    assert got[THERE] < 10
    counts = people.counts(mailing)
    assert counts["deferred"] == 1
    assert sum(counts.values()) == MEMBERS
    smtp_sink.refuse = {}
    people.make_due(mailing)
    # Another's message to that domain waits too, for as long as was asked for.
    with people.world.context(people.slug):
        waits = limits.take_slots(
            people.organiser.organisation_id, mailing, [limits.Passenger(f"x@{THERE}", None)], None
        )
        assert list(waits) == [0]
        assert 30 < (waits[0] - now()).total_seconds() <= 60
    forgive(databases, environment)
    sweep_and_run()
    assert people.counts(mailing) == {"accepted": MEMBERS}
    assert set(smtp_sink.recipients().values()) == {1}


def test_an_address_that_is_gone_is_crossed_off_for_all(
    people: Campaigners, smtp_sink: GatedSink, sweep_and_run: Callable[[], None]
) -> None:
    smtp_sink.refuse = {f"member0001@{HERE}": "550 5.1.1 no such user"}
    mailing = people.sending()
    sweep_and_run()
    assert people.counts(mailing) == {"accepted": MEMBERS - 1, "failed": 1}
    with people.world.context("praxis") as session:
        bounced = [p.email for p in session.query(ContactPoint).where(ContactPoint.bounced_at.is_not(None))]
    assert bounced == [f"member0001@{HERE}"]
    again = people.asked()
    assert people.world.browser(people.admin).get(f"/mailings/{again}").text.count("bounced earlier") == 1


def test_policy_stops_the_mailing_and_is_not_held_against_people(
    people: Campaigners, smtp_sink: GatedSink, sweep_and_run: Callable[[], None]
) -> None:
    smtp_sink.refuse = {f"member0003@{HERE}": "550 5.7.26 unauthenticated mail is not accepted"}
    mailing = people.sending()
    sweep_and_run()
    assert people.state(mailing) == "paused"
    assert "5.7.26" in (reason(people, mailing) or "")
    assert people.counts(mailing)["deferred"] == 1
    with people.world.context(people.slug) as session:
        assert not session.query(ContactPoint).where(ContactPoint.bounced_at.is_not(None)).count()
    go_on(people, mailing)
    people.make_due(mailing)
    sweep_and_run()
    # Refused a second time after a person looked, it has failed; the rest went.
    assert people.counts(mailing) == {"accepted": MEMBERS - 1, "failed": 1}


def test_more_than_one_in_twenty_refused_stops_it_until_a_person_has_looked(
    app: Flask, world: World, smtp_sink: GatedSink, sweep_and_run: Callable[[], None]
) -> None:
    seat_members(app, 60)
    people = Campaigners.at(world)
    smtp_sink.refuse = {f"member{n:04}@{HERE}": "554 no" for n in (3, 44)}
    mailing = people.sending()
    sweep_and_run()
    assert people.counts(mailing) == {"accepted": 58, "failed": 2}
    smtp_sink.refuse = {f"member{n:04}@{HERE}": "554 no" for n in range(1, 9)}
    second = people.sending()
    sweep_and_run()
    assert people.state(second) == "paused"
    assert "8 of" in (reason(people, second) or "")
    assert sum(people.counts(second).values()) == 60
    go_on(people, second)
    sweep_and_run()
    assert people.counts(second) == {"accepted": 52, "failed": 8}


# What the victim's state is at first, and at the end, once the fault is gone: never lost, never twice.
AFTER = {"later": ("deferred", "accepted"), "no": ("failed", "failed")}
BROKEN_BEFORE, BROKEN_AT_DOT = ({"deferred", "accepted"}, "accepted"), ({"uncertain"}, "uncertain")


@pytest.mark.parametrize("fault", ["later", "no", "drop", "hang"])
@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "DOT"])
def test_a_fault_at_each_verb(
    people: Campaigners,
    sweep_and_run: Callable[[], None],
    databases: Databases,
    environment: dict[str, str],
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
    fault: str,
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 0.5)
    with running_faulty_sink(verb, fault) as sink:
        settings = app.config["SETTINGS"]
        app.config["SETTINGS"] = replace(settings, smtp=replace(settings.smtp, port=sink.port))
        mailing = people.sending()
        sweep_and_run()
        assert sink.struck == 1
        first, last = (
            ({AFTER[fault][0]}, AFTER[fault][1])
            if fault in AFTER
            else (BROKEN_AT_DOT if verb == "DOT" else BROKEN_BEFORE)
        )
        assert (people.counts(mailing).keys() - {"queued", "accepted"}) <= first
        people.make_due(mailing)
        forgive(databases, environment)
        sweep_and_run()
        expected = Counter({"accepted": MEMBERS - 1}) + Counter([last])
        assert people.counts(mailing) == expected
        assert sum(sink.recipients().values()) == expected["accepted"]
        assert max(sink.recipients().values()) == 1


@dataclass
class FaultySink(GatedSink):
    """Strikes once, at one verb, at the seventh message to come that far."""

    verb: str = ""
    fault: str = ""
    struck: int = 0
    came: Counter[str] = field(default_factory=Counter)

    def strikes(self, verb: str) -> bool:
        self.came[verb] += 1
        hit = verb == self.verb and self.came[verb] == 7
        self.struck += hit
        return hit

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if not self.strikes("DOT"):
            return await super().handle_DATA(server, session, envelope)
        return await server.fail() or "421 4.3.0 bye"


class FaultyServer(SMTP):
    """The sink's server: a fault before the dot is the command's own."""

    async def smtp_MAIL(self, arg: str) -> None:
        await self._or_fail("MAIL", super().smtp_MAIL, arg)

    async def smtp_RCPT(self, arg: str) -> None:
        await self._or_fail("RCPT", super().smtp_RCPT, arg)

    async def smtp_DATA(self, arg: str) -> None:
        await self._or_fail("DATA", super().smtp_DATA, arg)

    async def _or_fail(self, verb: str, usual: Callable[[str], Awaitable[None]], arg: str) -> None:
        if not self.event_handler.strikes(verb):
            await usual(arg)
        elif answer := await self.fail():
            await self.push(answer)

    async def fail(self) -> str | None:
        """What to answer, after having done worse where that is the fault."""
        fault = self.event_handler.fault
        if fault == "hang":
            await asyncio.sleep(2)
        if fault in ("hang", "drop"):
            self.transport.close()
            return None
        return "451 4.3.0 later" if fault == "later" else "550 5.0.0 no"


class FaultyController(_FreePort):
    def factory(self) -> SMTP:
        return FaultyServer(self.handler)


@contextmanager
def running_faulty_sink(verb: str, fault: str) -> Iterator[FaultySink]:
    sink = FaultySink(verb=verb, fault=fault)
    controller = FaultyController(sink, hostname="127.0.0.1", port=0)
    controller.start()
    sink.port = controller.port
    try:
        yield sink
    finally:
        controller.stop()
