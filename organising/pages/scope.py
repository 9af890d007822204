"""The current scope, for every layout: who acts, for which organisation, in which campaign, and where one can go."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import Flask, current_app, g, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from ..organisations.models import Campaign
from ..platform.access import find_actor, is_cookieless, second_factor_due
from ..platform.actor import Actor
from ..platform.db import db
from ..platform.permissions import Permission
from ..platform.tenancy import ANONYMOUS, use_context
from ..safeguards.practice import holds_invented_people, may_keep_people

# Pages that stand in another section than the one their domain is called after.
SECTIONS = dict.fromkeys(
    (
        "lobbying.targets", "lobbying.allocation", "lobbying.plan_targets", "lobbying.change_targets",
        "lobbying.change", "lobbying.segments", "lobbying.new_segment", "lobbying.target",
        "lobbying.institutions", "lobbying.institution", "lobbying.new_status", "lobbying.requests", "lobbying.new_request",
        "lobbying.information_request", "lobbying.move_information_request",
    ),
    "targets",
) | dict.fromkeys(("lobbying.whip", "lobbying.whip_ask", "lobbying.dispute", "lobbying.settle"), "whip") | dict.fromkeys(
    ("letters.index", "letters.new", "letters.text", "letters.show"), "mailings"
) | dict.fromkeys(("rights.desk", "rights.new", "rights.show"), "organisations"
) | dict.fromkeys(
    ("sharing.introductions", "sharing.introduction", "sharing.introduce", "sharing.overlap"), "contacts"
) | dict.fromkeys(
    ("sharing.stakeholders", "sharing.stakeholder", "sharing.new_stakeholder", "sharing.edit_stakeholder"), "lobbying"
)  # fmt: skip

# Domains whose pages all stand in another one's section.
WITHIN = {"assurance": "organisations"} | dict.fromkeys(
    ("attendance", "calendars", "calls", "motions"), "actions"
)

# What a page may be about that a contact can be logged with.
SUBJECTS = ("person", "institution", "approach")


# Domains whose searches are for representatives. Elsewhere one searches for supporters: their names stay where they were typed.
PUBLIC_FILTERS = ("lobbying", "representatives")


@dataclass(frozen=True)
class Scope:
    """The campaign as layouts show it; a plain copy, so that a page after a failed transaction can still be drawn."""

    name: str
    slug: str
    strapline: str
    accent: str


class Place(NamedTuple):
    """Where one can go from every page. ``is_current``: the page at hand belongs to it."""

    label: str
    address: str
    is_current: bool
    icon: str


def init_scope(app: Flask) -> None:
    """Give every template ``actor``, ``campaign``, ``navigation``, ``menu`` and ``quick_log_url``."""
    app.context_processor(_scope)
    app.before_request(_remember_campaign)


def _remember_campaign() -> None:
    # Read before the view runs: an error page is drawn when the database may no longer answer.
    if request.endpoint in ("static", "pages.healthz", "pages.readyz") or is_cookieless(request.endpoint):
        return
    # The public's forms are answered with a redirect that shows none: thousands sign in the minutes after a broadcast.
    if request.method == "POST" and _has_own_context():
        return
    g.campaign = _find_campaign()
    g.practice = _find_practice()


def _find_practice() -> str:
    """What the frame of staff's pages says of the people in it: ``invented``, ``practice``, or nothing once live."""
    actor = find_actor()
    if actor is None or _has_own_context():
        return ""
    if holds_invented_people():
        return "invented" if current_app.config["SETTINGS"].demo else ""
    try:
        return "" if may_keep_people(actor.organisation_id) else "practice"
    except SQLAlchemyError:
        db.session.rollback()
        return ""


def _has_own_context() -> bool:
    return getattr(current_app.view_functions.get(request.endpoint or ""), "__own_context__", False)


