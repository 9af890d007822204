"""What several of these tests ask of."""

from uuid import UUID

import pytest
from flask import Flask

from tests.support.private_rows import keep_private_rows
from tests.support.world import World


@pytest.fixture
def private_rows(app: Flask, world: World) -> dict[str, UUID]:
    """Rows of Liberty's own, one for every kind of id that a route takes."""
    return keep_private_rows(app, world)
