"""Units: the tree, a new one, another name."""

from uuid import UUID

from flask import flash, request
from flask_babel import gettext as _

from ...platform.access import current_actor, requires, signed_in
from ...platform.db import db, get_or_404
from ...platform.errors import Conflict, Invalid
from ...platform.permissions import Permission
from .. import queries
from .. import units as services
from ..forms import UnitForm, UnitNameForm, unit_choices
from ..models import Unit, UnitKind
from ..words import UNIT_KIND_NAMES
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
    return page("units", form=form, units=queries.list_units(), kind_names=UNIT_KIND_NAMES)


@blueprint.post("/organisation/units")
@requires(Permission.UNITS_MANAGE)
def create_unit() -> Answer:
    form = _unit_form()
    if not form.validate():
        return _units_page(form), 422
    try:
        services.create_unit(
            current_actor(), form.name.data or "", UnitKind(form.kind.data), form.parent_id.data
        )
    except (Invalid, Conflict) as error:
        db.session.rollback()
        told(form, error, "parent_id" if isinstance(error, Invalid) else "name")
        return _units_page(form), 422
    db.session.commit()
    flash(_("The unit is added."), "success")
    return to("list_units")


@blueprint.route("/organisation/units/<uuid:unit_id>/name", methods=["GET", "POST"])
@requires(Permission.UNITS_MANAGE)
def rename_unit(unit_id: UUID) -> Answer:
    unit = get_or_404(Unit, unit_id)
    form = UnitNameForm(obj=unit)
    if request.method == "GET":
        return page("unit_name", form=form, unit=unit)
    if form.validate():
        try:
            services.rename_unit(current_actor(), unit_id, form.name.data or "")
        except Conflict as error:
            db.session.rollback()
            told(form, error, "name")
        else:
            db.session.commit()
            flash(_("The unit has its new name."), "success")
            return to("list_units")
    return page("unit_name", form=form, unit=get_or_404(Unit, unit_id)), 422
