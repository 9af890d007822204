"""Members to lobby."""

import pytest

from tests.unit.lobbying.seeds import seed_members


@pytest.fixture
def members(world):
    return seed_members(world)
