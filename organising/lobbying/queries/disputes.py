"""Open disputes, who is named to settle each, and how earlier ones were settled."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from organising.lobbying.models import DisputeResolution, DisputeResolver
from organising.lobbying.queries.claims import Key, as_settlement, find_position
from organising.lobbying.queries.positions import CurrentPosition, Resolver, Settlement
from organising.organisations.models import Ask, Organisation
from organising.platform.actor import Actor
from organising.platform.db import db, get_or_404
from organising.platform.errors import NotFound
from organising.platform.permissions import Permission
from organising.representatives.models import Person


@dataclass(frozen=True)
class Dispute:
    """Where partners say different things of one person on one ask.

    ``resolver`` None: nobody is named, so it is the coordinator's. ``settled``: earlier settlements, newest first.
    """

    person: Person
    ask: Ask
    current: CurrentPosition
    resolver: Resolver | None
    settled: tuple[Settlement, ...] = ()

    @property
    def fingerprint(self) -> str:
        """What somebody who settles it has seen: it changes with every claim and settlement."""
        seen = sorted(str(claim.claim_id) for claim in self.current.standing)
        seen += [one.settled_at.isoformat() for one in self.settled[:1]]
        return hashlib.sha256(" ".join(seen).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class OpenDispute:
    """One line of the list: who, on what, between whom, and whose it is to settle."""

    ask: Ask
    person_id: UUID
    name: str
    current: CurrentPosition
    resolver: Resolver | None


def get_dispute(actor: Actor, person_id: UUID, ask_id: UUID) -> Dispute:
    """All that is said of one person on one ask, in dispute or not. Raises NotFound."""
    person: Person = get_or_404(Person, person_id)
    ask = db.session.scalar(select(Ask).where(Ask.id == ask_id, Ask.campaign_id == actor.campaign_id))
    if ask is None:
        raise NotFound
    return Dispute(
        person,
        ask,
        find_position(actor, person_id, ask_id),
        _resolvers(actor, [person_id]).get((ask_id, person_id)),
        _list_settlements(actor, person_id, ask_id),
    )


def may_settle(actor: Actor, resolver: Resolver | None) -> bool:
    """The coordinator may settle every dispute; whoever organises at the named organisation, that one."""
    if actor.can(Permission.DISPUTES_RESOLVE):
        return True
    is_named = resolver is not None and resolver.organisation_id == actor.organisation_id
    return is_named and actor.can(Permission.TARGETS_EDIT_LED)


def list_open_disputes(actor: Actor, found: Iterable[tuple[Ask, UUID, CurrentPosition]]) -> list[OpenDispute]:
    """Names and resolvers for disputes that a whip count found, by ask, then by name."""
    wanted = list(found)
    if not wanted:
        return []
    people = {person_id for _ask, person_id, _current in wanted}
    names = {
        one.id: (one.sort_key, one.name)
        for one in db.session.scalars(select(Person).where(Person.id.in_(people)))
    }
    resolvers = _resolvers(actor, people)
    lines = [
        OpenDispute(ask, person_id, names[person_id][1], current, resolvers.get((ask.id, person_id)))
        for ask, person_id, current in wanted
    ]
    return sorted(lines, key=lambda one: (one.ask.place, names[one.person_id][0]))


def _resolvers(actor: Actor, person_ids: Iterable[UUID]) -> Mapping[Key, Resolver]:
    rows = db.session.execute(
        select(DisputeResolver, Organisation.short_name)
        .join(Organisation, Organisation.id == DisputeResolver.resolver_organisation_id)
        .where(
            DisputeResolver.campaign_id == actor.campaign_id, DisputeResolver.person_id.in_(set(person_ids))
        )
        .order_by(DisputeResolver.created_at)
    )
    return {(one.ask_id, one.person_id): Resolver(one.resolver_organisation_id, name) for one, name in rows}


def _list_settlements(actor: Actor, person_id: UUID, ask_id: UUID) -> tuple[Settlement, ...]:
    rows: Sequence[tuple[DisputeResolution, str]] = db.session.execute(
        select(DisputeResolution, Organisation.short_name)
        .join(Organisation, Organisation.id == DisputeResolution.organisation_id)
        .where(
            DisputeResolution.campaign_id == actor.campaign_id,
            DisputeResolution.person_id == person_id,
            DisputeResolution.ask_id == ask_id,
        )
        .order_by(DisputeResolution.created_at.desc())
    ).all()
    return tuple(as_settlement(one, name) for one, name in rows)
