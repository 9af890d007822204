"""Reading what came back, and erasing what is not to be kept."""

from datetime import timedelta
from uuid import UUID

from organising.mailings.queries.incoming import list_unread
from organising.mailings.services import incoming
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.errors import NotFound
from organising.platform.queue import each_organisation, job, periodic
from organising.platform.retention import carry_out
from organising.platform.tenancy import Context, use_context

# Younger ones have a doorbell that is on its way.
GRACE = timedelta(seconds=30)


@job(purpose="read_incoming")
def read_incoming(actor: Actor, row_id: UUID) -> None:
    """Read one message that came back."""
    try:
        incoming.read_incoming(actor, row_id)
    except NotFound:
        return


@periodic(every_seconds=60)
def read_waiting() -> None:
    """Read what no doorbell rang for, and what waited for its delivery to be decided."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)) as session:
            actor = Actor.system(organisation_id)
            for row_id in list_unread(now() - GRACE):
                incoming.read_incoming(actor, row_id)
                session.commit()


@periodic(every_seconds=3600)
def erase_due() -> None:
    """Erase the words of casework after its days, and of all that was decided or settled after theirs."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)) as session:
            while carry_out("replies.words", incoming.erase_due):
                session.commit()
