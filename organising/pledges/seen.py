"""Which text a signer has before them: kept, signed, in the form, so that nobody signs what they did not read."""

from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from .queries import SigningPage, TextKey


def seen_token(page: SigningPage) -> str:
    """The token of the text that this page shows."""
    return _serializer().dumps([page.drive.id.hex, page.text.version, page.text.mark])


def read_seen(token: str | None) -> TextKey | None:
    """Which text the form was shown under; ``None`` where the token says nothing."""
    try:
        drive, version, mark = _serializer().loads(token or "")
        return TextKey(UUID(hex=drive), int(version), str(mark))
    except (BadSignature, ValueError, TypeError, AttributeError):
        return None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="pledges.seen")
