"""How much of a letter was said before: shingles of words, greeting and sign-off stripped.

Merge fields alone don't make a letter another one, so they count as one same word.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext

from .findings import Finding, Group, Page
from .links import FIELD
from .opening import BLANK_LINE, GREETING

LENGTH = 4
# From here on, a filter and a reader take two letters for one.
MUCH, NEARLY_ALL = 0.5, 0.9
MOST_NAMED = 3
SIGN_OFF = re.compile(
    r"^\s*(?:yours\b|kind\s+regards|best\s+(?:wishes|regards)|warm\s+(?:wishes|regards)|regards\b|with\s+(?:best|kind|many)\b"
    r"|many\s+thanks\W*$|in\s+solidarity|sincerely\b|respectfully\b|--\s*$)",
    re.IGNORECASE | re.MULTILINE,
)
WORD = re.compile(r"\w+")
# The same in Python and in the database, whatever its locale.
PLAIN = re.compile(r"[a-z0-9_]+")
LONGEST_COMPARED = 8_000


@dataclass(frozen=True)
class Earlier:
    """Another mailing of the same organisation: its letter, and how many of those written to now had it."""

    title: str
    body: str
    same_recipients: int
    left_at: datetime | None


def bare_body(body: str) -> str:
    """A letter without greeting and sign-off, its fields as one word."""
    text = GREETING.sub("", body.replace("\r\n", "\n").lstrip("\n"), count=1)
    # What closes a letter stands in its last third; before that, “Regards” is a word like others.
    after = len(text) * 2 // 3
    closing = SIGN_OFF.search(text, after) if BLANK_LINE.search(text) else None
    return FIELD.sub(" field ", text[: closing.start()] if closing else text)


def shingles(body: str) -> frozenset[tuple[str, ...]]:
    """Every run of words of a letter."""
    words = [word.casefold() for word in WORD.findall(bare_body(body))]
    if 0 < len(words) < LENGTH:
        return frozenset({tuple(words)})
    return frozenset(tuple(words[at : at + LENGTH]) for at in range(len(words) - LENGTH + 1))


def share_said_before(body: str, other: str) -> float:
    """The part of ``body`` that stands in ``other`` word for word, from 0 to 1."""
    own = shingles(body)
    return len(own & shingles(other)) / len(own) if own else 0.0


def runs_of(body: str) -> list[str]:
    """The shingles of a letter's beginning as the database makes them of others: in plain letters, in no order."""
    words = PLAIN.findall(bare_body(body[:LONGEST_COMPARED]).lower())
    return sorted({" ".join(words[at : at + LENGTH]) for at in range(len(words) - LENGTH + 1)})


def check_partners_alike(number: int, days: int) -> Iterator[Finding]:
    """How many of those written to had a letter much like this one from some partner; who and what is not said."""
    if number:
        yield Finding(
            "partners_alike",
            Group.LIKENESS,
            lazy_ngettext(
                "One of them has had a letter much like this one from a partner in the last %(days)d days.",
                "%(num)d of them have had a letter much like this one from a partner in the last %(days)d days.",
                number,
                days=days,
            ),
            _l("Offices file identical mail unread. Write it in your own words, or leave them out."),
        )


def check_likeness(body: str, earlier: Sequence[Earlier]) -> Iterator[Finding]:
    """Earlier mailings that say much the same; those that went to the same people first."""
    alike = [(share_said_before(body, one.body), one) for one in earlier]
    found = [(share, one) for share, one in alike if share >= MUCH]
    found.sort(key=lambda pair: (pair[1].same_recipients > 0, pair[0]), reverse=True)
    for share, one in found[:MOST_NAMED]:
        yield _finding(share, one)


def check_written_lately(
    numbers: Sequence[tuple[str, int]], days: int, *, may_name: bool = False
) -> Iterator[Finding]:
    """How many of those written to had mail of any partner in the last days; each has a name and a number.

    They are named where ``may_name``, those with the most letters first: how many, never whose or what they said.
    """
    written = sorted((one for one in numbers if one[1]), key=lambda one: (-one[1], one[0]))
    if written:
        yield Finding(
            "written_lately",
            Group.LIKENESS,
            lazy_ngettext(
                "One of them was written to in the last %(days)d days by some partner; the most letters to one person: %(most)d.",
                "%(num)d of them were written to in the last %(days)d days by some partner; the most letters to one person: %(most)d.",
                len(written),
                days=days,
                most=written[0][1],
            ),
            _l("Leave them out, wait, or say that you know of it."),
            page=Page.AUDIENCE,
            people=written if may_name else (),
        )


def check_correction(missing: int, extra: int) -> Iterator[Finding]:
    """Of a mailing that corrects another: those who got the first and are not chosen, and the other way round."""
    if missing:
        yield Finding(
            "correction_missing",
            Group.AUDIENCE,
            lazy_ngettext(
                "One who got the first letter would not get the correction.",
                "%(num)d who got the first letter would not get the correction.",
                missing,
            ),
            _l("Choose them, or begin the correction again from the first mailing."),
            page=Page.AUDIENCE,
        )
    if extra:
        yield Finding(
            "correction_extra",
            Group.AUDIENCE,
            lazy_ngettext(
                "One would get the correction who did not get the first letter.",
                "%(num)d would get the correction who did not get the first letter.",
                extra,
            ),
            _l("Take them out: they would read of a mistake that they never saw."),
            page=Page.AUDIENCE,
        )


def _finding(share: float, one: Earlier) -> Finding:
    percent = round(share * 100)
    if one.same_recipients and one.left_at is not None:
        words = lazy_ngettext(
            "%(percent)d %% of this letter stands in “%(title)s”, which one of them has had.",
            "%(percent)d %% of this letter stands in “%(title)s”, which %(num)d of them have had.",
            one.same_recipients,
            percent=percent,
            title=one.title,
        )
        code = "said_to_them"
    else:
        words = _l(
            "%(percent)d %% of this letter stands in “%(title)s” too.", percent=percent, title=one.title
        )
        code = "said_before"
    fix = (
        _l("Offices file identical mail unread. Write it anew, or leave out those who have had it.")
        if share >= NEARLY_ALL
        else _l("Say in the first lines what is new since then.")
    )
    return Finding(code, Group.LIKENESS, words, fix)
