"""Email addresses as people type them."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _

# What stands before the @ in nearly all addresses (RFC 5322, a dot-atom of plain letters, 64 of them at most).
_PLAIN = re.compile(r"(?=.{1,64}@)[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@")
_MOST = 254


def parse_email(text: str) -> str:
    """The address as it is written to. Raises ``ValueError`` with a plain sentence; asks no name server."""
    typed = text.strip()
    try:
        found = _PLAIN.match(typed)
        if found and len(typed) <= _MOST and (domain := _domain(typed[found.end() :])):
            return typed[: found.end()] + domain
        return validate_email(typed, check_deliverability=False).normalized
    except EmailNotValidError:
        raise ValueError(_("Enter an email address such as name@example.org.")) from None


@lru_cache(maxsize=4_096)
def _domain(domain: str) -> str:
    """The domain as it is written to, of which there are few for many people; empty where the whole has to be judged."""
    if not domain.isascii() or "@" in domain:
        return ""
    try:
        return validate_email(f"a@{domain}", check_deliverability=False).domain
    except EmailNotValidError:
        return ""
