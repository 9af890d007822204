"""Words about a status, what a letter shares with others, and how it reads: pure, by the table."""

import random

import pytest

from organising.letters.cautions import find_cautions
from organising.letters.content import Writer, letter_text, own_words, plain_text
from organising.letters.likeness import PLACES, share_taken, sketch

ADA = Writer("Ada Example", "ada@example.org", "12 Invented Row\nHarbour", "E1 4NS")
OWN = (
    "I have taught at the school by the harbour for eleven years and I have never seen so many empty chairs. "
    "Parents keep their children at home because a form asks where they were born."
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("My neighbour’s Immigration\nStatus is unclear", ["immigration status"]),
        ("she overstayed, he is an over‑stayer", ["overstayed", "over-stayer"]),
        ("Her VISA ran out", ["visa"]),
        ("two visas", ["visas"]),
        ("they claimed asylum; an asylum seeker", ["claimed asylum", "asylum seeker"]),
        ("has no papers", ["has no papers"]),
        ("indefinite leave to remain, or pre-settled status", ["leave to remain", "pre-settled status"]),
        ("they live here illegally", ["here illegally"]),
        ("NRPF and BRP", ["nrpf", "brp"]),
        ("undocumented, undocumented", ["undocumented"]),
        ("What is the status of the bill?", []),
        ("its status as a charity, a status update, the status quo", []),
        ("improvisation, advisable, televised, supervisas", []),
        ("immigration enforcement and the Home Office", []),
        ("the refugees’ committee; asylum law", []),
        ("We remain, and leave to others to reply", []),
        ("She papers the walls; there are no newspapers", []),
        ("the brpx and nrpfs of this world", []),
    ],
)
def test_words_are_found_whole_and_nothing_else_is(text, found):
    assert find_cautions(text) == found


def test_words_are_found_in_each_text_and_named_once():
    assert find_cautions("A visa", "The visa of my friend, deported") == ["visa", "deported"]


@pytest.mark.parametrize(
    ("body", "begins", "ends"),
    [
        (OWN, "Dear Ms Vale,\n\nI have", "born.\n\nYours sincerely,\n\nAda Example"),
        (f"Dear Ms Vale,\n{OWN}", "Dear Ms Vale,\nI have", "born.\n\nYours sincerely,\n\nAda Example"),
        (f"Dear Ms Vale, {OWN}", "Dear Ms Vale, I have", "born.\n\nYours sincerely,\n\nAda Example"),
        (f"{OWN}\n\nKind regards,\nAda", "Dear Ms Vale,\n\nI have", "Kind regards,\nAda\n\nAda Example"),
    ],
)
def test_a_letter_has_one_greeting_one_end_and_the_address(body, begins, ends):
    text = letter_text("Ms Vale", body, ADA, "Care Don’t Share (NEU)")
    assert text.startswith(begins)
    assert f"{ends}\n12 Invented Row\nHarbour\nE1 4NS\n" in text
    assert text.count("Dear") == 1
    assert "Care Don’t Share (NEU)" in text


def test_own_words_are_without_what_all_letters_share():
    assert own_words(f"Dear Ms Vale,\n\n{OWN}\n\nYours sincerely,\nAda\n12 Invented Row") == OWN
    assert own_words(OWN) == OWN


def test_plain_text_has_no_control_characters():
    assert plain_text("a\x00b\r\nc\u2028d\x1b[0m\r\r\r\re\t f ") == "ab\ncd[0m\n\ne  f"


def test_letters_that_differ_in_greeting_and_end_alone_have_one_sketch():
    first, second = f"Dear Ms Vale,\n{OWN}\nYours, Ada", f"Hello,\n{OWN}\n\nKind regards,\nBex Notreal"
    assert sketch(b"k" * 32, first) == sketch(b"k" * 32, second)
    assert sketch(b"k" * 32, first) != sketch(b"l" * 32, first)


def test_a_sketch_says_nearly_what_share_two_letters_have():
    chance = random.Random(4)
    words = [f"word{n}" for n in range(5000)]
    for kept in (0.0, 0.5, 0.9):
        estimates = []
        for _ in range(20):
            one = [chance.choice(words) for _ in range(200)]
            cut = int(200 * kept)
            other = one[:cut] + [chance.choice(words) for _ in range(200 - cut)]
            a, b = sketch(b"k" * 32, " ".join(one)), sketch(b"k" * 32, " ".join(other))
            assert a is not None
            assert b is not None
            same = sum(a[4 * n : 4 * n + 4] == b[4 * n : 4 * n + 4] for n in range(PLACES))
            estimates.append(same / PLACES)
        expected = kept / (2 - kept)
        assert abs(sum(estimates) / len(estimates) - expected) < 0.08, (kept, estimates)


def test_a_short_letter_is_compared_with_nothing_and_a_copied_one_is_known():
    assert sketch(b"k" * 32, "Please vote for it.") is None
    assert share_taken("Please vote for it.", "Please vote for it.") == 0
    assert share_taken(OWN, OWN) == 1
    assert (
        share_taken(OWN, "Something else entirely, about the weather in the north of the country today.") == 0
    )
