"""Shades of a map's hexagons by number, with the legend that says so."""

from flask_babel import gettext as _

# From so many on.
SHADES = ((5, "accent-4"), (2, "accent-3"), (1, "accent-2"))


def shade(number: int) -> str:
    """The shade of a hexagon that stands for so many."""
    return next((tone for least, tone in SHADES if number >= least), "none")


def shade_legend() -> list[tuple[str, str]]:
    """What each shade means."""
    return [(_("none"), "none"), ("1", "accent-2"), ("2–4", "accent-3"), (_("5 and more"), "accent-4")]
