"""Merge fields: an allow-list with fallbacks; everything else is told with its place."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organising.mailings.merge import (
    DELIVERED,
    MARKS,
    MOST_PROBLEMS,
    POSITION,
    PROMISED,
    WHIP,
    YES,
    Field,
    Problem,
    Unparsable,
    _Reading,
    parse,
)

VALUES = {Field.SALUTATION: "Ms Abbott", Field.CONSTITUENCY: None, Field.FIRST_NAME: "Ada"}


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("Dear {{ salutation }},", "Dear Ms Abbott,"),
        ("Dear {{salutation}},", "Dear Ms Abbott,"),
        ('{{ first_name|"friend" }}', "Ada"),
        ('{{ constituency|"your area" }}', "your area"),
        ("{{ constituency | “here” }}", "here"),
        ('{{ constituency|"a }} b" }}', "a }} b"),
        ("a { b } c {d}", "a { b } c {d}"),
        ("", ""),
    ],
)
def test_fields_are_filled(text: str, rendered: str) -> None:
    assert parse(text).render(VALUES) == rendered


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("Dear {{ name }}", 1, 6, "there is no field “name”"),
        ("a\nb {{ party", 2, 3, "not closed"),
        ("a }} b", 1, 3, "never opened"),
        ("{{ first_name }}", 1, 1, "not known for everyone"),
        ("{{ party|other }}", 1, 1, "double quotes"),
        ('{{ party|"" }}', 1, 1, "double quotes"),
        ("{{ salutation {{ party }}", 1, 1, "not closed"),
        ("{{ salutation\n}}", 1, 1, "not closed"),
        ("{{ config.SECRET_KEY }}", 1, 1, "there is no field"),
        ("{{ salutation.__class__ }}", 1, 1, "there is no field"),
        ("{{ 7*7 }}", 1, 1, "there is no field"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(Unparsable) as refused:
        parse(text)
    problem = refused.value.problems[0]
    assert (problem.line, problem.column) == (line, column)
    assert words in problem.message


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(Unparsable) as refused:
        parse("{{ a }} and {{ b }} and }}")
    assert len(refused.value.problems) == 3


def test_a_missing_value_without_fallback_is_named() -> None:
    text = parse("{{ constituency }} {{ salutation }}")
    assert text.missing(VALUES) == {Field.CONSTITUENCY}
    with pytest.raises(KeyError, match="constituency"):
        text.render(VALUES)


@given(st.text())
def test_values_are_never_read_as_text_with_fields(value: str) -> None:
    assert parse("{{ salutation }}").render({Field.SALUTATION: value or "x"}) == (value or "x")


@given(st.text())
def test_any_text_parses_or_says_where(text: str) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        parse(text)
    except Unparsable as refused:
        problems = refused.problems
    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)


LETTER = """Dear {{ salutation }},

