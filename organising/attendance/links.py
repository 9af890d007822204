"""The link that somebody who signed up holds: a signed token over the signing id, which nothing else reveals."""

from uuid import UUID

from organising.platform.links import SignedIds, address_of_page

PLACE = SignedIds("attendance.place")


def place_token(signing_id: UUID) -> str:
    """The token in every mail to them: it opens the page of this sign-up, and of no other."""
    return PLACE.token(signing_id)


def read_place_token(token: str) -> UUID:
    """The signing id within; raises :class:`NotFound` for a token this installation did not make."""
    return PLACE.read(token)[0]


def place_url(signing_id: UUID, language: str | None = None) -> str:
    """The whole address of a sign-up's page, in a language where one was chosen."""
    return address_of_page("attendance.my_place", token=place_token(signing_id), lang=language)
