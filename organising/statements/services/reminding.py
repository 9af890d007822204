"""Mail about statements: once to each person for each thing they are asked, and one reminder a day at most. No mail holds a word
of the text, nor of what is said about it: mail passes through other hands.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from organising.organisations.stopped_mail import MailKind, foot, register_mail
from organising.platform.actor import Actor
from organising.platform.clock import LONDON
from organising.platform.db import db
from organising.platform.links import address_of_page
from organising.platform.message import OutgoingMail
from organising.platform.permissions import Permission
from organising.platform.ui import long_datetime
from organising.statements.models import Statement, StatementNotice
from organising.statements.states import State

MAIL = register_mail(
    MailKind(
        "statements",
        _l("Mail about statements"),
        _l(
            "When you can comment on one, when your organisation is asked to sign, and when the time to answer ends."
        ),
        Permission.STATEMENTS_SIGN,
    )
)


def stamp_of(statement: Statement) -> str:
    """What somebody is told once: that they can comment, or that this very text is to be signed."""
    if statement.state == State.CONSULTATION:
        return f"consult/{statement.id}/{statement.consulted_number}"
    return f"sign/{statement.id}/{statement.locked_hash}"


def stamp_of_day(day: date) -> str:
    """The reminder of a day, over all statements."""
    return f"remind/{day.isoformat()}"


def is_told(user_id: UUID, stamp: str) -> bool:
    """Whether this person of the session's organisation was written to about it."""
    statement = select(StatementNotice.id).where(
        StatementNotice.user_id == user_id, StatementNotice.stamp == stamp
    )
    return db.session.scalar(statement) is not None


def is_due(statement: Statement, day: date) -> bool:
    """Whether a reminder goes out that day: on the friendly deadline's, and on the day before the last one and its own."""
    soft = statement.soft_deadline.astimezone(LONDON).date() if statement.soft_deadline else None
    hard = statement.hard_deadline.astimezone(LONDON).date() if statement.hard_deadline else None
    return day == soft or (hard is not None and day in (hard, hard - timedelta(days=1)))


def compose_request(
    person: Actor, email: str, statement: Statement, *, is_anew: bool = False
) -> OutgoingMail:
    """The mail that asks: by its working name, with the way to the page. ``is_anew``: an edit voided what they had answered."""
    values = {
        "name": person.display_name,
        "title": statement.title,
        "own": person.organisation_name,
        "who": statement.author_label,
    }
    if statement.state == State.CONSULTATION:
        subject = _("For your comments: %(title)s", **values)
        what = _("%(who)s asks %(own)s to read “%(title)s” and to comment while its text is open.", **values)
    else:
        subject = _("Does %(own)s sign? %(title)s", **values)
        what = _("%(who)s asks whether %(own)s puts its name under “%(title)s”.", **values)
        what += " " + _deadline(statement)
        if is_anew:
            what = (
                _("The text has changed since %(own)s answered, so that answer is void.", **values)
                + " "
                + what
            )
    page = address_of_page("statements.show", statement_id=str(statement.id))
    parts = [
        _("Hello %(name)s,", **values),
        what,
        _("Read it and answer here:") + "\n" + page,
        _("The text itself is in no mail. You get this once."),
        foot(MAIL, person),
    ]
    return OutgoingMail(to=email, subject=subject, text="\n\n".join(parts) + "\n")


def compose_reminder(person: Actor, email: str, due: Sequence[Statement]) -> OutgoingMail:
    """One mail for all that is due that day."""
    lines = [
        f"- {one.title}: {_deadline(one)}\n  {address_of_page('statements.show', statement_id=str(one.id))}"
        for one in due
    ]
    parts = [
        _("Hello %(name)s,", name=person.display_name),
        _("%(own)s has not answered yet whether it signs:", own=person.organisation_name),
        "\n".join(lines),
        _(
            "Without an answer nothing is signed, and nobody’s name stands under it. One reminder a day at most."
        ),
        foot(MAIL, person),
    ]
    return OutgoingMail(to=email, subject=_("Signatures that wait for you"), text="\n\n".join(parts) + "\n")


def _deadline(statement: Statement) -> str:
    if statement.hard_deadline is None:
        return str(_("Please answer soon."))
    if statement.soft_deadline is None:
        return str(_("The last moment is %(last)s.", last=long_datetime(statement.hard_deadline)))
    return str(
        _(
            "Please answer by %(soft)s; the last moment is %(last)s.",
            soft=long_datetime(statement.soft_deadline),
            last=long_datetime(statement.hard_deadline),
        )
    )
