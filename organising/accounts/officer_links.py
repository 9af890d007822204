"""Branch officers sign in without a password: by a mailed link, or the six digits beside it.

Both are asked for in one request, last a quarter of an hour and are spent once, together, by a POST: programs that
open the links in mail spend nothing. The session that they begin is a row, lasts thirty days, makes the person an
officer of that one unit and nothing else, and is ended at any time. Every service here wants the signed purpose
``identity`` unless it says otherwise; commit after a refusal too, for it has counted the try.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import text

from ..platform.actor import Actor
from ..platform.audit import record
from ..platform.clock import now
from ..platform.db import db, new_id
from ..platform.errors import DomainError, NotFound
from ..platform.queue import enqueue_after_commit
from ..platform.sealing import installation_hash
from .models import OfficerSession
from .services import LinkSpent, email_key

LASTS = timedelta(minutes=15)
DIGITS = 6


class OfficerCodeRefused(DomainError):
    """A code that is wrong, used, too old or was tried too often: told alike."""

    code = "officer_code_refused"
    status = 422


@dataclass(frozen=True)
class Began:
    """A session that a link began. It opens nothing before the second step, where the person has one."""

    session_id: UUID
    user_id: UUID
    session_epoch: int
    organisation_id: UUID
    has_second_factor: bool


@dataclass(frozen=True)
class OpenLink:
    """What the page behind a link says before it is spent."""

    organisation_name: str
    unit_name: str


def ask(email: str) -> UUID:
    """Write a request where the address is a present officer's, and ring for its mail; returns the request's id.

    Says nothing either way: the same is done and answered for everybody. No more than three an hour and ten a day are
    written for one account.
    """
    request_id = new_id()
    db.session.execute(
        text("SELECT app.ask_officer_link(:k, :r, :e)"),
        {"k": email_key(email), "r": request_id, "e": now() + LASTS},
    )
    enqueue_after_commit(
        "organising.accounts.jobs.send_officer_links",
        organisation_id=None,
        row_id=request_id,
        purpose="officer_link",
        queue="urgent",
    )
    return request_id


def make_code() -> str:
    """Six digits, each equally likely."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def hash_code(request_id: UUID, code: str) -> bytes:
    """The keyed hash of a code of this request; spaces between the digits are nothing."""
    digits = re.sub(r"\s", "", code)
    return installation_hash("officer code", f"{request_id}:{digits}")


def find_open(link_id: UUID) -> OpenLink | None:
    """What an unspent link leads to, or ``None``; looking spends nothing."""
    row = db.session.execute(text("SELECT * FROM app.find_officer_link(:l)"), {"l": link_id}).one_or_none()
    return OpenLink(row.organisation_name, row.unit_name) if row else None


def spend_link(link_id: UUID, device: str) -> Began:
    """Spend a link. Raises :class:`LinkSpent`."""
    began = _begin("SELECT * FROM app.spend_officer_link(:l, :s, :d)", {"l": link_id, "d": device})
    if began is None:
        raise LinkSpent("This link has been used, or is older than a quarter of an hour. Ask for a new one.")
    return began


def spend_code(request_id: UUID, code: str, device: str) -> Began:
    """Spend the code of a request, which only the browser that asked for it knows. Raises :class:`OfficerCodeRefused`."""
    given = {"r": request_id, "h": hash_code(request_id, code), "d": device}
    began = _begin("SELECT * FROM app.spend_officer_code(:r, :h, :s, :d)", given)
    if began is None:
        raise OfficerCodeRefused(
            _("That code is wrong, was used, or is too old. After five tries, ask for a new one.")
        )
    return began


def _begin(statement: str, given: dict[str, object]) -> Began | None:
    session_id = new_id()
    row = db.session.execute(text(statement), {**given, "s": session_id}).one_or_none()
    if row is None:
        return None
    return Began(session_id, row.user_id, row.session_epoch, row.organisation_id, row.has_second_factor)


def open_session(user_id: UUID, organisation_id: UUID, device: str) -> UUID:
    """Begin a session for an officer who has just accepted the invitation that was mailed to them."""
    session_id = new_id()
    opened = db.session.scalar(
        text("SELECT app.open_officer_session(:s, :u, :o, :d)"),
        {"s": session_id, "u": user_id, "o": organisation_id, "d": device},
    )
    if not opened:
        raise NotFound
    return session_id


def confirm_session(session_id: UUID) -> None:
    """The second step was passed: from now on the session opens what it may."""
    db.session.execute(text("SELECT app.confirm_officer_session(:s)"), {"s": session_id})


def end_own(user_id: UUID, session_id: UUID) -> None:
    """End one of one's own sessions (context: the person). Raises :class:`NotFound`."""
    found = db.session.get(OfficerSession, session_id)
    if found is None or found.user_id != user_id:
        raise NotFound
    found.revoke(now())


def end_for(actor: Actor, session_id: UUID) -> bool:
    """End an officer's session, by those in charge of the organisation; returns whether that changed anything.

    Row security shows them no other organisation's. Raises :class:`NotFound`.
    """
    found = db.session.get(OfficerSession, session_id)
    if found is None or found.organisation_id != actor.organisation_id:
        raise NotFound
    ended = found.revoke(now())
    if ended:
        record(actor, "account.session_ended", "user", found.user_id)
    return ended


def record_entry(actor: Actor) -> None:
    """Note in the organisation's log that an officer signed in by link (context: the person in it)."""
    record(actor, "account.link_used", "user", actor.user_id)
