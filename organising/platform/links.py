"""Addresses of the product's own pages, for mail and print, and the pages whose address is a key."""

from dataclasses import dataclass
from uuid import UUID

from flask import Response, current_app, make_response
from itsdangerous import BadSignature, URLSafeSerializer

from .errors import NotFound


def address_of_page(endpoint: str, **values: str | None) -> str:
    """A whole address at the public address of the settings, with or without a request: a job has none to take it from."""
    path = current_app.url_map.bind("").build(endpoint, values, force_external=False)
    return f"{current_app.config['SETTINGS'].public_url}{path}"


@dataclass(frozen=True)
class SignedIds:
    """Tokens over ids that nothing else reveals, always as many, under a signature that holds for no other purpose."""

    purpose: str
    count: int = 1

    def token(self, *ids: UUID) -> str:
        """The signed token of these ids."""
        said = [one.hex for one in ids]
        return str(self._serializer().dumps(said if self.count > 1 else said[0]))

    def read(self, token: str) -> tuple[UUID, ...]:
        """The ids within; raises :class:`NotFound` for a token that this installation did not make."""
        try:
            said = self._serializer().loads(token)
            ids = tuple(UUID(hex=one) for one in (said if self.count > 1 else [said]))
        except (BadSignature, ValueError, TypeError, AttributeError):
            raise NotFound from None
        if len(ids) != self.count:
            raise NotFound
        return ids

    def _serializer(self) -> URLSafeSerializer:
        return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=self.purpose)


def unkept(body: str | bytes, status: int = 200) -> Response:
    """A page whose address is the key: no cache keeps it, no other site is told of it."""
    response = make_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
