"""Merge fields: an allow-list with fallbacks; everything else is told with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organising.mailings.merge import Field, Problem, Unparsable, parse

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
