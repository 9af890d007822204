"""Signing in, setting and resetting passwords. Hashes go in and come out through definer functions only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import text

from ..platform.actor import Actor
from ..platform.audit import record
from ..platform.clock import now
from ..platform.db import db, new_id
from ..platform.errors import DomainError, Invalid
from ..platform.queue import enqueue_after_commit
from ..platform.sealing import blind_index, canonical_email
from .models import User

HASHER = PasswordHasher()
# Verified against when no such account exists, so that the answer takes as long either way.
ABSENT = HASHER.hash("no such account")
FAILURES_ALLOWED = 8
LOCKED_FOR = timedelta(minutes=15)
RESET_LASTS = timedelta(hours=1)
SHORTEST_PASSWORD = 12
KNOWN_PASSWORD = "care-dont-share"  # noqa: S105 - the demo's, printed in the README; refused elsewhere


class SignInRefused(DomainError):
    """Wrong address or password, told alike."""

    code = "sign_in_refused"
    status = 422


class LinkSpent(DomainError):
    """The link was ours, and has been used, withdrawn or has expired."""

    code = "link_spent"
    status = 410


@dataclass(frozen=True)
class SignInAnswer:
    """Who gave the right password, the epoch that their cookie carries, and whether a second factor is asked for.

    ``session_id``: an officer came by a mailed link instead, and this session's row says for how long.
    """

    user_id: UUID
    session_epoch: int
    has_second_factor: bool = False
    session_id: UUID | None = None


def email_key(email: str) -> bytes:
    """The blind index under which a person's address is looked up."""
    return blind_index(None, "email", canonical_email(email))


def check_password_strength(password: str) -> None:
    """Raise :class:`Invalid` for a password shorter than 12 characters (NIST SP 800-63B.

    Length, no composition rules).
    """
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(
            f"Choose a password of at least {SHORTEST_PASSWORD} characters. Three or four words do well."
        )
    if len(password) > 1000:
        raise Invalid("That password is longer than 1,000 characters.")


def hash_password(password: str) -> str:
    """An Argon2id hash; raises :class:`Invalid` for a weak password."""
    check_password_strength(password)
    return HASHER.hash(password)


def sign_in(email: str, password: str) -> SignInAnswer:
    """Check a password (context purpose ``identity``).

    Raises :class:`SignInRefused`, the same for every cause.

    Commit after a refusal too: it has noted the failure. Eight in a row close the account for a quarter of an
    hour; the answer doesn't tell, and takes as long for an account that never was.
    """
    row = db.session.execute(
        text("SELECT * FROM app.find_sign_in(:k)"), {"k": email_key(email)}
    ).one_or_none()
    locked = row is not None and _is_locked(row.failed_count, row.failed_at)
    right = _verify(row.password_hash if row else ABSENT, password) and not locked
    noted = None if row is None or locked else row.user_id
    fresh = HASHER.hash(password) if row and right and HASHER.check_needs_rehash(row.password_hash) else None
    db.session.execute(text("SELECT app.note_sign_in(:u, :s, :h)"), {"u": noted, "s": right, "h": fresh})
    if row is None or not right:
        raise SignInRefused("That address and password don’t match. Try again, or reset your password.")
    has_second = db.session.scalar(text("SELECT app.has_second_factor(:u)"), {"u": row.user_id})
    return SignInAnswer(row.user_id, row.session_epoch, bool(has_second))


def _is_locked(failed_count: int, failed_at: datetime | None) -> bool:
    return failed_count >= FAILURES_ALLOWED and failed_at is not None and failed_at > now() - LOCKED_FOR


def _verify(hashed: str, password: str) -> bool:
    try:
        return HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def ask_password_reset(email: str) -> None:
    """Write a reset where the account exists, and ring for its mail.

    Says nothing either way (purpose ``identity``).

    No more than three an hour are written for one account. The bell is rung in any case, so that neither the
    answer nor its time tells who has an account; for nobody's reset the job finds nothing to do.
    """
    reset_id = new_id()
    db.session.execute(
        text("SELECT app.start_password_reset(:k, :r, :e)"),
        {"k": email_key(email), "r": reset_id, "e": now() + RESET_LASTS},
    )
    enqueue_after_commit(
        "organising.accounts.jobs.send_password_reset",
        organisation_id=None,
        row_id=reset_id,
        purpose="password_reset",
        queue="urgent",
    )


def is_reset_open(reset_id: UUID) -> bool:
    """Whether a reset's link can still be used (purpose ``identity``)."""
    return bool(db.session.scalar(text("SELECT app.password_reset_is_open(:r)"), {"r": reset_id}))


def finish_password_reset(reset_id: UUID, password: str) -> UUID:
    """Set the new password and sign every session out (purpose ``identity``).

    Raises :class:`Invalid` for a weak password, :class:`LinkSpent` for a used or expired link.
    """
    user_id = db.session.scalar(
        text("SELECT app.finish_password_reset(:r, :h)"), {"r": reset_id, "h": hash_password(password)}
    )
    if user_id is None:
        raise LinkSpent("This link has been used or is more than an hour old. Ask for a new one.")
    return UUID(str(user_id))


def change_password(actor: Actor | None, user_id: UUID, present: str, password: str) -> int:
    """Set one's own password, proving the present one; returns the session epoch for the cookie that stays.

    Context: the person, and purpose ``identity``. Other devices are signed out. Raises :class:`SignInRefused`
    for a wrong present password (commit then too: the failure is noted), :class:`Invalid` for a weak new one.
    """
    hashed = hash_password(password)
    sign_in(own_email(user_id), present)
    epoch = int(db.session.scalar(text("SELECT app.set_password(:h)"), {"h": hashed}))
    if actor is not None:
        record(actor, "account.password_changed", "user", user_id)
    return epoch


def rename(actor: Actor | None, user_id: UUID, display_name: str) -> None:
    """Set one's own display name, as colleagues and (on shared rows written from now on) partners see it."""
    user = db.session.get_one(User, user_id)
    user.display_name = " ".join(display_name.split())
    if actor is not None:
        record(actor, "account.renamed", "user", user_id)


def find_account(email: str) -> UUID | None:
    """The account with this address, for a command at the server (purpose ``setup``)."""
    found = db.session.scalar(text("SELECT app.find_account(:k)"), {"k": email_key(email)})
    return UUID(str(found)) if found else None


def own_email(user_id: UUID) -> str:
    """The address of the person whom the session speaks for."""
    email = db.session.get_one(User, user_id).email
    assert email is not None
    return email
