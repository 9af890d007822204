"""The second step at sign-in: who has it, and of which roles it is asked."""

from flask import flash, request
from flask_babel import gettext as _

from ...accounts.words import ROLE_NAMES
from ...platform.access import current_actor, requires
from ...platform.clock import now
from ...platform.db import db
from ...platform.permissions import SEES_PEOPLE, Permission, Role
from .. import queries
from .. import second_factor as services
from ..forms import SecondFactorForm
from ..members import LEAD_ONLY
from . import blueprint
from .page import Answer, page, to


@blueprint.route("/organisation/second-step", methods=["GET", "POST"])
@requires(Permission.MEMBERS_MANAGE)
def second_factor() -> Answer:
    actor, demands = current_actor(), queries.list_second_factor_demands()
    form = SecondFactorForm(formdata=request.form or None)
    form.offer(role for role in Role if role not in LEAD_ONLY or queries.is_lead(actor))
    if request.method == "POST" and form.validate():
        services.demand(actor, [Role(role) for role in form.roles.data or ()], int(form.grace.data))
        db.session.commit()
        flash(_("Saved. Whoever it concerns is told on every page until they have set it up."), "success")
        return to("second_factor")
    if request.method == "GET":
        form.roles.data = [str(role) for role in demands]
    members, those_with = queries.list_members(actor), queries.list_with_second_factor()
    rows = [
        (
            role,
            sum(m.role == role for m in members),
            sum(m.role == role and m.user_id in those_with for m in members),
            demands.get(role),
        )
        for role in Role
    ]
    shown = page(
        "second_factor",
        form=form,
        rows=rows,
        role_names=ROLE_NAMES,
        sees_people=SEES_PEOPLE,
        without=queries.list_without_second_factor(actor.organisation_id),
        at=now(),
    )
    return (shown, 422) if request.method == "POST" else shown
