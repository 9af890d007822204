"""At a dissolution terms end, plans pause and promises lapse with their parliament. Each sweep does what is left."""

from uuid import UUID

from organising.lobbying.models import Approach
from organising.lobbying.queries.dissolution import former_members
from organising.lobbying.services.approach_steps import pause_approaches
from organising.lobbying.services.commitment_steps import lapse_commitments, revive_commitments
from organising.organisations.queries import find_system_actor
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.logging import get_logger
from organising.platform.queue import each_organisation, periodic
from organising.platform.tenancy import Context, use_context
from organising.representatives.models.parliaments import SEATS
from organising.representatives.queries.parliaments import (
    find_dissolved,
    find_parliament,
    get_parliament,
    list_due_dissolutions,
)
from organising.representatives.services.parliaments import end_terms

log = get_logger(__name__)


@periodic(every_seconds=600)
def carry_out_dissolutions() -> None:
    """End the terms of members of a parliament that is dissolved, once; pause what was planned with them; let what they had
    promised lapse with it. Where a dissolution was taken back, promises come back too.
    """
    with use_context(Context(purpose="import")) as session:
        for parliament in list_due_dissolutions(today()):
            ended = end_terms(parliament)
            session.commit()
            log.info("parliament_dissolved", chamber=parliament.chamber, terms=ended)
        dissolved = [found.id for chamber in SEATS if (found := find_dissolved(chamber, today())) is not None]
        sitting = [found.id for chamber in SEATS if (found := find_parliament(chamber, today())) is not None]
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)) as session:
            actor = find_system_actor(organisation_id)
            for parliament_id in dissolved:
                _dissolve(actor, parliament_id)
                session.commit()
            for parliament_id in sitting:
                revive_commitments(actor, parliament_id)
                session.commit()


def _dissolve(actor: Actor, parliament_id: UUID) -> None:
    parliament = get_parliament(parliament_id)
    if parliament.carried_out_at is not None:
        pause_approaches(actor, Approach.person_id.in_(former_members(parliament)))
        lapse_commitments(actor, parliament_id)
