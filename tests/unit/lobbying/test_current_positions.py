"""The rules by which claims become a position, without a database."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from organising.lobbying.models import Position
from organising.lobbying.queries import Standing, derive_position, side_of

TODAY = date(2026, 3, 1)
LIBERTY, NEU, PRAXIS = uuid4(), uuid4(), uuid4()


def claim(by: UUID, position: str, days_ago: int, *, written: int = 0, suggestion: bool = False) -> Standing:
    return Standing(
        uuid4(), uuid4(), uuid4(), by, "A partner", "Someone", Position(position), "medium", "meeting", None,
        TODAY - timedelta(days=days_ago), datetime(2026, 1, 1, 0, written, tzinfo=UTC), suggestion,
    )  # fmt: skip


def test_no_claim_is_unknown_and_not_opposition():
    current = derive_position([], TODAY)
    assert (current.position, current.disputed, current.newest) == (Position.UNKNOWN, False, None)


def test_the_newest_by_day_counts_not_the_last_written():
    claims = [claim(LIBERTY, "supporter", 3, written=1), claim(LIBERTY, "undecided", 90, written=2)]
    assert derive_position(claims, TODAY).position == "supporter"


def test_of_one_day_the_last_written_counts():
    claims = [claim(LIBERTY, "supporter", 3, written=2), claim(LIBERTY, "undecided", 3, written=1)]
    assert derive_position(claims, TODAY).position == "supporter"


def test_partners_on_different_sides_within_180_days_are_in_dispute():
    claims = [claim(LIBERTY, "supporter", 10), claim(NEU, "leaning_oppose", 180)]
    current = derive_position(claims, TODAY)
    assert current.disputed
    assert current.position == "supporter"
    assert [one.organisation_id for one in current.standing] == [LIBERTY, NEU]


def test_beyond_180_days_there_is_no_dispute():
    assert not derive_position([claim(LIBERTY, "supporter", 10), claim(NEU, "opposed", 181)], TODAY).disputed


@pytest.mark.parametrize("other", ["champion", "leaning_support", "undecided"])
def test_degrees_and_indecision_are_no_dispute(other):
    assert not derive_position([claim(LIBERTY, "supporter", 10), claim(NEU, other, 5)], TODAY).disputed


def test_an_organisation_that_changes_its_mind_disputes_nobody():
    claims = [claim(LIBERTY, "supporter", 10), claim(LIBERTY, "opposed", 50), claim(NEU, "champion", 20)]
    assert not derive_position(claims, TODAY).disputed


def test_unknown_takes_back_the_own_claim_only():
    claims = [claim(LIBERTY, "opposed", 30), claim(LIBERTY, "unknown", 1), claim(NEU, "supporter", 60)]
    current = derive_position(claims, TODAY)
    assert (current.position, current.disputed) == ("supporter", False)
    assert derive_position(claims[:2], TODAY).position == "unknown"


def test_a_branchs_suggestion_does_not_count():
    claims = [claim(LIBERTY, "supporter", 30), claim(NEU, "opposed", 1, suggestion=True)]
    current = derive_position(claims, TODAY)
    assert (current.position, current.disputed) == ("supporter", False)


def test_old_evidence_still_stands_and_says_its_age():
    current = derive_position([claim(LIBERTY, "supporter", 400)], TODAY)
    assert current.position == "supporter"
    assert current.newest is not None
    assert current.newest.is_old(TODAY)
    assert current.newest.age_in_days(TODAY) == 400


def test_sides():
    assert [side_of(one) for one in Position] == [1, 1, 1, 0, -1, -1, 0]
