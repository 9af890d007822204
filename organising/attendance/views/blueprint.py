"""The blueprint that the pages of this domain share."""

from datetime import datetime

from flask import Blueprint

from organising.platform.clock import LONDON

from ..public_words import public_kind

blueprint = Blueprint("attendance", __name__)
blueprint.add_app_template_filter(public_kind, "public_kind")


@blueprint.app_template_filter("london_time")
def london_time(value: datetime) -> str:
    """The hour of a meeting, as clocks in London show it."""
    return f"{value.astimezone(LONDON):%H:%M}"
