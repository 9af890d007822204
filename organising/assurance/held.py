"""What assurance holds of one person: requests by authorities that name them. They are refused by default, and kept as a record."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from ..platform.actor import Actor
from ..platform.db import db
from ..platform.people import Holding, Item, Rows, Section, Subject, about_nobody, ids, register
from .models import DisclosureRequest


def find_disclosures(actor: Actor, subject: Subject) -> Rows:
    """Requests in which one of their addresses, numbers or names stands. There are few; each is read."""
    wanted = [one.casefold() for one in (*subject.emails, *subject.phones, *subject.names) if one]
    if not wanted:
        return {}
    found = [
        one.id
        for one in db.session.scalars(select(DisclosureRequest))
        if any(word in f"{one.subject}\n{one.asked}".casefold() for word in wanted)
    ]
    return {"disclosure_request": frozenset(found)}


def erase_nothing(actor: Actor, rows: Rows) -> Mapping[str, int]:
    """They stay: see below."""
    return {}


def tell_disclosures(actor: Actor, rows: Rows) -> Sequence[Section]:
    """Which authority asked, for what, and what became of it. Staff leave out what the law forbids to tell."""
    found = select(DisclosureRequest).where(DisclosureRequest.id.in_(ids(rows, "disclosure_request")))
    items = tuple(
        Item(
            f"disclosure_request:{one.id}",
            one.authority,
            ((_("Asked for"), one.asked or ""), (_("State"), one.state)),
            one.created_at,
        )
        for one in db.session.scalars(found.order_by(DisclosureRequest.received_on))
    )
    return (Section(_("Requests by authorities that name you"), items),)


register(
    Holding(
        "assurance",
        find_disclosures,
        erase_nothing,
        tell_disclosures,
        exports=frozenset({"disclosure_request"}),
        stays={
            "disclosure_request": "the record of what an authority asked for and why it was refused, needed for legal claims (UK GDPR article 17(3)(e))"
        },
    )
)
about_nobody(
    {
        "breach": "what went wrong and when, in a colleague's words; who was affected is looked up, not kept",
        "breach_note": "what colleagues did about it",
        "departure": "that the organisation left, with numbers",
    }
)
