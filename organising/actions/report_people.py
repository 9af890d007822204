"""Representatives for a report's form: the whole list for a phone that may lose its signal, and who is meant by a name."""

from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _

from organising.platform.clock import today
from organising.platform.db import db, find
from organising.representatives.models import OfficeKind, Person
from organising.representatives.names import fold
from organising.representatives.queries import list_sitting, office_in_words, search

# Of whom a branch meets one; peers are found by typing a name, with signal.
LISTED = (OfficeKind.MP, OfficeKind.MSP, OfficeKind.MS, OfficeKind.MLA, OfficeKind.PCC, OfficeKind.MAYOR)


@dataclass(frozen=True)
class Found:
    """The person meant, or the reason why nobody is."""

    person_id: UUID | None
    reason: str = ""


def list_in_office() -> list[tuple[str, str, str]]:
    """Id, name, and party with seat of all who sit today."""
    on = today()
    return [
        (str(one.person_id), one.person.name, office_in_words(one))
        for kind in LISTED
        for one in db.session.scalars(list_sitting(on=on, kind=kind))
    ]


def find_met(person_id: UUID | None, words: str) -> Found:
    """Who was chosen; else the only one whom these words can mean."""
    if person_id is not None and find(Person, person_id) is not None:
        return Found(person_id)
    found = search(words, on=today())
    exact = [one for one in found if fold(one.label) == fold(words)]
    meant = exact if len(exact) == 1 else found
    if len(meant) == 1:
        return Found(meant[0].id)
    if not meant:
        return Found(None, _("Nobody is found by “%(words)s”. Try the constituency.", words=words))
    names = ", ".join(f"{one.label} ({one.detail})" for one in meant[:4])
    return Found(None, _("Who is meant? %(names)s. Write the whole name.", names=names))
