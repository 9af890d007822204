"""What hangs on a contact as records of their own: positions, promises and follow-ups, several in one form."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from flask_babel import gettext as _

from organising.lobbying.services.commitments import (
    CommitmentDraft,
    check_commitment,
    commitment_cautions,
    write_commitment,
)
from organising.lobbying.services.drafts import MOST_OF_A_KIND, EngagementDraft, check_follow_up, place
from organising.lobbying.services.follow_ups import add_follow_up
from organising.lobbying.services.positions import check_claim, write_claim
from organising.platform.actor import Actor
from organising.platform.cautions import Caution, text_cautions


def check_additions(actor: Actor, draft: EngagementDraft) -> dict[str, str]:
    """Reasons by :func:`place` why they can't be kept like this; empty where they can."""
    wrong: dict[str, str] = {}
    for kind, parts in _kinds(draft).items():
        if len(parts) > MOST_OF_A_KIND:
            wrong[kind] = _("Use at most %(most)s of each in one form.", most=MOST_OF_A_KIND)
    if draft.positions and draft.person_id is None:
        wrong[place("position", 1, "position")] = _(
            "Positions are those of people; an institution has a status."
        )
    for number, position in enumerate(draft.positions, start=1):
        wrong |= _placed("position", number, check_claim(actor, position))
    for number, promise in enumerate(_commitments(draft), start=1):
        wrong |= _placed("commitment", number, check_commitment(actor, promise, in_engagement=True))
    for number, task in enumerate(draft.follow_ups, start=1):
        wrong |= _placed("follow_up", number, check_follow_up(task))
    return wrong


def addition_cautions(actor: Actor, draft: EngagementDraft) -> Iterator[Caution]:
    """What to ask before they are kept."""
    for number, promise in enumerate(_commitments(draft), start=1):
        prefix = place("commitment", number, "")
        yield from commitment_cautions(actor, promise, person_id=draft.person_id, prefix=prefix)
    for number, task in enumerate(draft.follow_ups, start=1):
        yield from text_cautions(place("follow_up", number, "what"), task.what, shared=False)


def write_additions(actor: Actor, draft: EngagementDraft, engagement_id: UUID) -> None:
    """Keep what was checked and whose cautions were answered with the whole form."""
    for position in draft.positions:
        assert draft.person_id is not None
        write_claim(actor, draft.person_id, position, engagement_id=engagement_id)
    for promise in _commitments(draft):
        write_commitment(actor, promise, **draft.subject, engagement_id=engagement_id)
    for task in draft.follow_ups:
        add_follow_up(
            actor,
            draft.person_id,
            task,
            institution_id=draft.institution_id,
            engagement_id=engagement_id,
            confirmed=None,
        )


def _commitments(draft: EngagementDraft) -> list[CommitmentDraft]:
    """Promised on the contact's day."""
    return [replace(one, said_on=draft.happened_on) for one in draft.commitments]


def _kinds(draft: EngagementDraft) -> dict[str, tuple[object, ...]]:
    return {"position": draft.positions, "commitment": draft.commitments, "follow_up": draft.follow_ups}


def _placed(kind: str, number: int, wrong: dict[str, str]) -> dict[str, str]:
    return {place(kind, number, field): reason for field, reason in wrong.items()}
