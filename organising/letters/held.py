"""What letters hold of one person: what they wrote to their MP, found by the key under which one letter a person stands."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import select, update

from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import change_rows, db
from organising.platform.people import Holding, Item, Rows, Section, Subject, about_nobody, ids, register
from organising.platform.ui import longdate

from .keys import person_key
from .models import Letter, LetterAction, LetterState


def find_letters(actor: Actor, subject: Subject) -> Rows:
    """Own letters that one of their addresses wrote."""
    actions = db.session.scalars(select(LetterAction.id)).all() if subject.emails else []
    keys = [person_key(action, email) for action in actions for email in subject.emails]
    found = db.session.scalars(select(Letter.id).where(Letter.person_key.in_(keys))) if keys else ()
    return {"letter": frozenset(found)}


def erase_letters(actor: Actor, rows: Rows) -> Mapping[str, int]:
    """Take letters back as their writer would, whether they have left or not: the database empties them."""
    erased, at = 0, now()
    for before, after in (
        (LetterState.UNCONFIRMED, LetterState.ERASED),
        (LetterState.CONFIRMED, LetterState.WITHDRAWN),
    ):
        theirs = update(Letter).where(Letter.id.in_(ids(rows, "letter")), Letter.state == before)
        erased += change_rows(theirs.values(state=after, ended_at=at))
    db.session.expire_all()
    return {"letter": erased}


def tell_letters(actor: Actor, rows: Rows) -> Sequence[Section]:
    """Each letter with what stands in it and what became of it."""
    found = select(Letter).where(Letter.id.in_(ids(rows, "letter"))).order_by(Letter.created_at)
    return (Section(_("Letters you wrote"), tuple(_letter(one) for one in db.session.scalars(found))),)


def _letter(letter: Letter) -> Item:
    facts = [
        (_("State"), letter.state),
        (_("To"), letter.address),
        (_("Name"), letter.name or ""),
        (_("Email"), letter.email or ""),
        (
            _("Address"),
            ", ".join(part for part in ((letter.street or "").replace("\n", ", "), letter.postcode) if part),
        ),
        (_("Subject"), letter.subject or ""),
        (_("Letter"), letter.body or ""),
        (_("Exact words that you agreed to"), letter.consent),
        (_("Confirmed on"), longdate(letter.confirmed_at)),
    ]
    title = letter.subject or _("A letter whose text is no longer kept")
    return Item(f"letter:{letter.id}", title, tuple(one for one in facts if one[1]), letter.created_at)


register(
    Holding(
        "letters",
        find_letters,
        erase_letters,
        tell_letters,
        exports=frozenset({"letter"}),
        erases=frozenset({"letter"}),
    )
)
about_nobody(
    {
        "letter_action": "a page's words, and which colleague wrote and opened it",
        "letter_relay": "an MP's answer to all who wrote to them",
    }
)
