"""How postcodes are written: every shape of the rules, the repairs that are certain, and no others."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from organising.representatives.postcode_format import (
    NotAPostcode,
    area_letters,
    find_key,
    is_shaped,
    key_of,
    parse_postcode,
    spaced,
)

FIRST, SECOND = "ABCDEFGHIJKLMNOPRSTUWYZ", "ABCDEFGHKLMNOPQRSTUVWXY"
THIRD, FOURTH, LAST = "ABCDEFGHJKPSTUW", "ABEHMNPRVWXY", "ABDEFGHJLNPQRSTUWXYZ"


def some(letters: str) -> st.SearchStrategy[str]:
    return st.sampled_from(letters)


districts = st.one_of(st.just("0"), st.integers(1, 99).map(str))
outwards = st.one_of(
    st.tuples(some(FIRST), districts),
    st.tuples(some(FIRST), some(SECOND), districts),
    st.tuples(some(FIRST), some("123456789"), some(THIRD)),
    st.tuples(some(FIRST), some(SECOND), some("123456789"), some(FOURTH)),
).map("".join)
inwards = st.tuples(some("0123456789"), some(LAST), some(LAST)).map("".join)
postcodes = st.tuples(outwards, inwards).map(" ".join)


@given(postcodes)
def test_every_postcode_of_the_rules_stays_as_it_is(postcode: str) -> None:
    assert parse_postcode(postcode) == postcode


@given(postcodes)
def test_parsing_is_idempotent(postcode: str) -> None:
    once = parse_postcode(postcode.lower())
    assert parse_postcode(once) == once


@given(st.text(max_size=14))
def test_whatever_is_typed_is_a_postcode_or_a_sentence(text: str) -> None:
    key = find_key(text)
    if key is None:
        with pytest.raises(NotAPostcode, match=r"\.$"):
            parse_postcode(text)
    else:
        assert key_of(parse_postcode(parse_postcode(text))) == key


@given(postcodes, st.sampled_from(["", " ", "  ", "-", ".", "\t", "\u00a0"]))
def test_spacing_is_nothing(postcode: str, space: str) -> None:
    assert parse_postcode(f"{space}{postcode.replace(' ', space)}{space}") == postcode


@given(postcodes, st.data())
def test_case_is_nothing(postcode: str, data: st.DataObject) -> None:
    mixed = "".join(data.draw(st.sampled_from((one, one.lower()))) for one in postcode)
    assert parse_postcode(mixed) == postcode


@given(postcodes)
def test_the_key_and_the_postcode_are_one_to_one(postcode: str) -> None:
    assert spaced(key_of(postcode)) == postcode
    assert is_shaped(key_of(postcode))


@given(outwards)
def test_a_first_half_is_never_taken(outward: str) -> None:
    with pytest.raises(NotAPostcode):
        parse_postcode(outward)


@given(postcodes, st.integers(0, 2))
def test_a_zero_or_one_in_the_second_half_is_repaired_only_to_the_same_digit(
    postcode: str, which: int
) -> None:
    twins = {"0": "O", "1": "I"}
    assume(postcode[-3] in twins)
    mistyped = f"{postcode[:-3]}{twins[postcode[-3]]}{postcode[-2:]}"
    try:
        found = parse_postcode(mistyped)
    except NotAPostcode:
        return  # another place could be meant too
    assert found == postcode


@given(st.text(alphabet="OI01ABCEWZS 9", min_size=5, max_size=8))
def test_a_repair_changes_nothing_but_twins(text: str) -> None:
    try:
        found = key_of(parse_postcode(text))
    except NotAPostcode:
        return
    typed = text.replace(" ", "")
    assert typed.translate(str.maketrans("OI", "01")) == found.translate(str.maketrans("OI", "01"))


@given(postcodes, st.characters(min_codepoint=0x100, max_codepoint=0x2FFF, categories=["Ll", "Lo"]))
def test_other_alphabets_are_refused(postcode: str, letter: str) -> None:
    assume(not letter.upper().isascii())
    import unicodedata

    assume(not unicodedata.normalize("NFKC", letter).upper().isascii())
    with pytest.raises(NotAPostcode):
        parse_postcode(letter + postcode)


@pytest.mark.parametrize(
    ("typed", "postcode"),
    [
        ("sw1a1aa", "SW1A 1AA"),
        ("SWIA IAA", "SW1A 1AA"),
        ("0X1 2jd", "OX1 2JD"),
        ("EI 4NS", "E1 4NS"),
        ("G1R 0AA", "GIR 0AA"),
        ("gir 0aa", "GIR 0AA"),
        ("NPT 2DX", "NPT 2DX"),
        ("BFPO 801", "BFPO 801"),
        ("bf1 2aa", "BF1 2AA"),
        ("fiqq1zz", "FIQQ 1ZZ"),
        ("GX11 1AA", "GX11 1AA"),
        ("\uff33\uff37\uff11\uff21 1AA", "SW1A 1AA"),
    ],
)  # fmt: skip
def test_read_as(typed: str, postcode: str) -> None:
    assert parse_postcode(typed) == postcode


@pytest.mark.parametrize("typed", ["", " ", "SW1A", "E1", "ZZ99 3VZ", "QX1 1AA", "E1 4CI", "E1 4N5", "E01 4NS", "GIR 1AB", "SW1A 1AA 1AA",
                                   "Lee", "12345", "E1'; --"])  # fmt: skip
def test_refused(typed: str) -> None:
    with pytest.raises(NotAPostcode):
        parse_postcode(typed)


def test_a_first_half_is_told_that_it_is_one() -> None:
    with pytest.raises(NotAPostcode, match="only the first half"):
        parse_postcode("sw1a")


def test_the_letters_of_an_area() -> None:
    assert [area_letters(one) for one in ("SW1A 1AA", "E1 4NS", "BFPO 801")] == ["SW", "E", "BFPO"]


def test_every_row_of_the_sample_reads_back(test_data: Path) -> None:
    with gzip.open(test_data / "postcodes" / "gb_postcodes_pcon24.sample.csv.gz", "rt") as stream:
        rows = [row["pcds"] for row in csv.DictReader(stream)]
    assert len(rows) == 40_448
    assert [one for one in rows if parse_postcode(one.replace(" ", "").lower()) != one] == []
