"""The blueprint that these pages share."""

from flask import Blueprint

blueprint = Blueprint("assurance", __name__)
