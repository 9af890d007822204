"""The second factor: six digits from a phone (TOTP, RFC 6238), or one of ten recovery codes.

The secret is sealed with the installation's key, codes are kept as keyed hashes, and definer functions alone reach
either. Each code is accepted once. Every service here wants the signed purpose ``identity``; commit after a refusal
too, for it has counted the try.
"""

import base64
import hmac
import os
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from flask_babel import gettext as _
from sqlalchemy import text

from ..platform.actor import Actor
from ..platform.audit import record
from ..platform.clock import now
from ..platform.db import db, new_id
from ..platform.errors import Conflict, DomainError
from ..platform.queue import enqueue_after_commit
from ..platform.sealing import installation_hash, open_field, seal_field
from .services import own_email, sign_in

STEP_SECONDS = 30
# A phone's clock may be half a minute out, either way.
STEPS_AROUND = (0, -1, 1)
CODES = 10
SYMBOLS = "0123456789abcdefghjkmnpqrstvwxyz"
CODE_SHAPE = re.compile(rf"[{SYMBOLS}]{{5}}-[{SYMBOLS}]{{5}}")
ISSUER = "Organising"


class CodeRefused(DomainError):
    """A code that is wrong, too old, or was used before: told alike."""

    code = "code_refused"
    status = 422


@dataclass(frozen=True)
class Standing:
    """How one's own second factor stands. ``secret`` is there while it is being set up, and never again."""

    confirmed_at: datetime | None = None
    codes_left: int = 0
    secret: str | None = None

    @property
    def is_on(self) -> bool:
        return self.confirmed_at is not None


def read_standing(user_id: UUID) -> Standing:
    """One's own second factor (context: the person, and purpose ``identity``)."""
    row = db.session.execute(text("SELECT * FROM app.own_second_factor()")).one_or_none()
    if row is None:
        return Standing()
    secret = _open(user_id, row.secret_cipher) if row.secret_cipher else None
    return Standing(row.confirmed_at, row.codes_left, secret)


def begin(user_id: UUID, present: str) -> None:
    """Make a secret for a phone to take in; the present password proves who is at the keyboard.

    Raises :class:`SignInRefused` for a wrong password, :class:`Conflict` where a second factor is on.
    """
    sign_in(own_email(user_id), present)
    secret = base64.b32encode(os.urandom(20)).decode()
    cipher = seal_field(db.session(), None, "second_factor", "secret_cipher", user_id, secret)
    if not db.session.scalar(text("SELECT app.begin_second_factor(:c)"), {"c": cipher}):
        raise Conflict(_("Your second step is on already."))


def cancel(user_id: UUID) -> bool:
    """Forget a secret that was not confirmed; returns whether there was one."""
    return bool(db.session.scalar(text("SELECT app.drop_second_factor(true)")))


def provisioning_uri(secret: str, account: str) -> str:
    """What the QR code says to an authenticator app."""
    return _totp(secret).get_provisioning_uri(account, ISSUER)


def confirm(actor: Actor | None, user_id: UUID, code: str) -> tuple[int, list[str]]:
    """Turn it on by the first code; returns the session epoch for the cookie that stays, and the recovery codes.

    Every other device is signed out. Raises :class:`CodeRefused`, :class:`Conflict` where nothing was begun.
    """
    standing = read_standing(user_id)
    if standing.secret is None:
        raise Conflict(_("Begin again: there is nothing to confirm."))
    step = _judge(user_id, code)
    codes = make_codes()
    epoch = db.session.scalar(
        text("SELECT app.confirm_second_factor(:s, :h)"), {"s": step, "h": _hashes(user_id, codes)}
    )
    if epoch is None:
        raise Conflict(_("Begin again: there is nothing to confirm."))
    _tell(user_id, "second_factor_on")
    if actor is not None:
        record(actor, "account.second_factor_on", "user", user_id)
    return int(epoch), codes


def check(user_id: UUID, code: str, recovery: str) -> int | None:
    """Pass by a code from the phone, or by a recovery code; returns how many of those are left if one was used.

    Raises :class:`CodeRefused`.
    """
    if not recovery.strip():
        step = _judge(user_id, code)
        if not db.session.scalar(text("SELECT app.pass_second_factor(:u, :s)"), {"u": user_id, "s": step}):
            raise _refused()
        return None
    left = db.session.scalar(
        text("SELECT app.use_recovery_code(:u, :h)"), {"u": user_id, "h": _hash(user_id, recovery)}
    )
    if left is None:
        raise CodeRefused(_("That is none of your recovery codes, or it was used before. Each works once."))
    _tell(user_id, "recovery_code_used")
    return int(left)


