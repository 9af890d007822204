"""What people put on record about a mailing: signing it off, lending it their organisation's name, pressing Send."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from organising.mailings.binding import current_hash
from organising.mailings.models import Mailing, SignOff
from organising.mailings.queries import (
    get_mailing,
    lead_of,
    list_asked,
    list_sign_offs,
    list_signatories,
    list_unsent,
)
from organising.mailings.queries.lines import agreed_in_advance
from organising.mailings.states import ON_NAME, ON_TEXT, Answer, Decision, MailingState
from organising.organisations.queries import count_members
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import Conflict, Forbidden
from organising.platform.permissions import GRANTS, Permission, Role
from organising.platform.queue import enqueue_after_commit

from .colleagues import find_same

# In the lead organisation these sign for a partner's mailing; an administrator signs for their own
# organisation only.
LEAD_SIGNERS = frozenset({Role.COORDINATOR, Role.DEPUTY})
APPLY = "organising.mailings.jobs.apply_sign_offs"
ALONE = timedelta(minutes=15)
AFTER_REVIEW = (MailingState.APPROVED, MailingState.SCHEDULED, MailingState.SENDING, MailingState.PAUSED)


def why_not_sign(actor: Actor, mailing: Mailing) -> str | None:
    """Why this person may not decide on this mailing's text, in words; ``None`` where they may."""
    if not actor.can(Permission.MAILINGS_SIGN_OFF):
        return "Your role does not sign off mailings."
    if mailing.review_organisation_id != actor.organisation_id:
        return "Another organisation was asked to sign this off."
    if mailing.organisation_id != actor.organisation_id and actor.role not in LEAD_SIGNERS:
        return "A coordinator or deputy signs off a partner’s mailing."
    if mailing.last_editor_id == actor.user_id and not is_alone(actor, mailing):
        return "You made the last change, so another person has to sign it off."
    return None


def is_alone(actor: Actor, mailing: Mailing) -> bool:
    """Whether nobody else of the mailing's own organisation could sign: it has one person, and this is the one."""
    return mailing.organisation_id == actor.organisation_id and count_members(actor.organisation_id) == 1


def why_not_name(actor: Actor, mailing: Mailing) -> str | None:
    """Why this person may not answer for their organisation's name, in words; ``None`` where they may."""
    if str(actor.organisation_id) not in {asked for asked, _name in mailing.asked_names}:
        return "Your organisation was not asked for its name."
    if not actor.can(Permission.MAILINGS_SIGN_OFF):
        return "Your role does not sign off mailings."
    return None


def list_waiting_for(actor: Actor) -> list[Mailing]:
    """Mailings on which this person could decide now, the longest waiting first: their text or their own name."""
    if not actor.can(Permission.MAILINGS_SIGN_OFF):
        return []
    return [one for one in list_asked(actor.organisation_id) if _waits_for(actor, one)]


def _waits_for(actor: Actor, mailing: Mailing) -> bool:
    content_hash = mailing.content_hash or ""
    if why_not_name(actor, mailing) is None and str(actor.organisation_id) not in standing_answers(
        mailing, content_hash
    ):
        return True
    if why_not_sign(actor, mailing) is not None:
        return False
    return not (standing_approval(mailing, content_hash) or pending_approval(mailing, content_hash))


def list_ready_to_send(actor: Actor) -> list[Mailing]:
    """Mailings that are signed off and wait for this person to press Send, the longest waiting first."""
    if not actor.can(Permission.MAILINGS_SEND):
        return []
    return [one for one in list_unsent(actor.organisation_id) if may_release(actor, one)]


def decide(
    actor: Actor,
    mailing_id: UUID,
    decision: Decision,
    shown_hash: str,
    comment: str = "",
    *,
    told: str | None = None,
) -> SignOff:
    """Approve or decline the text that was shown. Raises :class:`Conflict` if it has changed since, or a colleague has
    decided otherwise than the page ``told``; :class:`Forbidden` with why.
    """
    same = find_same(actor, mailing_id, decision, shown_hash, comment, told)
    if same is not None:
        return same
    mailing = get_mailing(mailing_id)
    reason = why_not_sign(actor, mailing)
    if reason is not None:
        raise Forbidden(reason)
    withdrawing = decision is Decision.DECLINE and mailing.state in AFTER_REVIEW
    if decision not in ON_TEXT or (mailing.state != MailingState.IN_REVIEW and not withdrawing):
        raise Conflict("There is nothing to decide here now.")
    sign_off = _put_on_record(actor, mailing, decision, shown_hash, comment)
    settle_or_ring(actor, mailing)
    return sign_off


