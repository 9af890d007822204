"""Search keys, salutations and envelopes."""

from __future__ import annotations

import pytest

from organising.representatives.names import bare_name, derive_salutation, envelope_name, fold


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Ynys Môn", "ynys mon"),
        ("Órfhlaith O’Brien", "orfhlaith obrien"),
        ("Stoke-on-Trent & Łódź", "stoke on trent and lodz"),
        ("  MONTGOMERYSHIRE,  Glyndŵr ", "montgomeryshire glyndwr"),
        ("Søren Æbleskov", "soren aebleskov"),
        ("İstanbul ıßk", "istanbul issk"),
        ("Tŷ'r Wennol", "tyr wennol"),
        ("D´Arcy_Smith", "darcy smith"),
        ("...", ""),
    ],
)
def test_fold(text: str, key: str) -> None:
    assert fold(text) == key
    assert fold(key) == key


@pytest.mark.parametrize(
    ("full_title", "display_name", "kind", "expected"),
    [
        ("Ms Ada Merrow MP", "Ada Merrow", "mp", "Ms Merrow"),
        ("Rt Hon Sir Bram Lanternfield KC MP", "Bram Lanternfield", "mp", "Sir Bram"),
        ("Dame Cerys Ap-Iwan MP", "Cerys Ap-Iwan", "mp", "Dame Cerys"),
        ("Dr Ysolde Brânwen MP", "Ysolde Brânwen", "mp", "Dr Brânwen"),
        ("Mr Dov Lantern Field MP", "Dov Lantern Field", "mp", "Mr Dov Lantern Field"),
        ("Rt Hon Ada Merrow MP", "Ada Merrow", "mp", "Ada Merrow"),
        ("Ada Merrow MP", "Ada Merrow", "mp", "Ada Merrow"),
        (None, "Ada Merrow", "mp", "Ada Merrow"),
        (None, "Lord Fennimore of Otterwick", "peer", "Lord Fennimore"),
        (None, "Baroness Quillan", "peer", "Lady Quillan"),
        (None, "Viscount Quillan", "peer", "Lord Quillan"),
        (None, "Bishop of Fablewick", "peer", "Bishop"),
        ("Lady Ada Merrow MP", "Ada Merrow", "mp", "Lady Ada Merrow"),
        ("Ms Ada Merrow", "Ada Merrow", "pcc", "Commissioner"),
    ],
)
def test_salutation(full_title: str | None, display_name: str, kind: str, expected: str) -> None:
    found = derive_salutation(full_title, display_name, kind)
    assert (found.text, found.checked) == (expected, False)
    assert found.reason.endswith(".")


def test_a_family_name_of_two_words_is_used_when_the_source_tells_it() -> None:
    found = derive_salutation("Ms Ada Long Merrow MP", "Ada Long Merrow", "mp", family_name="Long Merrow")
    assert found.text == "Ms Long Merrow"


@pytest.mark.parametrize(
    ("office", "expected"),
    [
        ("Secretary of State for Thimbles", "Secretary of State"),
        ("Minister of State", "Minister"),
        (None, "Ms Merrow"),
    ],
)
def test_ministers_are_addressed_by_office_on_their_own_business(office: str | None, expected: str) -> None:
    assert derive_salutation("Ms Ada Merrow MP", "Ada Merrow", "minister", office=office).text == expected


@pytest.mark.parametrize(
    ("full_title", "display_name", "kind", "expected"),
    [
        (
            "Rt Hon Sir Bram Lanternfield KC MP",
            "Bram Lanternfield",
            "mp",
            "The Rt Hon Sir Bram Lanternfield KC MP",
        ),
        ("Rt Hon Ada Merrow", "Ada Merrow", "mp", "The Rt Hon Ada Merrow MP"),
        ("Ada Merrow MP", "Ada Merrow", "former", "Ada Merrow"),
        (None, "Ada Merrow", "msp", "Ada Merrow MSP"),
        (None, "Baroness Quillan", "peer", "The Baroness Quillan"),
        ("Rt Hon the Lord Fennimore", "Lord Fennimore", "peer", "The Rt Hon the Lord Fennimore"),
    ],
)
def test_envelope(full_title: str | None, display_name: str, kind: str, expected: str) -> None:
    assert envelope_name(full_title, display_name, kind) == expected


@pytest.mark.parametrize(
    ("styled", "bare"),
    [
        ("Mr Dov Lanternfield", "Dov Lanternfield"),
        ("Rt Hon Dame Ada Merrow KC MP", "Ada Merrow"),
        ("Baroness Quillan", "Baroness Quillan"),
        ("Major", "Major"),
    ],
)
def test_bare_name(styled: str, bare: str) -> None:
    assert bare_name(styled) == bare
