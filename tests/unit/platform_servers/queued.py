"""Jobs for the tests of the worker; RQ calls them by name in a process of its own."""

import os
import time
from pathlib import Path

from sqlalchemy import text

from organising.platform.db import db


def note(place: str, word: str) -> None:
    """Leave a file behind."""
    Path(place, word).touch()


def slow(place: str, seconds: float) -> None:
    """Leave one's number, take long, leave another file."""
    written = Path(place, "slow.new")
    written.write_text(str(os.getpid()))
    # Moved there whole: whoever waits for the file reads a number.
    written.rename(Path(place, "slow.pid"))
    time.sleep(seconds)
    Path(place, "slow.done").touch()


def ask_database(place: str, word: str) -> None:
    """Use the database from the fork."""
    assert db.session.execute(text("SELECT 1")).scalar() == 1
    Path(place, word).touch()


def fail_with(secret: str) -> None:
    """Fail with a message that quotes somebody."""
    raise ValueError(f"duplicate key (email)=({secret})")
