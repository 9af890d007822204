"""What a signature keeps of where it came from: its constituency by the loaded table, and the unit whose link it was."""

import pytest

from organising.platform.db import new_id
from organising.platform.tenancy import Context, use_context
from organising.pledges.models import Channel
from organising.pledges.queries import get_signing_page
from organising.pledges.services import signing as signings
from organising.pledges.services.signing import Signature
from tests.support.pledges import open_a_drive
from tests.support.postcodes import importing, load, seat


@pytest.fixture
def sign(app, world):
    open_a_drive(world)

    def sign(postcode="E1 4NS", unit_id=None, via="neu", **given):
        signing_id = new_id()
        with app.app_context(), use_context(Context(subject=signing_id)) as session:
            page = get_signing_page("care-dont-share", via)
            given = Signature("Esi Storyborn", "esi@example.org", postcode, unit_id=unit_id, **given)
            signings.sign(signing_id, page, given)
            session.commit()
        return signing_id

    return sign


def test_constituency_and_unit_are_kept_at_signing_and_never_guessed(app, world, sign, owner):
    with importing(app) as session:
        seat(session, "E14000001", "Stepney", former=("E14009999",))
        session.commit()
    load(
        app,
        "E1 4NS,,E09000030,E92000001,E14000001",
        "E1 4NT,,E09000030,E92000001,E14009999",
        "E1 4NW,201901,E09000030,E92000001,E14000001",
        "E1 4NX,,E09000030,E92000001,E14000777",
    )
    camden, elsewhere = world.unit("neu"), world.unit("liberty", "Leeds")
    lead = frozenset({world.organisations["liberty"]})
    expected = {
        sign(unit_id=camden, updates_from=lead): ("E14000001", camden),
        sign("E1 4NT", channel=Channel.EMBED): ("E14000001", None),
        # No longer in use, a seat that is not there, one not in the table; another organisation's unit, and none's.
        sign("E1 4NW", unit_id=elsewhere): (None, None),
        sign("E1 4NX", unit_id=new_id()): (None, None),
        sign("E1 4ZZ"): (None, None),
    }
    statement = "SELECT signing_id, constituency_code, unit_id, part, witness_key FROM pledge ORDER BY part, created_at"
    rows = owner.rows(statement)
    assert {row[0]: row[1:3] for row in rows if row[3] == "collected"} == expected
    # The copy for the lead keeps the place, not the other organisation's unit.
    assert [row[1:3] for row in rows if row[3] != "collected"] == [("E14000001", None)]
    assert all(row[4] for row in rows)
