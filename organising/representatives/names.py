"""Names: a key to search and compare by, and how to address a person in a letter and on its envelope.

A salutation is a proposal that a person checks. Gender is never guessed: where the source prints no
title, the full name is used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from organising.platform.folding import fold

_RIGHT_HONOURABLE = re.compile(
    r"(?:the\s+)?(?:rt|right)\.?\s+hon(?:ourable)?\.?\s+(?:the\s+)?", re.IGNORECASE
)
_COURTESY = {"mr": "Mr", "mrs": "Mrs", "ms": "Ms", "miss": "Miss", "mx": "Mx"}
_LEARNED = {
    "dr": "Dr", "prof": "Professor", "professor": "Professor", "rev": "Reverend", "revd": "Reverend",
    "reverend": "Reverend", "captain": "Captain", "capt": "Captain", "major": "Major", "colonel": "Colonel",
    "col": "Colonel", "lieutenant": "Lieutenant", "commander": "Commander", "brigadier": "Brigadier",
}  # fmt: skip
_KNIGHTLY = {"sir": "Sir", "dame": "Dame"}
_PEERS = {
    "lord": "Lord", "lady": "Lady", "baron": "Lord", "baroness": "Lady", "viscount": "Lord",
    "viscountess": "Lady", "earl": "Lord", "countess": "Lady", "marquess": "Lord", "marchioness": "Lady",
}  # fmt: skip
_BISHOPS = {"bishop": "Bishop", "archbishop": "Archbishop"}
_TITLES = {**_COURTESY, **_LEARNED, **_KNIGHTLY, **_PEERS, **_BISHOPS}
_LETTERS_AFTER = frozenset((
    "MP", "MSP", "MS", "MLA", "AM", "KC", "QC", "PC", "CH", "OM", "OBE", "MBE", "CBE", "DBE", "KBE",
    "GBE", "CB", "KCB", "GCB", "DCB", "CMG", "KCMG", "DCMG", "GCMG", "CVO", "LVO", "MVO", "KCVO",
    "DCVO", "KG", "KT", "DL", "JP", "TD", "VR", "VRSM", "VC", "GC", "MC", "DSO", "DSC", "BEM", "FRS",
    "FBA", "FRSE", "FRCP",
))  # fmt: skip
_SITS_AS = {"mp": "MP", "msp": "MSP", "ms": "MS", "mla": "MLA"}


@dataclass(frozen=True, slots=True)
class Styled:
    """A full style taken apart: “Rt Hon Sir Julian Lewis KC MP”."""

    right_honourable: bool
    titles: tuple[str, ...]
    name: str
    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Salutation:
    """The words after “Dear”, and why. `checked` turns true only when a person has looked at it."""

    text: str
    checked: bool
    reason: str
    by_office: bool = False


def take_apart(full_title: str) -> Styled:
    """Split a printed style into right honourable, titles, the bare name and the letters after it."""
    words = full_title.replace(",", " ").split()
    rest = " ".join(words)
    found = _RIGHT_HONOURABLE.match(rest)
    words = rest[found.end() :].split() if found else words
    if words and words[0].lower() == "the" and len(words) > 1:
        words = words[1:]
    titles: list[str] = []
    while len(words) > 1 and _title_key(words[0]) in _TITLES:
        titles.append(words.pop(0))
    letters: list[str] = []
    while len(words) > 1 and words[-1] in _LETTERS_AFTER:
        letters.insert(0, words.pop())
    return Styled(bool(found), tuple(titles), " ".join(words), tuple(letters))


def bare_name(styled_name: str) -> str:
    """A name without titles and letters around it; a peer keeps the title, which is part of the name."""
    parts = take_apart(styled_name)
    if parts.titles and _title_key(parts.titles[0]) in (_PEERS | _BISHOPS):
        return " ".join([*parts.titles, parts.name])
    return parts.name


def derive_salutation(
    full_title: str | None,
    display_name: str,
    kind: str,
    *,
    family_name: str | None = None,
    office: str | None = None,
) -> Salutation:
    """How a letter to this person begins, after “Dear”.

    `kind` is the kind of the office held. `office` names a ministerial office and is given only when
    the letter is on that department's business.
    """
    if kind == "pcc":
        reason = "Police and crime commissioners are addressed by their office."
        return Salutation("Commissioner", False, reason, by_office=True)
    if kind == "minister" and office:
        text = "Secretary of State" if "secretary of state" in office.lower() else "Minister"
        return Salutation(text, False, "Addressed by office, on departmental matters.", by_office=True)
    parts = take_apart(full_title or display_name)
    name = parts.name or display_name
    if not parts.titles:
        return Salutation(name, False, "The source gives no title, so the full name is used.")
    return _titled_salutation(parts.titles, name, kind, family_name)


def envelope_name(full_title: str | None, display_name: str, kind: str) -> str:
    """The name as written on an envelope: “The Rt Hon Sir Julian Lewis MP”, “The Baroness Hoey”."""
    parts = take_apart(full_title or display_name)
    letters = [one for one in parts.letters if one not in _SITS_AS.values()]
    if kind in _SITS_AS:
        letters.append(_SITS_AS[kind])
    first = _title_key(parts.titles[0]) if parts.titles else ""
    if first in _PEERS or first in _BISHOPS:
        of_rank = "The Rt Hon the" if parts.right_honourable else "The"
        return " ".join([of_rank, *parts.titles, parts.name, *letters])
    before = ["The Rt Hon"] if parts.right_honourable else []
    return " ".join([*before, *parts.titles, parts.name, *letters])


def _title_key(word: str) -> str:
    return word.rstrip(".").lower()


def _titled_salutation(titles: tuple[str, ...], name: str, kind: str, family_name: str | None) -> Salutation:
    keys = [_title_key(title) for title in titles]
    said = " ".join(titles)
    for key in keys:
        if key in _KNIGHTLY:
            return Salutation(f"{_KNIGHTLY[key]} {name.split()[0]}", False, f"The source says “{said}”.")
        if key in _BISHOPS:
            return Salutation(_BISHOPS[key], False, f"The source says “{said}”.")
        if key in _PEERS:
            if kind == "peer" or key not in {"lord", "lady"}:
                # “Lord Lewis of Newnham” is greeted as “Lord Lewis”.
                return Salutation(
                    f"{_PEERS[key]} {name.split(' of ')[0]}", False, f"The source says “{said}”."
                )
            return Salutation(
                f"{said} {name}", False, f"“{said}” may be a courtesy title; the full name is used."
            )
    learned = next((key for key in keys if key in _LEARNED), None)
    title = _LEARNED[learned] if learned else _COURTESY[keys[0]]
    family = _family_of(name, family_name)
    if family is None:
        return Salutation(
            f"{title} {name}", False, "The source does not say which words are the family name."
        )
    return Salutation(f"{title} {family}", False, f"The source says “{said}”.")


def _family_of(name: str, family_name: str | None) -> str | None:
    """The family name, where the source tells it or where only one word can be it."""
    if family_name and fold(name).endswith(fold(family_name)):
        return family_name
    words = name.split()
    return words[-1] if len(words) == 2 else None