def answer_for_name(
    actor: Actor,
    mailing_id: UUID,
    decision: Decision,
    shown_hash: str,
    comment: str = "",
    *,
    told: str | None = None,
) -> SignOff:
    """Put the own organisation's name under what was shown, or leave it out, also once it was there.

    Raises :class:`Conflict` if the mailing has changed since, or is over, or a colleague has answered otherwise than
    the page ``told``; :class:`Forbidden` with why.
    """
    same = find_same(actor, mailing_id, decision, shown_hash, comment, told)
    if same is not None:
        return same
    mailing = get_mailing(mailing_id)
    reason = why_not_name(actor, mailing)
    if reason is not None:
        raise Forbidden(reason)
    if decision not in ON_NAME or mailing.state not in (MailingState.IN_REVIEW, *AFTER_REVIEW):
        raise Conflict("There is nothing to decide here now.")
    if decision is Decision.ENDORSE and mailing.started_at is not None:
        raise Conflict("It is on its way already, so no name can be added.")
    sign_off = _put_on_record(actor, mailing, decision, shown_hash, comment)
    settle_or_ring(actor, mailing)
    return sign_off


def comment_on(actor: Actor, mailing_id: UUID, shown_hash: str, comment: str) -> SignOff:
    """Tell the mailing's organisation something about what was shown, without deciding."""
    actor.check(Permission.MAILINGS_VIEW)
    mailing = get_mailing(mailing_id)
    if mailing.state not in (MailingState.IN_REVIEW, *AFTER_REVIEW):
        raise Conflict("There is nothing to comment on now.")
    return _put_on_record(actor, mailing, Decision.COMMENT, shown_hash, comment)


def _put_on_record(
    actor: Actor, mailing: Mailing, decision: Decision, shown_hash: str, comment: str
) -> SignOff:
    if current_hash(mailing) != shown_hash:
        raise Conflict("The mailing has changed since you read it. Read it again before you decide.")
    assert actor.user_id is not None
    assert actor.role is not None
    own_work = decision is Decision.APPROVE and mailing.last_editor_id == actor.user_id
    at = now()
    sign_off = SignOff(
        organisation_id=actor.organisation_id,
        created_at=at,
        mailing_organisation_id=mailing.organisation_id,
        mailing_id=mailing.id,
        content_hash=shown_hash,
        decision=decision,
        comment=comment.strip(),
        signer_id=actor.user_id,
        signer_label=f"{actor.author_label}, {actor.organisation_name}",
        signer_role=actor.role,
        counts_from=at + ALONE if own_work else None,
        shown={"subject": mailing.subject, "body": mailing.body},
    )
    db.session.add(sign_off)
    db.session.flush()
    audit.record(actor, f"mailing.{decision}", "mailing", mailing.id, hash=shown_hash, alone=own_work)
    return sign_off


def settle_or_ring(actor: Actor, mailing: Mailing) -> None:
    """Let a decision take effect: at once in the own organisation, else by a job of the owner's."""
    if mailing.organisation_id == actor.organisation_id:
        from .sending import apply_sign_offs

        apply_sign_offs(actor, mailing.id)
    ring_for_sign_offs(mailing)


def ring_for_sign_offs(mailing: Mailing, delay_seconds: float = 0) -> None:
    """Have the owner's organisation look at what is on record, now or later."""
    enqueue_after_commit(
        APPLY,
        organisation_id=mailing.organisation_id,
        row_id=mailing.id,
        purpose="apply_sign_offs",
        queue="mail",
        delay_seconds=delay_seconds,
    )


def release(actor: Actor, mailing_id: UUID, shown_hash: str) -> SignOff:
    """Press Send: put it on record; the owner's organisation then checks everything again and starts."""
    actor.check(Permission.MAILINGS_SEND)
    mailing = get_mailing(mailing_id)
    if not may_release(actor, mailing):
        raise Forbidden("The coordinator of the organisation that signed this off sends it.")
    if mailing.state not in (MailingState.IN_REVIEW, MailingState.APPROVED):
        raise Conflict("This mailing can't be sent now.")
    if standing_approval(mailing, current_hash(mailing)) is None:
        raise Conflict("Nobody has signed off this mailing as it now stands.")
    if list_silent(mailing):
        raise Conflict("Not every organisation asked for its name has answered, and they still can.")
    sign_off = _put_on_record(actor, mailing, Decision.RELEASE, shown_hash, "")
    settle_or_ring(actor, mailing)
    return sign_off


def may_release(actor: Actor, mailing: Mailing) -> bool:
    """Whether this person presses Send for this mailing, once it is signed off."""
    if not actor.can(Permission.MAILINGS_SEND):
        return False
    own = mailing.organisation_id == actor.organisation_id
    return own or (actor.role is Role.COORDINATOR and mailing.review_organisation_id == actor.organisation_id)


