"""The blueprint that this domain's pages belong to, and what several of them need."""

from collections.abc import Sequence

from flask import Blueprint
from sqlalchemy import select

from organising.lobbying.words import register_words
from organising.organisations.models import Ask
from organising.platform.actor import Actor
from organising.platform.db import db

blueprint = Blueprint("lobbying", __name__)
register_words(blueprint)


def list_open_asks(actor: Actor) -> Sequence[Ask]:
    """The asks that can be raised, in the campaign's order."""
    return db.session.scalars(
        select(Ask).where(Ask.campaign_id == actor.campaign_id, Ask.closed_at.is_(None)).order_by(Ask.place)
    ).all()
