"""What files hold of one person: those whose name bears theirs. What is in a file nobody but a reader knows."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from ..platform.actor import Actor
from ..platform.db import db
from ..platform.people import Holding, Item, Rows, Section, Subject, about_nobody, ids, register
from .models import StoredFile
from .services.removing import purge

TABLE = "stored_file"


def find_files(actor: Actor, subject: Subject) -> Rows:
    """Files that are called after them: by an address, or by a whole name of at least two words."""
    wanted = [one.casefold() for one in subject.emails]
    wanted += [_plain(one) for one in subject.names if len(one.split()) > 1]
    if not wanted:
        return {}
    called = {
        one.id
        for one in db.session.scalars(select(StoredFile))
        if any(word in (one.name or "").casefold() or word in _plain(one.name or "") for word in wanted)
    }
    return {TABLE: frozenset(called)}


def _plain(name: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in name.casefold()).split())


def erase_files(actor: Actor, rows: Rows) -> Mapping[str, int]:
    """Take them away for good, with every version."""
    return {TABLE: purge(ids(rows, TABLE))}


def tell_files(actor: Actor, rows: Rows) -> Sequence[Section]:
    """Each by its name."""
    found = db.session.scalars(
        select(StoredFile).where(StoredFile.id.in_(ids(rows, TABLE))).order_by(StoredFile.created_at)
    )
    items = tuple(
        Item(f"{TABLE}:{one.id}", one.name or "", ((_("Added by"), one.author_label),), one.created_at)
        for one in found
    )
    return (Section(_("Files called after you"), items),)


register(
    Holding(
        "files", find_files, erase_files, tell_files, exports=frozenset({TABLE}), erases=frozenset({TABLE})
    )
)
about_nobody({"file_version": "sizes and keys of a file’s versions, which go with the file"})