def _find_campaign() -> Scope | None:
    actor = find_actor()
    statement = select(Campaign.name, Campaign.slug, Campaign.strapline, Campaign.accent)
    if actor is not None and actor.campaign_id is not None:
        statement = statement.where(Campaign.id == actor.campaign_id)
    statement = statement.order_by(Campaign.created_at).limit(1)
    try:
        if _has_own_context():
            # The view binds its own context, and a session speaks for one only: read with another.
            with use_context(ANONYMOUS) as session:
                row = session.execute(statement).one_or_none()
        else:
            row = db.session.execute(statement).one_or_none()
    except SQLAlchemyError:
        db.session.rollback()
        return None
    return Scope(*row) if row else None


def _scope() -> dict[str, Any]:
    actor = find_actor()
    if "campaign" not in g and request.method == "POST" and _has_own_context():
        g.campaign = _find_campaign()
    may_log = actor is not None and actor.can(Permission.ENGAGEMENTS_LOG)
    return {
        "actor": actor,
        "campaign": g.get("campaign"),
        "practice": g.get("practice", ""),
        "navigation": navigation(actor) if actor else [],
        "menu": menu(actor) if actor else [],
        "quick_log_url": quick_log_url() if may_log else None,
        "second_factor_due": second_factor_due(actor) if actor else None,
    }


def quick_log_url() -> str:
    """Where a contact is logged: about whom this page is about, and with the way back to this page."""
    if g.get("refused") or request.endpoint in (
        None,
        "lobbying.new_engagement",
        "lobbying.create_engagement",
    ):
        return url_for("lobbying.new_engagement")
    named = request.view_args or {}
    about = {name: named[f"{name}_id"] for name in SUBJECTS if f"{name}_id" in named}
    return url_for("lobbying.new_engagement", back=_way_back(), **about)


def _way_back() -> str | None:
    """This page's address; with its filters only where they can name nobody but people in public office."""
    if request.method != "GET":
        return None
    return request.full_path.rstrip("?") if request.blueprint in PUBLIC_FILTERS else request.path


def navigation(actor: Actor) -> list[Place]:
    """The sections that are open to this person, for the staff layout."""
    endpoint = request.endpoint or ""
    blueprint = endpoint.partition(".")[0]
    here = SECTIONS.get(endpoint) or WITHIN.get(blueprint, blueprint)
    places = (
        (_("Today"), "pages.today", "pages", "today"),
        (_("Representatives"), "representatives.index", "representatives", "representatives"),
        (_("Targets"), "lobbying.targets", "targets", "targets"),
        (_("Whip count"), "lobbying.whip", "whip", "check"),
        (_("Contact log"), "lobbying.log", "lobbying", "contacts"),
        (_("Actions"), "actions.index", "actions", "actions"),
        (_("Pledge"), "pledges.index", "pledges", "pledge"),
        (_("Mailings"), "mailings.index", "mailings", "mailings"),
        (_("Statements"), "statements.index", "statements", "statements"),
        (_("Contacts"), "contacts.index", "contacts", "people"),
        (_("Organisation"), "organisations.show", "organisations", "organisation"),
        (_("Help"), "pages.help", "help", "help"),
    )
    known = current_app.view_functions
    closed = () if actor.can(Permission.MAILINGS_VIEW_COUNTS) else ("mailings.index",)
    return [
        Place(label, url_for(end), name == here, icon)
        for label, end, name, icon in places
        if end in known and end not in closed
    ]


def menu(actor: Actor) -> list[Place]:
    """Behind a phone's "More": first what has no button of its own there, the most used above; then the sections."""
    lists = (
        (_("Promises"), "lobbying.commitments", "check", Permission.ENGAGEMENTS_VIEW),
        (_("Follow-ups"), "lobbying.follow_ups", "calendar", Permission.ENGAGEMENTS_LOG),
        (_("Tasks"), "tasks.index", "check", Permission.TASKS_KEEP),
        (_("Stakeholders"), "sharing.stakeholders", "people", Permission.STAKEHOLDERS_VIEW),
    )
    here = request.endpoint
    offered = [
        Place(label, url_for(end), end == here, icon)
        for label, end, icon, permission in lists
        if end in current_app.view_functions and actor.can(permission)
    ]
    # The contact log's section: where one of its lists is open, that one is where the reader is.
    deeper = any(place.is_current for place in offered)
    return offered + [
        place._replace(is_current=place.is_current and not deeper) for place in navigation(actor)
    ]
