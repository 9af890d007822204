"""Settings: read once from the environment, frozen, and refused by name when one is bad or missing."""

from .addresses import normalise_database_url
from .files import Bucket, Clamd
from .keys import read_installation_key
from .mail import MAIL_LIMIT_NAMES, TELLING, ImapMailbox, SmtpServer
from .reading import LOOPBACK, Mode, SettingsError
from .settings import Settings

__all__ = [
    "LOOPBACK",
    "MAIL_LIMIT_NAMES",
    "TELLING",
    "Bucket",
    "Clamd",
    "ImapMailbox",
    "Mode",
    "Settings",
    "SettingsError",
    "SmtpServer",
    "normalise_database_url",
    "read_installation_key",
]
