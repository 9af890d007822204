"""Pages of motions. All addresses of staff, below /motions:

GET (list), motions.csv, <id> · GET and POST new, past, <id>/edit, <id>/outcome, <id>/amended-text, <id>/next-meeting,
<id>/forwarding · POST <id>/submission, agenda, withdrawal, agreement, publication and action (each with /removal), outcome/removal,
action/link, comments, forwarding/<id>/removal. Model texts, below /motions/texts.
"""

from organising.motions import open_work  # noqa: F401 (it is shown to whoever closes a unit)

from . import motion_steps, motion_writing, motions, outcomes, text_steps, text_writing, texts
from .blueprint import blueprint

__all__ = [
    "blueprint",
    "motion_steps",
    "motion_writing",
    "motions",
    "outcomes",
    "text_steps",
    "text_writing",
    "texts",
]
