"""Colours that can be read in light and dark: held to the papers of the style sheet."""

import re
from itertools import product
from pathlib import Path

import pytest

from organising.platform import colours

TOKENS = (Path(__file__).resolve().parents[3] / "assets/css/tokens.css").read_text(encoding="utf-8")


def test_the_papers_are_those_of_the_style_sheet():
    def values(block, *names):
        return tuple(re.search(rf"--{name}: (#\w+);", block)[1] for name in names)

    day, night = TOKENS.split("@media screen", 1)
    names = ("paper", "paper-raised", "paper-sunk", "ink")
    assert values(day, *names) == (*colours.LIGHT_PAPERS, colours.LIGHT_INK)
    assert values(night, *names) == (*colours.DARK_PAPERS, colours.DARK_INK)


def test_every_colour_has_a_nearest_that_is_readable_everywhere():
    for parts in product((0, 51, 128, 204, 255), repeat=3):
        colour = "#" + "".join(f"{part:02x}" for part in parts)
        for dark in (False, True):
            near = colours.nearest_readable(colour, dark=dark)
            assert colours.least_contrast(near, dark=dark) >= 4.5, (colour, dark)
            assert colours.nearest_readable(near, dark=dark) == near
            tinted = colours.wash(near, dark=dark)
            ink = colours.DARK_INK if dark else colours.LIGHT_INK
            assert min(colours.contrast(near, tinted), colours.contrast(ink, tinted)) >= 4.5, (colour, dark)


@pytest.mark.parametrize(
    ("given", "kept"), [("#C5301A", "#c5301a"), (" abc", "#aabbcc"), ("c5301a", "#c5301a")]
)
def test_a_colour_is_read(given, kept):
    assert colours.parse_colour(given) == kept


@pytest.mark.parametrize("given", ["", "red", "#12345", "#c5301a;}", "url(x)"])
def test_what_is_no_colour_is_refused(given):
    with pytest.raises(ValueError):
        colours.parse_colour(given)
