"""Saying on which sites one's own form may stand."""

from sqlalchemy import select

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.db import db
from ...platform.errors import Conflict
from ...platform.permissions import Permission
from ..models import EmbedOrigin

# More would make a header that some servers refuse.
MOST_ORIGINS = 20


class TooManyOrigins(Conflict):
    """There are as many sites as one header can name."""

    code = "too_many_origins"


def add_origin(actor: Actor, origin: str) -> bool:
    """Let the form stand on a site of the own organisation's; returns whether that changed anything.

    ``origin`` was checked by :func:`..origins.parse_origin`. Raises :class:`TooManyOrigins`.
    """
    actor.check(Permission.EMBEDS_MANAGE)
    mine = select(EmbedOrigin).where(
        EmbedOrigin.campaign_id == actor.campaign_id, EmbedOrigin.organisation_id == actor.organisation_id
    )
    kept = {one.origin for one in db.session.scalars(mine.with_for_update())}
    if origin in kept:
        return False
    if len(kept) >= MOST_ORIGINS:
        raise TooManyOrigins(f"{MOST_ORIGINS} sites are the most. Take one away first.")
    assert actor.campaign_id is not None
    row = EmbedOrigin(campaign_id=actor.campaign_id, origin=origin, author_label=actor.author_label)
    db.session.add(row)
    db.session.flush()
    record(actor, "embed_origin.added", "embed_origin", row.id)
    return True


def remove_origin(actor: Actor, row: EmbedOrigin) -> None:
    """Let the form stand on this site no longer: the frame is empty from its next visit."""
    actor.check(Permission.EMBEDS_MANAGE)
    record(actor, "embed_origin.removed", "embed_origin", row.id)
    db.session.delete(row)
