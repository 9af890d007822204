"""After an election: targets follow the person or the seat, shown before it is done, undone as one change."""

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from organising.lobbying.queries.roll_over import Fate
from organising.lobbying.services.allocation import PlanChanged
from organising.lobbying.services.roll_over import USUAL, Follow, plan_roll_over, read_follow, roll_over
from organising.lobbying.views.blueprint import blueprint
from organising.lobbying.words import FATES, FOLLOWS
from organising.organisations.queries import list_campaign_organisations
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.forms import PlainForm
from organising.platform.permissions import Permission
from organising.representatives.queries.parliaments import find_successor, get_parliament

ROW = "row-"


@blueprint.get("/parliaments/<uuid:parliament_id>/roll-over")
@requires(Permission.TARGETS_EDIT)
def roll_over_page(parliament_id: UUID) -> str:
    """What the choices in the address would do."""
    return _page(parliament_id)


@blueprint.post("/parliaments/<uuid:parliament_id>/roll-over")
@requires(Permission.TARGETS_EDIT)
def carry_out_roll_over(parliament_id: UUID) -> Response | tuple[str, int]:
    """Do what the page showed; where it is another by now, show that first."""
    actor = current_actor()
    try:
        change = roll_over(
            actor,
            parliament_id,
            _usual(request.form),
            _chosen(request.form),
            seen=request.form.get("seen", ""),
        )
    except PlanChanged as changed:
        db.session.rollback()
        flash(changed.message, "warning")
        return _page(parliament_id), 409
    db.session.commit()
    if change is None:
        flash(_("Every target stays as it is."), "success")
        return redirect(url_for(".parliament", parliament_id=parliament_id), 303)
    flash(
        ngettext("%(num)d target changed.", "%(num)d targets changed.", change.changed),
        "success",
    )
    return redirect(url_for(".change", change_id=change.id), 303)


def _page(parliament_id: UUID) -> str:
    actor = current_actor()
    found = get_parliament(parliament_id)
    usual, chosen = _usual(request.values), _chosen(request.values)
    rolled = plan_roll_over(actor, parliament_id, usual, chosen)
    return render_template(
        "lobbying/roll_over.html",
        parliament=found,
        successor=find_successor(found),
        rows=rolled.rows,
        plan=rolled.plan,
        usual=usual,
        fates=FATES,
        follows=FOLLOWS,
        counts={fate: sum(row.former.fate is fate for row in rolled.rows) for fate in Fate},
        partners={
            one.id: one.short_name for one in list_campaign_organisations(actor.campaign_id, with_former=True)
        },
        form=PlainForm(formdata=None),
    )


def _usual(values: Mapping[str, str]) -> dict[Fate, Follow]:
    return {fate: read_follow(values.get(fate)) if fate in values else USUAL[fate] for fate in Fate}


def _chosen(values: Mapping[str, str]) -> dict[str, Follow]:
    """What was chosen for single targets; one left at “as above” is not among them."""
    return {
        name.removeprefix(ROW): read_follow(text)
        for name, text in values.items()
        if name.startswith(ROW) and text
    }
