"""Merge fields and blocks: an allow-list, fallbacks, and a parser that reads a text once. No template language
reaches users.

``{{ field }}`` and ``{{ field|"fallback" }}`` are filled in. ``{{ if party is "Orchard Party" }} … {{ else }} …
{{ end }}`` writes one thing to some and another to the rest; the conditions are those of :class:`Condition`, and no
block stands within another.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Field(StrEnum):
    SALUTATION = "salutation"
    FULL_NAME = "full_name"
    FIRST_NAME = "first_name"
    CONSTITUENCY = "constituency"
    PARTY = "party"
    ASK = "ask"
    ORGANISATION = "organisation"
    SIGNATURE = "signature"
    PLEDGE = "pledge"
    SIGNED = "signed"


class Condition(StrEnum):
    """What a block may depend on: values beside the fields, never written into a letter."""

    PARTY = "party"
    POSITION = "position"
    PROMISED = "promised"
    DELIVERED = "delivered"


# What a letter to somebody in office may say, and one to people who signed.
OF_REPRESENTATIVES = tuple(one for one in Field if one not in (Field.PLEDGE, Field.SIGNED))
OF_SIGNERS = (Field.FIRST_NAME, Field.PLEDGE, Field.SIGNED, Field.ORGANISATION)
OF_CONTACTS = (Field.FIRST_NAME, Field.ORGANISATION)
# No source tells a first name for certain.
NEEDS_FALLBACK = frozenset({Field.FIRST_NAME})
POSITIONS = (
    "champion", "supporter", "leaning_support", "undecided", "leaning_oppose", "opposed", "unknown", "disputed",
)  # fmt: skip
# Under these names the values of conditions stand beside those of the fields; a party's own name is a field.
WHIP, POSITION, PROMISED, DELIVERED = "if_whip", "if_position", "if_promised", "if_delivered"
YES = "yes"
MOST_PROBLEMS = 20
MARKS = re.compile(r"\{\{|\}\}|[\"“”\n]")
# A tag that has its line for itself leaves no empty line behind.
LINE_AFTER = re.compile(r"[ \t]*(?:\r?\n|\Z)")


@dataclass(frozen=True)
class Slot:
    """A merge field in a text, with what to write where there is no value."""

    field: Field
    fallback: str | None
    line: int
    column: int


@dataclass(frozen=True)
class Block:
    """Words for those of whom the condition holds, and others for the rest."""

    condition: Condition
    value: str
    line: int
    column: int
    then: tuple[str | Slot, ...] = ()
    otherwise: tuple[str | Slot, ...] = ()

    def holds(self, values: Mapping[str, str | None]) -> bool:
        """Whether it holds of the one with these values."""
        if self.condition is Condition.PARTY:
            names = (values.get(Field.PARTY), values.get(WHIP))
            return self.value.casefold() in [name.casefold() for name in names if name]
        if self.condition is Condition.POSITION:
            return (values.get(POSITION) or "unknown") == self.value
        return values.get(PROMISED if self.condition is Condition.PROMISED else DELIVERED) == YES

    def branch(self, values: Mapping[str, str | None]) -> tuple[str | Slot, ...]:
        """The words for the one with these values."""
        return self.then if self.holds(values) else self.otherwise

    def __str__(self) -> str:
        if self.condition is Condition.PARTY:
            return f'party is "{self.value}"'
        return f"{self.condition} is {self.value}" if self.value else str(self.condition)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a text, and where: line and column count from 1."""

    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"Line {self.line}, character {self.column}: {self.message}"


