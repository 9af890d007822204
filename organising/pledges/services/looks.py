"""A drive's colour, readable in light and dark, and whether partners' logos stand on its page."""

import hashlib
from dataclasses import dataclass

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.colours import accent_sheet, least_contrast, nearest_readable
from ...platform.errors import Invalid
from ..models import PledgeDrive
from .drives import check_own

NOT_READABLE = "Hard to read: its contrast is {ratio:.1f}:1, and 4.5:1 is needed. The nearest that is readable is {near}."


@dataclass(frozen=True)
class Look:
    """The colour on light and on dark paper, as ``#rrggbb``; ``None``: the campaign's own. No dark one: worked out."""

    colour: str | None
    colour_dark: str | None = None
    shows_logos: bool = True


def set_look(actor: Actor, drive: PledgeDrive, look: Look) -> bool:
    """Choose how the public page looks; returns whether that changed anything.

    Raises :class:`Invalid` with, by field, why a colour is refused and, as ``nearest``, what to take instead.
    """
    check_own(actor, drive)
    dark = derived_dark(look)
    wrong: dict[str, str] = {}
    nearest: dict[str, str] = {}
    for name, colour, on_dark in (("colour", look.colour, False), ("colour_dark", dark, True)):
        if colour is None:
            continue
        near = nearest_readable(colour, dark=on_dark)
        if near != colour:
            ratio = least_contrast(colour, dark=on_dark)
            wrong[name], nearest[name] = NOT_READABLE.format(ratio=ratio, near=near), near
    if wrong:
        raise Invalid(" ".join(wrong.values()), fields=wrong, nearest=nearest)
    wanted = (look.colour, dark, look.shows_logos)
    if wanted == (drive.colour, drive.colour_dark, drive.shows_logos):
        return False
    drive.colour, drive.colour_dark, drive.shows_logos = wanted
    record(actor, "pledge_drive.look_changed", "pledge_drive", drive.id, colour=look.colour)
    return True


def derived_dark(look: Look) -> str | None:
    """The colour on dark paper: as chosen, else the light one made readable there."""
    if look.colour is None:
        return None
    return look.colour_dark or nearest_readable(look.colour, dark=True)


def look_sheet(drive: PledgeDrive) -> str:
    """The style sheet of a drive's page; empty where it has no colour of its own."""
    if drive.colour is None or drive.colour_dark is None:
        return ""
    return accent_sheet(drive.colour, drive.colour_dark)


def look_digest(drive: PledgeDrive) -> str:
    """What the sheet's address changes with."""
    return hashlib.sha256(look_sheet(drive).encode()).hexdigest()[:12]
