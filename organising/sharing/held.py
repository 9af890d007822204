"""What sharing holds of one person: that they were introduced to a partner, and what came of them from one."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, text

from ..contacts.queries.keeps import say_keep
from ..platform.actor import Actor
from ..platform.db import db
from ..platform.people import Holding, Item, Rows, Section, Subject, ids, register
from ..platform.ui import longdate
from .models import Introduction, IntroductionOffer, IntroductionState


def find_introductions(actor: Actor, subject: Subject) -> Rows:
    """Introductions of one of their contacts, and offers that were answered with one or still name one of their addresses."""
    contacts = list(subject.contact_ids)
    sent = select(Introduction.id).where(Introduction.contact_id.in_(contacts))
    answered = select(IntroductionOffer.id).where(IntroductionOffer.contact_id.in_(contacts))
    offers = set(db.session.scalars(answered))
    wanted = [one.casefold() for one in (*subject.emails, *subject.phones)]
    held = select(IntroductionOffer).where(IntroductionOffer.payload_cipher.is_not(None))
    for one in db.session.scalars(held) if wanted else ():
        # JSON may write a letter in another way; an address or a number it writes as it is.
        if any(word in (one.payload or "").casefold() for word in wanted):
            offers.add(one.id)
    return {"introduction": frozenset(db.session.scalars(sent)), "introduction_offer": frozenset(offers)}


def erase_introductions(actor: Actor, rows: Rows) -> Mapping[str, int]:
    """Remove those sent, and with them what a partner has not answered yet; decline those that came."""
    declined = 0
    came = select(IntroductionOffer.id).where(
        IntroductionOffer.id.in_(ids(rows, "introduction_offer")),
        IntroductionOffer.state == IntroductionState.OPEN,
    )
    for offer in list(db.session.scalars(came)):
        answer = text("SELECT app.answer_introduction(:i, 'declined', NULL)")
        declined += bool(db.session.scalar(answer, {"i": offer}))
    gone = delete(Introduction).where(Introduction.id.in_(ids(rows, "introduction")))
    changed: Any = db.session.execute(gone.execution_options(synchronize_session=False))
    db.session.expire_all()
    return {"introduction": int(changed.rowcount), "introduction_offer": declined}


def tell_introductions(actor: Actor, rows: Rows) -> Sequence[Section]:
    """To whom they were introduced and in which words they agreed; what came of them from a partner."""
    sent = select(Introduction).where(Introduction.id.in_(ids(rows, "introduction")))
    came = select(IntroductionOffer).where(IntroductionOffer.id.in_(ids(rows, "introduction_offer")))
    return (
        Section(
            _("Introductions of you to a partner"),
            tuple(
                Item(
                    f"introduction:{one.id}",
                    _("Introduced on %(day)s", day=longdate(one.created_at)),
                    (
                        (_("You agreed in these words"), one.consent_words or ""),
                        (_("On"), longdate(one.consent_on)),
                        (_("What was passed on"), ", ".join(one.fields)),
                        (_("State"), one.state),
                    ),
                    one.created_at,
                )
                for one in db.session.scalars(sent.order_by(Introduction.created_at))
            ),
        ),
        Section(
            _("Introductions of you by a partner"),
            tuple(
                Item(
                    f"introduction_offer:{one.id}",
                    _("Came on %(day)s", day=longdate(one.created_at)),
                    ((_("State"), one.state), (_("What came"), _in_words(one.payload))),
                    one.created_at,
                )
                for one in db.session.scalars(came.order_by(IntroductionOffer.created_at))
            ),
        ),
    )


def _in_words(payload: str | None) -> str:
    return json.dumps(json.loads(payload), ensure_ascii=False) if payload else _("no longer kept")


TABLES = frozenset({"introduction", "introduction_offer"})
register(
    Holding(
        "sharing", find_introductions, erase_introductions, tell_introductions, exports=TABLES, erases=TABLES
    )
)
say_keep(Introduction, _l("Introduced to a partner"))
say_keep(IntroductionOffer, _l("A partner introduced them to you"))
