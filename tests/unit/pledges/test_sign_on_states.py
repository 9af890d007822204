"""The table of sign-on states by itself, and as the documentation draws it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from organising.pledges.models import PledgeSignOn, SignOnMoved
from organising.pledges.sign_on_states import KEPT, TRANSITIONS, SignOnState, Who, draw, follows

AT = datetime(2026, 3, 1, tzinfo=UTC)
S = SignOnState
DOCS = Path(__file__).resolve().parents[3] / "docs" / "pledges.md"


def test_the_documentation_holds_the_table():
    assert draw() in DOCS.read_text("utf-8")


@pytest.mark.parametrize(
    "verb",
    sorted(set(TRANSITIONS) - {"invite", "call_off", "ask", "ask_again", "turn_down", "publish", "hide"}),
)
def test_a_row_goes_only_where_the_table_leads_and_twice_is_once(verb):
    step = TRANSITIONS[verb]
    for state in KEPT:
        row = PledgeSignOn(state=state, name="NEU")
        if state == step.target:
            assert row.move(verb, AT) is False
        elif state in step.sources:
            assert row.move(verb, AT, "somebody") is True
            assert row.state == step.target
            assert (row.ended_at is None) is (step.target is S.SIGNED)
            assert row.move(verb, AT) is False
        else:
            with pytest.raises(SignOnMoved):
                row.move(verb, AT)


def test_what_is_invited_and_published_follows_from_what_is_kept():
    assert follows(None, is_invited=False) is S.NONE
    assert follows(None, is_invited=True) is S.INVITED
    assert follows(S.WITHDRAWN, is_invited=True) is S.INVITED, "a request that was taken back"
    assert follows(S.WITHDRAWN, is_invited=True, was_signed=True) is S.WITHDRAWN
    assert follows(S.SIGNED, is_invited=True) is S.SIGNED
    assert follows(S.SIGNED, is_invited=False, is_public=True) is S.PUBLISHED
    assert {one.verb for one in TRANSITIONS.values() if one.who is Who.STANDING} == {"publish", "hide"}
