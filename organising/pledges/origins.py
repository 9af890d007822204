"""Origins of other sites, and the sources that links name: small texts from outside, checked before they are kept."""

import re
from urllib.parse import urlsplit

SOURCE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
LOCAL = ("localhost", "127.0.0.1")


def parse_origin(text: str) -> str:
    """``https://www.example.org`` of a site's address, as a browser names it (RFC 6454 section 6).

    Raises ``ValueError`` with a plain sentence.
    """
    written = text.strip().lower()
    try:
        parts = urlsplit(written if "://" in written else f"https://{written}")
        port, host = parts.port, (parts.hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError):
        raise ValueError("Enter the address of a site, such as https://www.example.org.") from None
    if parts.username or parts.password or not (HOST.fullmatch(host) or host in LOCAL):
        raise ValueError("Enter the address of a site, such as https://www.example.org.")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOCAL):
        raise ValueError("The site must be served over https, or what people type could be read on the way.")
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else "")


def parse_source(text: str) -> str:
    """A source's short name, as it stands in a link. Raises ``ValueError`` with a plain sentence."""
    name = re.sub(r"[\s_]+", "-", text.strip().lower())
    if not SOURCE.fullmatch(name):
        raise ValueError("Use up to 40 letters, digits and dashes, such as may-newsletter.")
    return name


def find_source(text: str | None) -> str | None:
    """The source that a link names; ``None`` where it names none that could have been made here."""
    return text if text and SOURCE.fullmatch(text) else None
