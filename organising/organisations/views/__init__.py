"""The organisation's own pages, and those of the coalition."""

from flask import Blueprint

blueprint = Blueprint("organisations", __name__)

from . import asks, audit, coalition, devices, logo, members, officers, organisation, second_factor, units  # noqa: E402, F401 - they register their routes
