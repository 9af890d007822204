"""What happened in Parliament: motions, divisions and questions, the asks they concern, the promises they may keep."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.lobbying.forms import as_id
from organising.lobbying.forms.acts import ItemFilter, TieForm
from organising.lobbying.queries import acts as queries
from organising.lobbying.queries import list_seats
from organising.lobbying.services import acts as services
from organising.lobbying.views.blueprint import blueprint
from organising.lobbying.words import PARTS
from organising.organisations.queries import list_open_asks
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Conflict, Invalid
from organising.platform.forms import PlainForm
from organising.platform.pagination import page
from organising.platform.paths import own_path
from organising.platform.permissions import Permission
from organising.representatives.models import ParliamentaryAct, ParliamentaryItem, Part, Person

PAGE = 25
NAMES = 50
Answer = Response | str | tuple[str, int]


@blueprint.get("/in-parliament")
@requires(Permission.TARGETS_VIEW)
def items() -> str:
    """Motions, divisions and questions, the latest first."""
    actor = current_actor()
    form = ItemFilter(request.args)
    form.offer(list_open_asks(actor.campaign_id))
    found = page(
        queries.select_items(actor, form.filters()),
        order_by=[ParliamentaryItem.happened_on, ParliamentaryItem.id],
        cursor=request.args.get("cursor"),
        size=PAGE,
        descending=True,
    )
    may_answer = actor.can(Permission.COMMITMENTS_EDIT)
    return render_template(
        "lobbying/items.html",
        form=form,
        page=found,
        ties=queries.list_ties(actor, [one.id for one in found.items]),
        proposals=queries.count_proposals(actor) if may_answer else 0,
        may_import=actor.can(Permission.REPRESENTATIVES_IMPORT),
    )


@blueprint.route("/in-parliament/<uuid:item_id>", methods=["GET", "POST"])
@requires(Permission.TARGETS_VIEW)
def item(item_id: UUID) -> Answer:
    """One item: who took part, and which ask it concerns."""
    actor = current_actor()
    found = queries.get_item(item_id)
    form = TieForm()
    form.offer(list_open_asks(actor.campaign_id))
    if form.validate_on_submit():
        try:
            services.tie_item(actor, item_id, as_id(form.ask_id.data), form.stance.data or "")
            db.session.commit()
        except Invalid as invalid:
            form.show(invalid.details)
        except Conflict as conflict:
            db.session.rollback()
            form.form_errors.append(conflict.message)
        else:
            flash(_("Tied. Promises about this ask are now compared with it."), "success")
            return redirect(url_for(".item", item_id=item_id), 303)
    part = request.args.get("part", "")
    listed = page(
        queries.select_item_acts(item_id, part if part in list(Part) else ""),
        order_by=[Person.sort_key, ParliamentaryAct.id],
        cursor=request.args.get("cursor"),
        size=NAMES,
    )
    shown = render_template(
        "lobbying/item.html",
        item=found,
        form=form,
        button_form=PlainForm(formdata=None),
        ties=queries.list_ties(actor, [item_id]).get(item_id, []),
        tabs=_tabs(item_id, part),
        part=part,
        page=listed,
        seats=list_seats([one.person_id for one in listed.items]),
        may_tie=actor.can(Permission.COMMITMENTS_EDIT),
    )
    return shown, 422 if form.errors or form.form_errors else 200


@blueprint.post("/in-parliament/ties/<uuid:tie_id>/removal")
@requires(Permission.COMMITMENTS_EDIT)
def untie(tie_id: UUID) -> Response:
    """Take back which ask an item concerns."""
    item_id = services.untie_item(current_actor(), tie_id)
    db.session.commit()
    flash(_("Taken back."), "success")
    return redirect(url_for(".item", item_id=item_id), 303)


@blueprint.get("/promises/matches")
@requires(Permission.COMMITMENTS_EDIT)
def matches() -> str:
    """Open promises beside acts that may have kept them, for a person to answer."""
    actor = current_actor()
    proposals = queries.list_proposals(actor)
    return render_template(
        "lobbying/matches.html",
        proposals=proposals,
        seats=list_seats([one.act.person_id for one in proposals]),
        form=PlainForm(),
        rejected=(as_id(request.args.get("promise")), as_id(request.args.get("act"))),
    )


@blueprint.post("/promises/<uuid:commitment_id>/acts/<uuid:act_id>/confirmation")
@requires(Permission.COMMITMENTS_EDIT)
def confirm_match(commitment_id: UUID, act_id: UUID) -> Response:
    """Yes: this is the act that was promised."""
    services.confirm_match(current_actor(), commitment_id, act_id)
    db.session.commit()
    flash(_("The promise is settled, with Parliament’s record as evidence."), "success")
    return redirect(own_path(request.form.get("back")) or url_for(".matches"), 303)


@blueprint.post("/promises/<uuid:commitment_id>/acts/<uuid:act_id>/rejection")
@requires(Permission.COMMITMENTS_EDIT)
def reject_match(commitment_id: UUID, act_id: UUID) -> Response:
    """No: this is something else."""
    services.reject_match(current_actor(), commitment_id, act_id)
    db.session.commit()
    return redirect(url_for(".matches", promise=commitment_id, act=act_id), 303)


@blueprint.post("/promises/<uuid:commitment_id>/acts/<uuid:act_id>/rejection/removal")
@requires(Permission.COMMITMENTS_EDIT)
def reopen_match(commitment_id: UUID, act_id: UUID) -> Response:
    """Undo: propose it again."""
    services.reopen_match(current_actor(), commitment_id, act_id)
    db.session.commit()
    flash(_("Proposed again."), "success")
    return redirect(url_for(".matches"), 303)


def _tabs(item_id: UUID, chosen: str) -> list[tuple[str, str, bool]]:
    """All, then each part that was taken, with how many took it."""
    counts = queries.count_parts(item_id)
    tabs = [(_("All"), url_for(".item", item_id=item_id), chosen not in counts)]
    return tabs + [
        (f"{PARTS[part]} ({counts[part]})", url_for(".item", item_id=item_id, part=part), part == chosen)
        for part in Part
        if part in counts
    ]
