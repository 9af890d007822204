"""Merge fields: an allow-list, fallbacks, and a parser of a few lines. No template language reaches users."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Field(StrEnum):
    SALUTATION = "salutation"
    FULL_NAME = "full_name"
    FIRST_NAME = "first_name"
    CONSTITUENCY = "constituency"
    PARTY = "party"
    ASK = "ask"
    ORGANISATION = "organisation"


# No source tells a first name for certain.
NEEDS_FALLBACK = frozenset({Field.FIRST_NAME})


@dataclass(frozen=True)
class Slot:
    """A merge field in a text, with what to write where there is no value."""

    field: Field
    fallback: str | None
    line: int
    column: int


@dataclass(frozen=True)
class Problem:
    """What is wrong with a text, and where: line and column count from 1."""

    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"Line {self.line}, character {self.column}: {self.message}"


class Unparsable(ValueError):
    """The text can't be merged; ``problems`` holds every reason, in the order of the text."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class MergeText:
    """A parsed text: literals and slots in turn."""

    parts: tuple[str | Slot, ...]

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(part for part in self.parts if isinstance(part, Slot))

    def render(self, values: Mapping[str, str | None]) -> str:
        """The text with each slot filled from ``values`` or its fallback. Values are never read as text with
        fields.

        Raises ``KeyError`` naming the field that has neither.
        """
        return "".join(part if isinstance(part, str) else _fill(part, values) for part in self.parts)

    def missing(self, values: Mapping[str, str | None]) -> frozenset[Field]:
        """The fields used here that these values leave empty without a fallback."""
        return frozenset(
            slot.field for slot in self.slots if not values.get(slot.field) and slot.fallback is None
        )


def _fill(slot: Slot, values: Mapping[str, str | None]) -> str:
    value = values.get(slot.field) or slot.fallback
    if value is None:
        raise KeyError(slot.field)
    return value


def parse(text: str) -> MergeText:
    """Read ``{{ field }}`` and ``{{ field|"fallback" }}``; raises :class:`Unparsable` with every problem and
    its place.
    """
    parts: list[str | Slot] = []
    problems: list[Problem] = []
    at = 0
    while at < len(text):
        start = _next_brace(text, at)
        parts.append(text[at:start])
        if start == len(text):
            break
        place = _place(text, start)
        if text.startswith("}}", start):
            problems.append(
                Problem(
                    *place, "“}}” closes a field that was never opened. Write “{{” before the field’s name."
                )
            )
            at = start + 2
            continue
        end = _closing(text, start + 2)
        if end is None:
            problems.append(
                Problem(
                    *place,
                    "“{{” opens a field that is not closed on its line. Write “}}” after the field’s name.",
                )
            )
            at = start + 2
            continue
        slot = _slot(text[start + 2 : end], *place)
        (problems if isinstance(slot, Problem) else parts).append(slot)  # type: ignore[arg-type]
        at = end + 2
    if problems:
        raise Unparsable(problems)
    return MergeText(tuple(part for part in parts if part != ""))


def _next_brace(text: str, at: int) -> int:
    found = [place for place in (text.find("{{", at), text.find("}}", at)) if place >= 0]
    return min(found, default=len(text))


def _closing(text: str, at: int) -> int | None:
    """Where the field ends: before the next opening and on the same line, quotes respected."""
    quoted = False
    for place in range(at, len(text)):
        if text[place] == "\n":
            return None
        if text[place] in '"“”':
            quoted = not quoted
        if not quoted and text.startswith("}}", place):
            return place
        if not quoted and text.startswith("{{", place):
            return None
    return None


def _slot(inside: str, line: int, column: int) -> Slot | Problem:
    name, bar, rest = inside.partition("|")
    name = name.strip()
    known = ", ".join(Field)
    if name not in list(Field):
        return Problem(line, column, f"there is no field “{name}”. The fields are: {known}.")
    field = Field(name)
    if not bar:
        if field in NEEDS_FALLBACK:
            example = f'{{{{ {name}|"friend" }}}}'
            return Problem(
                line, column, f"“{name}” is not known for everyone. Say what to write instead: {example}."
            )
        return Slot(field, None, line, column)
    fallback = rest.strip()
    if len(fallback) < 3 or fallback[0] not in '"“' or fallback[-1] not in '"”':
        return Problem(line, column, f"what stands after “{name}|” must be words in double quotes.")
    return Slot(field, fallback[1:-1], line, column)


def _place(text: str, at: int) -> tuple[int, int]:
    line = text.count("\n", 0, at) + 1
    return line, at - (text.rfind("\n", 0, at) + 1) + 1
