"""What stands before sign-off of a mailing to contacts, the freezing of whom it goes to, and a test to oneself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, literal, select

from organising.mailings.checks import Finding
from organising.mailings.content import Letter, Texts
from organising.mailings.models import Mailing
from organising.mailings.queries import get_own, texts_of
from organising.mailings.services.people import (
    PeopleWords,
    ask_about,
    check_still_draft,
    findings_of,
    in_hand,
    read_letters,
    send_person_test,
)
from organising.mailings.states import MailingMode
from organising.outreach.contacts import common_of
from organising.outreach.content import Why, example_links, letter_to
from organising.outreach.models import ContactMailing, MailingRecipient
from organising.outreach.queries import (
    Reach,
    contacts_in_question,
    count_frozen,
    count_reach,
    get_about,
    judged,
)
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.permissions import Permission

from .drafting import Question


@dataclass(frozen=True)
class OutreachChecks:
    """What stands before sign-off can be asked for. ``problems`` stop it. ``reach`` is for one's own organisation only."""

    reach: Reach | None
    letters: Sequence[tuple[str, Letter]]
    problems: Sequence[str] = ()
    findings: Sequence[Finding] = ()


def check_outreach(mailing: Mailing, *, own: bool) -> OutreachChecks:
    """Look at a mailing as two contacts would read it, and at whom it would reach, or was frozen to reach."""
    about = get_about(mailing)
    reach = None
    if own:
        reach = count_reach(about, mailing_id=mailing.id) if mailing.is_draft else count_frozen(mailing)
    problems, letters = _read(mailing, about, lambda: texts_of(mailing))
    if reach is not None and mailing.is_draft and not reach.going:
        problems.append(
            _("Nobody would get it: none of the contacts in question may be written to for this.")
        )
    findings = findings_of(mailing)
    problems += [str(one.words) for one in findings if one.stops]
    return OutreachChecks(reach, letters, problems, findings)


def _read(
    mailing: Mailing, about: ContactMailing, texts_of_it: Callable[[], Texts]
) -> tuple[list[str], list[tuple[str, Letter]]]:
    links, why = example_links(about.organisation_id), Why(about.purpose)
    return read_letters(mailing, texts_of_it, lambda texts, name, to: letter_to(texts, name, to, why, links))


def reach_of(actor: Actor, question: Question, mailing_id: UUID | None = None) -> Reach:
    """Whom a question would reach as things stand."""
    about = ContactMailing(organisation_id=actor.organisation_id, **vars(question))
    return count_reach(about, mailing_id=mailing_id)


def preview(
    actor: Actor, words: PeopleWords, question: Question, of: Mailing | None = None
) -> OutreachChecks:
    """A text in hand as two contacts would read it, and whom it would reach as things stand. Nothing is kept.

    ``of`` is the draft that is being changed, where there is one.
    """
    about = ContactMailing(organisation_id=actor.organisation_id, **vars(question))
    mailing = in_hand(actor.organisation_id, words, MailingMode.CONTACTS)
    problems, letters = _read(mailing, about, lambda: Texts.of(mailing, common_of(about)))
    return OutreachChecks(reach_of(actor, question, of.id if of else None), letters, problems)


def ask_about_outreach(actor: Actor, mailing_id: UUID, *, lend_to_lead: bool) -> Mailing:
    """Freeze text, question and people, and ask for sign-off. Raises :class:`Invalid` with the problems."""
    actor.check(Permission.MAILINGS_DRAFT)
    actor.check(Permission.CONTACTS_KEEP)
    mailing = get_own(actor, mailing_id, lock=True)
    about = get_about(mailing)
    check_still_draft(mailing)
    checks = check_outreach(mailing, own=True)
    if checks.problems:
        raise Invalid(_("Put these right first: %(problems)s", problems=" ".join(checks.problems)))
    about.as_of = now()
    db.session.flush()
    _freeze(mailing, about)
    going = count_frozen(mailing).going
    if not going:
        raise Invalid(_("Nobody would get it: none of the contacts in question may be written to for this."))
    ask_about(actor, mailing, going, lend_to_lead=lend_to_lead)
    return mailing


def _freeze(mailing: Mailing, about: ContactMailing) -> None:
    """Write down everybody in question, and why those are left out who are. What was frozen before goes."""
    table = MailingRecipient.__table__
    db.session.execute(
        delete(MailingRecipient)
        .where(
            MailingRecipient.organisation_id == mailing.organisation_id,
            MailingRecipient.mailing_id == mailing.id,
        )
        .execution_options(synchronize_session=False)
    )
    found = judged(contacts_in_question(about), about, mailing_id=mailing.id).subquery()
    rows = select(
        literal(mailing.organisation_id, table.c.organisation_id.type),
        func.gen_random_uuid(),
        literal(about.as_of, table.c.created_at.type),
        literal(mailing.id, table.c.mailing_id.type),
        found.c.contact_id,
        found.c.email_key,
        found.c.left_out,
    )
    names = ["organisation_id", "id", "created_at", "mailing_id", "contact_id", "email_key", "left_out"]
    db.session.execute(insert(table).from_select(names, rows))


def send_test(actor: Actor, mailing_id: UUID) -> str:
    """Send it to the actor's own address, marked as a test; answers it. Its links stop and show nothing."""
    mailing = get_own(actor, mailing_id)
    about = get_about(mailing)
    problems, letters = _read(mailing, about, lambda: texts_of(mailing))
    if not letters:
        raise Invalid(" ".join(problems))
    return send_person_test(actor, mailing, letters[0][1], example_links(about.organisation_id))
