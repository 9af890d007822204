"""Destroying an organisation's key, for its clean exit: what was sealed with it opens again for nobody."""

from sqlalchemy import update

from ..platform.actor import Actor
from ..platform.audit import record
from ..platform.clock import now
from ..platform.db import db
from ..platform.sealing import keyring
from .models import OrganisationKey


def destroy_key(actor: Actor) -> int:
    """Destroy the keys of the actor's organisation; answers how many there were. Other processes forget them in a minute.

    Backups made before still hold the key, wrapped. The caller asks, and commits.
    """
    ended = db.session.execute(
        update(OrganisationKey)
        .where(
            OrganisationKey.organisation_id == actor.organisation_id, OrganisationKey.destroyed_at.is_(None)
        )
        .values(wrapped=b"", destroyed_at=now())
        .execution_options(synchronize_session=False)
    )
    count = int(ended.rowcount)  # type: ignore[attr-defined]
    keyring().forget(actor.organisation_id)
    if count:
        record(actor, "keys.destroyed", "organisation", actor.organisation_id, keys=count)
    return count
