"""What is kept how long: the rules, what would go now, holds, what went."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ...contacts.models import Contact
from ...platform.access import current_actor, requires
from ...platform.db import db, get_or_404
from ...platform.errors import Invalid, NotFound
from ...platform.given import as_id
from ...platform.permissions import Permission
from ...platform.retention import KEPT_ALWAYS, RULES
from .. import queries
from ..forms import DaysForm, HoldForm
from ..services import retention as services
from .blueprint import blueprint


@blueprint.get("/organisation/retention")
@requires(Permission.ASSURANCE_MANAGE)
def retention() -> str:
    """The rules, the holds, what went lately."""
    return _page()


@blueprint.post("/organisation/retention/count")
@requires(Permission.ASSURANCE_MANAGE)
def count() -> str:
    """What would go now; nothing goes."""
    due = services.count_due(current_actor().organisation_id)
    return _page(due={one.rule.name: one for one in due})


@blueprint.post("/organisation/retention/rules/<rule>")
@requires(Permission.ASSURANCE_MANAGE)
def set_days(rule: str) -> Response | tuple[str, int]:
    """Another number of days for a rule."""
    if rule not in RULES:
        raise NotFound
    form = DaysForm()
    if form.validate():
        try:
            changed = services.set_days(current_actor(), rule, form.days.data or 0)
            db.session.commit()
            flash(_("Saved.") if changed else _("Nothing changed."), "success")
            return redirect(url_for(".retention", _anchor=f"rule-{rule}"), 303)
        except Invalid as invalid:
            db.session.rollback()
            form.days.errors = [invalid.message]
    return _page(wrong={rule: form}), 422


@blueprint.route("/organisation/retention/holds/new", methods=["GET", "POST"])
@requires(Permission.ASSURANCE_MANAGE)
def hold() -> Response | str | tuple[str, int]:
    """Hold what would go; ``?contact=`` one contact alone."""
    contact_id = as_id(request.args.get("contact"))
    contact = get_or_404(Contact, contact_id) if contact_id else None
    form = HoldForm(formdata=request.form if request.method == "POST" else None)
    form.offer()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate() and form.until.data:
            try:
                services.hold(
                    current_actor(), form.rule.data or "", contact_id, form.reason.data or "", form.until.data
                )
                db.session.commit()
                flash(_("Held. Nothing of it goes until that day."), "success")
                return redirect(url_for(".retention", _anchor="holds"), 303)
            except Invalid as invalid:
                db.session.rollback()
                for name, words in invalid.details.items():
                    form[name].errors = [words]
    return render_template("operations/hold.html", form=form, contact=contact), status


@blueprint.post("/organisation/retention/holds/<uuid:hold_id>/release")
@requires(Permission.ASSURANCE_MANAGE)
def release(hold_id: UUID) -> Response:
    """Let a hold end now."""
    ended = services.release(current_actor(), hold_id)
    db.session.commit()
    flash(
        _("The hold has ended. What is due goes within the hour.") if ended else _("Nothing changed."),
        "success",
    )
    return redirect(url_for(".retention", _anchor="holds"), 303)


def _page(due: dict[str, services.Due] | None = None, wrong: dict[str, DaysForm] | None = None) -> str:
    return render_template(
        "operations/retention.html",
        rules=queries.list_rules(),
        holds=queries.list_holds(),
        runs=queries.list_runs(),
        words={name: one.what for name, one in RULES.items()},
        kept_always=KEPT_ALWAYS,
        due=due,
        wrong=wrong or {},
    )
