"""What the public does with its own letter: write, confirm, refuse, take back.

Runs as ``organising_public`` in the context of one signing id, which the server makes and the link in the mail carries.
Statements are plain ones on the tables: the public speaks for no organisation; the database's policies are for it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from organising.letters.content import Writer, letter_text, plain_text
from organising.letters.keys import person_key, sketch_key
from organising.letters.likeness import share_taken, sketch
from organising.letters.models import Letter, LetterState
from organising.letters.queries import Member, WritingPage, find_writing_page_of
from organising.letters.texts import ALIKE_PLACES, TAKEN_SHARE, letter_consent
from organising.platform.clock import now
from organising.platform.db import db, new_id
from organising.platform.errors import DomainError, Invalid, NotFound
from organising.platform.languages import kept_language
from organising.platform.message import OutgoingMail, compose, named_address
from organising.platform.queue import enqueue_after_commit
from organising.platform.sealing import open_field, seal_field

LETTER: Any = Letter.__table__
SEALED = ("name", "email", "street", "postcode", "subject", "body")


class ActionClosed(DomainError):
    """The action takes no more letters."""

    code = "action_closed"
    status = 409


class Outcome(StrEnum):
    """What came of a writer's press of a button."""

    CONFIRMED = "confirmed"
    ALREADY = "already"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    LEFT = "left"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Given:
    """What a writer gave: checked and normalised by the form."""

    writer: Writer
    subject: str
    body: str


@dataclass(frozen=True)
class Writing:
    """One letter as its writer sees it. ``given`` is empty once its details were removed, ``page`` once nobody asks for it."""

    id: UUID
    organisation_id: UUID
    page: WritingPage | None
    state: str
    holding_id: UUID
    written_at: datetime
    confirmed_at: datetime | None
    given: Given | None
    text: str
    delivery_state: str | None
    delivery_at: datetime | None


def write(signing_id: UUID, page: WritingPage, member: Member, given: Given) -> None:
    """Keep the letter, unconfirmed, and ring for the mail. The same writes for a first letter and for a repeated one.

    Raises :class:`ActionClosed`, or :class:`Invalid` where the letter could not be sent as written.
    """
    if not page.is_open:
        raise ActionClosed(_("This page takes no more letters."))
    if member.address is None:
        raise Invalid(_("This MP can’t be written to by email from here."))
    check_sendable(member, given)
    session, letter_id, at = db.session(), new_id(), now()
    plain = {**vars(given.writer), "subject": given.subject, "body": given.body}
    sealed = {
        f"{name}_cipher": seal_field(
            session, page.host.id, "letter", f"{name}_cipher", letter_id, plain[name]
        )
        for name in SEALED
    }
    values = {
        "organisation_id": page.host.id,
        "id": letter_id,
        "action_id": page.action_id,
        "signing_id": signing_id,
        "state": LetterState.UNCONFIRMED,
        "holding_id": member.holding_id,
        "address": member.address,
        "greeting": member.greeting,
        "consent": letter_consent(page.host.name, member.name),
        "person_key": person_key(page.action_id, given.writer.email),
        "sketch": sketch(sketch_key(page.action_id), given.body),
        "confirmation_due_at": at,
        "confirmation_tries": 0,
        "confirmation_language": kept_language(),
        "created_at": at,
    }
    db.session.execute(insert(LETTER).values(**values, **sealed))
    enqueue_after_commit(
        "organising.letters.jobs.send_confirmations",
        organisation_id=page.host.id,
        purpose="letter_confirmation",
        queue="urgent",
        once=True,
    )


def check_sendable(member: Member, given: Given) -> None:
    """Raise :class:`Invalid`, with why, where the letter could not leave as written."""
    sender = named_address(f"{given.writer.name} via Organising", "check@check.example")
    mail = OutgoingMail(
        to=named_address(member.name, member.address or ""),
        subject=given.subject,
        text=plain_text(given.body),
        reply_to=given.writer.email,
        message_id="<check@check.example>",
    )
    compose(mail, sender)


