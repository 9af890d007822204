"""What a signature needs to know of its drive, kept for a second: in the minutes after a broadcast hundreds ask at once.

The database has the last word: its policy takes no signature for a drive that closed or a partner that left meanwhile.
"""

import time

from flask import current_app

from ...platform.db import db
from ...platform.languages import ENGLISH
from ..queries import SigningPage, get_signing_page
from ..queries.texts import TextKey

SECONDS = 1.0
MOST_KEPT = 200
EXTENSION = "organising.pledges.kept_pages"
Key = tuple[str, str | None, str, TextKey]


def get_page_to_sign(
    slug: str, via: str | None, language: str = ENGLISH, *, seen: TextKey | None = None
) -> SigningPage:
    """As :func:`get_signing_page` says, up to a second old and in no session. Raises :class:`NotFound`.

    Afresh where the form does not say which text was ``seen``: it is the present one then, to the second.
    """
    if seen is None:
        return get_signing_page(slug, via, language)
    kept = _kept()
    key = (slug, via, language, seen)
    until, page = kept.get(key, (0.0, None))
    if page is None or until <= time.monotonic():
        page = get_signing_page(slug, via, language, seen=seen)
        for row in (page.drive, page.campaign):
            # A commit would empty them, and the next request has another session.
            db.session.expunge(row)
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[key] = (time.monotonic() + SECONDS, page)
    return page


def forget_pages() -> None:
    """Read afresh from now on: something that is kept turned out to be no longer so."""
    _kept().clear()


def _kept() -> dict[Key, tuple[float, SigningPage | None]]:
    found: dict[Key, tuple[float, SigningPage | None]] = current_app.extensions.setdefault(EXTENSION, {})
    return found
