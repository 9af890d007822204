"""What time takes away of the desk itself."""

from datetime import datetime

from organising.platform.db import db
from organising.rights.queries import list_mail_to_forget, list_old_unconfirmed, list_to_forget
from organising.rights.services.mail import UNCONFIRMED_DAYS

# As long as somebody may still complain about an answer, with time to look into it.
DETAILS_DAYS = 365


def forget_old(at: datetime) -> int:
    """Remove what nobody confirmed, and who asked for what has long been answered; returns how many."""
    typed, ended = list_old_unconfirmed(at, UNCONFIRMED_DAYS), list_to_forget(at, DETAILS_DAYS)
    for one in typed:
        db.session.delete(one)
    for one in ended:
        one.forget(at)
    for mail in list_mail_to_forget(at):
        mail.address = mail.words = mail.language = None
    db.session.flush()
    return len(typed) + len(ended)
