"""The servers the product brings with it where none is configured; nothing else knows they are embedded."""

from organising.platform.supervision import StartRefused

from .datadir import DataDirectory, temporary_data_directory
from .postgres import ADMIN, LOGIN, OWNER, EmbeddedPostgres
from .valkey import EmbeddedValkey

__all__ = [
    "ADMIN",
    "LOGIN",
    "OWNER",
    "DataDirectory",
    "EmbeddedPostgres",
    "EmbeddedValkey",
    "StartRefused",
    "temporary_data_directory",
]
