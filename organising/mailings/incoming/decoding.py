"""From bytes and encoded words to plain text, whatever they claim to be."""

import re
import unicodedata
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import getaddresses
from html import unescape

LONGEST_HEADER = 8_000
MOST_HTML = 400_000
HIDDEN = frozenset({"script", "style", "head", "title", "template"})
TAG = re.compile(r"<!--|<(/?[a-z][a-z0-9]*|[!?])")
BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "hr", "table"})
# What turns the direction of writing can make a page say something else than it holds.
TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Rows of dashes and the like: patterns that look for one would take the square of its length.
RUNS = re.compile(r"([^\w\n])\1{40,}")
ADDRESS = re.compile(r"[^\s<>@,;:\"'()]{1,250}@[^\s<>@,;:\"'()]{1,250}")


def decoded_header(value: str) -> str:
    """A header's value on one line, with encoded words decoded where they can be, and bytes that are no ASCII too."""
    text = in_text(value[:LONGEST_HEADER].encode("utf-8", "surrogateescape"), None)
    try:
        pieces = decode_header(text)
    except (HeaderParseError, ValueError):
        pieces = [(text, None)]
    words = [piece if isinstance(piece, str) else in_text(piece, charset) for piece, charset in pieces]
    return " ".join(_visible("".join(words)).split())


def in_text(content: bytes, charset: str | None) -> str:
    """The bytes as text: as they say, else as UTF-8, else as Windows does; never an error."""
    for name in (charset, "utf-8"):
        if not name or len(name) > 60:
            continue
        try:
            return content.decode(name)
        except (LookupError, UnicodeError, ValueError, AssertionError):
            continue
    return content.decode("cp1252", "replace")


def in_lines(text: str) -> str:
    """Plain lines: one kind of line end, no control characters, no long runs of empty lines."""
    lines = _visible(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    text = re.sub(r"\n{4,}", "\n\n\n", "\n".join(line.rstrip() for line in lines))
    return RUNS.sub(lambda run: run[1] * 40, text)


def of_html(markup: str) -> str:
    """The words of an HTML message, in lines. Nothing of it is kept that could be shown as HTML."""
    lines = (" ".join(line.split()) for line in "".join(_words(markup[:MOST_HTML])).split("\n"))
    return in_lines(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)))


def address_in(value: str) -> list[str]:
    """The bare addresses within a header, lower case."""
    try:
        pairs = getaddresses([value[:LONGEST_HEADER]])
    except (ValueError, IndexError, RecursionError):
        pairs = []
    found = [address.strip().lower() for _, address in pairs if ADDRESS.fullmatch(address.strip())]
    return found or [one.lower() for one in ADDRESS.findall(value[:LONGEST_HEADER])]


def _visible(text: str) -> str:
    kept = (c if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn") else " " for c in text)
    return TURNS.sub("", "".join(kept))


def _words(markup: str) -> Iterator[str]:
    """What stands between the tags, with breaks as line ends.

    The standard library's parser takes the square of the length for tags, comments and entities that never end.
    """
    lower, place = markup.lower(), 0
    while place < len(markup):
        tag = TAG.search(lower, place)
        start = tag.start() if tag else len(markup)
        yield unescape(markup[place:start]).replace("\n", " ")
        if tag is None:
            return
        name = tag[1] or ""
        if name in HIDDEN:
            end = lower.find(f"</{name}", start + 1)
        else:
            closing = "-->" if tag[0] == "<!--" else ">"
            end = lower.find(closing, tag.end())
            end += len(closing) if end >= 0 else 0
        if name.strip("/") in BREAKS:
            yield "\n"
        # What never ends hides the rest, as it does in a browser.
        place = end if end >= 0 else len(markup)
