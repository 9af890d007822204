"""What mailings to contacts hold of one person: that they were in question for one, and why they were left out."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from organising.contacts.queries.keeps import say_keep
from organising.mailings.models import Mailing
from organising.platform.actor import Actor
from organising.platform.db import change_rows, db
from organising.platform.people import Holding, Item, Rows, Section, Subject, about_nobody, ids, register

from .models import ConsentRequest, MailingRecipient


def find_recipients(actor: Actor, subject: Subject) -> Rows:
    """Where one of their contacts stood in question."""
    theirs = select(MailingRecipient.id).where(MailingRecipient.contact_id.in_(list(subject.contact_ids)))
    asked = select(ConsentRequest.id).where(ConsentRequest.contact_id.in_(list(subject.contact_ids)))
    return {
        "mailing_recipient": frozenset(db.session.scalars(theirs)),
        "consent_request": frozenset(db.session.scalars(asked)),
    }


def erase_recipients(actor: Actor, rows: Rows) -> Mapping[str, int]:
    """Remove them; the mailing's own numbers stay. Mail that asked them goes with their contact."""
    gone = delete(MailingRecipient).where(MailingRecipient.id.in_(ids(rows, "mailing_recipient")))
    return {"mailing_recipient": change_rows(gone)}


def tell_recipients(actor: Actor, rows: Rows) -> Sequence[Section]:
    """Each mailing, and whether it was meant for them."""
    found = db.session.execute(
        select(MailingRecipient, Mailing.title)
        .join(
            Mailing,
            (Mailing.organisation_id == MailingRecipient.organisation_id)
            & (Mailing.id == MailingRecipient.mailing_id),
        )
        .where(MailingRecipient.id.in_(ids(rows, "mailing_recipient")))
        .order_by(MailingRecipient.created_at)
    )
    items = tuple(
        Item(
            f"mailing_recipient:{one.id}",
            title,
            ((_("Left out because"), one.left_out),) if one.left_out else ((_("Meant for you"), _("yes")),),
            one.created_at,
        )
        for one, title in found
    )
    asked = select(ConsentRequest).where(ConsentRequest.id.in_(ids(rows, "consent_request")))
    questions = tuple(
        Item(f"consent_request:{one.id}", one.kind, ((_("State"), one.state),), one.created_at)
        for one in db.session.scalars(asked.order_by(ConsentRequest.created_at))
    )
    return (
        Section(_("Mailings that you were considered for"), items),
        Section(_("Mail that asked what you agree to"), questions),
    )


TABLES = frozenset({"mailing_recipient", "consent_request"})
register(
    Holding("outreach", find_recipients, erase_recipients, tell_recipients, exports=TABLES, erases=TABLES)
)
about_nobody({"contact_mailing": "which contacts a mailing is for, as a question and not a list"})
say_keep(MailingRecipient, _l("In question for a mailing"))
say_keep(ConsentRequest, _l("Asked by email what they agree to"))
