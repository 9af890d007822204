"""The text of a motion beside its model: gaps, what differs, and a newer version taken over."""

from hypothesis import given
from hypothesis import strategies as st

from organising.motions.differing import Change, compare
from organising.motions.merging import Choice, merge
from organising.motions.placeholders import fill, list_gaps, pieces
from organising.motions.text import MotionText

CLAUSES = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=6).map("\n".join)
TEXTS = st.builds(MotionText, st.sampled_from(["One", "Two"]), CLAUSES, CLAUSES, CLAUSES)


def text(**said):
    return MotionText.of({"title": "T"} | said)


def test_gaps_are_found_once_and_filled_whatever_their_capitals():
    model = text(
        notes="In [Name of  local authority].\n[date] in [name of local authority].", resolves="[1] To act."
    )
    assert list_gaps(model) == ["Name of  local authority", "date", "name of local authority"]
    filled = fill(model, {"name of local authority": "Camden", "date": ""})
    assert filled.notes == "In Camden.\n[date] in Camden."
    assert list_gaps(filled) == ["date"]
    assert next(piece for piece in pieces("By [date], then.") if piece.is_gap).words == "[date]"


def test_what_differs_is_told_clause_by_clause():
    model = text(
        notes="Schools hold names of children.\nParents asked.", resolves="To sign.\nTo write to the mayor."
    )
    own = text(
        notes="Schools hold names and addresses of children.",
        resolves="To sign.\nTo meet in spring.\nTo write to the mayor.",
    )
    found = compare(model, own)
    assert {change: found.count(change) for change in Change} == {
        Change.SAME: 3, Change.CHANGED: 1, Change.ADDED: 1, Change.REMOVED: 1,
    }  # fmt: skip
    assert not found.is_same
    assert compare(own, own).is_same


def test_own_changes_stay_where_the_model_left_the_words_alone():
    base = text(notes="a\nTo ask b.\nTo ask c.", resolves="x\nTo write.")
    ours = text(notes="a\nTo ask b in Camden.\nTo ask c.\nd", resolves="x\nTo write in June.")
    model = text(notes="a\nTo ask b.\nTo ask c, and all others.", resolves="x\nTo write in May.")
    merged = merge(base, ours, model)
    assert [name for name, _one in merged.questions] == ["resolves"]
    choices = {merged.questions[0][1].key: Choice.MODEL}
    assert merged.settle(choices) == text(
        notes="a\nTo ask b in Camden.\nTo ask c, and all others.\nd", resolves="x\nTo write in May."
    )
    assert (
        merged.settle(dict.fromkeys(choices, Choice.BOTH)).resolves
        == "x\nTo write in June.\nTo write in May."
    )


@given(TEXTS, TEXTS)
def test_with_one_side_unchanged_nothing_is_asked(base, other):
    assert merge(base, base, other).settle({}) == other
    assert merge(base, other, base).settle({}) == other
    assert merge(base, other, other).settle({}) == other


@given(TEXTS, TEXTS, TEXTS, st.sampled_from(Choice))
def test_no_clause_of_either_side_is_lost_or_made_up(base, ours, model, choice):
    merged = merge(base, ours, model)
    for name in ("notes", "believes", "resolves"):
        settled = getattr(merged.settle({one.key: choice for _name, one in merged.questions}), name).split(
            "\n"
        )
        known = {*getattr(ours, name).split("\n"), *getattr(model, name).split("\n"), ""}
        assert set(settled) <= known
        if choice is Choice.BOTH:
            both = set(getattr(ours, name).split("\n")) & set(getattr(model, name).split("\n"))
            assert both <= set(settled) | {""}
