"""Pages of mailings."""

from flask import Blueprint

blueprint = Blueprint("mailings", __name__, url_prefix="/mailings")

from . import audience, composing, progress, review, settlement  # noqa: E402, F401  # they add their routes
