"""The demo's promises, by members who do not exist: open, overdue, delivered with evidence, broken; and a recess."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from organising.lobbying.commitment_states import CommitmentState
from organising.lobbying.models import Commitment
from organising.lobbying.services.commitment_steps import (
    EvidenceDraft,
    chase_commitment,
    deliver_commitment,
    move_commitment,
)
from organising.lobbying.services.commitments import CommitmentDraft, add_commitment
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.permissions import Permission
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import Chamber, Recess

# Kind, ask, words, said so many days ago, due in so many days, how far they went, what became of it.
PROMISES = (
    ("written_question", "DP-1", "Will ask how often the exemption is used", 40, -9, "promised", "chased"),
    ("sign_pledge", "FW-1", "Signs when we next meet", 25, -4, "promised", ""),
    ("visit_service", "HLT-2", "Will visit the clinic and meet the doctors", 60, -20, "promised", "delivered"),
    ("speak", "EDU-1", "Will raise it in the debate on schools", 18, 12, "promised", ""),
    ("write_to_minister", "POL-1", "Letter to the minister on safe reporting", 33, -2, "promised", ""),
    ("sign_edm", "DP-1", "", 12, 20, "asked", ""),
    ("host_event", "HLT-4", "Round table on patient data", 50, 25, "considering", ""),
    ("vote", "DP-2", "For the amendment on legal aid", 90, -30, "promised", "broken"),
    ("meet_minister", "POL-2", "", 15, 9, "asked", "declined"),
    ("public_statement", "EDU-1", "A post on schools that refuse to share", 9, -1, "promised", ""),
)  # fmt: skip
EACH = 6


def seed(actor: Actor, place: int, asks: Mapping[str, UUID], members: Sequence[UUID]) -> None:
    """Write this person's promises, in their session. A second time changes nothing."""
    if not actor.can(Permission.COMMITMENTS_EDIT):
        return
    written = select(Commitment.id).where(Commitment.organisation_id == actor.organisation_id)
    for number in range(EACH):
        kind, code, words, said, due, state, after = PROMISES[(number + place * 4) % len(PROMISES)]
        draft = CommitmentDraft(
            kind=kind,
            words=words,
            ask_id=asks[code],
            state=state,
            said_on=today() - timedelta(days=said),
            due_on=today() + timedelta(days=due),
        )
        known = set(db.session.scalars(written))
        made = add_commitment(actor, draft, person_id=members[(number * 7 + place * 11) % len(members)])
        if made.id not in known:
            _go_on(actor, made.id, after)


def seed_recess() -> None:
    """The Commons' next winter recess, so that reminders have something to wait for."""
    year = today().year
    with use_context(Context(purpose="import")) as session:
        starts = date(year, 12, 18)
        if session.scalar(select(Recess.id).limit(1)) is None:
            session.add(
                Recess(
                    chamber=Chamber.COMMONS, name="Christmas", starts_on=starts, ends_on=date(year + 1, 1, 4)
                )
            )
        session.commit()


def _go_on(actor: Actor, commitment_id: UUID, after: str) -> None:
    if after == "chased":
        chase_commitment(actor, commitment_id)
    elif after == "delivered":
        shown = EvidenceDraft("seen", words="Two of us were there", seen_on=today() - timedelta(days=22))
        deliver_commitment(actor, commitment_id, shown)
    elif after:
        move_commitment(actor, commitment_id, CommitmentState(after))