def list_silent(mailing: Mailing, on_record: Mapping[str, SignOff] | None = None) -> list[str]:
    """Names of the organisations that have not answered and still can: the mailing waits for them.

    ``on_record`` are answers by organisation that the mailing's own job may not have noted yet.
    """
    if mailing.objections_until is None or mailing.objections_until <= now():
        return []
    silent = {str(one.signatory_id) for one in list_signatories(mailing.id) if one.answer == Answer.NONE}
    silent -= set(on_record or ())
    return [name for asked, name in mailing.asked_names if asked in silent]


def standing_approval(mailing: Mailing, content_hash: str) -> SignOff | None:
    """The approval of exactly this content that still stands: by one who might, and not the last editor."""
    latest: dict[UUID, SignOff] = {}
    for sign_off in list_sign_offs(mailing):
        if sign_off.decision in ON_TEXT and _counts(mailing, sign_off, content_hash):
            latest[sign_off.organisation_id] = sign_off
    return next((one for one in latest.values() if one.decision == Decision.APPROVE), None)


def pending_approval(mailing: Mailing, content_hash: str) -> SignOff | None:
    """An approval by a person alone in their organisation, whose quarter of an hour is not over."""
    return next(
        (
            one
            for one in reversed(list_sign_offs(mailing))
            if one.content_hash == content_hash
            and one.decision == Decision.APPROVE
            and one.counts_from is not None
            and one.counts_from > now()
        ),
        None,
    )


def is_declined(mailing: Mailing, content_hash: str) -> bool:
    """Whether the last who might decide on this text asked for changes."""
    decided = [
        one
        for one in list_sign_offs(mailing)
        if one.decision in ON_TEXT and _may_have_decided(mailing, one, content_hash)
    ]
    return bool(decided) and decided[-1].decision == Decision.DECLINE


def standing_release(mailing: Mailing, content_hash: str) -> SignOff | None:
    """Someone who might has pressed Send for exactly this content, since sign-off was last asked for."""
    for sign_off in reversed(list_sign_offs(mailing)):
        if sign_off.decision == Decision.RELEASE and _is_of(mailing, sign_off, content_hash):
            role = Role(sign_off.signer_role)
            own = sign_off.organisation_id == mailing.organisation_id
            lead = sign_off.organisation_id == mailing.review_organisation_id and role is Role.COORDINATOR
            if Permission.MAILINGS_SEND in GRANTS[role] and (own or lead):
                return sign_off
    return None


def standing_answers(mailing: Mailing, content_hash: str) -> dict[str, SignOff]:
    """The last answer of each organisation that was asked for its name, to exactly this content, by its id.

    Whole only in a session of the mailing's own organisation; another reads its own answer alone.
    """
    asked = {one for one, _name in mailing.asked_names}
    return {
        str(one.organisation_id): one
        for one in list_sign_offs(mailing)
        if one.decision in ON_NAME
        and str(one.organisation_id) in asked
        and _is_of(mailing, one, content_hash)
        and Permission.MAILINGS_SIGN_OFF in GRANTS[Role(one.signer_role)]
    }


def standing_names(mailing: Mailing, answers: dict[str, SignOff], members: Sequence[UUID]) -> list[list[str]]:
    """Who stands under the letter, as ``[id, name]`` in the order asked: members that said yes, to this letter or in
    advance to every line of it, without objecting while they could.
    """
    present = {str(one) for one in members}
    in_time = mailing.objections_until is not None and mailing.objections_until > now()
    silent = [asked for asked, _name in mailing.asked_names if asked not in answers]
    in_advance = agreed_in_advance(mailing) if silent and not in_time else frozenset()
    yes = {asked for asked, one in answers.items() if one.decision == Decision.ENDORSE}
    yes |= in_advance.intersection(silent)
    return [[asked, name] for asked, name in mailing.asked_names if asked in yes and asked in present]


def _counts(mailing: Mailing, sign_off: SignOff, content_hash: str) -> bool:
    """Whether this decision takes effect: a person's own work is decided by nobody else only after a while."""
    if not _may_have_decided(mailing, sign_off, content_hash):
        return False
    if sign_off.decision == Decision.DECLINE or sign_off.signer_id != mailing.last_editor_id:
        return True
    return sign_off.counts_from is not None and sign_off.counts_from <= now()


def _may_have_decided(mailing: Mailing, sign_off: SignOff, content_hash: str) -> bool:
    role = Role(sign_off.signer_role)
    own = sign_off.organisation_id == mailing.organisation_id
    return (
        _is_of(mailing, sign_off, content_hash)
        and sign_off.organisation_id == mailing.review_organisation_id
        and Permission.MAILINGS_SIGN_OFF in GRANTS[role]
        and (own or (role in LEAD_SIGNERS and sign_off.organisation_id == lead_of(mailing.campaign_id)))
    )


def _is_of(mailing: Mailing, sign_off: SignOff, content_hash: str) -> bool:
    """About exactly this content, since sign-off was last asked for."""
    asked = mailing.asked_at
    return sign_off.content_hash == content_hash and asked is not None and sign_off.created_at >= asked
