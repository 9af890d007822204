"""What time takes away of the desk itself."""

from datetime import datetime

from organising.platform.db import db
from organising.platform.retention import days_of
from organising.rights.queries import list_mail_to_forget, list_old_unconfirmed, list_to_forget

UNCONFIRMED, DETAILS = "rights.unconfirmed", "rights.details"


def forget_unconfirmed(at: datetime) -> int:
    """Remove what nobody confirmed; returns how many."""
    typed = list_old_unconfirmed(at, days_of(UNCONFIRMED))
    for one in typed:
        db.session.delete(one)
    db.session.flush()
    return len(typed)


def forget_details(at: datetime) -> int:
    """Remove who asked for what has long been answered; returns how many."""
    ended = list_to_forget(at, days_of(DETAILS))
    for one in ended:
        one.forget(at)
    db.session.flush()
    return len(ended)


def forget_mail(at: datetime) -> None:
    """Remove addresses and words of mail whose requests name nobody any more."""
    for mail in list_mail_to_forget(at):
        mail.address = mail.words = mail.language = None
    db.session.flush()


RETENTION = {UNCONFIRMED: forget_unconfirmed, DETAILS: forget_details}
