"""Background work on actions."""

from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.queue import each_organisation, periodic
from organising.platform.tenancy import Context, use_context

from .services import finish_past_actions


@periodic(every_seconds=600)
def finish_past() -> None:
    """Mark agreed actions whose time is over as done, organisation by organisation."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)):
            finish_past_actions(Actor.system(organisation_id))
            db.session.commit()
