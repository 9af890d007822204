"""The blueprint that this domain's pages belong to."""

from flask import Blueprint

blueprint = Blueprint("representatives", __name__, url_prefix="/representatives")
