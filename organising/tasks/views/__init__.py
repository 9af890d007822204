"""Pages of tasks: GET /tasks (list), <id> · GET and POST new, <id>/edit · POST <id>/comments, seen,
<id>/completion, completion/removal, dropping, dropping/removal
"""

from .. import open_work  # noqa: F401 (closing a unit shows tasks, and a hand-over moves them)
from . import pages, steps
from .blueprint import blueprint

__all__ = ["blueprint", "pages", "steps"]
