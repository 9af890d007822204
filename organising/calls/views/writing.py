"""Writing a call, and choosing the units that are asked."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from organising.calls.forms import CallForm, UnitFilterForm, call_values, like_values
from organising.calls.models import ActionCall
from organising.calls.queries import calls as queries
from organising.calls.queries.units import asked_units, filter_units, officers_of
from organising.calls.services import drafting
from organising.calls.services.rules import EditedMeanwhile
from organising.organisations.queries import UnitInTree, list_units_in_reach
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.given import as_id
from organising.platform.permissions import Permission

from .blueprint import blueprint

Answer = Response | str | tuple[str, int]


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.CALLS_MANAGE)
def new() -> Answer:
    """Write a call; it is a draft until it is put to its units. ``like``: with the words of an earlier one."""
    actor = current_actor()
    like = as_id(request.args.get("like"))
    form = CallForm(data=like_values(queries.get_call(like)) if like else None)
    form.offer(actor)
    if request.method == "GET":
        return _page(form, None)
    try:
        if not form.validate():
            return _page(form, None), 422
        call = drafting.write_call(actor, form.words())
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        return _page(form, None), 422
    address = url_for(".units", call_id=call.id, saved="new")
    db.session.commit()
    return redirect(address, 303)  # type: ignore[return-value]


@blueprint.route("/<uuid:call_id>/edit", methods=["GET", "POST"])
@requires(Permission.CALLS_MANAGE)
def edit(call_id: UUID) -> Answer:
    """Change a draft's words."""
    actor = current_actor()
    call = queries.get_call(call_id)
    form = CallForm(data=call_values(call))
    form.offer(actor)
    if request.method == "GET":
        return _page(form, call)
    try:
        if not form.validate():
            return _page(form, call), 422
        drafting.edit_call(actor, call_id, form.version.shown, form.words())
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        return _page(form, queries.get_call(call_id)), 422
    except EditedMeanwhile as conflict:
        db.session.rollback()
        call = queries.get_call(call_id)
        form.version.raw_data, form.version.data = None, str(call.version)
        form.form_errors.append(conflict.message)
        return _page(form, call), 409
    db.session.commit()
    flash(_("Saved. Nobody has been written to."), "success")
    return redirect(url_for(".show", call_id=call_id, saved="edit"), 303)  # type: ignore[return-value]


def _page(form: CallForm, call: ActionCall | None) -> str:
    return render_template("calls/form.html", form=form, call=call, joint=False)


@blueprint.route("/<uuid:call_id>/branches", methods=["GET", "POST"])
@requires(Permission.CALLS_MANAGE)
def units(call_id: UUID) -> Answer:
    """Choose who is asked: all of the tree, a part of it, one kind, or one by one. All that are shown are ticked at first."""
    actor = current_actor()
    call = queries.get_call(call_id)
    if request.method == "POST":
        return _choose(call_id)
    tree = list_units_in_reach(actor)
    form = UnitFilterForm(formdata=request.args)
    form.offer(tree)
    wanted = form.wanted()
    shown = filter_units(tree, wanted)
    asked = asked_units(call.id)
    return render_template(
        "calls/units.html",
        call=call,
        form=form,
        shown=shown,
        is_filtered=not wanted.is_any,
        asked=asked,
        ticked=asked | _offered(shown) if not asked or request.args.get("all") else asked,
        officers=officers_of([one.unit.id for one in shown]),
        total=len(tree),
    )


def _offered(shown: list[UnitInTree]) -> set[UUID]:
    """Ticked at first, so that "everybody" and "this region" are one press each."""
    return {one.unit.id for one in shown}


def _choose(call_id: UUID) -> Answer:
    chosen = _ids("unit")
    shown = _ids("shown")
    count = drafting.choose_units(current_actor(), call_id, chosen, shown=shown)
    db.session.commit()
    flash(
        ngettext("One branch is chosen.", "%(num)d branches are chosen.", count)
        if count
        else _("No branch is chosen."),
        "success",
    )
    return redirect(url_for(".show", call_id=call_id), 303)  # type: ignore[return-value]


def _ids(name: str) -> set[UUID]:
    return {one for text in request.form.getlist(name) if (one := as_id(text)) is not None}
