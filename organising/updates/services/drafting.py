"""Writing an update and saying which of one's own signers it is for. Every change is an edit: it voids any approval."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _

from organising.mailings.models import Mailing
from organising.mailings.queries import get_own
from organising.mailings.services.after import LEFT
from organising.mailings.services.drafting import compose_mailing, edit_wording, note_edit
from organising.mailings.services.people import PeopleWords, wording_of
from organising.mailings.states import MailingMode
from organising.organisations.models import Unit
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.db import db, get_or_404
from organising.platform.errors import Conflict, Invalid, NotFound
from organising.platform.permissions import Permission
from organising.pledges.models import DriveStatus, Sector
from organising.updates.models import PledgeUpdate
from organising.updates.queries import count_reach, get_drive, get_update_of

LONGEST_SUBJECT = 200


@dataclass(frozen=True)
class Question:
    """Which signers of the drive are meant; all of them where nothing is said."""

    sector: Sector | None = None
    constituency_code: str | None = None
    unit_id: UUID | None = None
    since: date | None = None


def compose_update(
    actor: Actor, drive_id: UUID, words: PeopleWords, question: Question, *, corrects: Mailing | None = None
) -> Mailing:
    """A new draft. Raises ``Unparsable``, :class:`Invalid`, :class:`NotFound` for a drive of another campaign."""
    drive = get_drive(drive_id)
    if drive.campaign_id != actor.campaign_id:
        raise NotFound
    if drive.status == DriveStatus.DRAFT:
        raise Invalid(_("Nobody can have signed a pledge that was never open."))
    mailing = compose_mailing(actor, wording_of(words, MailingMode.SIGNERS), MailingMode.SIGNERS)
    mailing.identity_id = words.identity_id
    if corrects is not None:
        mailing.corrects_id = corrects.id
    db.session.add(
        PledgeUpdate(
            organisation_id=actor.organisation_id,
            mailing_id=mailing.id,
            drive_id=drive_id,
            unit_label=_unit_label(question),
            **vars(question),
        )
    )
    db.session.flush()
    audit.record(actor, "update.composed", "mailing", mailing.id, drive=str(drive_id))
    return mailing


def edit_update(
    actor: Actor, mailing_id: UUID, words: PeopleWords, question: Question, version: int
) -> Mailing:
    """Change text, sender and question. Raises :class:`Conflict` if another change came between."""
    update = get_update_of(get_own(actor, mailing_id))
    mailing = edit_wording(actor, mailing_id, wording_of(words, MailingMode.SIGNERS), version)
    mailing.identity_id = words.identity_id
    if question_of(update) != question:
        update.unit_label = _unit_label(question)
        for name, value in vars(question).items():
            setattr(update, name, value)
        note_edit(actor, mailing, "audience")
    return mailing


def question_of(update: PledgeUpdate) -> Question:
    """Which signers an update is for, as its author put it."""
    sector = Sector(update.sector) if update.sector else None
    return Question(sector, update.constituency_code, update.unit_id, update.since)


def why_no_correction(mailing: Mailing) -> str | None:
    """Why an update can't be corrected by another one, or ``None``."""
    reason: str | None = None
    if mailing.started_at is None:
        reason = _("It has not left. Change it instead.")
    elif mailing.state not in LEFT:
        reason = _(
            "It is still being sent. Pause it or cancel the rest first, so that who got it is certain."
        )
    return reason


def write_correction(actor: Actor, mailing_id: UUID) -> Mailing:
    """A new draft to those who got an update and still agree, each once. Raises :class:`Conflict` with why not."""
    actor.check(Permission.MAILINGS_DRAFT)
    first = get_own(actor, mailing_id, lock=True)
    update = get_update_of(first)
    reason = why_no_correction(first)
    if reason is not None:
        raise Conflict(reason)
    words = PeopleWords(
        subject=_("Correction: %(subject)s", subject=first.subject)[:LONGEST_SUBJECT],
        body=_(
            'Hello {{ first_name|"friend" }},\n\nOne thing in our last email was wrong: [SAY WHAT WAS WRONG].\n\n'
            "[SAY WHAT IS RIGHT]\n\nWe are sorry for the mistake.\n\n{{ organisation }}\n"
        ),
        sender_name=first.sender_name,
        reply_to=first.reply_to,
        identity_id=first.identity_id,
    )
    mailing = compose_update(actor, update.drive_id, words, Question(), corrects=first)
    if not count_reach(get_update_of(mailing), mailing).going:
        raise Conflict(_("Nobody who may still be written to has got it."))
    return mailing


def _unit_label(question: Question) -> str | None:
    """The name of the own unit that is meant; raises :class:`NotFound`."""
    return None if question.unit_id is None else get_or_404(Unit, question.unit_id).name
