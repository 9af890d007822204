"""Units: the tree, one unit, another name or place, its areas, closing and undoing."""

from uuid import UUID

from flask import flash, request
from flask_babel import gettext as _
from flask_babel import ngettext

from ...platform.access import current_actor, requires, signed_in
from ...platform.clock import today
from ...platform.db import db, get_or_404
from ...platform.errors import Conflict, Invalid
from ...platform.permissions import Permission
from .. import queries
from .. import units as services
from ..areas import find_named, search_areas
from ..forms import unit_choices
from ..models import Unit, UnitKind
from ..open_work import list_open_work
from ..undoing import undo
from ..unit_forms import FindUnitForm, PlaceForm, UnitForm, UnitNameForm
from ..unit_list import find_units, list_page
from ..unit_page import read_unit
from ..words import CHANGE_NAMES, OFFICER_ROLE_NAMES, UNIT_KIND_NAMES, change_words
from . import blueprint
from .page import Answer, page, to, told


@blueprint.get("/organisation/units")
@signed_in("the tree of one's own organisation names no person")
def list_units() -> str:
    return _units_page(_unit_form())


def _unit_form() -> UnitForm:
    form = UnitForm()
    form.parent_id.choices = unit_choices(queries.list_units(), _("Nothing: it stands at the top"))
    return form


def _units_page(form: UnitForm) -> str:
    actor, words = current_actor(), (request.args.get("q") or "").strip()[:100]
    kind, closed = request.args.get("kind") or "", request.args.get("closed") == "1"
    found = find_units(actor, words, kind, closed=closed)
    return page(
        "units",
        form=form,
        find=FindUnitForm(formdata=None, data={"q": words, "kind": kind, "closed": "1" if closed else ""}),
        found=list_page(found, request.args.get("cursor")),
        count=len(found),
        words=words,
        kind=kind,
        closed=closed,
        kind_names=UNIT_KIND_NAMES,
    )


@blueprint.post("/organisation/units")
@requires(Permission.UNITS_MANAGE)
def create_unit() -> Answer:
    form = _unit_form()
    if not form.validate():
        return _units_page(form), 422
    try:
        unit = services.create_unit(
            current_actor(),
            form.name.data or "",
            UnitKind(form.kind.data),
            form.parent_id.data,
            code=form.code.data or "",
        )
    except (Invalid, Conflict) as error:
        db.session.rollback()
        told(form, error, next(iter(error.details), "name"))
        return _units_page(form), 422
    db.session.commit()
    flash(_("The unit is added. Say who its officers are."), "success")
    return to("show_unit", unit_id=unit.id)


@blueprint.get("/organisation/units/<uuid:unit_id>")
@signed_in("the tree names no person; officers are shown to those who work with them")
def show_unit(unit_id: UUID) -> str:
    return page(
        "unit",
        record=read_unit(current_actor(), unit_id),
        kind_names=UNIT_KIND_NAMES,
        role_names=OFFICER_ROLE_NAMES,
        change_names=CHANGE_NAMES,
        change_words=change_words,
        day=today(),
    )


@blueprint.route("/organisation/units/<uuid:unit_id>/name", methods=["GET", "POST"])
@requires(Permission.UNITS_MANAGE)
def rename_unit(unit_id: UUID) -> Answer:
    unit = get_or_404(Unit, unit_id)
    form = UnitNameForm(obj=unit)
    if request.method != "POST":
        return page("unit_name", form=form, unit=unit)
    if form.validate():
        try:
            services.rename_unit(
                current_actor(), unit_id, form.name.data or "", UnitKind(form.kind.data), form.code.data or ""
            )
        except Conflict as error:
            db.session.rollback()
            told(form, error, next(iter(error.details), "name"))
        else:
            db.session.commit()
            flash(_("The unit is changed."), "success")
            return to("show_unit", unit_id=unit_id)
    return page("unit_name", form=form, unit=get_or_404(Unit, unit_id)), 422


