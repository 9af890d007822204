"""The list of calls: the organisation's own, what an officer's unit is asked, and the coalition's."""

from flask import render_template, request, url_for
from flask_babel import gettext as _

from organising.calls.links import Asked, answer_token
from organising.calls.models import ActionCall
from organising.calls.queries import calls as queries
from organising.calls.queries import joint as joint_queries
from organising.calls.queries.units import find_own_office
from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.pagination import page
from organising.platform.permissions import Permission

from .blueprint import blueprint


@blueprint.get("")
@requires(Permission.CALLS_VIEW)
def index() -> str:
    """Calls that run or are over; the coalition's above them; for an officer what the own unit is asked."""
    actor = current_actor()
    over = request.args.get("when") == "over"
    joint = joint_queries.list_current_joint(actor) if not over else []
    return render_template(
        "calls/index.html",
        over=over,
        tabs=[
            (_("Running"), url_for(".index"), not over),
            (_("Over"), url_for(".index", when="over"), over),
        ],
        asked=_asked_of(actor),
        joint=joint,
        decisions=joint_queries.own_decisions(actor, [one.id for one in joint]),
        need_help=queries.list_need_help(actor, 10) if not over else [],
        **_own(actor, over),
    )


def _own(actor: Actor, over: bool) -> dict[str, object]:
    if not actor.can(Permission.CALLS_COUNT):
        return {"page": None, "counts": {}}
    found = page(
        queries.list_calls(actor, over=over),
        order_by=[ActionCall.due_on, ActionCall.id],
        cursor=request.args.get("cursor"),
        size=25,
        descending=over,
    )
    return {"page": found, "counts": queries.count_answers(actor, [one.id for one in found.items])}


def _asked_of(actor: Actor) -> list[dict[str, object]]:
    """What the officer's unit is asked, each with the way to the one question."""
    office = find_own_office(actor)
    if office is None:
        return []
    return [
        {
            "call": call,
            "asked": row,
            "href": url_for(".answer", token=answer_token(Asked(actor.organisation_id, row.id, office.id))),
        }
        for row, call in queries.list_asked_of(actor)
    ]
