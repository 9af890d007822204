"""What the desk itself holds: what somebody asked of it before. It goes with an erasure, but for kind, days and outcome."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from organising.contacts.models import ContactDetail
from organising.contacts.queries.keeps import register_keep, say_keep
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.many import among
from organising.platform.people import Holding, Item, Rows, Section, Subject, ids, register
from organising.platform.ui import longdate

from .models import RequestKind, RequestState, RightsMail, RightsRequest
from .words import KINDS, STATES


def find_requests(actor: Actor, subject: Subject) -> Rows:
    """Requests by one of their addresses, or about one of their contacts."""
    found = select(RightsRequest.id).where(
        or_(
            RightsRequest.email_key.in_(list(subject.keys)),
            RightsRequest.contact_id.in_(list(subject.contact_ids)),
        )
    )
    requests = frozenset(db.session.scalars(found))
    mail = select(RightsMail.id).where(RightsMail.request_id.in_(list(requests)))
    return {"rights_request": requests, "rights_mail": frozenset(db.session.scalars(mail))}


def erase_requests(actor: Actor, rows: Rows) -> Mapping[str, int]:
    """Take away who asked and what they wrote."""
    erased, at = 0, now()
    for one in db.session.scalars(
        select(RightsRequest).where(RightsRequest.id.in_(ids(rows, "rights_request")))
    ):
        erased += one.forget(at)
        if one.kind == RequestKind.ERASURE:
            # In a backup it may be open still.
            one.end(RequestState.DONE, at)
    mail = 0
    for message in db.session.scalars(select(RightsMail).where(RightsMail.id.in_(ids(rows, "rights_mail")))):
        mail += message.address_cipher is not None
        message.address = message.words = None
    db.session.flush()
    return {"rights_request": erased, "rights_mail": mail}


def tell_requests(actor: Actor, rows: Rows) -> Sequence[Section]:
    """What they asked, and what became of it."""
    found = select(RightsRequest).where(RightsRequest.id.in_(ids(rows, "rights_request")))
    items = []
    for one in db.session.scalars(found.order_by(RightsRequest.received_on)):
        facts = [
            (_("Received on"), longdate(one.received_on)),
            (_("State"), str(STATES[RequestState(one.state)])),
            (_("In your words"), one.words or ""),
            (_("Our answer"), one.answer or ""),
        ]
        kept = tuple(fact for fact in facts if fact[1])
        items.append(
            Item(f"rights_request:{one.id}", str(KINDS[RequestKind(one.kind)]), kept, one.created_at)
        )
    return (Section(_("What you asked about your data"), tuple(items)),)


def find_asking(contact_ids: Collection[UUID]) -> Iterable[UUID]:
    """Who of these has an address from which a request came and was confirmed, open or answered."""
    asking = (
        select(ContactDetail.contact_id)
        .join(
            RightsRequest,
            (RightsRequest.organisation_id == ContactDetail.organisation_id)
            & (RightsRequest.email_key == ContactDetail.value_key),
        )
        .where(among(ContactDetail.contact_id, contact_ids), RightsRequest.state != RequestState.UNCONFIRMED)
    )
    return db.session.scalars(asking).all()


_ASKED = _l("The rights desk has a request about them")
TABLES = frozenset({"rights_request", "rights_mail"})
register(
    Holding(
        "rights",
        find_requests,
        erase_requests,
        tell_requests,
        exports=frozenset({*TABLES, "rights_pause"}),
        erases=TABLES,
        stays={"rights_pause": "days on which the clock stood, of a request that names nobody any more"},
    )
)
say_keep(RightsRequest, _ASKED)
register_keep(_ASKED, find_asking)
