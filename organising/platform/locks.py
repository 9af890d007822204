"""Taking turns: of two transactions with the same purpose and key, the second waits until the first has ended."""

from uuid import UUID

from sqlalchemy import text

from .db import db


def take_turns(purpose: str, *keys: UUID | str) -> None:
    """Wait until no other transaction holds this purpose and these keys, and hold them until this one ends."""
    words = "/".join([purpose, *map(str, keys)])
    db.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:words, 7))"), {"words": words})
