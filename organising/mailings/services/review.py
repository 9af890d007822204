"""Sign-off: another person reads every message and puts their name to exactly those."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from organising.mailings.audience import included, list_entries
from organising.mailings.binding import current_hash
from organising.mailings.checks import Finding
from organising.mailings.content import Entry, Texts
from organising.mailings.merge import Unparsable
from organising.mailings.models import Mailing, MailingChoice
from organising.mailings.queries import (
    common_values,
    get_own,
    lead_of,
    sender_of,
    texts_of,
)
from organising.mailings.queries.outbox import state_of_unwritten
from organising.mailings.states import DeliveryState, MailingState
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import Conflict, Invalid
from organising.platform.message import AttachedFile, OutgoingMail, address_of, compose, named_address
from organising.platform.permissions import Permission

from .checking import examine
from .drafting import ANY_MODE, note_edit, open_for_edit
from .signatories import freeze_names, lend_to_asked


@dataclass(frozen=True)
class Checks:
    """What stands before sign-off can be asked for. ``problems`` stop it; the rest is to be known."""

    entries: Sequence[Entry]
    problems: Sequence[str] = ()
    unchecked: Sequence[Entry] = ()
    shared: dict[str, list[str]] = field(default_factory=dict)
    findings: Sequence[Finding] = ()

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
        texts = texts_of(mailing)
    except Unparsable as error:
        problems += [str(problem) for problem in error.problems]
    else:
        problems += _problems(mailing, texts, going)
    addresses: dict[str, list[str]] = {}
    for entry in going:
        addresses.setdefault((entry.address or "").lower(), []).append(entry.name)
    shared = {address: names for address, names in addresses.items() if len(names) > 1}
    findings = examine(mailing, entries)
    problems += [str(one.words) for one in findings if one.stops]
    unchecked = tuple(entry for entry in going if not entry.checked_by)
    return Checks(entries, tuple(problems), unchecked, shared, findings)


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


def build(
    mailing: Mailing,
    texts: Texts,
    entry: Entry,
    message_id: str,
    sender: str,
    files: Sequence[AttachedFile] = (),
) -> bytes:
    """One message as it goes over the wire; raises :class:`Invalid` where it would not arrive as written."""
    letter = texts.letter(entry)
    mail = OutgoingMail(
        to=named_address(entry.name, address_of(letter.to)),
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        reply_to=mailing.reply_to,
        message_id=message_id,
        files=files,
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
    _freeze(mailing, checks)
    put_to_review(actor, mailing, lend_to_lead=lend_to_lead)
    return mailing


def put_to_review(actor: Actor, mailing: Mailing, *, lend_to_lead: bool) -> None:
    """Ask about what was frozen of a draft, and lend it to whoever is asked. Raises :class:`Invalid`."""
    reviewer = lead_of(mailing.campaign_id) if lend_to_lead else mailing.organisation_id
    if reviewer is None:
        raise Invalid("The campaign has no lead organisation to ask.")
    freeze_names(mailing)
    mailing.become(MailingState.IN_REVIEW)
    mailing.review_organisation_id, mailing.asked_at = reviewer, now()
    db.session.flush()
    mailing.content_hash = current_hash(mailing)
    lend_to_asked(mailing)
    audit.record(
        actor,
        "mailing.sign_off_asked",
        "mailing",
        mailing.id,
        hash=mailing.content_hash,
        count=mailing.audience_count,
        lent=reviewer != mailing.organisation_id,
    )


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


def take_back(actor: Actor, mailing_id: UUID) -> Mailing:
    """Take the question back: the mailing is a draft again, and lent to nobody."""
    mailing = open_for_edit(actor, mailing_id, ANY_MODE)
    if mailing.is_draft:
        raise Conflict("This mailing is a draft already.")
    note_edit(actor, mailing, "taken_back")
    return mailing


def lent_counts(mailing: Mailing) -> dict[DeliveryState, int]:
    """The counts that a reader may see: as last noted on the mailing, adding up to the audience."""
    counts = {state: int(mailing.progress.get(state, 0)) for state in DeliveryState}
    waiting = max(0, (mailing.audience_count or 0) - sum(counts.values()))
    counts[state_of_unwritten(mailing)] += waiting
    return counts
