"""What staff are asked before words of theirs go to many."""

from collections.abc import Iterator

from flask_babel import gettext as _

from organising.platform.cautions import Caution, caution_key, speaks_of_status


def note_cautions(field: str, text: str) -> Iterator[Caution]:
    """Words that seem to tell of somebody's immigration status: they would be mailed to everybody."""
    if speaks_of_status(text):
        message = _(
            "This seems to speak of immigration status. If it is about the law, go on; if it is about a person, take it out."
        )
        yield Caution("status", field, message, caution_key(f"status.{field}", text))