def is_alike(page: WritingPage, body: str) -> bool:
    """Whether much of this letter stands in the page's own words, or in another letter of this action."""
    if share_taken(body, page.title, page.standfirst, page.ask or "", *page.questions) >= TAKEN_SHARE:
        return True
    mine = sketch(sketch_key(page.action_id), body)
    if mine is None:
        return False
    found = db.session.scalar(
        text("SELECT app.closest_letter(:o, :a, :s)"), {"o": page.host.id, "a": page.action_id, "s": mine}
    )
    return int(found or 0) >= ALIKE_PLACES


def get_writing(signing_id: UUID) -> Writing:
    """The letter that this context holds. Raises :class:`NotFound`."""
    row = db.session.execute(select(LETTER).where(LETTER.c.signing_id == signing_id)).one_or_none()
    if row is None:
        raise NotFound
    delivery = db.session.execute(text("SELECT state, changed_at FROM app.letter_delivery()")).one_or_none()
    given, page = _opened(row), find_writing_page_of(row.organisation_id, row.action_id)
    return Writing(
        row.id,
        row.organisation_id,
        page,
        row.state,
        row.holding_id,
        row.created_at,
        row.confirmed_at,
        given,
        letter_text(row.greeting, given.body, given.writer, via_of(page)) if given and page else "",
        delivery.state if delivery else None,
        delivery.changed_at if delivery else None,
    )


def _opened(row: Any) -> Given | None:
    if row.body_cipher is None or row.email_cipher is None:
        return None
    session = db.session()
    opened = {
        name: open_field(
            session, row.organisation_id, "letter", f"{name}_cipher", row.id, getattr(row, f"{name}_cipher")
        )
        for name in SEALED
    }
    writer = Writer(opened["name"], opened["email"], opened["street"], opened["postcode"])
    return Given(writer, opened["subject"], opened["body"])


def via_of(page: WritingPage) -> str:
    """Through whom a letter is sent, as the letter and its From say."""
    return f"{page.campaign.name} ({page.host.short_name})"


def confirm(writing: Writing) -> Outcome:
    """Confirm an unconfirmed letter: from now on it is on its way. A second press changes nothing."""
    if writing.state != LetterState.UNCONFIRMED:
        return Outcome.NOTHING
    if writing.page is None or not writing.page.is_open:
        return Outcome.CLOSED
    try:
        with db.session.begin_nested():
            changed = _move(writing, state=LetterState.CONFIRMED, confirmed_at=now())
    except IntegrityError:
        return Outcome.ALREADY
    if not changed:
        return Outcome.NOTHING
    enqueue_after_commit(
        "organising.letters.jobs.queue_letter",
        organisation_id=writing.organisation_id,
        row_id=writing.id,
        purpose="queue_letter",
        queue="mail",
    )
    return Outcome.CONFIRMED


def refuse(writing: Writing) -> Outcome:
    """ "This wasn't me", or a change of mind: erase an unconfirmed letter; the database empties it."""
    changed = writing.state == LetterState.UNCONFIRMED and _move(
        writing, state=LetterState.ERASED, ended_at=now()
    )
    return Outcome.WITHDRAWN if changed else Outcome.NOTHING


def withdraw(writing: Writing) -> Outcome:
    """Take a confirmed letter back. One that has left can't be; then what is kept of it here is erased."""
    if writing.state != LetterState.CONFIRMED:
        return Outcome.NOTHING
    return Outcome(db.session.scalar(text("SELECT app.withdraw_letter()")))


def _move(writing: Writing, **changes: Any) -> bool:
    changed: Any = db.session.execute(
        update(LETTER)
        .where(LETTER.c.id == writing.id, LETTER.c.state == LetterState.UNCONFIRMED)
        .values(**changes)
    )
    return bool(changed.rowcount)
