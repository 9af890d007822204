"""Officers of a unit: entered, corrected, ended, invited, handed over."""

from uuid import UUID

from flask import flash, request
from flask_babel import gettext as _
from flask_babel import ngettext

from ...platform.access import current_actor, requires
from ...platform.clock import today
from ...platform.db import db, get_or_404
from ...platform.errors import Conflict, DomainError, Invalid, NotFound
from ...platform.form_parts import choices
from ...platform.permissions import Permission
from .. import officers as services
from .. import queries
from ..models import Unit
from ..open_work import list_open_work
from ..queries import Officer
from ..unit_forms import HandOverForm, LastDayForm, NewOfficerForm, OfficerForm
from ..words import OFFICER_ROLE_NAMES
from . import blueprint
from .page import Answer, page, to, told


def _get(unit_id: UUID, officer_id: UUID) -> Officer:
    found = queries.find_officer(officer_id)
    if found is None or found.unit_id != unit_id:
        raise NotFound
    return found


def _refuse(form: object, error: DomainError) -> None:
    """Undo, and put the reason beside the field that it is about."""
    db.session.rollback()
    field = next((name for name in error.details if hasattr(form, name)), None)
    told(form, error, field)


@blueprint.route("/organisation/units/<uuid:unit_id>/officers/new", methods=["GET", "POST"])
@requires(Permission.UNITS_MANAGE)
def add_officer(unit_id: UUID) -> Answer:
    unit, form = get_or_404(Unit, unit_id), NewOfficerForm()
    if request.method != "POST":
        return page("officer_new", unit=unit, form=form)
    if form.validate():
        try:
            officer, invited = services.add_officer(
                current_actor(), unit_id, form.entry(), invite=bool(form.invite.data)
            )
        except (Invalid, Conflict) as error:
            _refuse(form, error)
        else:
            db.session.commit()
            flash(_entered(invited, has_account=officer.user_id is not None), "success")
            return to("show_unit", unit_id=unit_id)
    return page("officer_new", unit=get_or_404(Unit, unit_id), form=form), 422


def _entered(invited: bool, *, has_account: bool) -> str:
    if invited:
        return _("The officer is entered, and the invitation is on its way.")
    if has_account:
        return _("The officer is entered, and works here already: no invitation was needed.")
    return _("The officer is entered.")


@blueprint.route("/organisation/units/<uuid:unit_id>/officers/<uuid:officer_id>", methods=["GET", "POST"])
@requires(Permission.UNITS_MANAGE)
def edit_officer(unit_id: UUID, officer_id: UUID) -> Answer:
    officer = _get(unit_id, officer_id)
    form = OfficerForm(obj=officer)
    if request.method != "POST":
        return page("officer", unit_id=unit_id, officer=officer, form=form)
    if form.validate():
        try:
            services.edit_officer(current_actor(), officer_id, form.entry())
        except (Invalid, Conflict) as error:
            _refuse(form, error)
        else:
            db.session.commit()
            flash(_("The entry is changed. Access follows the term."), "success")
            return to("show_unit", unit_id=unit_id)
    return page("officer", unit_id=unit_id, officer=_get(unit_id, officer_id), form=form), 422


@blueprint.route(
    "/organisation/units/<uuid:unit_id>/officers/<uuid:officer_id>/ending", methods=["GET", "POST"]
)
@requires(Permission.UNITS_MANAGE)
def end_officer(unit_id: UUID, officer_id: UUID) -> Answer:
    officer, form = _get(unit_id, officer_id), LastDayForm()
    if request.method != "POST":
        return _ending_page(officer, form)
    if form.validate() and form.ends_on.data is not None:
        try:
            services.end_officer(current_actor(), officer_id, form.ends_on.data)
        except (Invalid, Conflict) as error:
            _refuse(form, error)
        else:
            db.session.commit()
            flash(_("The term ends on that day, and access with it."), "success")
            return to("show_unit", unit_id=unit_id)
    return _ending_page(_get(unit_id, officer_id), form), 422


def _ending_page(officer: Officer, form: LastDayForm) -> str:
    return page("officer_ending", officer=officer, form=form, role_names=OFFICER_ROLE_NAMES)


@blueprint.post("/organisation/units/<uuid:unit_id>/officers/<uuid:officer_id>/removal")
@requires(Permission.UNITS_MANAGE)
def remove_officer(unit_id: UUID, officer_id: UUID) -> Answer:
    _get(unit_id, officer_id)
    services.remove_officer(current_actor(), officer_id)
    db.session.commit()
    flash(_("The entry is taken back, and what it gave access to is closed."), "success")
    return to("show_unit", unit_id=unit_id)


@blueprint.post("/organisation/units/<uuid:unit_id>/officers/<uuid:officer_id>/invitation")
@requires(Permission.MEMBERS_MANAGE)
def invite_officer(unit_id: UUID, officer_id: UUID) -> Answer:
    _get(unit_id, officer_id)
    if services.invite_officer(current_actor(), officer_id):
        flash(_("The invitation is on its way."), "success")
    else:
        flash(_("They have an account here or an open invitation already."), "info")
    db.session.commit()
    return to("show_unit", unit_id=unit_id)


@blueprint.route("/organisation/units/<uuid:unit_id>/hand-over", methods=["GET", "POST"])
@requires(Permission.UNITS_MANAGE)
def hand_over(unit_id: UUID) -> Answer:
    unit, present = get_or_404(Unit, unit_id), queries.list_present_officers([unit_id])
    form = HandOverForm()
    form.leaver_id.choices = choices(
        (str(one.id), f"{one.name}, {OFFICER_ROLE_NAMES[one.role]}") for one in present
    )
    if request.method != "POST":
        _preset(form, present)
        return _hand_over_page(unit, form, present)
    if form.validate() and form.leaver_id.data is not None:
        try:
            done = services.hand_over(
                current_actor(), form.leaver_id.data, form.entry(), invite=bool(form.invite.data)
            )
        except (Invalid, Conflict) as error:
            _refuse(form, error)
        else:
            db.session.commit()
            flash(_handed_over(done), "success")
            return to("show_unit", unit_id=unit_id)
    return _hand_over_page(get_or_404(Unit, unit_id), form, present), 422


def _preset(form: HandOverForm, present: list[Officer]) -> None:
    wanted = request.args.get("leaver")
    leaver = next((one for one in present if str(one.id) == wanted), present[0] if present else None)
    if leaver is not None:
        form.leaver_id.data, form.role.data = leaver.id, str(leaver.role)


def _hand_over_page(unit: Unit, form: HandOverForm, present: list[Officer]) -> str:
    open_work = list_open_work(current_actor(), [unit.id])
    return page("hand_over", unit=unit, form=form, present=present, open_work=open_work, day=today())


def _handed_over(done: services.HandedOver) -> str:
    if done.followed:
        return ngettext(
            "Handed over, with %(num)d thing that was open.",
            "Handed over, with %(num)d things that were open.",
            done.followed,
        )
    if done.invited:
        return _("Handed over. The invitation is on its way, and open work follows when they have come in.")
    return _("Handed over. Open work follows on the day.")
