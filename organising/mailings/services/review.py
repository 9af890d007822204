"""Sign-off: another person reads every message and puts their name to exactly those."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from organising.mailings.audience import frozen_entries, included, list_entries
from organising.mailings.content import Entry, Texts, hash_content
from organising.mailings.merge import Unparsable
from organising.mailings.models import Mailing, MailingChoice, MailingReader, SignOff
from organising.mailings.queries import (
    common_values,
    get_mailing,
    get_own,
    lead_of,
    list_sign_offs,
    sender_of,
)
from organising.mailings.states import Decision, DeliveryState, MailingState
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import Conflict, Forbidden, Invalid
from organising.platform.message import OutgoingMail, address_of, compose, named_address
from organising.platform.permissions import GRANTS, Permission, Role
from organising.platform.queue import enqueue_after_commit

from .drafting import note_edit, open_for_edit

# In the lead organisation these sign for a partner's mailing; an administrator signs for their own
# organisation only.
LEAD_SIGNERS = frozenset({Role.COORDINATOR, Role.DEPUTY})
APPLY = "organising.mailings.jobs.apply_sign_offs"


@dataclass(frozen=True)
class Checks:
    """What stands before sign-off can be asked for. ``problems`` stop it; the rest is to be known."""

    entries: Sequence[Entry]
    problems: Sequence[str] = ()
    unchecked: Sequence[Entry] = ()
    shared: dict[str, list[str]] = field(default_factory=dict)

    @property
    def included(self) -> list[Entry]:
        return included(self.entries)

    @property
    def left_out(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.left_out]


def check_mailing(mailing: Mailing) -> Checks:
    """Look at every message as it would be sent."""
    entries = list_entries(mailing)
    going = included(entries)
    problems = (
        []
        if going
        else ["Nobody would get this mailing. Choose representatives who can be reached by email."]
    )
    try:
        texts = Texts.of(mailing, common_values(mailing))
    except Unparsable as error:
        problems += [str(problem) for problem in error.problems]
    else:
        problems += _problems(mailing, texts, going)
    addresses: dict[str, list[str]] = {}
    for entry in going:
        addresses.setdefault((entry.address or "").lower(), []).append(entry.name)
    shared = {address: names for address, names in addresses.items() if len(names) > 1}
    return Checks(entries, tuple(problems), tuple(entry for entry in going if not entry.checked_by), shared)


def _problems(mailing: Mailing, texts: Texts, going: Sequence[Entry]) -> list[str]:
    problems: dict[str, list[str]] = {}
    for entry in going:
        missing = texts.missing(entry)
        for name in missing:
            words = f'“{name}” has no value and no fallback. Write {{{{ {name}|"…" }}}}.'
            if name == "ask":
                words = "The text names the ask, but none is chosen."
            problems.setdefault(words, []).append(entry.name)
        if not missing:
            try:
                build(mailing, texts, entry, "<check@check.example>", sender_of(mailing))
            except Invalid as error:
                problems.setdefault(error.message, []).append(entry.name)
    return [
        words if len(names) == len(going) else f"{words} ({_named(names)})"
        for words, names in problems.items()
    ]


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def build(mailing: Mailing, texts: Texts, entry: Entry, message_id: str, sender: str) -> bytes:
    """One message as it goes over the wire; raises :class:`Invalid` where it would not arrive as written."""
    letter = texts.letter(entry)
    mail = OutgoingMail(
        to=named_address(entry.name, address_of(letter.to)),
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        reply_to=mailing.reply_to,
        message_id=message_id,
    )
    return compose(mail, sender)


def ask_for_sign_off(actor: Actor, mailing_id: UUID, *, lend_to_lead: bool) -> Mailing:
    """Freeze what would be sent and ask the own organisation, or the campaign's lead, to sign it off.

    Raises :class:`Invalid` with the problems where a message could not be sent as written.
    """
    actor.check(Permission.MAILINGS_DRAFT)
    mailing = get_own(actor, mailing_id, lock=True)
    if not mailing.is_draft:
        raise Conflict("Sign-off has been asked for already.")
    checks = check_mailing(mailing)
    if checks.problems:
        raise Invalid("Put these right first: " + " ".join(checks.problems))
    reviewer = lead_of(mailing.campaign_id) if lend_to_lead else mailing.organisation_id
    if reviewer is None:
        raise Invalid("The campaign has no lead organisation to ask.")
    _freeze(mailing, checks)
    mailing.become(MailingState.IN_REVIEW)
    mailing.review_organisation_id, mailing.asked_at = reviewer, now()
    db.session.flush()
    mailing.content_hash = current_hash(mailing)
    if reviewer != mailing.organisation_id:
        reader = MailingReader(
            organisation_id=mailing.organisation_id, mailing_id=mailing.id, reader_id=reviewer
        )
        db.session.add(reader)
    audit.record(
        actor,
        "mailing.sign_off_asked",
        "mailing",
        mailing.id,
        hash=mailing.content_hash,
        count=mailing.audience_count,
        lent=reviewer != mailing.organisation_id,
    )
    return mailing


def _freeze(mailing: Mailing, checks: Checks) -> None:
    mailing.common, mailing.sender = common_values(mailing), sender_of(mailing)
    choices = {
        choice.id: choice
        for choice in db.session.scalars(select(MailingChoice).where(MailingChoice.mailing_id == mailing.id))
    }
    for place, entry in enumerate(checks.entries):
        choice = choices[entry.choice_id]
        choice.address, choice.fields, choice.left_out = entry.address, dict(entry.fields), entry.left_out
        choice.checked_by, choice.place = entry.checked_by, place
    mailing.audience_count = len(checks.included)


def current_hash(mailing: Mailing) -> str:
    """The hash of what the rows hold now, whatever was noted before."""
    return hash_content(mailing, frozen_entries(mailing))


def take_back(actor: Actor, mailing_id: UUID) -> Mailing:
    """Take the question back: the mailing is a draft again, and lent to nobody."""
    mailing = open_for_edit(actor, mailing_id)
    if mailing.is_draft:
        raise Conflict("This mailing is a draft already.")
    note_edit(actor, mailing, "taken_back")
    return mailing


def why_not_sign(actor: Actor, mailing: Mailing) -> str | None:
    """Why this person may not decide on this mailing, in words; ``None`` where they may."""
    if not actor.can(Permission.MAILINGS_SIGN_OFF):
        return "Your role does not sign off mailings."
    if mailing.review_organisation_id != actor.organisation_id:
        return "Another organisation was asked to sign this off."
    if mailing.organisation_id != actor.organisation_id and actor.role not in LEAD_SIGNERS:
        return "A coordinator or deputy signs off a partner’s mailing."
    if mailing.last_editor_id == actor.user_id:
        return "You made the last change, so another person has to sign it off."
    return None


def decide(actor: Actor, mailing_id: UUID, decision: Decision, shown_hash: str, comment: str = "") -> SignOff:
    """Approve or decline what was shown. Raises :class:`Conflict` if it has changed since,
    :class:`Forbidden` with why.
    """
    mailing = get_mailing(mailing_id)
    reason = why_not_sign(actor, mailing)
    if reason is not None:
        raise Forbidden(reason)
    withdrawing = decision is Decision.DECLINE and mailing.state in (
        MailingState.APPROVED,
        MailingState.SCHEDULED,
        MailingState.SENDING,
        MailingState.PAUSED,
    )
    if mailing.state != MailingState.IN_REVIEW and not withdrawing:
        raise Conflict("There is nothing to decide here now.")
    sign_off = _put_on_record(actor, mailing, decision, shown_hash, comment)
    settle_or_ring(actor, mailing)
    return sign_off


def _put_on_record(
    actor: Actor, mailing: Mailing, decision: Decision, shown_hash: str, comment: str
) -> SignOff:
    if current_hash(mailing) != shown_hash:
        raise Conflict("The mailing has changed since you read it. Read it again before you decide.")
    assert actor.user_id is not None
    assert actor.role is not None
    sign_off = SignOff(
        organisation_id=actor.organisation_id,
        mailing_organisation_id=mailing.organisation_id,
        mailing_id=mailing.id,
        content_hash=shown_hash,
        decision=decision,
        comment=comment.strip(),
        signer_id=actor.user_id,
        signer_label=f"{actor.author_label}, {actor.organisation_name}",
        signer_role=actor.role,
    )
    db.session.add(sign_off)
    db.session.flush()
    audit.record(actor, f"mailing.{decision}", "mailing", mailing.id, hash=shown_hash)
    return sign_off


def settle_or_ring(actor: Actor, mailing: Mailing) -> None:
    """Let a decision take effect: at once in the own organisation, else by a job of the owner's."""
    if mailing.organisation_id == actor.organisation_id:
        from .sending import apply_sign_offs

        apply_sign_offs(actor, mailing.id)
    enqueue_after_commit(
        APPLY,
        organisation_id=mailing.organisation_id,
        row_id=mailing.id,
        purpose="apply_sign_offs",
        queue="mail",
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
    sign_off = _put_on_record(actor, mailing, Decision.RELEASE, shown_hash, "")
    settle_or_ring(actor, mailing)
    return sign_off


def may_release(actor: Actor, mailing: Mailing) -> bool:
    """Whether this person presses Send for this mailing, once it is signed off."""
    if not actor.can(Permission.MAILINGS_SEND):
        return False
    own = mailing.organisation_id == actor.organisation_id
    return own or (actor.role is Role.COORDINATOR and mailing.review_organisation_id == actor.organisation_id)


def lent_counts(mailing: Mailing) -> dict[DeliveryState, int]:
    """The counts that a reader may see: as last noted on the mailing, adding up to the audience."""
    counts = {state: int(mailing.progress.get(state, 0)) for state in DeliveryState}
    counts[DeliveryState.QUEUED] += max(0, (mailing.audience_count or 0) - sum(counts.values()))
    return counts


def standing_approval(mailing: Mailing, content_hash: str) -> SignOff | None:
    """The approval of exactly this content that still stands: by one who might, and not the last editor."""
    latest: dict[UUID, SignOff] = {}
    for sign_off in list_sign_offs(mailing):
        if sign_off.decision != Decision.RELEASE and _counts(mailing, sign_off, content_hash):
            latest[sign_off.organisation_id] = sign_off
    return next((one for one in latest.values() if one.decision == Decision.APPROVE), None)


def standing_release(mailing: Mailing, content_hash: str) -> SignOff | None:
    """Someone who might has pressed Send for exactly this content, since sign-off was last asked for."""
    for sign_off in reversed(list_sign_offs(mailing)):
        if sign_off.decision == Decision.RELEASE and sign_off.content_hash == content_hash:
            role = Role(sign_off.signer_role)
            own = sign_off.organisation_id == mailing.organisation_id
            lead = sign_off.organisation_id == mailing.review_organisation_id and role is Role.COORDINATOR
            since = mailing.asked_at is not None and sign_off.created_at >= mailing.asked_at
            if since and Permission.MAILINGS_SEND in GRANTS[role] and (own or lead):
                return sign_off
    return None


def _counts(mailing: Mailing, sign_off: SignOff, content_hash: str) -> bool:
    role = Role(sign_off.signer_role)
    own = sign_off.organisation_id == mailing.organisation_id
    return (
        sign_off.content_hash == content_hash
        and sign_off.organisation_id == mailing.review_organisation_id
        and mailing.asked_at is not None
        and sign_off.created_at >= mailing.asked_at
        and sign_off.signer_id != mailing.last_editor_id
        and Permission.MAILINGS_SIGN_OFF in GRANTS[role]
        and (own or (role in LEAD_SIGNERS and sign_off.organisation_id == lead_of(mailing.campaign_id)))
    )
