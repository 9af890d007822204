"""What happens by itself with what partners share: introductions run out, and the overlap is counted once a quarter."""

from ..organisations.queries import find_system_actor
from ..platform.db import db
from ..platform.queue import each_organisation, periodic
from ..platform.tenancy import Context, use_context
from .services.introductions import expire_introductions
from .services.overlap import publish_due


@periodic(900)
def expire() -> None:
    """Let introductions run out, each organisation's own in its own context."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)):
            if expire_introductions(find_system_actor(organisation_id)):
                db.session.commit()


@periodic(3600)
def publish_overlap() -> None:
    """Publish the quarter's figure of how many people several partners know, where it is due."""
    publish_due()
