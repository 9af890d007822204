"""Letting go: the rules carried out, counted without letting go, set within limits, and held."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.orm import aliased

from ...actions.models import ActionContact
from ...actions.services import keeping as actions
from ...attendance.services import keeping as attendance
from ...contacts.models import Contact, ContactConsent, ContactNote
from ...contacts.services.importing import forget_files
from ...contacts.services.merging import forget_merges
from ...files.services import removing as files
from ...letters.services import keeping as letters
from ...lobbying.models.presences import EngagementContact
from ...mailings.models import Delivery
from ...mailings.services.incoming import erase_due
from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import now, today
from ...platform.db import db, get_or_404, new_id
from ...platform.errors import Invalid
from ...platform.permissions import Permission
from ...platform.retention import (
    RULES,
    RetentionHold,
    RetentionSetting,
    Rule,
    carry_out,
    days_of,
    is_held,
    most_of,
    standing_holds,
)
from ...platform.tenancy import Context, use_context
from ...pledges.services import keeping as pledges
from ...rights.services import keeping as rights

BATCH = 500
LONGEST_REASON = 1000
LONGEST_HOLD = timedelta(days=3 * 366)
STANDS = ("given", "soft_opt_in")


@dataclass(frozen=True)
class Due:
    """What goes under a rule now, or would if it were not held."""

    rule: Rule
    days: int
    number: int
    held: bool


def count_due(organisation_id: UUID) -> list[Due]:
    """Each rule with how many would go now: it is carried out to the letter in a transaction that is then given up."""
    found = []
    for name, rule in RULES.items():
        with use_context(Context(organisation_id=organisation_id)) as session:
            try:
                found.append(Due(rule, days_of(name), _acts(now())[name](), is_held(name)))
            finally:
                session.rollback()
    return found


def run_retention(organisation_id: UUID) -> list[Due]:
    """Carry out every rule that is not held, a transaction each; a second run finds nothing."""
    done = []
    for name, rule in RULES.items():
        with use_context(Context(organisation_id=organisation_id)) as session:
            number = carry_out(name, _acts(now())[name])
            done.append(Due(rule, days_of(name), number, is_held(name)))
            if number and name in OWN:
                actor = Actor.system(organisation_id)
                record(actor, "retention.ran", "organisation", organisation_id, rule=name, number=number)
            session.commit()
    return done


def run_own_rules(organisation_id: UUID) -> None:
    """The rules that no domain's sweep carries out."""
    for name in OWN:
        with use_context(Context(organisation_id=organisation_id)) as session:
            number = carry_out(name, _acts(now())[name])
            if number:
                actor = Actor.system(organisation_id)
                record(actor, "retention.ran", "organisation", organisation_id, rule=name, number=number)
            session.commit()


def set_days(actor: Actor, name: str, days: int) -> bool:
    """Let a rule wait so many days in the actor's organisation; whether that changed anything. Raises :class:`Invalid`."""
    actor.check(Permission.ASSURANCE_MANAGE)
    rule = RULES.get(name)
    if rule is None or rule.is_fixed:
        raise Invalid(_("This time can’t be changed."))
    most = most_of(name)
    if not rule.least <= days <= most:
        words = _("From %(least)s to %(most)s days.", least=rule.least, most=most)
        raise Invalid(words, days=words)
    if days_of(name) == days:
        return False
    before = days_of(name)
    kept = db.session.scalars(select(RetentionSetting).where(RetentionSetting.rule == name)).one_or_none()
    if kept is None:
        db.session.add(RetentionSetting(id=new_id(), rule=name, days=days, author_label=actor.author_label))
    else:
        kept.days, kept.author_label = days, actor.author_label
    record(actor, "retention.set", "organisation", actor.organisation_id, rule=name, days=days, before=before)
    return True


def hold(actor: Actor, rule: str, contact_id: UUID | None, reason: str, until: date) -> RetentionHold:
    """Keep everything under a rule, or one contact, until a day. Raises :class:`Invalid`, ``NotFound``."""
    actor.check(Permission.ASSURANCE_MANAGE)
    wrong = {}
    if rule and rule not in RULES:
        wrong["rule"] = _("Choose what is held.")
    if not reason.strip():
        wrong["reason"] = _("Say why: it overrides what people were promised.")
    elif len(reason) > LONGEST_REASON:
        wrong["reason"] = _("At most %(n)s characters.", n=LONGEST_REASON)
    if not today() < until <= today() + LONGEST_HOLD:
        wrong["until"] = _("Choose a day from tomorrow to three years ahead. A hold can be made again.")
    if wrong:
        raise Invalid(next(iter(wrong.values())), **wrong)
    if contact_id is not None:
        get_or_404(Contact, contact_id)
    made = RetentionHold(
        id=new_id(), organisation_id=actor.organisation_id, rule=rule or None, contact_id=contact_id, until=until,
        author_label=actor.author_label,
    )  # fmt: skip
    made.reason = reason.strip()
    db.session.add(made)
    subject = "contact" if contact_id else "organisation"
    record(
        actor, "retention.held", subject, contact_id or made.id, rule=rule or "all", until=until.isoformat()
    )
    return made


