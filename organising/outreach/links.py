"""Links that are mailed to somebody. Whoever holds one acts for that address with that organisation, and nobody else."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from organising.mailings.stop_links import TEST, StopLink
from organising.platform.clock import today
from organising.platform.errors import NotFound
from organising.platform.links import address_of_page

__all__ = ["STOP", "TEST", "Holder"]

STOP = StopLink("outreach.stop")
# What somebody agreed to is shown by it, so it does not open for ever to whoever finds an old email. Stopping does.
PREFERENCES_LAST = timedelta(days=90)
EPOCH = date(2020, 1, 1)
# So much of an address's key tells the addresses of one contact apart.
KEY_BYTES = 8
TOKEN_BYTES = 32


@dataclass(frozen=True)
class Holder:
    """Whom a preference link was mailed to, at which of their addresses, and when."""

    organisation_id: UUID
    contact_id: UUID
    email_key: bytes
    mailed_on: date

    @property
    def is_open(self) -> bool:
        """Whether it still shows what they agreed to."""
        return today() - self.mailed_on <= PREFERENCES_LAST


def preferences_token(
    organisation_id: UUID, contact_id: UUID, email_key: bytes = b"", mailed_on: date | None = None
) -> str:
    """The token of one contact's preference page; for ``TEST`` in place of a contact it shows an example."""
    days = ((mailed_on or today()) - EPOCH).days
    key = email_key[:KEY_BYTES].ljust(KEY_BYTES, b"\0")
    return _sign("preferences", organisation_id.bytes + contact_id.bytes + key + days.to_bytes(4, "big"))


def read_preferences_token(token: str) -> Holder:
    """Whose page it is; raises :class:`NotFound` for a token that this installation did not make."""
    said = _read("preferences", token, 44)
    mailed_on = EPOCH + timedelta(days=int.from_bytes(said[40:], "big"))
    return Holder(UUID(bytes=said[:16]), UUID(bytes=said[16:32]), said[32:40], mailed_on)


def preferences_url(
    organisation_id: UUID, contact_id: UUID, email_key: bytes = b"", *, language: str | None = None
) -> str:
    """The whole address of a contact's preference page."""
    token = preferences_token(organisation_id, contact_id, email_key)
    return address_of_page("outreach.preferences", token=token, lang=language)


def confirm_token(organisation_id: UUID, request_id: UUID) -> str:
    """The token of one question."""
    return _sign("confirm", organisation_id.bytes + request_id.bytes)


def read_confirm_token(token: str) -> tuple[UUID, UUID]:
    """Organisation and question; raises :class:`NotFound`."""
    said = _read("confirm", token, 32)
    return UUID(bytes=said[:16]), UUID(bytes=said[16:])


def confirm_url(organisation_id: UUID, request_id: UUID, *, language: str | None = None) -> str:
    """The whole address of the page on which somebody answers a question."""
    return address_of_page("outreach.answer", token=confirm_token(organisation_id, request_id), lang=language)


def stop_everyone_token(stop: bytes) -> str:
    """The token of the page by which whoever holds an address stops every partner, or undoes that."""
    return _sign("everyone", stop)


def read_stop_everyone_token(token: str) -> bytes:
    """What the address is known by; raises :class:`NotFound`."""
    return _read("everyone", token, TOKEN_BYTES)


def stop_everyone_url(stop: bytes, *, language: str | None = None) -> str:
    """The whole address of that page."""
    return address_of_page("outreach.everyone", token=stop_everyone_token(stop), lang=language)


def _sign(what: str, plain: bytes) -> str:
    return _serializer(what).dumps(urlsafe_b64encode(plain).decode())


def _read(what: str, token: str, length: int) -> bytes:
    try:
        said = urlsafe_b64decode(_serializer(what).loads(token))
    except (BadSignature, ValueError, TypeError, AttributeError):
        raise NotFound from None
    if len(said) != length:
        raise NotFound
    return said


def _serializer(what: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"outreach.{what}")