@blueprint.route("/organisation/units/<uuid:unit_id>/place", methods=["GET", "POST"])
@requires(Permission.UNITS_MANAGE)
def move_unit(unit_id: UUID) -> Answer:
    unit, below = get_or_404(Unit, unit_id), queries.list_subtree_ids(unit_id)
    form = PlaceForm(obj=unit)
    places = [one for one in queries.list_units() if one.unit.id not in below]
    form.parent_id.choices = unit_choices(places, _("Nothing: it stands at the top"))
    if request.method != "POST":
        return page("unit_place", form=form, unit=unit, below=len(below) - 1)
    if form.validate():
        try:
            services.move_unit(current_actor(), unit_id, form.parent_id.data)
        except (Invalid, Conflict) as error:
            db.session.rollback()
            told(form, error, "parent_id")
        else:
            db.session.commit()
            flash(_("The unit has its new place, with all below it."), "success")
            return to("show_unit", unit_id=unit_id)
    return page("unit_place", form=form, unit=get_or_404(Unit, unit_id), below=len(below) - 1), 422


@blueprint.get("/organisation/units/<uuid:unit_id>/areas")
@requires(Permission.UNITS_MANAGE)
def unit_areas(unit_id: UUID) -> str:
    words = (request.args.get("q") or "").strip()[:100]
    return page(
        "unit_areas",
        unit=get_or_404(Unit, unit_id),
        areas=queries.list_areas([unit_id]).get(unit_id, []),
        words=words,
        found=search_areas(words),
    )


@blueprint.post("/organisation/units/<uuid:unit_id>/areas")
@requires(Permission.UNITS_MANAGE)
def change_areas(unit_id: UUID) -> Answer:
    """Add the area of one code, or take it away."""
    get_or_404(Unit, unit_id)
    code, takes_away = request.form.get("code") or "", request.form.get("away") == "1"
    kept = services.known_areas(unit_id)
    wanted = [area for area in kept if area.gss_code != code]
    if not takes_away:
        named = find_named(code)
        if not named:
            raise Invalid(_("There is no such area. Choose one from the list."))
        wanted.append(named[0])
    services.set_areas(current_actor(), unit_id, wanted)
    db.session.commit()
    flash(_("The area is taken away.") if takes_away else _("The area is added."), "success")
    return to("unit_areas", unit_id=unit_id)


@blueprint.route("/organisation/units/<uuid:unit_id>/closure", methods=["GET", "POST"])
@requires(Permission.UNITS_MANAGE)
def close_unit(unit_id: UUID) -> Answer:
    actor, unit = current_actor(), get_or_404(Unit, unit_id)
    if request.method != "POST":
        below = queries.list_subtree(unit_id)
        ids = [one.id for one in below]
        return page(
            "unit_closure",
            unit=unit,
            below=[one for one in below if one.id != unit_id],
            officers=queries.list_present_officers(ids),
            open_work=list_open_work(actor, ids),
            role_names=OFFICER_ROLE_NAMES,
        )
    closed = services.close_unit(actor, unit_id)
    db.session.commit()
    flash(
        ngettext(
            "The unit is closed. You can undo this in its history.",
            "%(num)d units are closed. You can undo this in the history.",
            closed,
        ),
        "success",
    )
    return to("show_unit", unit_id=unit_id)


@blueprint.post("/organisation/units/<uuid:unit_id>/closure/removal")
@requires(Permission.UNITS_MANAGE)
def reopen_unit(unit_id: UUID) -> Answer:
    services.reopen_unit(current_actor(), unit_id)
    db.session.commit()
    flash(_("The unit is open again."), "success")
    return to("show_unit", unit_id=unit_id)


@blueprint.post("/organisation/units/<uuid:unit_id>/history/<uuid:unit_change_id>/undoing")
@requires(Permission.UNITS_MANAGE)
def undo_unit_change(unit_id: UUID, unit_change_id: UUID) -> Answer:
    undo(current_actor(), unit_id, unit_change_id)
    db.session.commit()
    flash(_("It is as it was before."), "success")
    return to("show_unit", unit_id=unit_id)
