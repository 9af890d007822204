"""How contacts are found and how phone numbers are read. Pure."""

import pytest

from organising.contacts.phones import find_phone, parse_phone, spoken_phone
from organising.contacts.tokens import tokens_of, words_of


def found(search: str, name: str, *postcodes: str) -> bool:
    """As the list does: every word typed begins a token."""
    tokens = tokens_of(name, *postcodes)
    return all(any(token.startswith(word) for token in tokens) for word in words_of(search))


@pytest.mark.parametrize(
    ("search", "name"),
    [
        ("okafor", "Amara Okafor"), ("OKA am", "Amara Okafor"), ("obrien", "Niamh O’Brien"),
        ("o'brien", "Niamh O’Brien"), ("O’Bri", "Niamh O'Brien"), ("brien", "Niamh O'Brien"),
        ("o brien", "Niamh O’Brien"), ("llyr", "Llŷr Tŵr"), ("Tŵr", "Llyr Twr"), ("twr-coch", "Nia Tŵr-Coch"),
        ("coch", "Nia Tŵr-Coch"), ("garcia marquez", "Inés García Márquez"), ("marquez", "Inés García Márquez"),
        ("mary-jane", "Mary Jane Smith"), ("mary jane", "Mary-Jane Smith"), ("jane", "Mary-Jane Smith"),
        ("soren", "Søren Ø"), ("lodz", "Łódź Forum"), ("dsouza", "Ana D'Souza"), ("weiss", "Jürgen Weiß"),
        ("de la cruz", "María de la Cruz"), ("cruz maria", "María de la Cruz"),
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_typed(search, name):
    assert found(search, name)


@pytest.mark.parametrize(
    ("search", "name"),
    [("kafor", "Amara Okafor"), ("amara jones", "Amara Okafor"), ("rien", "Niamh O’Brien")],
)
def test_what_begins_no_word_is_not_found(search, name):
    assert not found(search, name)


def test_a_postcode_is_found_whole_and_by_its_beginning():
    for search in ("E1 4NS", "e14ns", "E1", "4ns", "okafor e1"):
        assert found(search, "Amara Okafor", "E1 4NS"), search
    assert not found("E2", "Amara Okafor", "E1 4NS")


@pytest.mark.parametrize(
    ("typed", "kept", "spoken"),
    [
        ("020 7946 0123", "+442079460123", "020 7946 0123"),
        ("(020) 7946-0123", "+442079460123", "020 7946 0123"),
        ("+44 (0)20 7946 0123", "+442079460123", "020 7946 0123"),
        ("07700 900123", "+447700900123", "07700 900123"),
        ("0044 7700 900123", "+447700900123", "07700 900123"),
        ("+34 600 123 456", "+34600123456", "+34 600 12 34 56"),
    ],
)
def test_a_phone_number_is_kept_in_one_form(app, typed, kept, spoken):
    with app.test_request_context():
        assert parse_phone(typed) == kept
        assert find_phone(typed) == kept
        assert spoken_phone(kept) == spoken


@pytest.mark.parametrize("typed", ["", "12345", "no number", "020 7946 0123 ext 5", "0" * 30])
def test_what_is_no_phone_number_says_what_to_do(app, typed):
    with app.test_request_context():
        with pytest.raises(ValueError, match=r"phone number|extension"):
            parse_phone(typed)
        assert find_phone(typed) is None


def test_a_name_of_letters_is_no_phone_number(app):
    with app.test_request_context():
        assert find_phone("Room 101 of 2079460123") is None
