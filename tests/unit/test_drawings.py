"""Drawings of state tables in docs/ are the code's, as it is now."""

import pytest

from tests.support.drawings import DRAWINGS, drawing, shown


@pytest.mark.parametrize("page", DRAWINGS)
def test_the_page_shows_what_the_code_draws(page):
    assert shown(page) == drawing(page), "run `make drawings`"
