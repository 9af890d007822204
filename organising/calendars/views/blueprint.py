"""Where the pages of calendars hang."""

from datetime import date

from flask import Blueprint
from flask_babel import format_date

blueprint = Blueprint("calendars", __name__, url_prefix="/calendar")


@blueprint.app_template_filter("weekday")
def weekday(day: date, width: str = "wide") -> str:
    """The name of a day of the week: ``wide``, ``abbreviated`` or ``narrow``."""
    return str(format_date(day, {"wide": "EEEE", "abbreviated": "EEE", "narrow": "EEEEE"}[width]))


@blueprint.app_template_filter("month_name")
def month_name(day: date) -> str:
    """The name of a day's month."""
    return str(format_date(day, "MMMM"))
