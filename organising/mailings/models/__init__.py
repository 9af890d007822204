"""A mailing, whom it goes to, who put their name to it, and what became of each message."""

from organising.mailings.models.mailings import Mailing, MailingChoice, MailingReader
from organising.mailings.models.outbox import Delivery, SendingSlot, SendingSlow
from organising.mailings.models.sign_offs import SignOff

__all__ = [
    "Delivery",
    "Mailing",
    "MailingChoice",
    "MailingReader",
    "SendingSlot",
    "SendingSlow",
    "SignOff",
]
