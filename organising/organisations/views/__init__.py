"""The organisation's own pages, and those of the coalition."""

from flask import Blueprint

blueprint = Blueprint("organisations", __name__)

from . import (  # noqa: E402, F401 - they register their routes
    asks,
    audit,
    coalition,
    devices,
    logo,
    mail,
    members,
    officers,
    organisation,
    second_factor,
    unit_imports,
    units,
)
