"""The blueprint that the pages of this domain share."""

from flask import Blueprint

from ..public_words import public_kind

blueprint = Blueprint("attendance", __name__)
blueprint.add_app_template_filter(public_kind, "public_kind")
