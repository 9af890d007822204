"""What the public does with its own sign-up: ask for a place, confirm it, correct it, give it up.

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

from organising.platform.clock import now
from organising.platform.db import db, new_id
from organising.platform.errors import DomainError, NotFound
from organising.platform.languages import kept_language
from organising.platform.queue import enqueue_after_commit
from organising.platform.sealing import blind_index, canonical_email, open_field, seal_field
from organising.representatives.models import Person

from ..keys import person_key
from ..models import AttendanceMail, MailKind, SignUp, SignUpState
from ..queries.listing import PublicAction, find_public_action
from ..texts import CONSENT_VERSION, consent

SIGN_UP: Any = SignUp.__table__
MAIL: Any = AttendanceMail.__table__
SEALED = ("name", "email", "postcode")
SEND = "organising.attendance.jobs.send_mails"


class NotTaken(DomainError):
    """The action takes no sign-ups."""

    code = "sign_up_closed"
    status = 409


class Outcome(StrEnum):
    """What came of a press of a button."""

    GOING = "going"
    WAITING = "waiting"
    ALREADY = "already"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    SAVED = "saved"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Given:
    """What somebody gave: checked and normalised by the form. ``area_id``: the constituency of the postcode."""

    name: str
    email: str
    postcode: str = ""
    area_id: UUID | None = None
    invitations: bool = False


@dataclass(frozen=True)
class OwnMeeting:
    """The meeting with a representative that somebody was briefed about."""

    member: str
    starts_at: datetime
    room: str


@dataclass(frozen=True)
class Place:
    """One sign-up as its holder sees it. ``action`` is empty while the action is not public as it stands."""

    id: UUID
    organisation_id: UUID
    host: str
    state: str
    name: str
    email: str
    postcode: str
    area_id: UUID | None
    action: PublicAction | None
    confirmed_at: datetime | None
    meeting: "OwnMeeting | None" = None

    @property
    def stands(self) -> bool:
        """Whether it was confirmed and not taken back."""
        return self.state in (SignUpState.GOING, SignUpState.WAITING)


def sign_up(signing_id: UUID, action: PublicAction, given: Given) -> None:
    """Keep the sign-up, unconfirmed, and ring for its mail. The same writes for a first one and for a repeated one."""
    if not action.takes_sign_ups(now()):
        raise NotTaken(_("This event takes no sign-ups."))
    sign_up_id, at, host = new_id(), now(), action.host
    asked = action.invitation if given.invitations else None
    values = {
        "organisation_id": host.id,
        "id": sign_up_id,
        "action_id": action.id,
        "signing_id": signing_id,
        "state": SignUpState.UNCONFIRMED,
        "consent": consent(host.name, meets_members=action.meets_members),
        "consent_version": CONSENT_VERSION,
        "invitations_wording_id": asked.wording_id if asked else None,
        "email_key": blind_index(host.id, "email", canonical_email(given.email)),
        "person_key": person_key(action.id, given.email),
        "area_id": given.area_id,
        "created_at": at,
    }
    db.session.execute(insert(SIGN_UP).values(**values, **_sealed(host.id, sign_up_id, given)))
    db.session.execute(
        insert(MAIL).values(
            organisation_id=host.id,
            id=new_id(),
            sign_up_id=sign_up_id,
            kind=MailKind.CONFIRM,
            key="",
            confirmation_due_at=at,
            confirmation_tries=0,
            confirmation_language=kept_language(),
            created_at=at,
        )
    )
    _ring(host.id)


def get_place(signing_id: UUID) -> Place:
    """The sign-up that this context holds. Raises :class:`NotFound`."""
    row = db.session.execute(select(SIGN_UP).where(SIGN_UP.c.signing_id == signing_id)).one_or_none()
    if row is None:
        raise NotFound
    host = db.session.execute(
        text("SELECT name FROM organisation WHERE id = :id"), {"id": row.organisation_id}
    ).scalar_one()
    opened = {name: _opened(row, name) for name in SEALED}
    return Place(
        id=row.id,
        organisation_id=row.organisation_id,
        host=host,
        state=row.state,
        area_id=row.area_id,
        action=find_public_action(row.action_id),
        confirmed_at=row.confirmed_at,
        meeting=_find_meeting() if row.slot_id else None,
        **opened,
    )


def confirm(place: Place) -> Outcome:
    """Take a place, or one on the waiting list. Of two who want the last place at once one waits: the database decides."""
    outcome = Outcome(db.session.scalar(text("SELECT app.confirm_sign_up()")))
    if outcome in (Outcome.GOING, Outcome.WAITING):
        enqueue_after_commit(
            "organising.attendance.jobs.keep_contact",
            organisation_id=place.organisation_id,
            row_id=place.id,
            purpose="attendance_contact",
        )
        _ring(place.organisation_id)
    return outcome


def leave(place: Place) -> Outcome:
    """Give the place up, or erase an unconfirmed sign-up; whoever waits longest is given the place in the same moment."""
    outcome = Outcome(db.session.scalar(text("SELECT app.leave_sign_up()")))
    if outcome is Outcome.WITHDRAWN:
        _ring(place.organisation_id)
    return outcome


def correct(place: Place, name: str, postcode: str, area_id: UUID | None) -> Outcome:
    """Put name and postcode right; the address can't be changed, since it is what was confirmed."""
    given = Given(name, place.email, postcode, area_id)
    sealed = _sealed(place.organisation_id, place.id, given)
    changed: Any = db.session.execute(
        update(SIGN_UP)
        .where(SIGN_UP.c.id == place.id, SIGN_UP.c.state.in_(["unconfirmed", "going", "waiting"]))
        .values(name_cipher=sealed["name_cipher"], postcode_cipher=sealed["postcode_cipher"], area_id=area_id)
    )
    return Outcome.SAVED if changed.rowcount else Outcome.NOTHING


def _sealed(organisation_id: UUID, sign_up_id: UUID, given: Given) -> dict[str, bytes | None]:
    session = db.session()
    return {
        f"{name}_cipher": seal_field(
            session, organisation_id, "sign_up", f"{name}_cipher", sign_up_id, getattr(given, name)
        )
        if getattr(given, name)
        else None
        for name in SEALED
    }


def _opened(row: Any, name: str) -> str:
    cipher = getattr(row, f"{name}_cipher")
    if cipher is None:
        return ""
    return open_field(db.session(), row.organisation_id, "sign_up", f"{name}_cipher", row.id, cipher)


def _find_meeting() -> OwnMeeting | None:
    row = db.session.execute(text("SELECT * FROM app.own_meeting()")).one_or_none()
    if row is None:
        return None
    member = db.session.scalar(select(Person.name).where(Person.id == row.person_id))
    room = (
        open_field(db.session(), row.organisation_id, "meeting_slot", "room_cipher", row.id, row.room_cipher)
        if row.room_cipher
        else ""
    )
    return OwnMeeting(member or "", row.starts_at, room)


def _ring(organisation_id: UUID) -> None:
    enqueue_after_commit(
        SEND, organisation_id=organisation_id, purpose="attendance_mail", queue="urgent", once=True
    )
