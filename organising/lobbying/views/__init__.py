"""Pages of the contact log, the target page, positions and follow-ups."""

from organising.lobbying.views import editing, follow_ups, log, quick_log, target  # noqa: F401 (they add routes)
from organising.lobbying.views.blueprint import blueprint

__all__ = ["blueprint"]
