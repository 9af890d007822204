"""Saying which ask an item concerns, and whether an act kept a promise. A match is proposed; a person answers."""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from organising.lobbying.commitment_states import CommitmentState
from organising.lobbying.models import ActDecision, ActVerdict, AskItem, EvidenceKind, Stance
from organising.lobbying.models.commitments import PROMISE_LENGTH
from organising.lobbying.queries.acts import Proposal, find_decision, find_proposal, get_item
from organising.lobbying.queries.shared import one_or_404
from organising.lobbying.services.commitment_steps import (
    EvidenceDraft,
    Step,
    deliver_commitment,
    move_commitment,
)
from organising.lobbying.services.drafts import check_asks
from organising.lobbying.services.shared import authorship, check_takes_part
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import Conflict, Invalid, NotFound
from organising.platform.permissions import Permission


def tie_item(actor: Actor, item_id: UUID, ask_id: UUID | None, stance: str) -> AskItem:
    """Say that an item concerns an ask, and what signing it or voting aye means for it. Twice is once.

    Raises NotFound, Forbidden, and Invalid by field, also where a partner has said the opposite.
    """
    check_takes_part(actor, Permission.COMMITMENTS_EDIT)
    item = get_item(item_id)
    wrong: dict[str, str] = {}
    if ask_id is None:
        wrong["ask_id"] = _("Choose the ask that it concerns.")
    elif reason := check_asks(actor, [ask_id]):
        wrong["ask_id"] = reason
    if stance not in list(Stance):
        wrong["stance"] = _("Say whether it is for the ask or against it.")
    if wrong:
        raise Invalid(_("It was not kept yet."), **wrong)
    known: AskItem | None = db.session.scalar(
        select(AskItem).where(AskItem.item_id == item.id, AskItem.ask_id == ask_id)
    )
    if known is not None:
        if known.stance != stance:
            raise Invalid(
                _("It was not kept yet."),
                ask_id=_(
                    "%(name)s has said the opposite. Agree with them first.",
                    name=known.organisation.short_name,
                ),
            )
        return known
    tie = AskItem(item_id=item.id, ask_id=ask_id, stance=stance, **authorship(actor))
    db.session.add(tie)
    try:
        db.session.flush()
    except IntegrityError:
        raise Conflict(_("A partner was quicker. Look at the page again.")) from None
    audit.record(actor, "item.tied", "parliamentary_item", item.id, stance=stance)
    return tie


def untie_item(actor: Actor, tie_id: UUID) -> UUID:
    """Take back what the own organisation said of an item; returns the item's id. Raises NotFound for a partner's."""
    actor.check(Permission.COMMITMENTS_EDIT)
    tie = one_or_404(
        select(AskItem).where(AskItem.id == tie_id, AskItem.organisation_id == actor.organisation_id)
    )
    item_id = tie.item_id
    db.session.delete(tie)
    db.session.flush()
    audit.record(actor, "item.untied", "parliamentary_item", item_id)
    return item_id


def confirm_match(actor: Actor, commitment_id: UUID, act_id: UUID) -> Step | None:
    """Yes, this is what was promised: it is delivered, with Parliament's record as evidence. A vote the other way breaks it.

    ``None`` where the answer was given before. Raises NotFound, Forbidden and Conflict.
    """
    proposal = _open(actor, commitment_id, act_id)
    if proposal is None:
        return None
    item = proposal.act.item
    if proposal.keeps:
        evidence = EvidenceDraft(
            kind=EvidenceKind.PARLIAMENT_RECORD,
            url=item.url or "",
            words=item.title[:PROMISE_LENGTH],
            seen_on=proposal.act.happened_on,
        )
        step = deliver_commitment(actor, commitment_id, evidence, confirmed=None)
    else:
        step = move_commitment(
            actor, commitment_id, CommitmentState.BROKEN, reason=_first(item.title), confirmed=None
        )
    _decide(actor, proposal, ActVerdict.CONFIRMED)
    return step


def reject_match(actor: Actor, commitment_id: UUID, act_id: UUID) -> None:
    """No, this is something else: it is not proposed again. Raises NotFound and Forbidden."""
    proposal = _open(actor, commitment_id, act_id)
    if proposal is not None:
        _decide(actor, proposal, ActVerdict.REJECTED)


def reopen_match(actor: Actor, commitment_id: UUID, act_id: UUID) -> None:
    """Take :func:`reject_match` back. Raises NotFound where the own organisation has rejected nothing."""
    actor.check(Permission.COMMITMENTS_EDIT)
    decision = find_decision(commitment_id, act_id)
    if decision is None or decision.organisation_id != actor.organisation_id:
        raise NotFound
    if decision.decision == ActVerdict.CONFIRMED:
        raise Conflict(_("This was confirmed. Change the promise itself."))
    db.session.delete(decision)
    db.session.flush()
    audit.record(actor, "match.reopened", "commitment", commitment_id)


def _open(actor: Actor, commitment_id: UUID, act_id: UUID) -> Proposal | None:
    actor.check(Permission.COMMITMENTS_EDIT)
    proposal = find_proposal(actor, commitment_id, act_id)
    if proposal is None:
        decision = find_decision(commitment_id, act_id)
        if decision is None or decision.organisation_id != actor.organisation_id:
            raise NotFound
    return proposal


def _decide(actor: Actor, proposal: Proposal, verdict: ActVerdict) -> None:
    db.session.add(
        ActDecision(
            commitment_id=proposal.commitment.id,
            act_id=proposal.act.id,
            decision=verdict,
            **authorship(actor),
        )
    )
    db.session.flush()
    audit.record(actor, f"match.{verdict}", "commitment", proposal.commitment.id)


def _first(text: str) -> str:
    return text if len(text) <= PROMISE_LENGTH else text[: PROMISE_LENGTH - 2].rsplit(" ", 1)[0] + " …"
