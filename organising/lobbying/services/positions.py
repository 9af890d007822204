"""Claiming where someone stands: claims are only ever added, and each rests on something."""

from uuid import UUID

from flask_babel import gettext as _

from organising.lobbying.models import PositionClaim
from organising.lobbying.queries.claims import find_position
from organising.lobbying.services.disputes import tell_of_dispute
from organising.lobbying.services.drafts import PositionDraft, check_asks, check_position
from organising.lobbying.services.shared import authorship, check_takes_part, find_latest
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.db import db, get_or_404
from organising.platform.errors import Invalid
from organising.platform.permissions import Permission, Role
from organising.representatives.models import Person


def claim_position(actor: Actor, person_id: UUID, draft: PositionDraft) -> PositionClaim:
    """Claim a position in the actor's organisation's name; a branch officer's is a suggestion.

    The same claim twice is one. Raises NotFound for an unknown person, Forbidden, Invalid by field.
    """
    get_or_404(Person, person_id)
    if wrong := check_claim(actor, draft):
        raise Invalid(_("The position was not kept yet."), **wrong)
    return write_claim(actor, person_id, draft)


def suggests_only(actor: Actor) -> bool:
    """Whether this actor's claims wait for an organiser to take them up: a branch officer speaks for a branch."""
    return actor.role is Role.OFFICER


def check_claim(actor: Actor, draft: PositionDraft) -> dict[str, str]:
    """Reasons by field why this actor can't make this claim. Raises Forbidden where it may make none."""
    check_takes_part(actor, Permission.POSITIONS_CLAIM)
    wrong = check_position(draft)
    if draft.ask_id is not None and (reason := check_asks(actor, [draft.ask_id])):
        wrong["ask_id"] = reason
    return wrong


def write_claim(
    actor: Actor, person_id: UUID, draft: PositionDraft, *, engagement_id: UUID | None = None
) -> PositionClaim:
    """Add a claim that was checked; the latest of this organisation, if it says the same, stands for it."""
    claim = PositionClaim(
        **authorship(actor),
        person_id=person_id,
        ask_id=draft.ask_id,
        position=draft.position,
        confidence=draft.confidence,
        basis=draft.basis,
        evidence_url=draft.evidence_url or None,
        engagement_id=engagement_id,
        held_on=draft.held_on,
        is_suggestion=suggests_only(actor),
    )
    latest = find_latest(claim, ("person_id", "ask_id"))
    if latest is not None and _says(latest) == _says(claim):
        return latest
    before = find_position(actor, person_id, claim.ask_id)
    db.session.add(claim)
    db.session.flush()
    audit.record(
        actor,
        "position.suggested" if claim.is_suggestion else "position.claimed",
        "position_claim",
        claim.id,
        position=claim.position,
        basis=claim.basis,
    )
    if not claim.is_suggestion:
        tell_of_dispute(actor, person_id, claim.ask_id, before, find_position(actor, person_id, claim.ask_id))
    return claim


def _says(claim: PositionClaim) -> tuple[object, ...]:
    return (
        claim.position, claim.confidence, claim.basis, claim.evidence_url, claim.engagement_id, claim.held_on,
        claim.is_suggestion,
    )  # fmt: skip
