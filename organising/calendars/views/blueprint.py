"""Where the pages of calendars hang."""

from flask import Blueprint

blueprint = Blueprint("calendars", __name__, url_prefix="/calendar")
