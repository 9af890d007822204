"""Where the pages of operations hang."""

from flask import Blueprint

blueprint = Blueprint("operations", __name__)
