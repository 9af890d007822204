"""A mailing, whom it goes to, who put their name to it, and what became of each message."""

from organising.mailings.models.attachments import (
    MOST_BYTES,
    MOST_BYTES_TOGETHER,
    FileKind,
    MailingAttachment,
)
from organising.mailings.models.identities import MailServer, SenderIdentity, SenderProof
from organising.mailings.models.incoming import KEPT_DAYS, IncomingMessage
from organising.mailings.models.lines import LONGEST_LINE, AgreedLine, LineDecision
from organising.mailings.models.mailings import Mailing, MailingChoice, MailingReader, MailingRemoval
from organising.mailings.models.outbox import Delivery, SendingSlot, SendingSlow
from organising.mailings.models.sign_offs import SignOff
from organising.mailings.models.signatories import MailingSignatory, SignOffRequest
from organising.mailings.models.stops import StopRequest, StopToken
from organising.mailings.models.suppressions import SuppressedFor, Suppression
from organising.mailings.models.texts import (
    SIGNATURE_LENGTH,
    TEMPLATE_NAME_LENGTH,
    MailingSignature,
    MailingTemplate,
    MailingVersion,
)

__all__ = [
    "KEPT_DAYS",
    "LONGEST_LINE",
    "MOST_BYTES",
    "MOST_BYTES_TOGETHER",
    "SIGNATURE_LENGTH",
    "TEMPLATE_NAME_LENGTH",
    "AgreedLine",
    "Delivery",
    "FileKind",
    "IncomingMessage",
    "LineDecision",
    "MailServer",
    "Mailing",
    "MailingAttachment",
    "MailingChoice",
    "MailingReader",
    "MailingRemoval",
    "MailingSignatory",
    "MailingSignature",
    "MailingTemplate",
    "MailingVersion",
    "SenderIdentity",
    "SenderProof",
    "SendingSlot",
    "SendingSlow",
    "SignOff",
    "SignOffRequest",
    "StopRequest",
    "StopToken",
    "SuppressedFor",
    "Suppression",
]
