"""Pages of the contact log, the target page, positions and follow-ups."""

from organising.lobbying.queries import contacts_there  # noqa: F401 (it says who was there)
from organising.lobbying.views import (  # noqa: F401 (they add routes)
    acts,
    allocations,
    approach_page,
    approaches,
    briefing,
    commitment_steps,
    commitments,
    digest,
    editing,
    follow_ups,
    history,
    institutions,
    log,
    notices,
    parliaments,
    positions,
    quick_log,
    recesses,
    requests,
    roll_over,
    segments,
    target,
    targets,
    whip,
)
from organising.lobbying.views.blueprint import blueprint

__all__ = ["blueprint"]
