"""What attendance holds of one person: what they signed up for, found by the blind index of their address."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import select, update

from organising.actions.models import BranchAction
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import change_rows, db
from organising.platform.people import Holding, Item, Rows, Section, Subject, about_nobody, ids, register
from organising.platform.ui import long_datetime, longdate

from .models import SignUp, SignUpState

TABLE, MAIL = "sign_up", "attendance_mail"


def find_sign_ups(actor: Actor, subject: Subject) -> Rows:
    """Own sign-ups under one of their addresses."""
    found = select(SignUp.id).where(SignUp.email_key.in_(list(subject.keys)))
    return {TABLE: frozenset(db.session.scalars(found))} if subject.keys else {}


def erase_sign_ups(actor: Actor, rows: Rows) -> Mapping[str, int]:
    """Take them off every list, as they could themselves: the database empties the rows."""
    erased, at = 0, now()
    for before, after in (
        (SignUpState.UNCONFIRMED, SignUpState.ERASED),
        (SignUpState.GOING, SignUpState.WITHDRAWN),
        (SignUpState.WAITING, SignUpState.WITHDRAWN),
    ):
        theirs = update(SignUp).where(SignUp.id.in_(ids(rows, TABLE)), SignUp.state == before)
        erased += change_rows(theirs.values(state=after, ended_at=at))
    db.session.expire_all()
    return {TABLE: erased}


def tell_sign_ups(actor: Actor, rows: Rows) -> Sequence[Section]:
    """Each with what was given, and what became of it."""
    found = db.session.execute(
        select(SignUp, BranchAction)
        .join(BranchAction, BranchAction.id == SignUp.action_id)
        .where(SignUp.id.in_(ids(rows, TABLE)))
        .order_by(SignUp.created_at)
    )
    return (Section(_("Events you signed up for"), tuple(_item(*row) for row in found)),)


def _item(one: SignUp, action: BranchAction) -> Item:
    facts = (
        (_("State"), one.state),
        (_("When"), long_datetime(action.starts_at)),
        (_("Name"), one.name or ""),
        (_("Email"), one.email or ""),
        (_("Postcode"), one.postcode or ""),
        (_("Exact words that you agreed to"), one.consent),
        (_("Confirmed on"), longdate(one.confirmed_at)),
        (_("Noted at the event"), one.attended or ""),
    )
    return Item(f"{TABLE}:{one.id}", action.title, tuple(fact for fact in facts if fact[1]), one.created_at)


register(
    Holding(
        "attendance",
        find_sign_ups,
        erase_sign_ups,
        tell_sign_ups,
        exports=frozenset({TABLE}),
        erases=frozenset({TABLE}),
    )
)
about_nobody(
    {
        "attendance_mail": "which message went to which sign-up, and when: no word and no address; it goes with the sign-up",
        "sign_up_page": "what staff set about an action's sign-up, and numbers",
        "meeting_slot": "when and where a representative is met",
        "lobby_briefing": "lines for those who meet a representative",
    }
)
