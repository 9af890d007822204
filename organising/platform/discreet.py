"""Mail that tells nothing to whoever sees the phone light up: a partner at home, an employer at the next desk.

The sender and the subject come from the settings or say nothing but that an address is to be confirmed, and a
message begins with what to do; what it is about comes further down than a notification shows.
"""

from flask import current_app
from flask_babel import gettext as _

from organising.config import Settings

from .message import OutgoingMail

# What a locked screen shows of a message's beginning, with room to spare.
PREVIEW = 150


def discreet_mail(to: str, text: str, *, again: bool = False) -> OutgoingMail:
    """A message to somebody who signed or wrote; ``again``: they are known already and have nothing to confirm."""
    settings: Settings = current_app.config["SETTINGS"]
    return OutgoingMail(to, discreet_subject(again=again), text, sender=settings.discreet_from)


def discreet_subject(*, again: bool = False) -> str:
    """The subject: the one of the settings, else words that say nothing but "address"."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.discreet_subject:
        return settings.discreet_subject
    return str(_("About your email address") if again else _("Please confirm your email address"))


def discreet_sender() -> str:
    """Whom such mail comes from, as people find it in their inbox."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.discreet_from
