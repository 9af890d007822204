"""What differs between two texts, word by word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organising.platform.differences import GONE, MOST_COMPARISONS, NEW, SAME, compare_texts


def shown(before: str, after: str) -> list[tuple[str, str]]:
    return [(one.kind, one.words) for one in compare_texts(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("one two three", "one 2 three", [(SAME, "one "), (GONE, "two"), (NEW, "2"), (SAME, " three")]),
        ("Will you speak?", "You voted on it.", [(GONE, "Will you speak?"), (NEW, "You voted on it.")]),
        ("same", "same", [(SAME, "same")]),
        ("", "new", [(NEW, "new")]),
        ("old", "", [(GONE, "old")]),
        ("", "", []),
        ("a\nb\nc\n", "a\nc\n", [(SAME, "a\n"), (GONE, "b\n"), (SAME, "c\n")]),
    ],
)
def test_words_stay_go_and_come(before: str, after: str, found: list[tuple[str, str]]) -> None:
    assert shown(before, after) == found


@given(st.text(alphabet="ab \n"), st.text(alphabet="ab \n"))
def test_both_texts_can_be_read_from_it(before: str, after: str) -> None:
    passages = compare_texts(before, after)
    assert "".join(one.words for one in passages if one.kind != NEW) == before
    assert "".join(one.words for one in passages if one.kind != GONE) == after


def test_texts_too_long_to_compare_stand_one_after_the_other() -> None:
    """A letter of nothing but the same word, or line, is no reason to count for minutes."""
    for unit in ("a ", "a\n"):
        before = unit * (MOST_COMPARISONS // 1000)
        after = before.replace("a", "b", 1) + unit * 2000
        assert [kind for kind, _words in shown(before, after)] == [GONE, NEW]
