"""Writing a mailing and choosing whom it goes to. Every change is an edit: it voids any approval."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select, update

from organising.mailings.content import fields_of
from organising.mailings.merge import Condition, parse
from organising.mailings.models import (
    Mailing,
    MailingChoice,
    MailingReader,
    MailingSignatory,
    MailingVersion,
)
from organising.mailings.queries import get_own
from organising.mailings.queries.texts import find_last_version
from organising.mailings.states import BEFORE_SENDING, Answer, MailingMode, MailingState
from organising.organisations.models import Ask
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import Conflict, Invalid
from organising.platform.permissions import Permission
from organising.representatives.models import OfficeHolding

LONGEST_SALUTATION = 120
OPEN_FOR_EDIT = (MailingState.DRAFT, *BEFORE_SENDING)
ANY_MODE = tuple(MailingMode)


@dataclass(frozen=True)
class Wording:
    """What a person writes. ``subject`` and ``body`` may hold merge fields."""

    title: str
    subject: str
    body: str
    sender_name: str
    reply_to: str
    ask_id: UUID | None


class TextConflict(Conflict):
    """Somebody changed the mailing since its form was opened; sent with ``version``, one's own goes over it."""

    def __init__(self, mailing: Mailing) -> None:
        super().__init__(
            f"{mailing.last_editor_label} changed this mailing while you were writing. "
            "Copy your words, reload the page and put them in again."
        )
        self.version = mailing.version


def compose_mailing(actor: Actor, wording: Wording, mode: MailingMode = MailingMode.ORGANISATION) -> Mailing:
    """A new draft. Raises ``Unparsable`` for merge fields that can't be read, :class:`Invalid` without a
    campaign.
    """
    actor.check(Permission.MAILINGS_DRAFT)
    if actor.campaign_id is None:
        raise Invalid("Your organisation takes part in no campaign.")
    _check(wording, actor.campaign_id, mode)
    mailing = Mailing(
        organisation_id=actor.organisation_id,
        mode=mode,
        campaign_id=actor.campaign_id,
        created_by=actor.user_id,
        created_by_label=actor.author_label,
        last_editor_id=actor.user_id,
        last_editor_label=actor.author_label,
        updated_at=now(),
        **vars(wording),
    )
    db.session.add(mailing)
    db.session.flush()
    keep_version(actor, mailing)
    audit.record(actor, "mailing.composed", "mailing", mailing.id)
    return mailing


def edit_wording(actor: Actor, mailing_id: UUID, wording: Wording, version: int) -> Mailing:
    """Change the text. ``version`` is the one that was edited; raises :class:`Conflict` if another came
    between.
    """
    mailing = open_for_edit(actor, mailing_id, ANY_MODE)
    if mailing.version != version:
        raise TextConflict(mailing)
    _check(wording, mailing.campaign_id, mailing.mode)
    for name, value in vars(wording).items():
        setattr(mailing, name, value)
    note_edit(actor, mailing, "text")
    keep_version(actor, mailing)
    return mailing


def keep_version(actor: Actor, mailing: Mailing, *, of_number: int | None = None) -> None:
    """Keep the subject and letter as they stand, where they differ from those kept last."""
    last = find_last_version(mailing.organisation_id, mailing.id)
    if last is not None and (last.subject, last.body) == (mailing.subject, mailing.body):
        return
    db.session.add(
        MailingVersion(
            organisation_id=mailing.organisation_id,
            mailing_id=mailing.id,
            number=last.number + 1 if last else 1,
            subject=mailing.subject,
            body=mailing.body,
            editor_label=actor.author_label,
            of_number=of_number,
        )
    )
    db.session.flush()


def add_choices(
    actor: Actor, mailing_id: UUID, holding_ids: Collection[UUID], *, batch_id: UUID | None = None
) -> int:
    """Choose representatives by the offices they hold, each person once; answers how many were not chosen before.

    ``batch_id`` is kept with each, to take them out together.
    """
    mailing = open_for_edit(actor, mailing_id)
    known = set(
        db.session.scalars(select(MailingChoice.person_id).where(MailingChoice.mailing_id == mailing.id))
    )
    statement = select(OfficeHolding.person_id, OfficeHolding.id).where(OfficeHolding.id.in_(holding_ids))
    added = [
        MailingChoice(
            organisation_id=mailing.organisation_id,
            mailing_id=mailing.id,
            holding_id=holding_id,
            person_id=person_id,
            batch_id=batch_id,
        )
        for person_id, holding_id in {row.person_id: row.id for row in db.session.execute(statement)}.items()
        if person_id not in known
    ]
    if added:
        db.session.add_all(added)
        note_edit(actor, mailing, "audience", added=len(added))
    return len(added)


