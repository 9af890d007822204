"""After a mailing has left: how far it came, and a correction to exactly those who got it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from organising.mailings.merge import Field
from organising.mailings.models import Mailing, MailingChoice
from organising.mailings.queries import get_own
from organising.mailings.queries.after import count_left_out, list_got
from organising.mailings.queries.identities import find_identity
from organising.mailings.states import UNSETTLED, WAITING, DeliveryState, MailingMode, MailingState
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import LONDON
from organising.platform.db import db
from organising.platform.errors import Conflict
from organising.platform.permissions import Permission

from .drafting import Wording, compose_mailing

LEFT = (MailingState.PAUSED, MailingState.SENT, MailingState.CLOSED, MailingState.CANCELLED)
LONGEST_TITLE, LONGEST_SUBJECT = 120, 200
STILL_LEAVING = (DeliveryState.LEASED, DeliveryState.COMMITTED)
# Whoever writes has to say what was wrong: a check stops the sign-off while the brackets stand.
TEXT = (
    "Dear {{{{ {salutation} }}}},\n\n"
    "On {day} we wrote to you about “{subject}”. One thing in that letter was wrong: [SAY WHAT WAS WRONG].\n\n"
    "[SAY WHAT IS RIGHT]\n\n"
    "We are sorry for the mistake. What we ask of you stays as it was.\n\n"
    "Yours sincerely,\n"
    "{{{{ {organisation} }}}}\n"
)


@dataclass(frozen=True)
class Funnel:
    """How far a mailing came. ``chosen`` = ``left_out`` + ``to_go``; ``taken`` are those that the mail server took,
    of which some ``came_back`` and some ``answered``.
    """

    chosen: int
    left_out: int
    to_go: int
    taken: int
    came_back: int
    answered: int
    uncertain: int
    waiting: int
    never: int


def funnel_of(mailing: Mailing, counts: Mapping[DeliveryState, int]) -> Funnel:
    """The funnel of a mailing with these counts, which add up to its audience."""
    left_out = count_left_out(mailing)
    to_go = sum(counts.values())
    came_back, answered = counts[DeliveryState.BOUNCED], counts[DeliveryState.REPLIED]
    return Funnel(
        chosen=left_out + to_go,
        left_out=left_out,
        to_go=to_go,
        taken=counts[DeliveryState.ACCEPTED] + came_back + answered,
        came_back=came_back,
        answered=answered,
        uncertain=sum(counts[state] for state in UNSETTLED),
        waiting=sum(counts[state] for state in (*WAITING, *STILL_LEAVING)),
        never=sum(
            counts[state]
            for state in (DeliveryState.FAILED, DeliveryState.SUPPRESSED, DeliveryState.CANCELLED)
        ),
    )


def why_no_correction(mailing: Mailing) -> str | None:
    """Why a mailing can't be corrected by another one, or ``None``."""
    if mailing.mode != MailingMode.ORGANISATION:
        return "These letters are other people’s own words. Only who wrote one can correct it."
    if mailing.started_at is None:
        return "It has not left. Change it instead."
    if mailing.state not in LEFT:
        return "It is still being sent. Pause it or cancel the rest first, so that who got it is certain."
    return None


def write_correction(actor: Actor, mailing_id: UUID) -> Mailing:
    """A new draft to exactly those who got a mailing, greeted as they were; uncertain ones are not among them.

    It is signed off as any other. Raises :class:`Conflict` with why it can't be made.
    """
    actor.check(Permission.MAILINGS_DRAFT)
    first = get_own(actor, mailing_id, lock=True)
    reason = why_no_correction(first)
    got = list_got(first)
    if reason is None and not got:
        reason = "Nobody has got it, so there is nobody to correct it to."
    if reason is not None:
        raise Conflict(reason)
    correction = compose_mailing(actor, _wording(first))
    identity = find_identity(first.identity_id)
    correction.identity_id = identity.id if identity is not None and identity.is_confirmed else None
    correction.corrects_id = first.id
    db.session.add_all(_as_before(choice, correction) for choice in got)
    audit.record(
        actor, "mailing.correction_begun", "mailing", correction.id, of=str(first.id), count=len(got)
    )
    return correction


def _wording(first: Mailing) -> Wording:
    assert first.started_at is not None
    day = first.started_at.astimezone(LONDON)
    text = TEXT.format(
        day=f"{day.day} {day:%B %Y}",
        subject=first.subject,
        salutation=Field.SALUTATION,
        organisation=Field.ORGANISATION,
    )
    return Wording(
        title=f"Correction: {first.title}"[:LONGEST_TITLE],
        subject=f"Correction: {first.subject}"
        if len(first.subject) < LONGEST_SUBJECT - 20
        else "A correction",
        body=text,
        sender_name=first.sender_name,
        reply_to=first.reply_to,
        ask_id=first.ask_id,
    )


def _as_before(choice: MailingChoice, correction: Mailing) -> MailingChoice:
    """The same person, greeted as in the first where somebody had checked it."""
    checked = bool(choice.checked_by)
    return MailingChoice(
        organisation_id=correction.organisation_id,
        mailing_id=correction.id,
        holding_id=choice.holding_id,
        person_id=choice.person_id,
        salutation=(choice.fields or {}).get(Field.SALUTATION) if checked else None,
        checked_at=(choice.checked_at or choice.created_at) if checked else None,
        checked_by=choice.checked_by if checked else None,
    )
