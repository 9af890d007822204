"""What counts as the same person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organising.pledges.canonical import by_last, folded, parse_email, parse_postcode, person


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Esi@Example.org", "esi@example.org ", True),
        ("e.si+pledge@gmail.com", "esi@googlemail.com", True),
        ("e.si@example.org", "esi@example.org", False),
        ("esi+a@example.org", "esi@example.org", False),
        ("esi+a@proton.me", "esi@proton.me", True),
        ("e.si@proton.me", "esi@proton.me", False),
        ("+a@gmail.com", "a@gmail.com", False),
    ],
)
def test_one_box_one_person(one, other, same):
    assert (person(one) == person(other)) is same


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  e14ns", "E1 4NS"), ("SW1A 1aa", "SW1A 1AA"), (" ec1a1bb ", "EC1A 1BB"), ("m1 1ae", "M1 1AE"),
        ("B338TH", "B33 8TH"),
        ("dn55-1pt", "DN55 1PT"), ("w1a0ax", "W1A 0AX"), ("bfpo 57", "BFPO 57"), ("gir0aa", "GIR 0AA"),
        ("BT1 1AA", "BT1 1AA"),
    ],
)  # fmt: skip
def test_postcodes_are_normalised(typed, kept):
    assert parse_postcode(typed) == kept


@pytest.mark.parametrize("typed", ["", "E1", "QQ1 1AA", "E1 4NSX", "12345", "E1 4CS", "1E 4NS", "<b>"])
def test_what_is_no_postcode_is_refused(typed):
    with pytest.raises(ValueError, match="full postcode"):
        parse_postcode(typed)


@pytest.mark.parametrize(
    "typed",
    ["", "esi", "esi@", "@example.org", "esi@example", "a b@example.org", "esi@example.org\nBcc: x@y.org"],
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(ValueError, match=r"name@example\.org"):
        parse_email(typed)


def test_names_fold_as_people_search():
    assert folded("  Zoë  O’Brien-Løw ") == "zoe obrien low"
    assert by_last("amina b okafor") == "okafor amina b"
    assert by_last("prince") == "prince"
    assert folded("李小龙") == "李小龙"


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text):
    assert folded(folded(text)) == folded(text)
