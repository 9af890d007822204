"""Pages of motions. All addresses of staff, below /motions:

GET (list), motions.csv, <id> · GET and POST new, past, <id>/edit, <id>/outcome, <id>/amended-text, <id>/next-meeting,
<id>/forwarding · POST <id>/submission, agenda, withdrawal, agreement, publication and action (each with /removal), outcome/removal,
action/link, comments, forwarding/<id>/removal. Model texts, below /motions/texts; <id>/newer-version lays one into a draft.
Bodies that carried: bodies (also .csv and .svg); for everybody: carried, carried/<id>.
"""

from organising.motions import open_work  # noqa: F401 (it is shown to whoever closes a unit)

from . import (
    carried,
    localising,
    motion_steps,
    motion_writing,
    motions,
    outcomes,
    public,
    text_steps,
    text_writing,
    texts,
)
from .blueprint import blueprint

__all__ = [
    "blueprint",
    "carried",
    "localising",
    "motion_steps",
    "motion_writing",
    "motions",
    "outcomes",
    "public",
    "text_steps",
    "text_writing",
    "texts",
]
