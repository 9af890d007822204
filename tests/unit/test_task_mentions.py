"""Names after an @: the whole one, the first word where one bears it, and nothing that only looks like one."""

from uuid import UUID

import pytest

from organising.tasks.mentions import Ambiguous, find_mentions, find_strangers, marked

SAM, ASH, ZOE, SAMUEL = (UUID(int=n) for n in range(1, 5))
NAMES = {SAM: "Sam Stone", ASH: "Sam Ash", ZOE: "Zoë Quill", SAMUEL: "Samuel Ash"}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("@Sam Ash please", {ASH}),
        ("(@sam stone), and @zoë!", {SAM, ZOE}),
        ("@Samuel and @Zoë Quill", {SAMUEL, ZOE}),
        ("write to press@zoë.example or @ nobody, @Zoës", set()),
        ("@Nobody here", set()),
    ],
)
def test_who_is_meant(words, found):
    assert find_mentions(words, NAMES) == found


def test_who_is_nobodys_name_is_found_to_be_told():
    words = "@Nobody here, @Sam Ash, @Zoës, @O'Neill, @ 5, press@zoe.example, @Nobody"
    assert find_strangers(words, NAMES) == ["Nobody", "Zoës", "O'Neill"]


def test_a_first_name_that_two_bear_is_asked_for_whole():
    with pytest.raises(Ambiguous, match="Sam"):
        find_mentions("Thanks @Sam", NAMES)
    assert marked("Thanks @Sam", NAMES) == [("Thanks @Sam", False)]


def test_a_comment_is_shown_with_the_names_apart_and_whole():
    pieces = marked("So @Zoë Quill: ring <b>@Samuel</b>.", NAMES)
    assert [piece for piece, is_name in pieces if is_name] == ["@Zoë Quill", "@Samuel"]
    assert "".join(piece for piece, _is_name in pieces) == "So @Zoë Quill: ring <b>@Samuel</b>."
