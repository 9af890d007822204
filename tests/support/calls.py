"""Calls for tests: districts with officers, a call put to them, and an officer with the mail's link in hand."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import func, select

from organising.actions.models import ActionDetail, BranchAction
from organising.calls.links import Asked, answer_token
from organising.calls.models import ActionCall, CallMail, CallUnit
from organising.calls.queries.units import officers_of
from organising.calls.services import drafting, steps
from organising.calls.services.rules import Words
from organising.organisations import founding
from organising.organisations.models import Unit, UnitKind
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.permissions import Role
from organising.platform.tenancy import Context, use_context
from tests.support.world import World


def words(**changes: Any) -> Words:
    """What a call says, valid as it is."""
    said: dict[str, Any] = {
        "title": "Stalls in May",
        "question": "Can you hold a stall on the day?",
        "text": "We send leaflets.",
        "due_on": today() + timedelta(days=14),
        "action_kind": "stall",
        "action_title": "Stall for the firewall",
        "action_on": today() + timedelta(days=21),
        "straight": True,
    }
    return Words(**(said | changes))


class Asking:
    """An organiser of one organisation, its districts, and what they are asked."""

    def __init__(self, world: World, slug: str = "neu") -> None:
        self.world, self.slug = world, slug
        self.organiser = world.user(slug, "organiser")
        self.browser = world.browser(self.organiser)
        self.officers: dict[UUID, Actor] = {}
        self.call_ids: list[UUID] = []

    def district(self, name: str, *, officer: bool = True) -> UUID:
        """A district, with its secretary unless said otherwise."""
        unit_id = self.world.unit(self.slug, name)
        if officer:
            self.officers[unit_id] = self.world.user(self.slug, "officer", unit=name)
        return unit_id

    def districts(self, count: int) -> list[UUID]:
        """Many districts with a secretary each, made at once."""
        organisation_id = self.world.organisation(self.slug)
        with self.world.context(self.slug) as session:
            made = [Unit(name=f"District {n:03}", kind=UnitKind.DISTRICT) for n in range(count)]
            session.add_all(made)
            session.flush()
            unit_ids = [one.id for one in made]
            session.commit()
        with self.world.app.app_context(), use_context(Context(purpose="setup")) as session:
            for n, unit_id in enumerate(unit_ids):
                user = founding.found_user(f"secretary{n:03}@{self.slug}.example", f"Secretary {n:03}", None)
                founding.found_membership(user.id, organisation_id, Role.OFFICER, unit_id)
            session.commit()
        return unit_ids

    def draft(self, unit_ids: list[UUID], **changes: Any) -> UUID:
        """A call that asks these units, and nobody yet."""
        with self.world.context(self.slug, self.organiser) as session:
            call_id = drafting.write_call(self.organiser, words(**changes)).id
            drafting.choose_units(self.organiser, call_id, unit_ids, shown=unit_ids)
            session.commit()
        return call_id

    def call(self, unit_ids: list[UUID], **changes: Any) -> UUID:
        """An open call; its mail waits for the undo window."""
        call_id = self.draft(unit_ids, **changes)
        self.publish(call_id)
        self.call_ids.append(call_id)
        return call_id

    def publish(self, call_id: UUID) -> None:
        """Put a draft to its units."""
        with self.world.context(self.slug, self.organiser) as session:
            version = session.get_one(ActionCall, self._key(call_id)).version
            steps.publish_call(self.organiser, call_id, version)
            session.commit()

    def make_due(self) -> None:
        """Let the undo window of all mail be over."""
        with self.world.context(self.slug) as session:
            for mail in session.scalars(select(CallMail).where(CallMail.confirmation_sent_at.is_(None))):
                mail.confirmation_due_at = now() - timedelta(seconds=30)
            session.commit()

    def send(self, run_jobs: Callable[[], None]) -> None:
        """Sweep as if two minutes had passed, and let a real worker send."""
        from organising.calls import jobs

        self.make_due()
        with self.world.app.app_context():
            jobs.sweep_calls()
        run_jobs()

    def asked(self, call_id: UUID, unit_id: UUID) -> UUID:
        """The id of a unit's part in a call."""
        with self.world.context(self.slug) as session:
            return session.scalars(
                select(CallUnit.id).where(CallUnit.call_id == call_id, CallUnit.unit_id == unit_id)
            ).one()

    def row(self, call_id: UUID, unit_id: UUID) -> dict[str, Any]:
        """What a unit answered, as plain values."""
        with self.world.context(self.slug) as session:
            found = session.scalars(
                select(CallUnit).where(CallUnit.call_id == call_id, CallUnit.unit_id == unit_id)
            ).one()
            names = (
                "answer",
                "via",
                "answered_label",
                "answered_who",
                "held_on",
                "note",
                "action_id",
                "helped_at",
            )
            return {name: getattr(found, name) for name in names}

    def count(self, model: Any, *conditions: Any) -> int:
        """How many rows of a kind there are."""
        with self.world.context(self.slug) as session:
            return int(session.scalar(select(func.count()).select_from(model).where(*conditions)))

    def actions(self) -> list[tuple[str, UUID, str, date, str]]:
        """What came of the answers: each action's state, unit, kind, day and title, by day."""
        with self.world.context(self.slug) as session:
            rows = session.execute(
                select(BranchAction, ActionDetail.unit_id)
                .join(ActionDetail, ActionDetail.action_id == BranchAction.id)
                .order_by(BranchAction.starts_at)
            )
            return [(a.state, unit_id, a.kind, a.starts_at.date(), a.title) for a, unit_id in rows]

    def officer_id(self, unit_id: UUID) -> UUID:
        """The office to which a unit's mail goes first."""
        with self.world.context(self.slug):
            return officers_of([unit_id])[unit_id][0].id

    def link(self, call_id: Any, unit_id: UUID) -> str:
        """The address of the one question, as the unit's secretary got it."""
        asked, officer_id = self.asked(call_id, unit_id), self.officer_id(unit_id)
        with self.world.app.app_context():
            token = answer_token(Asked(self.world.organisation(self.slug), asked, officer_id))
        return f"/actions/calls/answer/{token}"

    @staticmethod
    def names_in(page: str) -> list[str]:
        """The units that the grid shows, in its order."""
        return re.findall(r'<th scope="row"[^>]*><a href="[^"]+/branches/[^"]+">([^<]+)</a>', page)

    @staticmethod
    def ticked_in(page: str) -> set[str]:
        """The units that are ticked where they are chosen."""
        return set(re.findall(r'name="unit" value="[^"]+" checked>\s*<label[^>]*>([^<]+?)\s*<span', page))

    @staticmethod
    def link_of(page: str) -> str:
        """The address of the first unit in the grid."""
        return re.findall(r'<th scope="row"[^>]*><a href="([^"]+)">', page)[0]

    @staticmethod
    def numbers_in(page: str) -> list[int]:
        """How many do it, need help, don't, and are silent."""
        shown = page.partition('aria-label="How it stands"')[2].partition("</section>")[0]
        return [int(one) for one in re.findall(r'class="stat__value">(?:<a [^>]*>)?(\d+)', shown)]

    @staticmethod
    def next_in(page: str) -> str:
        """The address of the next page."""
        return unescape(re.findall(r'href="([^"]*cursor=[^"]+)"', page)[0])

    @staticmethod
    def batch_in(page: str) -> str:
        """The key of the round that the page would send."""
        return re.findall(r'name="batch"[^>]*value="([^"]+)"', page)[0]

    def _key(self, row_id: UUID) -> tuple[UUID, UUID]:
        return self.world.organisation(self.slug), row_id


def link_in(message: Any) -> str:
    """The path of the link in a mail."""
    found = re.search(r"http://localhost(/actions/calls/answer/\S+)", message.get_content())
    assert found, message.get_content()
    return found[1]


def press(client: FlaskClient, link: str, answer: str, **more: str) -> Any:
    """Press one of the three buttons."""
    return client.post(link, data={"answer": answer, **more})