def check_salutations(actor: Actor, mailing_id: UUID, words: Mapping[UUID, str]) -> int:
    """Keep salutations that a person has looked at, by choice; answers how many. They are this mailing's
    own.
    """
    mailing = open_for_edit(actor, mailing_id)
    choices = db.session.scalars(
        select(MailingChoice).where(MailingChoice.mailing_id == mailing.id, MailingChoice.id.in_(list(words)))
    ).all()
    changed = 0
    for choice in choices:
        salutation = " ".join(words[choice.id].split())
        if not salutation or len(salutation) > LONGEST_SALUTATION:
            raise Invalid(f"Write a salutation of 1 to {LONGEST_SALUTATION} letters, without “Dear”.")
        if choice.salutation != salutation or choice.checked_at is None:
            choice.salutation, choice.checked_at, choice.checked_by = salutation, now(), actor.author_label
            changed += 1
    if changed:
        note_edit(actor, mailing, "salutations", checked=changed)
    return changed


def open_for_edit(
    actor: Actor, mailing_id: UUID, modes: Collection[MailingMode] = (MailingMode.ORGANISATION,)
) -> Mailing:
    """The mailing, locked, if it can still be changed. Raises :class:`Conflict` once sending has begun, and for one of
    a mode in which there is nothing of the kind to change.
    """
    actor.check(Permission.MAILINGS_DRAFT)
    mailing = get_own(actor, mailing_id, lock=True)
    if mailing.mode not in modes:
        raise Conflict("This mailing does not go to representatives, so it has no such thing.")
    if mailing.state not in OPEN_FOR_EDIT:
        raise Conflict("This mailing is on its way or over, so it can't be changed. Compose a new one.")
    return mailing


def note_edit(actor: Actor, mailing: Mailing, what: str, **facts: int) -> None:
    """Record an edit: back to draft, approval void, lent to nobody."""
    was = mailing.state
    mailing.become(MailingState.DRAFT)
    mailing.touch(actor.user_id, actor.author_label, now())
    mailing.common = {}
    mailing.sender = None
    db.session.flush()
    withdraw_loan(mailing)
    audit.record(
        actor,
        "mailing.edited",
        "mailing",
        mailing.id,
        what=what,
        was=was,
        version=mailing.version,
        at=None,
        **facts,
    )


def withdraw_loan(mailing: Mailing) -> None:
    """Nobody else reads the mailing any more, and nobody has answered about what it says now."""
    db.session.execute(
        update(MailingSignatory)
        .where(
            MailingSignatory.organisation_id == mailing.organisation_id,
            MailingSignatory.mailing_id == mailing.id,
        )
        .values(answer=Answer.NONE, answered_at=None, answered_by=None)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        delete(MailingReader)
        .where(
            MailingReader.organisation_id == mailing.organisation_id, MailingReader.mailing_id == mailing.id
        )
        .execution_options(synchronize_session=False)
    )


def discard(actor: Actor, mailing_id: UUID) -> None:
    """Give up a mailing that was never sent; it stays on record as cancelled."""
    mailing = open_for_edit(actor, mailing_id, ANY_MODE)
    mailing.become(MailingState.CANCELLED)
    mailing.finished_at = now()
    withdraw_loan(mailing)
    audit.record(actor, "mailing.discarded", "mailing", mailing.id)


def _check(wording: Wording, campaign_id: UUID, mode: str) -> None:
    fields = fields_of(mode)
    asked = parse(wording.subject, fields).conditions | parse(wording.body, fields).conditions
    if asked - {Condition.PARTY} and wording.ask_id is None:
        raise Invalid("Choose the ask that the position or promise is on.")
    if wording.ask_id is not None:
        ask = db.session.get(Ask, wording.ask_id)
        if ask is None or ask.campaign_id != campaign_id:
            raise Invalid("Choose one of the campaign’s asks.")


def choose_all(
    actor: Actor, mailing_id: UUID, holdings: Sequence[OfficeHolding], *, batch_id: UUID | None = None
) -> int:
    """Choose everyone in a list of holdings."""
    return add_choices(actor, mailing_id, [holding.id for holding in holdings], batch_id=batch_id)
