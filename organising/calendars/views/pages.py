"""Month, week and list. What is shown stands in the address, so that it can be kept and sent."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from organising.actions.models import BranchAction
from organising.calendars.days import Stretch, View, month_itself, read_day, stretch, time_on
from organising.calendars.forms import CalendarForm
from organising.calendars.queries.days import count_in, find_constituency_name, from_day_on, list_days
from organising.organisations.queries import list_campaign_organisations
from organising.platform.access import current_actor, requires
from organising.platform.clock import LONDON, today
from organising.platform.pagination import page
from organising.platform.permissions import Permission
from organising.representatives.queries import list_regions

from .blueprint import blueprint

# A cell of a month has room for so many, a day of a week for more; the rest is in the list.
IN_MONTH, IN_WEEK = 4, 40


@blueprint.get("")
@requires(Permission.ACTIONS_VIEW)
def index() -> str:
    """The calendar around a day."""
    actor, form = current_actor(), filter_form()
    view = View(request.args["view"]) if request.args.get("view") in set(View) else View.MONTH
    span = stretch(view, read_day(request.args.get("on"), today()))
    filters = form.filters()
    kept = form.kept()
    context = {
        "actor": actor,
        "form": form,
        "kept": kept,
        "span": span,
        "today": today(),
        "title": _title(span),
        "seat": find_seat(kept),
        "time_on": time_on,
        "tabs": view_tabs(view, span.on, kept),
    }
    if view is View.LIST:
        found = page(
            from_day_on(actor, filters, span.begins),
            order_by=[BranchAction.starts_at, BranchAction.id],
            cursor=request.args.get("cursor"),
            size=30,
        )
        return render_template(
            "calendars/list.html", **context, page=found, days=_by_day(found.items, span.first)
        )
    days = list_days(actor, filters, span, IN_MONTH if view is View.MONTH else IN_WEEK)
    # A month counts its own days, though its weeks show some of its neighbours'.
    own = span if view is View.WEEK else month_itself(span.on)
    number = count_in(actor, filters, own.begins, own.ends)
    return render_template(f"calendars/{view}.html", **context, days=days, number=number)


def filter_form() -> CalendarForm:
    """The filters of the address; what is none of the choices counts as empty."""
    form = CalendarForm(formdata=request.args)
    form.offer(list_campaign_organisations(current_actor().campaign_id), list_regions())
    form.validate()
    return form


def find_seat(kept: dict[str, str]) -> str | None:
    """The name of the constituency that the address asks for; any other area's id is empty."""
    return find_constituency_name(UUID(kept["seat"])) if "seat" in kept else None


def view_tabs(view: View | str, on: date, kept: dict[str, str]) -> list[tuple[str, str, bool]]:
    """The ways of looking at the same actions, with the same filters."""
    same: dict[str, Any] = ({"on": on.isoformat()} if on != today() else {}) | kept
    ways = [(View.MONTH, _("Month")), (View.WEEK, _("Week")), (View.LIST, _("List"))]
    on_days = [
        (
            words,
            url_for("calendars.index", view=None if way is View.MONTH else way, **same),
            way == view,
        )
        for way, words in ways
    ]
    filters: dict[str, Any] = dict(kept)
    places = [("places", "map", _("Map")), ("near", "near", _("Near a postcode"))]
    return on_days + [
        (words, url_for(f"calendars.{endpoint}", **filters), name == view) for endpoint, name, words in places
    ]


def _title(span: Stretch) -> str:
    if span.view is View.MONTH:
        return str(format_date(span.on, "MMMM y"))
    if span.view is View.WEEK:
        first = "d" if span.first.month == span.last.month else "d MMMM"
        return f"{format_date(span.first, first)} – {format_date(span.last, 'd MMMM y')}"
    return str(_("From %(day)s", day=format_date(span.on, "d MMMM y")))


def _by_day(actions: Sequence[BranchAction], first: date) -> list[tuple[date, list[BranchAction]]]:
    """By the day on which they begin; what began before the list does stands on its first day."""
    dated = [(max(one.starts_at.astimezone(LONDON).date(), first), one) for one in actions]
    return [(day, [one for _day, one in group]) for day, group in groupby(dated, key=lambda pair: pair[0])]
