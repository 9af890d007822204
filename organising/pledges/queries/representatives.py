"""Reading which elected representatives signed a drive: the published list, what partners recorded, what could be shown."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, case, select, text
from sqlalchemy.orm import joinedload

from ...lobbying.commitment_states import CommitmentState, may_become
from ...lobbying.models import Commitment, CommitmentEvidence, CommitmentKind
from ...lobbying.queries.commitments import stands
from ...organisations.models import Organisation
from ...platform.actor import Actor
from ...platform.db import db
from ...representatives.models import OfficeHolding
from ...representatives.queries import in_office
from ..canonical import by_last, folded
from ..models import PledgeDrive, PledgeRepresentative
from ..models.representatives import ELECTED


@dataclass(frozen=True)
class PublishedRepresentative:
    """An elected representative on the public list, as they were on the day on which they signed."""

    person_id: UUID
    name: str
    office: str
    place: str | None
    signed_on: date


@dataclass(frozen=True)
class RecordedRepresentative:
    """What one partner recorded. ``is_shown``: its promise stands delivered, and nobody recorded the same before."""

    row: PledgeRepresentative
    organisation: Organisation
    evidence: CommitmentEvidence | None
    is_shown: bool
    is_own: bool


@dataclass(frozen=True)
class Offer:
    """A delivered promise to sign that could be shown on the drive."""

    commitment: Commitment
    evidence: CommitmentEvidence


def list_published_representatives(drive_id: UUID) -> list[PublishedRepresentative]:
    """Who is on the public list, by last name: each once, while a promise of theirs to sign stands delivered.

    Empty for a drive that the public may not read.
    """
    rows = db.session.execute(text("SELECT * FROM app.published_representatives(:d)"), {"d": drive_id})
    return sorted(
        (PublishedRepresentative(*row) for row in rows), key=lambda one: (by_last(folded(one.name)), one.name)
    )


def list_recorded(actor: Actor, drive: PledgeDrive) -> list[RecordedRepresentative]:
    """What partners recorded on a drive and did not take back, by last name."""
    statement = (
        select(PledgeRepresentative, Organisation, Commitment.state, CommitmentEvidence)
        .join(Organisation, Organisation.id == PledgeRepresentative.organisation_id)
        .join(Commitment, Commitment.id == PledgeRepresentative.commitment_id)
        .outerjoin(CommitmentEvidence, CommitmentEvidence.id == Commitment.evidence_id)
        .where(
            PledgeRepresentative.drive_id == drive.id,
            PledgeRepresentative.ended_at.is_(None),
            stands(actor),
        )
        .order_by(PledgeRepresentative.created_at, PledgeRepresentative.id)
    )
    found, seen = [], set()
    for row, organisation, state, evidence in db.session.execute(statement):
        is_shown = state == CommitmentState.DELIVERED and row.person_id not in seen
        if is_shown:
            seen.add(row.person_id)
        found.append(
            RecordedRepresentative(
                row, organisation, evidence, is_shown, row.organisation_id == actor.organisation_id
            )
        )
    return sorted(found, key=lambda one: (by_last(folded(one.row.name)), one.row.name))


def list_offers(actor: Actor, drive: PledgeDrive) -> list[Offer]:
    """The own organisation's delivered promises to sign that stand on no drive, about people who are not on this one."""
    shown = {one.row.person_id for one in list_recorded(actor, drive) if one.is_shown}
    statement = (
        _promises(actor)
        .add_columns(CommitmentEvidence)
        .join(CommitmentEvidence, CommitmentEvidence.id == Commitment.evidence_id)
        .options(joinedload(Commitment.person))
        .order_by(CommitmentEvidence.seen_on.desc(), Commitment.id)
    )
    return [
        Offer(commitment, evidence)
        for commitment, evidence in db.session.execute(statement)
        if commitment.person_id not in shown
    ]


def find_promise(actor: Actor, person_id: UUID) -> Commitment | None:
    """The own organisation's promise of this person's to sign that recording a signature would deliver, or that is
    delivered already; one that stands on another drive is another promise.
    """
    delivered_first = case((Commitment.state == CommitmentState.DELIVERED, 0), else_=1)
    statement = _promises(actor).where(Commitment.person_id == person_id)
    found = db.session.scalars(statement.order_by(delivered_first, Commitment.created_at.desc()))
    return next((one for one in found if _leads_on(one)), None)


def find_elected(person_id: UUID, on: date) -> OfficeHolding | None:
    """The elected office that a person held on a day, a seat in a parliament first."""
    statement = (
        select(OfficeHolding)
        .where(OfficeHolding.person_id == person_id, OfficeHolding.kind.in_(ELECTED), in_office(on))
        .options(joinedload(OfficeHolding.area), joinedload(OfficeHolding.institution))
    )
    held = db.session.scalars(statement).all()
    return min(held, key=lambda one: [str(kind) for kind in ELECTED].index(one.kind), default=None)


def _promises(actor: Actor) -> Select[Commitment]:
    taken = select(PledgeRepresentative.commitment_id).where(PledgeRepresentative.ended_at.is_(None))
    return select(Commitment).where(
        stands(actor),
        Commitment.organisation_id == actor.organisation_id,
        Commitment.kind == CommitmentKind.SIGN_PLEDGE,
        Commitment.person_id.is_not(None),
        Commitment.id.not_in(taken),
    )


def _leads_on(commitment: Commitment) -> bool:
    is_delivered = commitment.state == CommitmentState.DELIVERED
    return is_delivered or may_become(commitment.state, CommitmentState.DELIVERED)
