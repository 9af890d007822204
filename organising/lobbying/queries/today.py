"""What the first page of the day shows of lobbying."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from organising.lobbying.models import Engagement, InformationRequest
from organising.lobbying.queries.approaches import ApproachAlert, list_alerts
from organising.lobbying.queries.commitments import CommitmentRow
from organising.lobbying.queries.due_commitments import list_due_commitments
from organising.lobbying.queries.follow_ups import FollowUpRow, list_follow_ups
from organising.lobbying.queries.log import list_recent
from organising.lobbying.queries.requests import list_overdue_requests
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.few import Few

MOST = 10
# Of what has a list of its own one tap away.
FEW = 4
SOON = timedelta(days=7)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class TodayItems:
    """The actor's own follow-ups, overdue or due within a week, what partners logged last, and overdue promises."""

    follow_ups: Few[FollowUpRow]
    engagements: Sequence[Engagement]
    promises: Few[CommitmentRow]
    approaches: Few[ApproachAlert]
    requests: Few[InformationRequest]

    @property
    def waiting(self) -> int:
        """How many things wait for this person, those that are not shown included."""
        return sum(part.total for part in (self.follow_ups, self.promises, self.approaches, self.requests))


def today_items(actor: Actor) -> TodayItems:
    """The first of each. ``engagements`` come with ``person`` and ``organisation`` loaded."""
    promises = list_due_commitments(actor, due_by=today() - DAY, limit=FEW)
    return TodayItems(
        follow_ups=list_follow_ups(actor, due_by=today() + SOON, limit=MOST),
        engagements=list_recent(actor, limit=MOST, others_only=True),
        promises=promises,
        approaches=list_alerts(actor, limit=FEW),
        requests=list_overdue_requests(actor, limit=FEW),
    )
