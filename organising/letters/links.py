"""The link that a writer holds: a signed token over the signing id, which nothing else reveals."""

from uuid import UUID

from organising.platform.links import SignedIds, address_of_page

LETTER = SignedIds("letters.letter")


def letter_token(signing_id: UUID) -> str:
    """The token in the confirmation mail: it opens the page of this letter, and of no other."""
    return LETTER.token(signing_id)


def read_letter_token(token: str) -> UUID:
    """The signing id within; raises :class:`NotFound` for a token this installation did not make."""
    return LETTER.read(token)[0]


def letter_url(signing_id: UUID, language: str | None = None) -> str:
    """The whole address of a letter's page, in a language where one was chosen."""
    return address_of_page("letters.letter", token=letter_token(signing_id), lang=language)


def writing_url(organisation_slug: str, slug: str) -> str:
    """The whole address of the page on which people write."""
    return address_of_page("letters.write", organisation=organisation_slug, slug=slug)
