"""Length, shouting, and what was meant to be filled in."""

import re
from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from .findings import Finding, Group, Severity, place_in
from .links import FIELD, FOUND

# What an MP's office reads to the end is a page; a screen of a phone shows a subject so long.
LONGEST_WORDS, SHORTEST_WORDS, LONGEST_SUBJECT = 400, 40, 70
MOST_MARKS = 2
SHOUTS_FROM = 3
WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
BRACKETED = r"insert|your|name|date|title|mp|mps|member|constituency|address|organisation|place|number|first|last|surname|link|xx*"
# What nobody means to send.
LEFT_OVER = re.compile(
    r"\b(?:TODO|FIXME|XX+X|YYYY)\b|\b(?:xxx+|(?i:lorem\s+ipsum))\b|_{3,}|\{\s*\w[\w ]{0,30}\s*\}|%\w*(?:NAME|FIELD)\w*%|\*\|\w+\|\*"
    rf"|\[\s*(?:(?i:{BRACKETED})\b[^\]\n]{{0,40}}|[A-Z][A-Z _/-]{{2,40}})\]|<\s*(?i:{BRACKETED})\b[^>\n]{{0,40}}>"
    r"|\b(?:INSERT|YOUR|MP)\s+(?:NAME|DATE|TITLE|CONSTITUENCY|ADDRESS)(?:\s+HERE)?\b"
)
# What may be meant; a person looks.
UNSURE = re.compile(r"\b(?:TBC|TBD|TBA)\b|\?{3,}|\[\s*\]|\[[A-Za-z][^\]\n]{3,40}\]")


def check_wording(subject: str, body: str, known: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """Length, shouting and left-over marks. ``known`` are capital words that are names, such as “LAWRS”."""
    yield from check_left_over(subject, is_subject=True)
    yield from check_left_over(body)
    yield from _length(subject, body)
    yield from _shouting(subject, body, known)


def words_of(text: str) -> list[str]:
    """The words of a text; a merge field and a link count as one each."""
    return WORD.findall(FOUND.sub(" link ", FIELD.sub(" field ", text)))


def check_left_over(text: str, *, is_subject: bool = False) -> Iterator[Finding]:
    """What was to be filled in, and was not."""
    # Of the same length, so that places stay.
    bare = FOUND.sub(_blank, FIELD.sub(_blank, text))
    sure = list(LEFT_OVER.finditer(bare))
    taken = {place for found in sure for place in range(*found.span())}
    unsure = [found for found in UNSURE.finditer(bare) if found.start() not in taken]
    for found in sorted([*sure, *unsure], key=lambda one: one.start()):
        # Marked up as a link: links.py speaks of it.
        if text.startswith("(", found.end()):
            continue
        yield Finding(
            "left_over" if found in sure else "perhaps_left_over",
            Group.WORDS,
            _l(
                "“%(words)s” looks as if something was to be filled in.",
                words=" ".join(found.group().split()),
            ),
            _l("Write what belongs there, or use a merge field."),
            Severity.STOPS if found in sure else Severity.TO_KNOW,
            place_in(text, *found.span(), subject=is_subject),
        )


def _length(subject: str, body: str) -> Iterator[Finding]:
    number = len(words_of(body))
    if number > LONGEST_WORDS:
        yield _to_know(
            "long",
            _l("The letter has %(number)d words. An office reads a page, which is about %(most)d.", number=number, most=LONGEST_WORDS),
            _l("Cut it, and put the rest behind a link."),
        )  # fmt: skip
    if number < SHORTEST_WORDS:
        yield _to_know(
            "short",
            _l(
                "The letter has %(number)d words. One so short is taken for an automatic message.",
                number=number,
            ),
            _l("Say who writes, what you ask, and why here."),
        )
    if len(FIELD.sub("a constituency", subject)) > LONGEST_SUBJECT:
        yield _to_know(
            "long_subject",
            _l(
                "The subject has more than %(most)d characters, and is cut off on a phone.",
                most=LONGEST_SUBJECT,
            ),
            _l("Put what you ask first, and shorten it."),
        )


def _shouting(subject: str, body: str, known: frozenset[str]) -> Iterator[Finding]:
    if "!" in subject or body.count("!") > MOST_MARKS or "!!" in body:
        yield _to_know(
            "exclamation",
            _l("Exclamation marks make filters and offices wary."),
            _l("End those sentences with a full stop."),
        )
    for text, least, is_subject in ((subject, 2, True), (body, SHOUTS_FROM, False)):
        loud = [
            one
            for one in WORD.finditer(LEFT_OVER.sub(_blank, FOUND.sub(_blank, FIELD.sub(_blank, text))))
            if len(one.group()) > 3 and one.group().isupper() and one.group() not in known
        ]
        if len(loud) >= least:
            yield Finding(
                "capitals",
                Group.WORDS,
                _l("Words in capitals read as shouting, and filters count them."),
                _l("Write them in small letters."),
                place=place_in(text, loud[0].start(), loud[-1].end(), subject=is_subject),
            )


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())


def _to_know(code: str, words: object, fix: object) -> Finding:
    return Finding(code, Group.WORDS, words, fix)
