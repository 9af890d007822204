"""The link by which somebody stops an organisation's mail: it names one message, does that and nothing else, for ever."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer

from organising.platform.errors import NotFound
from organising.platform.languages import LANGUAGES, OTHERS, in_language
from organising.platform.links import address_of_page

# In place of a message: a link in something that went to nobody, which stops nothing.
TEST = UUID(int=0)


@dataclass(frozen=True)
class Links:
    """Where somebody stops the emails, and where they see and change the rest.

    ``stop_in``: words in each other language that the public reads, to the first page's address in it.
    """

    stop: str
    more: str
    stop_in: Mapping[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        """What a mail program shows its own button by (RFC 8058): one press, no page, no sign-in."""
        return {"List-Unsubscribe": f"<{self.stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


@dataclass(frozen=True)
class StopLink:
    """Links to one endpoint, under a signature that holds for no other."""

    endpoint: str

    def token(self, organisation_id: UUID, delivery_id: UUID) -> str:
        """The token of one message. For ``TEST`` in place of a message it stops nothing."""
        return self._serializer().dumps(urlsafe_b64encode(organisation_id.bytes + delivery_id.bytes).decode())

    def read(self, token: str) -> tuple[UUID, UUID]:
        """Organisation and message; raises :class:`NotFound` for a token that this installation did not make."""
        try:
            said = urlsafe_b64decode(self._serializer().loads(token))
            return UUID(bytes=said[:16]), UUID(bytes=said[16:])
        except (BadSignature, ValueError, TypeError, AttributeError):
            raise NotFound from None

    def url(self, organisation_id: UUID, delivery_id: UUID, *, language: str | None = None) -> str:
        """The whole address of the page that stops them for whoever got this message, in a language."""
        return address_of_page(self.endpoint, token=self.token(organisation_id, delivery_id), lang=language)

    def links(self, organisation_id: UUID, delivery_id: UUID, more: str) -> Links:
        """All links of one message: the page in English, the same in each other language, and ``more``."""
        others = {_words_in(code): self.url(organisation_id, delivery_id, language=code) for code in OTHERS}
        return Links(self.url(organisation_id, delivery_id), more, others)

    def _serializer(self) -> URLSafeSerializer:
        return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=self.endpoint)


def in_other_languages(links: Links) -> str:
    """How to stop, in each other language.

    Which one somebody reads is kept nowhere beside a mailing, since it hints at nationality, and nobody should have to
    read English to be left alone.
    """
    return "".join(f"\n{words}\n{link}\n" for words, link in links.stop_in.items())


def _words_in(language: str) -> str:
    with in_language(language):
        words: str = _("To stop these emails:")
    return f"{LANGUAGES[language]} – {words}"