def renew_codes(actor: Actor | None, user_id: UUID, present: str, code: str, recovery: str) -> list[str]:
    """Ten fresh recovery codes; those before are of no use any more. Raises as :func:`turn_off`."""
    _prove(user_id, present, code, recovery)
    codes = make_codes()
    if not db.session.scalar(text("SELECT app.renew_recovery_codes(:h)"), {"h": _hashes(user_id, codes)}):
        raise Conflict(_("Your second step is not on."))
    if actor is not None:
        record(actor, "account.recovery_codes_renewed", "user", user_id)
    return codes


def turn_off(actor: Actor | None, user_id: UUID, present: str, code: str, recovery: str) -> None:
    """Take one's own second factor away, proving password and code.

    Raises :class:`SignInRefused` for the password, :class:`CodeRefused` for the code.
    """
    _prove(user_id, present, code, recovery)
    db.session.scalar(text("SELECT app.drop_second_factor(false)"))
    _tell(user_id, "second_factor_off")
    if actor is not None:
        record(actor, "account.second_factor_off", "user", user_id)


def reset(user_id: UUID) -> bool:
    """Take a colleague's away, sign them out everywhere, and ring for the mail that tells them.

    The database asks who may: one in charge of the organisation, never for themselves; or purpose ``setup``.
    """
    notice_id = new_id()
    done = db.session.scalar(text("SELECT app.reset_second_factor(:u, :n)"), {"u": user_id, "n": notice_id})
    if done:
        _ring(notice_id)
    return bool(done)


def make_codes() -> list[str]:
    """Ten codes of fifty bits, in symbols that nobody takes for one another."""
    return [
        "-".join("".join(secrets.choice(SYMBOLS) for _n in range(5)) for _m in range(2))
        for _k in range(CODES)
    ]


def _prove(user_id: UUID, present: str, code: str, recovery: str) -> None:
    sign_in(own_email(user_id), present)
    check(user_id, code, recovery)


def _judge(user_id: UUID, code: str) -> int:
    """The half-minute whose code this is and that is newer than any used. The try is counted first."""
    row = db.session.execute(text("SELECT * FROM app.try_second_factor(:u)"), {"u": user_id}).one_or_none()
    if row is None:
        raise CodeRefused(
            _(
                "That was tried too often. Wait some minutes before you try again; a recovery code works at once."
            )
        )
    digits = re.sub(r"\s", "", code)
    step = _matching_step(_open(user_id, row.secret_cipher), digits, now())
    if step is None or step <= row.last_step:
        raise _refused()
    return step


def _matching_step(secret: str, digits: str, at: datetime) -> int | None:
    present, found = int(at.timestamp()) // STEP_SECONDS, None
    for around in STEPS_AROUND:
        right = _totp(secret).generate((present + around) * STEP_SECONDS)
        if hmac.compare_digest(right, digits.encode()):
            found = present + around if found is None else max(found, present + around)
    return found


def _totp(secret: str) -> TOTP:
    # SHA-1, six digits and half a minute are what every authenticator app takes for given (RFC 6238).
    return TOTP(base64.b32decode(secret), 6, SHA1(), STEP_SECONDS)  # noqa: S303


def _refused() -> CodeRefused:
    return CodeRefused(
        _("That code is wrong, too old, or was used before. Wait for the next one, and try again.")
    )


def _open(user_id: UUID, cipher: bytes) -> str:
    return open_field(db.session(), None, "second_factor", "secret_cipher", user_id, cipher)


def _hashes(user_id: UUID, codes: list[str]) -> list[bytes]:
    return [_hash(user_id, code) for code in codes]


def _hash(user_id: UUID, code: str) -> bytes:
    """The keyed hash of a code as people copy it: any case, with or without the dash, o for 0 and l for 1."""
    plain = re.sub(r"[\s-]", "", code.lower()).translate(str.maketrans("oil", "011"))
    return installation_hash("recovery code", f"{user_id}:{plain}")


def _tell(user_id: UUID, what: str) -> None:
    notice_id = new_id()
    db.session.execute(text("SELECT app.tell_account(:n, :u, :k)"), {"n": notice_id, "u": user_id, "k": what})
    _ring(notice_id)


def _ring(notice_id: UUID) -> None:
    enqueue_after_commit(
        "organising.accounts.jobs.send_account_notice",
        organisation_id=None,
        row_id=notice_id,
        purpose="account_notice",
        queue="urgent",
    )