class Unparsable(ValueError):
    """The text can't be merged; ``problems`` holds the reasons, in the order of the text."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class MergeText:
    """A parsed text: literals, slots and blocks in turn."""

    parts: tuple[str | Slot | Block, ...]

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Every slot, those of both sides of a block included."""
        found: list[Slot] = []
        for part in self.parts:
            inside = (*part.then, *part.otherwise) if isinstance(part, Block) else (part,)
            found += [one for one in inside if isinstance(one, Slot)]
        return tuple(found)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Every block, in the order of the text."""
        return tuple(part for part in self.parts if isinstance(part, Block))

    @property
    def conditions(self) -> frozenset[Condition]:
        """What the blocks depend on."""
        return frozenset(block.condition for block in self.blocks)

    def render(self, values: Mapping[str, str | None]) -> str:
        """The text with each slot filled from ``values`` or its fallback. Values are never read as text with
        fields.

        Raises ``KeyError`` naming the field that has neither.
        """
        return "".join(
            part if isinstance(part, str) else _fill(part, values) for part in self._chosen(values)
        )

    def missing(self, values: Mapping[str, str | None]) -> frozenset[Field]:
        """The fields used here, for the one with these values, that are empty without a fallback."""
        return frozenset(
            part.field
            for part in self._chosen(values)
            if isinstance(part, Slot) and not values.get(part.field) and part.fallback is None
        )

    def _chosen(self, values: Mapping[str, str | None]) -> Iterator[str | Slot]:
        for part in self.parts:
            if isinstance(part, Block):
                yield from part.branch(values)
            else:
                yield part


def _fill(slot: Slot, values: Mapping[str, str | None]) -> str:
    value = values.get(slot.field) or slot.fallback
    if value is None:
        raise KeyError(slot.field)
    return value


def parse(text: str, fields: Collection[Field] = OF_REPRESENTATIVES) -> MergeText:
    """Read the fields and blocks of a text; raises :class:`Unparsable` with the problems and their places.

    ``fields`` are those that it may use. Blocks look at what is known of representatives, so only theirs have any.
    """
    reading = _Reading(text, fields)
    for mark in MARKS.finditer(text):
        reading.take(mark.group(), mark.start())
        if len(reading.problems) >= MOST_PROBLEMS:
            break
    else:
        reading.finish()
    if reading.problems:
        raise Unparsable(sorted(reading.problems, key=lambda one: (one.line, one.column)))
    return MergeText(tuple(reading.parts))


@dataclass
class _Reading:
    """The parser: it goes over the text once and never back."""

    text: str
    fields: Collection[Field] = OF_REPRESENTATIVES
    parts: list[str | Slot | Block] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    # The text is read up to here.
    at: int = 0
    line: int = 1
    line_start: int = 0
    # Where a field was opened, with its line and column, and whether a quotation is open in it.
    opened: tuple[int, int, int] | None = None
    quoted: bool = False
    # The line of the last tag: another on the same line is not alone on it.
    tagged: int = 0
    # The block in hand: itself, and its two sides.
    block: Block | None = None
    sides: list[list[str | Slot]] = field(default_factory=list)

    def take(self, mark: str, start: int) -> None:
        """Read one brace, quotation mark or line end."""
        if mark == "\n":
            if self.opened:
                self._unclosed()
            self.line, self.line_start = self.line + 1, start + 1
        elif self.opened is None:
            if mark == "{{":
                self._open(start)
            elif mark == "}}":
                words = "“}}” closes a field that was never opened. Write “{{” before the field’s name."
                self.problems.append(Problem(self.line, start - self.line_start + 1, words))
                self._literal(start)
                self.at = start + 2
        elif mark in ("{{", "}}"):
            if not self.quoted and mark == "{{":
                self._unclosed()
                self._open(start)
            elif not self.quoted:
                self._close(start)
        else:
            self.quoted = not self.quoted

    def finish(self) -> None:
        """The text is over."""
        if self.opened:
            self._unclosed()
        self._literal(len(self.text))
        if self.block:
            words = "“{{ if … }}” is not ended. Write “{{ end }}” after the words for those."
            self.problems.append(Problem(self.block.line, self.block.column, words))

    def _open(self, start: int) -> None:
        self._literal(start)
        self.opened, self.quoted = (start, self.line, start - self.line_start + 1), False

    def _unclosed(self) -> None:
        assert self.opened
        start, line, column = self.opened
        words = "“{{” opens a field that is not closed on its line. Write “}}” after the field’s name."
        self.problems.append(Problem(line, column, words))
        self.opened, self.at = None, start + 2

    def _close(self, end: int) -> None:
        assert self.opened
        start, line, column = self.opened
        inside = self.text[start + 2 : end].strip()
        self.opened, self.at = None, end + 2
        tag = {"if": self._if, "else": self._else, "end": self._end}.get(inside.partition(" ")[0])
        found: Slot | Problem | None
        if tag:
            self._swallow_line(start)
            found = tag(inside, line, column)
        else:
            found = _slot(inside, line, column, self.fields)
        self.tagged = line
        if isinstance(found, Problem):
            self.problems.append(found)
        elif found:
            self._add(found)

    def _if(self, inside: str, line: int, column: int) -> Problem | None:
        if self.fields != OF_REPRESENTATIVES:
            return Problem(line, column, "words for some only can’t be written here: everyone gets the same.")
        if self.block:
            return Problem(line, column, "a block stands within another. Write “{{ end }}” before it.")
        found = _condition(inside[2:].strip())
        if isinstance(found, str):
            return Problem(line, column, found)
        self.block, self.sides = Block(*found, line, column), [[]]
        return None

    def _else(self, inside: str, line: int, column: int) -> Problem | None:
        if self.block is None or len(self.sides) != 1 or inside != "else":
            return Problem(line, column, "“{{ else }}” stands once between “{{ if … }}” and “{{ end }}”.")
        self.sides.append([])
        return None

    def _end(self, inside: str, line: int, column: int) -> Problem | None:
        if self.block is None or inside != "end":
            return Problem(line, column, "“{{ end }}” ends a block that was never begun with “{{ if … }}”.")
        block, then, otherwise = self.block, self.sides[0], self.sides[1] if len(self.sides) > 1 else []
        self.block, self.sides = None, []
        self.parts.append(
            Block(block.condition, block.value, block.line, block.column, tuple(then), tuple(otherwise))
        )
        return None

    def _add(self, part: str | Slot) -> None:
        (self.sides[-1] if self.block else self.parts).append(part)

    def _literal(self, end: int) -> None:
        if end > self.at:
            self._add(self.text[self.at : end])
        self.at = end

    def _swallow_line(self, start: int) -> None:
        """A tag alone on its line takes the line with it."""
        if self.tagged == self.line:
            return
        side: list[Any] = self.sides[-1] if self.block else self.parts
        indent = self.text[self.line_start : start]
        after = LINE_AFTER.match(self.text, self.at)
        if indent.strip(" \t") or after is None:
            return
        if indent:
            side[-1] = side[-1][: -len(indent)]
        # The line end is still to be counted: what comes after it begins the next literal.
        self.at = after.end()


def _condition(words: str) -> tuple[Condition, str] | str:
    """The condition and its value, or what is wrong with it."""
    name, _is, value = words.partition(" is ")
    name, value = name.strip(), value.strip()
    quoted = value[1:-1] if len(value) > 2 and value[0] in '"“' and value[-1] in '"”' else None
    if name == Condition.PARTY and quoted:
        return Condition.PARTY, quoted
    if name == Condition.POSITION and (quoted or value).lower() in POSITIONS:
        return Condition.POSITION, (quoted or value).lower()
    if words in (Condition.PROMISED, Condition.DELIVERED):
        return Condition(words), ""
    if name == Condition.POSITION:
        return f"a position is one of {', '.join(POSITIONS)}."
    return (
        f'there is no condition “{words}”. Write party is "…", position is supporter, promised or delivered.'
    )


def _slot(inside: str, line: int, column: int, fields: Collection[Field]) -> Slot | Problem:
    name, bar, rest = inside.partition("|")
    name = name.strip()
    known = ", ".join(fields)
    if name not in fields:
        return Problem(line, column, f"there is no field “{name}”. The fields are: {known}.")
    found = Field(name)
    if not bar:
        if found in NEEDS_FALLBACK:
            example = f'{{{{ {name}|"friend" }}}}'
            return Problem(
                line, column, f"“{name}” is not known for everyone. Say what to write instead: {example}."
            )
        return Slot(found, None, line, column)
    fallback = rest.strip()
    if len(fallback) < 3 or fallback[0] not in '"“' or fallback[-1] not in '"”':
        return Problem(line, column, f"what stands after “{name}|” must be words in double quotes.")
    return Slot(found, fallback[1:-1], line, column)
