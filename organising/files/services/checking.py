"""The one way in: how large it may be, what the scanner says, what it is by its content, and made anew where it is kept."""

from typing import BinaryIO, NoReturn

from flask import current_app
from flask_babel import gettext as _

from ...config import Settings
from ...platform.errors import Invalid
from ...platform.logging import get_logger
from ..content.findings import Clean, Refusal
from ..content.reading import read_content
from ..content.telling import tell_data
from ..doors import Door
from ..scanner import ScannerDown, find_virus
from ..words import REASONS

log = get_logger(__name__)
# Reasons that say only that it is something else: what is taken instead says more. Others say it better with that beside.
SOMETHING_ELSE = ("not_wanted", "unknown")
OF_ANOTHER_KIND = ("empty", "damaged", "heic", "svg", "markup", "program", "archive", "old_office", "text")


def read_all(door: Door, stream: BinaryIO) -> bytes:
    """The content; one byte more than is allowed tells that it is too much, and the rest is never read."""
    content = stream.read(door.most + 1)
    check_size(door, content)
    return content


def check_file(door: Door, content: bytes, name: str = "") -> Clean:
    """What is to be kept of it. Raises :class:`Invalid` with the door's field saying why not."""
    check_size(door, content)
    _scan(door, content)
    try:
        clean = read_content(content, _ending(name), door.kinds)
    except Refusal as refusal:
        _refuse_for(door, refusal)
    check_size(door, clean.content)
    return clean


def check_data(door: Door, content: bytes) -> None:
    """Check a file that is read for its rows and never given out. Raises :class:`Invalid` with the door's field saying why not."""
    check_size(door, content)
    _scan(door, content)
    try:
        form = tell_data(content)
    except Refusal as refusal:
        _refuse_for(door, refusal)
    if form not in door.reads:
        refuse(door, str(door.otherwise))


def check_size(door: Door, content: bytes) -> None:
    """Refuse what is more than the door takes."""
    if len(content) > door.most:
        refuse(door, _("A file may be %(most)s MB at most.", most=door.most // 2**20))


def refuse(door: Door, words: str) -> NoReturn:
    """Say at the door's field why a file is not taken."""
    raise Invalid(_("The file was not added."), **{door.field: words})


def _refuse_for(door: Door, refusal: Refusal) -> NoReturn:
    said = str(REASONS[refusal.reason])
    if door.otherwise and refusal.reason in SOMETHING_ELSE:
        said = str(door.otherwise)
    elif door.otherwise and refusal.reason in OF_ANOTHER_KIND:
        said = f"{said} {door.otherwise}"
    refuse(door, said)


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _scan(door: Door, content: bytes) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    if settings.clamd is None or not content:
        return
    try:
        found = find_virus(settings.clamd, content)
    except ScannerDown as down:
        log.error("scanner_down", reason=str(down)[:200])
        refuse(
            door,
            _(
                "The virus scanner does not answer, so nothing can be added just now. Try again in some minutes."
            ),
        )
    if found is not None:
        log.warning("virus_found", what=found[:100])
        refuse(door, _("The virus scanner found something in this file: %(what)s.", what=found[:100]))
