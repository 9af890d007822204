"""Counts as the public is told them."""

from flask_babel import gettext as _

# What a small number is told as, and to what others are rounded (firewall.md).
FEW, STEP = 10, 5


def told(count: int) -> str:
    """A count as the public is told it."""
    if count == 0:
        return _("none")
    if count < FEW:
        return _("fewer than 10")
    return f"{round(count / STEP) * STEP:,}"
