"""The confirmation mail: which signatures wait for one, what it says, and that it leaves once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import select, update

from ...platform.actor import Actor
from ...platform.clock import LONDON, now
from ...platform.db import db, find
from ...platform.mail import OutgoingMail, Refused, ReplyLost, get_mailer
from ..links import signing_url
from ..models import Part, Pledge, PledgeDrive, PledgeState
from ..queries import find_earlier
from ..texts import UNCONFIRMED_DAYS

GIVE_UP = timedelta(hours=48)
# A sweep rings again for the same row only after so long: a slow queue is not filled with the same doorbell.
RING_AGAIN = timedelta(minutes=5)
LONGEST_WAIT_MINUTES = 240


class AlreadySent(Exception):
    """Another worker committed this mail first; ours is dropped at its final dot."""


def send_confirmation(actor: Actor, pledge_id: UUID) -> bool:
    """Send the one confirmation mail of a signature; returns whether it left now. Runs twice without harm."""
    pledge = find(Pledge, pledge_id)
    if pledge is None or pledge.state != PledgeState.PENDING or pledge.part != Part.COLLECTED:
        return False
    if pledge.confirmation_sent_at is not None or pledge.email is None:
        return False
    mail = compose_confirmation(actor, pledge)
    try:
        get_mailer().send(mail, before_dot=lambda: _commit_sent(pledge_id))
    except AlreadySent:
        return False
    except ReplyLost:
        return True
    except Refused as refused:
        _note_refusal(pledge_id, permanent=refused.is_permanent)
        return False
    return True


def compose_confirmation(actor: Actor, pledge: Pledge) -> OutgoingMail:
    """The mail. Its subject tells nothing to someone who looks over the shoulder."""
    drive = db.session.get_one(PledgeDrive, pledge.drive_id)
    values = {
        "title": drive.title,
        "organisation": actor.organisation_name,
        "link": signing_url(pledge.signing_id),
        "days": UNCONFIRMED_DAYS,
    }
    earlier = find_earlier(pledge)
    if earlier is None:
        return OutgoingMail(pledge.email or "", _("Please confirm your email address"), _first_words(values))
    assert earlier.confirmed_at is not None
    values["date"] = format_date(earlier.confirmed_at.astimezone(LONDON).date(), "d MMMM y")
    return OutgoingMail(pledge.email or "", _("About your email address"), _repeat_words(values))


def _first_words(values: dict[str, Any]) -> str:
    text: str = _(
        "Hello,\n\n"
        "This address was used to sign “%(title)s” through %(organisation)s.\n\n"
        "If that was you, open this page and press “Confirm my signature”:\n\n%(link)s\n\n"
        "Only then are you counted. If you have signed through another partner as well, you are counted once.\n\n"
        "If it was not you, the same page lets you say so, and everything is erased. If nobody does anything, "
        "it is erased after %(days)d days.\n\n"
        "Keep this message: with the link you can withdraw your signature at any time.\n",
        **values,
    )
    return text


def _repeat_words(values: dict[str, Any]) -> str:
    text: str = _(
        "Hello,\n\n"
        "This address was used to sign “%(title)s” through %(organisation)s, but you have already signed, on "
        "%(date)s. You are counted once, and there is nothing you need to do.\n\n"
        "If you ticked a box this time and want it to hold, you can confirm here:\n\n%(link)s\n\n"
        "If it was not you, the same page lets you say so. If nobody does anything, this second signature is "
        "erased after %(days)d days; the first one stays.\n",
        **values,
    )
    return text


def _commit_sent(pledge_id: UUID) -> None:
    changed: Any = db.session.execute(
        update(Pledge)
        .where(
            Pledge.id == pledge_id, Pledge.state == PledgeState.PENDING, Pledge.confirmation_sent_at.is_(None)
        )
        .values(confirmation_sent_at=now())
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:
        db.session.rollback()
        raise AlreadySent
    db.session.commit()


def _note_refusal(pledge_id: UUID, *, permanent: bool) -> None:
    """A refusal for good ends it; any other is tried again, later each time, for two days."""
    pledge = find(Pledge, pledge_id)
    if pledge is None:
        return
    at = now()
    if permanent or pledge.created_at < at - GIVE_UP:
        pledge.confirmation_refused_at = at
        return
    pledge.confirmation_tries += 1
    wait = min(2 ** (pledge.confirmation_tries - 1), LONGEST_WAIT_MINUTES)
    pledge.confirmation_due_at = at + timedelta(minutes=wait)


def claim_due(limit: int = 200) -> Sequence[UUID]:
    """Signatures of the current organisation whose mail is due and not sent; each is claimed for five minutes."""
    at = now()
    due = (
        select(Pledge.id)
        .where(
            Pledge.state == PledgeState.PENDING,
            Pledge.part == Part.COLLECTED,
            Pledge.confirmation_sent_at.is_(None),
            Pledge.confirmation_refused_at.is_(None),
            # The doorbell of a fresh signature is still on its way.
            Pledge.confirmation_due_at < at - timedelta(seconds=20),
        )
        .order_by(Pledge.confirmation_due_at)
        .limit(limit)
    )
    ids = list(db.session.scalars(due))
    if ids:
        db.session.execute(
            update(Pledge)
            .where(Pledge.id.in_(ids))
            .values(confirmation_due_at=at + RING_AGAIN)
            .execution_options(synchronize_session=False)
        )
    return ids
