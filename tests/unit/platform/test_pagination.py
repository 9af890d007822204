"""Every row once, in order, whatever is added meanwhile; a damaged cursor is refused."""

import pytest
from sqlalchemy import select

from organising.organisations.models import Unit
from organising.platform.errors import Invalid
from organising.platform.pagination import page


def _all(descending=False):
    seen, cursor = [], None
    while True:
        found = page(
            select(Unit), order_by=[Unit.name, Unit.id], cursor=cursor, size=4, descending=descending
        )
        seen += [unit.name for unit in found.items]
        cursor = found.next_cursor
        if cursor is None:
            return seen


def test_each_row_once_in_both_directions(world):
    with world.context("neu") as session:
        session.add_all([Unit(name=f"Unit {n % 5}", kind="branch") for n in range(18)])
        session.commit()
        assert len(_all()) == 18
        assert _all() == sorted(_all())
        assert _all(descending=True) == sorted(_all(), reverse=True)


@pytest.mark.parametrize("cursor", ["x", "!!!", "W10", "WzFd", "WyJhIl0", "bnVsbA", "WzEsMl0"])
def test_a_damaged_cursor_is_refused(world, cursor):
    with world.context("neu"), pytest.raises(Invalid):
        page(select(Unit), order_by=[Unit.name, Unit.id], cursor=cursor)