def release(actor: Actor, hold_id: UUID) -> bool:
    """End a hold; whether it still stood. Raises ``NotFound``."""
    actor.check(Permission.ASSURANCE_MANAGE)
    found = get_or_404(RetentionHold, hold_id)
    if found.released_at is not None:
        return False
    found.released_at, found.released_label = now(), actor.author_label
    record(actor, "retention.released", "organisation", found.id, rule=found.rule or "all")
    return True


def _acts(at: datetime) -> dict[str, Callable[[], int]]:
    theirs: dict[str, Callable[[datetime], int]] = {}
    for domain in (files, actions, letters, pledges, attendance, rights):
        theirs |= domain.RETENTION
    return (
        {name: partial(act, at) for name, act in theirs.items()}
        | {
            "contacts.import_files": forget_files,
            "contacts.merges": forget_merges,
            "replies.words": erase_due,
        }
        | {name: partial(act, at) for name, act in OWN.items()}
    )


def delete_idle(at: datetime) -> int:
    """Contacts of the session's organisation whom nothing keeps any more."""
    return _delete_contacts(*_idle(at - timedelta(days=days_of("contacts.idle"))))


def delete_archived(at: datetime) -> int:
    """Contacts archived long ago, those that were merged into others among them."""
    return _delete_contacts(Contact.archived_at < at - timedelta(days=days_of("contacts.archived")))


def erase_all_due() -> int:
    """Every reply whose day has come; the mailings' own sweep takes them in lots."""
    total = 0
    while number := erase_due():
        db.session.flush()
        total += number
    return total


OWN: dict[str, Callable[[datetime], int]] = {
    "contacts.idle": delete_idle,
    "contacts.archived": delete_archived,
}


def _idle(old: datetime) -> tuple[ColumnElement[bool], ...]:
    later = aliased(ContactConsent)
    one = (ContactConsent.organisation_id == Contact.organisation_id, ContactConsent.contact_id == Contact.id)
    overtaken = exists().where(
        later.organisation_id == ContactConsent.organisation_id,
        later.contact_id == ContactConsent.contact_id,
        later.purpose == ContactConsent.purpose,
        later.channel == ContactConsent.channel,
        func.row(later.decided_at, later.created_at, later.id)
        > func.row(ContactConsent.decided_at, ContactConsent.created_at, ContactConsent.id),
    )
    return (
        Contact.archived_at.is_(None),
        func.coalesce(Contact.edited_at, Contact.created_at) < old,
        Contact.created_at < old,
        ~exists().where(
            ContactNote.organisation_id == Contact.organisation_id,
            ContactNote.contact_id == Contact.id,
            ContactNote.created_at >= old,
        ),
        ~exists().where(*one, ContactConsent.created_at >= old),
        ~exists().where(*one, ContactConsent.decision.in_(STANDS), ~overtaken),
        *(
            ~exists().where(
                there.organisation_id == Contact.organisation_id,
                there.contact_id == Contact.id,
                there.created_at >= old,
            )
            for there in (ActionContact, EngagementContact)
        ),
        ~exists().where(
            Delivery.organisation_id == Contact.organisation_id,
            Delivery.contact_id == Contact.id,
            Delivery.changed_at >= old,
        ),
    )


def _delete_contacts(*conditions: ColumnElement[bool]) -> int:
    """With all that hangs on them, by the database; a held one stays."""
    unheld = ~exists().where(
        RetentionHold.organisation_id == Contact.organisation_id,
        RetentionHold.contact_id == Contact.id,
        or_(RetentionHold.rule.is_(None), RetentionHold.rule.like("contacts.%")),
        *standing_holds(),
    )
    total = 0
    while True:
        ids = db.session.scalars(
            select(Contact.id).where(*conditions, unheld).order_by(Contact.id).limit(BATCH)
        ).all()
        if not ids:
            return total
        gone = delete(Contact).where(Contact.id.in_(ids)).execution_options(synchronize_session=False)
        db.session.execute(gone)
        total += len(ids)