{{ if party is "Orchard Party" }}
Your own conference voted for it.
{{ else }}
Your party has not said yet.
{{ end }}
Thank you."""


def test_a_block_says_one_thing_to_some_and_another_to_the_rest() -> None:
    text = parse(LETTER)
    orchard = text.render(VALUES | {Field.PARTY: "Orchard Party"})
    assert orchard == "Dear Ms Abbott,\n\nYour own conference voted for it.\nThank you."
    assert text.render(VALUES) == "Dear Ms Abbott,\n\nYour party has not said yet.\nThank you."
    # Whoever sits with a party is one of its members here, by the whip.
    assert text.render(VALUES | {Field.PARTY: "Plum and Orchard", WHIP: "orchard party"}) == orchard
    assert [str(block) for block in text.blocks] == ['party is "Orchard Party"']


@pytest.mark.parametrize(
    ("text", "values", "rendered"),
    [
        ("a{{ if promised }}b{{ end }}c", {PROMISED: YES}, "abc"),
        ("a{{ if promised }}b{{ end }}c", {}, "ac"),
        ("{{ if delivered }}x{{ else }}y{{ end }}", {DELIVERED: YES, PROMISED: None}, "x"),
        ("{{ if delivered }}x{{ else }}y{{ end }}", {PROMISED: YES}, "y"),
        ("{{ if position is supporter }}x{{ else }}y{{ end }}", {POSITION: "supporter"}, "x"),
        ('{{ if position is "Opposed" }}x{{ else }}y{{ end }}', {POSITION: "opposed"}, "x"),
        ("{{ if position is unknown }}x{{ end }}", {}, "x"),
        ("a\n  {{ if promised }}  \nb\n  {{ end }}\n\nc", {PROMISED: YES}, "a\nb\n\nc"),
        ("a\n  {{ if promised }}  \nb\n  {{ end }}\n\nc", {}, "a\n\nc"),
        ("{{ if promised }}\r\nb\r\n{{ end }}", {PROMISED: YES}, "b\r\n"),
        ("{{ if promised }}{{ salutation }}{{ end }}", {}, ""),
    ],
)
def test_blocks_are_chosen_by_allowed_conditions(
    text: str, values: dict[str, str | None], rendered: str
) -> None:
    assert parse(text).render(values) == rendered


def test_a_field_is_missed_only_where_its_words_are_written() -> None:
    text = parse("{{ if promised }}{{ constituency }}{{ end }}")
    assert text.missing({}) == frozenset()
    assert text.missing({PROMISED: YES}) == {Field.CONSTITUENCY}
    assert [slot.field for slot in text.slots] == [Field.CONSTITUENCY]


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a\n {{ if promised }}b", 2, 2, "is not ended"),
        ("{{ end }}", 1, 1, "never begun"),
        ("{{ else }}", 1, 1, "stands once between"),
        ("{{ if promised }}{{ else }}{{ else }}{{ end }}", 1, 28, "stands once between"),
        ("{{ if promised }}{{ if delivered }}{{ end }}", 1, 18, "within another"),
        ("{{ if }}x{{ end }}", 1, 1, "no condition"),
        ("{{ if party }}x{{ end }}", 1, 1, "no condition"),
        ("{{ if party is Orchard }}x{{ end }}", 1, 1, "no condition"),
        ("{{ if position is keen }}x{{ end }}", 1, 1, "a position is one of"),
        ("{{ if salutation.__class__ }}x{{ end }}", 1, 1, "no condition"),
        ("{{ if 1 == 1 }}x{{ end }}", 1, 1, "no condition"),
        ('{{ if promised or party is "x" }}x{{ end }}', 1, 1, "no condition"),
        ("{{ for x in y }}", 1, 1, "there is no field"),
    ],
)
def test_a_block_that_cannot_be_read_is_told_with_its_place(
    text: str, line: int, column: int, words: str
) -> None:
    with pytest.raises(Unparsable) as refused:
        parse(text)
    problem = refused.value.problems[0]
    assert (problem.line, problem.column) == (line, column)
    assert words in problem.message


def test_conditions_are_no_fields() -> None:
    """What the campaign believes of somebody is never written to them."""
    for name in ("position", "promised", "if_position", "if_whip"):
        with pytest.raises(Unparsable, match="there is no field"):
            parse(f"{{{{ {name} }}}}")


class Counting(str):
    """A text that counts what is copied out of it."""

    copied = 0

    def __new__(cls, text: str) -> "Counting":
        cls.copied = 0
        return super().__new__(cls, text)

    def __getitem__(self, place: Any) -> str:
        found = super().__getitem__(place)
        Counting.copied += len(found)
        return found


@pytest.mark.parametrize(
    "unit",
    [
        "{{ salutation }}",
        '{{ "',
        "{{",
        "}}",
        '"{{"',
        "{{ if promised }}\n{{ end }}\n",
        " {{ end }}",
        "{{ x\n",
        "\n",
    ],
)
def test_reading_costs_in_proportion_to_the_text(unit: str) -> None:
    """Counted, not timed: how many characters are copied out of the text, each brace and line end taken once."""
    text = Counting(unit * (50_000 // len(unit)))
    reading = _Reading(text)
    for mark in MARKS.finditer(text):
        reading.take(mark.group(), mark.start())
    reading.finish()
    assert Counting.copied <= 3 * len(text)


def test_at_most_a_page_of_problems_is_told() -> None:
    with pytest.raises(Unparsable) as refused:
        parse("{{ nonsense }} " * 3000)
    assert len(refused.value.problems) == MOST_PROBLEMS
