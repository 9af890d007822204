"""The rules by which claims become a position, without a database."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from organising.lobbying.models import Position
from organising.lobbying.queries import Settlement, Standing, derive_position, side_of

TODAY = date(2026, 3, 1)
LIBERTY, NEU, PRAXIS = uuid4(), uuid4(), uuid4()


def claim(
    by: UUID, position: str, days_ago: int, *, written: int = 0, suggestion: bool = False,
    basis: str = "meeting", confidence: str = "medium",
) -> Standing:  # fmt: skip
    return Standing(
        uuid4(), uuid4(), uuid4(), by, "A partner", "Someone", Position(position), confidence, basis, None,
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
    assert current.is_ageing(TODAY)
    assert current.newest.age_in_days(TODAY) == 400


def test_sides():
    assert [side_of(one) for one in Position] == [1, 1, 1, 0, -1, -1, 0]


@pytest.mark.parametrize(
    ("basis", "days", "ageing"),
    [
        ("meeting", 365, False),
        ("meeting", 366, True),
        ("public_statement", 366, True),
        ("edm", 366, False),
        ("edm", 730, False),
        ("vote", 731, True),
    ],
)
def test_evidence_ages_in_a_year_and_recorded_acts_in_two(basis, days, ageing):
    current = derive_position([claim(LIBERTY, "supporter", days, basis=basis)], TODAY)
    assert current.is_ageing(TODAY) == ageing
    assert current.position == "supporter"


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [("vote", "edm"), ("edm", "public_statement"), ("public_statement", "letter"), ("letter", "meeting"),
     ("meeting", "third_party")],
)  # fmt: skip
def test_of_one_day_the_stronger_basis_counts_between_partners(stronger, weaker):
    claims = [
        claim(LIBERTY, "champion", 3, basis=stronger, confidence="low", written=1),
        claim(NEU, "supporter", 3, basis=weaker, confidence="high", written=2),
    ]
    assert derive_position(claims, TODAY).position == "champion"
    assert derive_position(reversed(claims), TODAY).position == "champion"


def test_of_one_day_and_basis_the_surer_claim_counts():
    claims = [
        claim(LIBERTY, "champion", 3, confidence="high", written=1),
        claim(NEU, "supporter", 3, written=2),
    ]
    assert derive_position(claims, TODAY).position == "champion"


def test_newer_hearsay_counts_before_older_votes_and_says_what_it_is():
    claims = [claim(LIBERTY, "champion", 30, basis="vote"), claim(NEU, "undecided", 3, basis="third_party")]
    current = derive_position(claims, TODAY)
    assert (current.position, current.newest.basis) == ("undecided", "third_party")


def test_what_was_said_before_this_parliament_is_carried_over_and_counts():
    claims = [claim(LIBERTY, "supporter", 100)]
    elected = TODAY - timedelta(days=99)
    assert derive_position(claims, TODAY, elected_on=elected).carried_over
    assert derive_position(claims, TODAY, elected_on=elected).position == "supporter"
    assert not derive_position(claims, TODAY, elected_on=TODAY - timedelta(days=100)).carried_over
    assert not derive_position(claims, TODAY).carried_over


def settled(position: str, minute: int) -> Settlement:
    return Settlement(
        Position(position), "The vote decides", "Ada", "Liberty", datetime(2026, 1, 1, 0, minute, tzinfo=UTC)
    )


DISPUTE = (claim(LIBERTY, "supporter", 10, written=1), claim(NEU, "opposed", 5, written=2))


def test_a_settlement_ends_a_dispute():
    current = derive_position(DISPUTE, TODAY, settlement=settled("undecided", 3))
    assert (current.position, current.disputed, current.state) == ("undecided", False, "undecided")
    assert current.settlement is not None


@pytest.mark.parametrize("position", ["opposed", "leaning_oppose", "undecided"])
def test_a_newer_claim_on_another_side_ends_the_settlement(position):
    claims = [*DISPUTE, claim(PRAXIS, position, 20, written=4)]
    current = derive_position(claims, TODAY, settlement=settled("supporter", 3))
    assert current.disputed
    assert current.settlement is None


def test_a_newer_claim_on_the_settled_side_says_how_far():
    claims = [*DISPUTE, claim(PRAXIS, "champion", 1, written=4)]
    current = derive_position(claims, TODAY, settlement=settled("supporter", 3))
    assert (current.position, current.disputed) == ("champion", False)


def test_a_claim_taken_back_after_the_settlement_contradicts_nothing():
    claims = [*DISPUTE, claim(NEU, "unknown", 0, written=4)]
    current = derive_position(claims, TODAY, settlement=settled("supporter", 3))
    assert (current.position, current.settlement is not None) == ("supporter", True)


def test_a_settlement_without_any_claim_says_nothing():
    claims = [claim(NEU, "opposed", 5, written=2), claim(NEU, "unknown", 0, written=4)]
    assert derive_position(claims, TODAY, settlement=settled("opposed", 3)).position == "unknown"
