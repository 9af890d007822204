"""What counts as the same person: canonical emails, names and postcodes. Pure, so it can be tested by the table."""

import re
import unicodedata

from flask_babel import gettext as _

from ..platform.email_address import parse_email as parse_email
from ..representatives import postcode_format

# Providers that deliver every one of these to the same box; of any other provider nothing is assumed.
PLUS_IS_ALIAS = frozenset(
    {
        "gmail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "live.com", "live.co.uk", "icloud.com",
        "me.com", "mac.com", "proton.me", "protonmail.com", "pm.me", "fastmail.com", "fastmail.fm",
    }
)  # fmt: skip
DOTS_ARE_NOTHING = frozenset({"gmail.com"})
SAME_DOMAIN = {"googlemail.com": "gmail.com"}

# Letters that Unicode does not take apart, and apostrophes, which people leave out when they search.
_PLAIN = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "'": "",
        "’": "",
        "‘": "",
        "ʼ": "",
    }
)


def person(email: str) -> str:
    """The address as compared between signatures: one box, one text."""
    local, _, domain = email.strip().lower().rpartition("@")
    domain = SAME_DOMAIN.get(domain, domain)
    if domain in PLUS_IS_ALIAS:
        local = local.partition("+")[0] or local
    if domain in DOTS_ARE_NOTHING:
        local = local.replace(".", "") or local
    return f"{local}@{domain}"


def parse_postcode(text: str) -> str:
    """A British postcode in capitals with its one space. Raises ``ValueError`` with a plain sentence.

    Only the shape is checked: which constituency it lies in is for a look-up, never for a guess.
    """
    try:
        return postcode_format.parse_postcode(text)
    except postcode_format.NotAPostcode:
        raise ValueError(_("Enter a full postcode such as E1 4NS.")) from None


def folded(text: str) -> str:
    """Lower case, without accents or punctuation, single spaces: for comparing and searching names."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    # Once more: a letter drawn as a symbol (𝕊) has no lower case before it is decomposed.
    plain = unicodedata.normalize("NFKD", plain.casefold().translate(_PLAIN))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w]+", " ", letters).split())


def by_last(folded_name: str) -> str:
    """The last word first, so that a search by surname finds it: ``amina b okafor`` → ``okafor amina b``."""
    first, _, last = folded_name.rpartition(" ")
    return f"{last} {first}".strip()
