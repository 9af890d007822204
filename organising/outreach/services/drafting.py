"""Writing a mailing to contacts and saying which of them it is for. Every change is an edit: it voids any approval."""

from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _

from organising.contacts.models import ConsentPurpose, Sector
from organising.mailings.models import Mailing
from organising.mailings.queries import get_own
from organising.mailings.services.drafting import compose_mailing, edit_wording, note_edit
from organising.mailings.services.people import PeopleWords, wording_of
from organising.mailings.states import MailingMode
from organising.outreach.models import MOST_QUIET_DAYS, Basis, ContactMailing
from organising.outreach.queries import get_about, is_charity
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.permissions import Permission


@dataclass(frozen=True)
class Question:
    """What it is for, on which basis, and which contacts are meant; all of them where nothing is said.

    ``quiet_days``: who got an email from the organisation within so many days is left out.
    """

    purpose: str
    basis: str = Basis.CONSENT
    tag_id: UUID | None = None
    unit_id: UUID | None = None
    gss_code: str | None = None
    sector: Sector | None = None
    segment_id: UUID | None = None
    quiet_days: int | None = None


def compose_outreach(actor: Actor, words: PeopleWords, question: Question) -> Mailing:
    """A new draft. Raises ``Unparsable``, :class:`Invalid` by field, ``Forbidden``."""
    actor.check(Permission.CONTACTS_KEEP)
    _check(actor, question)
    mailing = compose_mailing(actor, wording_of(words, MailingMode.CONTACTS), MailingMode.CONTACTS)
    mailing.identity_id = words.identity_id
    db.session.add(
        ContactMailing(organisation_id=actor.organisation_id, mailing_id=mailing.id, **vars(question))
    )
    db.session.flush()
    audit.record(actor, "outreach.composed", "mailing", mailing.id, purpose=question.purpose)
    return mailing


def edit_outreach(
    actor: Actor, mailing_id: UUID, words: PeopleWords, question: Question, version: int
) -> Mailing:
    """Change text, sender and question. Raises :class:`Conflict` if another change came between."""
    actor.check(Permission.CONTACTS_KEEP)
    about = get_about(get_own(actor, mailing_id))
    _check(actor, question)
    mailing = edit_wording(actor, mailing_id, wording_of(words, MailingMode.CONTACTS), version)
    mailing.identity_id = words.identity_id
    if question_of(about) != question:
        for name, value in vars(question).items():
            setattr(about, name, value)
        note_edit(actor, mailing, "audience")
    return mailing


def question_of(about: ContactMailing) -> Question:
    """Which contacts a mailing is for, as its author put it."""
    sector = Sector(about.sector) if about.sector else None
    return Question(
        about.purpose,
        about.basis,
        about.tag_id,
        about.unit_id,
        about.gss_code,
        sector,
        about.segment_id,
        about.quiet_days,
    )


def _check(actor: Actor, question: Question) -> None:
    wrong: dict[str, str] = {}
    if question.purpose not in set(ConsentPurpose) or ConsentPurpose(question.purpose).is_special:
        wrong["purpose"] = _("Say what it is for: people agreed to one thing and not to another.")
    if question.basis not in set(Basis):
        wrong["basis"] = _("Choose one of these.")
    elif question.basis == Basis.SOFT_OPT_IN and not is_charity(actor.organisation_id):
        wrong["basis"] = _("The soft opt-in is for charities. Write to those who said yes.")
    if question.quiet_days is not None and not 1 <= question.quiet_days <= MOST_QUIET_DAYS:
        wrong["quiet_days"] = _("Write a number of days from 1 to %(most)s.", most=MOST_QUIET_DAYS)
    if wrong:
        raise Invalid(_("It was not kept yet."), **wrong)
