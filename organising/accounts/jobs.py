"""Mail about accounts: the reset's link. Sent once; what no bell was heard for, the sweep finds."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import text

from ..platform.db import db
from ..platform.logging import get_logger
from ..platform.mail import OutgoingMail
from ..platform.once import Outcome, send_once
from ..platform.queue import job, periodic, run
from ..platform.sealing import open_field
from ..platform.tenancy import Context, use_context
from . import officer_links
from .links import OFFICER_LINK, PASSWORD_RESET, make_link
from .words import notice_words, officer_link_words

log = get_logger(__name__)
SEND = "organising.accounts.jobs.send_password_reset"
LINKS = "organising.accounts.jobs.send_officer_links"
TELL = "organising.accounts.jobs.send_account_notice"


@job(purpose="password_reset")
def send_password_reset(row_id: UUID) -> None:
    """Mail a reset's link, unless it was sent, used or has expired."""
    # The row stays locked and unsent until the message waits at its dot: a second job finds it sent.
    taken = _take(row_id)
    if taken is None:
        return
    email = open_field(db.session(), None, "user", "email_cipher", taken.user_id, taken.email_cipher)
    mail = OutgoingMail(
        to=email, subject=_("Choose a new password"), text=_words(make_link(PASSWORD_RESET, row_id))
    )
    attempt = send_once(mail, claim=lambda: True, give_back=lambda: _give_back(row_id))
    if attempt.outcome is Outcome.UNCERTAIN:
        log.warning("password_reset_uncertain")
    if attempt.refusal is not None:
        if attempt.refusal.is_permanent:
            # Asking the same server again would be no use; the person may ask for another.
            _take(row_id)
        log.warning("password_reset_refused", code=attempt.refusal.code)


def _take(reset_id: UUID) -> Any:
    return db.session.execute(
        text("SELECT * FROM app.take_password_reset(:r)"), {"r": reset_id}
    ).one_or_none()


def _give_back(reset_id: UUID) -> None:
    db.session.execute(text("SELECT app.give_password_reset_back(:r)"), {"r": reset_id})


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
        run(SEND, None, reset_id, "password_reset")


@job(purpose="officer_link")
def send_officer_links(row_id: UUID) -> None:
    """Mail what an officer asked for: for each organisation whose officer they are, its link and its code, once."""
    waiting = db.session.scalars(text("SELECT app.unsent_officer_links(:r)"), {"r": row_id}).all()
    for link_id in waiting:
        _send_officer_link(row_id, link_id)


def _send_officer_link(request_id: UUID, link_id: UUID) -> None:
    code = officer_links.make_code()
    taken = db.session.execute(
        text("SELECT * FROM app.take_officer_link(:l, :h)"),
        {"l": link_id, "h": officer_links.hash_code(request_id, code)},
    ).one_or_none()
    if taken is None:
        return
    email = open_field(db.session(), None, "user", "email_cipher", taken.user_id, taken.email_cipher)
    words = officer_link_words(
        taken.unit_name, taken.organisation_name, make_link(OFFICER_LINK, link_id), code
    )
    mail = OutgoingMail(to=email, subject=_("Sign in to Organising"), text=words)
    attempt = send_once(
        mail,
        claim=lambda: True,
        give_back=lambda: db.session.execute(text("SELECT app.give_officer_link_back(:l)"), {"l": link_id}),
    )
    if attempt.outcome is Outcome.UNCERTAIN or attempt.refusal is not None:
        log.warning("officer_link_not_sent", outcome=str(attempt.outcome))


@periodic(30)
def send_waiting_officer_links() -> None:
    """Send what is unsent, with or without a queue; after a quarter of an hour it is of no use."""
    with use_context(Context(purpose="identity")) as session:
        waiting = list(session.scalars(text("SELECT app.unsent_officer_requests()")))
    for request_id in waiting:
        run(LINKS, None, request_id, "officer_link")


@job(purpose="account_notice")
def send_account_notice(row_id: UUID) -> None:
    """Tell an account's owner what became of it, unless they were told."""
    taken = db.session.execute(text("SELECT * FROM app.take_account_notice(:n)"), {"n": row_id}).one_or_none()
    if taken is None:
        return
    email = open_field(db.session(), None, "user", "email_cipher", taken.user_id, taken.email_cipher)
    subject, words = notice_words(taken.kind, taken.organisation_name)
    mail = OutgoingMail(to=email, subject=subject, text=words)
    attempt = send_once(
        mail,
        claim=lambda: True,
        give_back=lambda: db.session.execute(text("SELECT app.give_account_notice_back(:n)"), {"n": row_id}),
    )
    if attempt.outcome is Outcome.UNCERTAIN or attempt.refusal is not None:
        log.warning("account_notice_not_sent", outcome=str(attempt.outcome))


@periodic(30)
def send_waiting_notices() -> None:
    """Send what is unsent, with or without a queue; what could not be sent within a day is no news."""
    with use_context(Context(purpose="identity")) as session:
        waiting = list(session.scalars(text("SELECT app.unsent_account_notices()")))
    for notice_id in waiting:
        run(TELL, None, notice_id, "account_notice")
