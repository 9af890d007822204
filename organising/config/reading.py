"""How a setting is read: a bad or missing one is refused by its name."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
LOOPBACK = ("localhost", "127.0.0.1")
Read = TypeVar("Read")


class Mode(StrEnum):
    PRODUCTION = "production"
    DEVELOPMENT = "development"
    TEST = "test"


class SettingsError(Exception):
    """One setting is missing or unusable; ``str()`` is one line that names it."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name


def read_mode(environ: Mapping[str, str]) -> Mode:
    """What the product runs as; production unless named."""
    value = environ.get("ORGANISING_MODE", "production")
    try:
        return Mode(value)
    except ValueError:
        raise SettingsError("ORGANISING_MODE", f"{value!r} is none of {', '.join(Mode)}") from None


def read_required(environ: Mapping[str, str], name: str) -> str:
    """A setting that has to be there."""
    value = environ.get(name, "")
    if not value:
        raise SettingsError(name, "missing; `organising up` sets it for you, a server must name it")
    return value


def read_parsed(environ: Mapping[str, str], name: str, parse: Callable[[str], Read]) -> Read | None:
    """What ``parse`` makes of an address, ``None`` where none is named; its ``ValueError`` is why it is refused."""
    url = environ.get(name, "").strip()
    try:
        return parse(url) if url else None
    except ValueError as error:
        raise SettingsError(name, str(error)) from None


def read_flag(environ: Mapping[str, str], name: str) -> bool:
    """Yes or no; no where it is not named."""
    value = environ.get(name, "").lower()
    if value not in ("", "0", "1", "true", "false", "yes", "no"):
        raise SettingsError(name, f"{value!r} is neither yes nor no")
    return value in ("1", "true", "yes")


def read_number(environ: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """A whole number within bounds."""
    value = environ.get(name) or str(default)
    if not value.isdigit() or not low <= int(value) <= high:
        raise SettingsError(name, f"{value!r} is not a whole number from {low} to {high}")
    return int(value)


def read_log_level(environ: Mapping[str, str]) -> str:
    """From which level on the log is written."""
    value = (environ.get("LOG_LEVEL") or "info").lower()
    if value not in ("debug", "info", "warning", "error"):
        raise SettingsError("LOG_LEVEL", f"{value!r} is none of debug, info, warning, error")
    return value


def is_loopback(host: str | None) -> bool:
    """Whether an address leads to this machine only."""
    return host in (*LOOPBACK, "::1")
