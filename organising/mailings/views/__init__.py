"""Pages of mailings."""

from flask import Blueprint

blueprint = Blueprint("mailings", __name__, url_prefix="/mailings")

from . import audience, composing, progress, review, schedule, settlement  # noqa: E402, F401  # they add their routes
