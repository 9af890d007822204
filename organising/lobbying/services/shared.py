"""What services of this domain have in common: who may, whose a shared row is, and whether it was said before."""

from collections.abc import Iterable
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import select

from organising.platform.actor import Actor
from organising.platform.db import Shared, db
from organising.platform.errors import Forbidden
from organising.platform.permissions import Permission

Row = TypeVar("Row", bound=Shared)


def check_takes_part(actor: Actor, permission: Permission) -> None:
    """Raise Forbidden without the permission, or outside a campaign."""
    actor.check(permission)
    if actor.campaign_id is None:
        raise Forbidden(_("Your organisation takes part in no campaign."))


def authorship(actor: Actor) -> dict[str, Any]:
    """The columns that say whose a shared row is."""
    return {
        "campaign_id": actor.campaign_id,
        "organisation_id": actor.organisation_id,
        "author_label": actor.author_label,
    }


def find_latest(made: Row, columns: Iterable[str]) -> Row | None:
    """The newest row of the same organisation and campaign that is like ``made`` in these columns."""
    model = type(made)
    like = [
        getattr(model, name) == getattr(made, name) for name in ("campaign_id", "organisation_id", *columns)
    ]
    newest_first = model.created_at.desc()
    found: Row | None = db.session.scalar(select(model).where(*like).order_by(newest_first).limit(1))
    return found
