"""Mail about accounts: the reset's link. Sent once; what no bell was heard for, the sweep finds."""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import text

from ..platform.db import db
from ..platform.logging import get_logger
from ..platform.mail import OutgoingMail, Refused, ReplyLost, get_mailer
from ..platform.queue import job, periodic, run
from ..platform.sealing import open_field
from ..platform.tenancy import Context, use_context
from .links import PASSWORD_RESET, make_link

log = get_logger(__name__)
SEND = "organising.accounts.jobs.send_password_reset"


@job(purpose="password_reset")
def send_password_reset(row_id: UUID) -> None:
    """Mail a reset's link, unless it was sent, used or has expired."""
    # The row stays locked and unsent until the message waits at its dot: a second job finds it sent.
    taken = db.session.execute(text("SELECT * FROM app.take_password_reset(:r)"), {"r": row_id}).one_or_none()
    if taken is None:
        return
    email = open_field(db.session(), None, "user", "email_cipher", taken.user_id, taken.email_cipher)
    mail = OutgoingMail(
        to=email, subject=_("Choose a new password"), text=_words(make_link(PASSWORD_RESET, row_id))
    )
    try:
        get_mailer().send(mail, before_dot=db.session.commit)
    except Refused as refused:
        if not refused.is_permanent:
            raise
        log.warning("password_reset_refused", code=refused.code)
    except ReplyLost:
        log.warning("password_reset_uncertain")


def _words(link: str) -> str:
    return _(
        "Someone, you we hope, asked for a new password for this address in Organising.\n\n"
        "To choose one, open this page within an hour:\n\n%(link)s\n\n"
        "If it wasn't you, do nothing: your password stays as it is.",
        link=link,
    )


@periodic(30)
def send_waiting_resets() -> None:
    """Send what is unsent, with or without a queue."""
    with use_context(Context(purpose="identity")) as session:
        waiting = list(session.scalars(text("SELECT app.unsent_password_resets()")))
    for reset_id in waiting:
        try:
            run(SEND, None, reset_id, "password_reset")
        except Refused as refused:
            log.warning("password_reset_waits", code=refused.code)
