"""Staff's pages: the organisation's own public actions with numbers, and who comes to one of them."""

from typing import Any
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from organising.actions.models import BranchAction
from organising.platform.access import current_actor, requires
from organising.platform.cautions import NeedsConfirmation
from organising.platform.clock import now, today
from organising.platform.db import db
from organising.platform.errors import Conflict, Invalid
from organising.platform.links import address_of_page
from organising.platform.pagination import page
from organising.platform.permissions import Permission
from organising.platform.spreadsheet import download

from ..forms.staff import ExportForm, PageForm
from ..kinds import meets_members
from ..models import Attended, SignUp
from ..queries import people as queries
from ..services import people as services
from ..words import ATTENDED, MAILS, STATES
from .blueprint import blueprint

PAGE = 100


@blueprint.get("/actions/taking-part")
@requires(Permission.ACTIONS_VIEW)
def index() -> str:
    """The organisation's public actions: how many come, and where people sign up."""
    actor = current_actor()
    past = request.args.get("when") == "past"
    found = page(
        queries.select_own_public(actor, now(), past=past),
        order_by=[BranchAction.starts_at, BranchAction.id],
        cursor=request.args.get("cursor"),
        descending=past,
    )
    return render_template(
        "attendance/index.html",
        actor=actor,
        page=found,
        past=past,
        counts={one.id: queries.count(one.id) for one in found.items},
        public_url=address_of_page("attendance.take_part"),
    )


@blueprint.get("/actions/<uuid:action_id>/people")
@requires(Permission.ACTIONS_VIEW)
def people(action_id: UUID) -> AnyResponse:
    """Who comes to one action; numbers alone for an analyst."""
    return make_response(_people(action_id))


@blueprint.post("/actions/<uuid:action_id>/people/page")
@requires(Permission.ATTENDEES_VIEW)
def set_page(action_id: UUID) -> AnyResponse:
    """What those who are going are told."""
    form = PageForm()
    if not form.validate():
        return make_response(_people(action_id, form), 422)
    try:
        services.set_page(
            current_actor(),
            action_id,
            form.notes.data or "",
            bool(form.invitations.data),
            confirmed=form.confirmed(),
        )
    except NeedsConfirmation as question:
        db.session.rollback()
        return make_response(_people(action_id, form, cautions=question.cautions), 422)
    except Invalid as invalid:
        db.session.rollback()
        form.show(invalid.details)
        return make_response(_people(action_id, form), 422)
    db.session.commit()
    flash(_("Saved."), "success")
    return _back(action_id)


@blueprint.post("/actions/<uuid:action_id>/people/closure")
@requires(Permission.ATTENDEES_VIEW)
def close_sign_up(action_id: UUID) -> AnyResponse:
    """Take no more sign-ups."""
    services.close_sign_up(current_actor(), action_id)
    db.session.commit()
    flash(_("It takes no more sign-ups. Who has a place keeps it."), "success")
    return _back(action_id)


@blueprint.post("/actions/<uuid:action_id>/people/closure/removal")
@requires(Permission.ATTENDEES_VIEW)
def reopen_sign_up(action_id: UUID) -> AnyResponse:
    """Take sign-ups again."""
    services.reopen_sign_up(current_actor(), action_id)
    db.session.commit()
    flash(_("It takes sign-ups again."), "success")
    return _back(action_id)


@blueprint.post("/actions/<uuid:action_id>/people/<uuid:sign_up_id>/attendance")
@requires(Permission.ATTENDEES_VIEW)
def mark(action_id: UUID, sign_up_id: UUID) -> AnyResponse:
    """Note whether somebody came; pressed again it takes that back."""
    try:
        services.mark(current_actor(), action_id, sign_up_id, request.form.get("attended", ""))
    except Invalid as invalid:
        db.session.rollback()
        raise Conflict(invalid.message) from None
    db.session.commit()
    return _back(action_id, f"p-{sign_up_id}")


@blueprint.post("/actions/<uuid:action_id>/people/<uuid:sign_up_id>/removal")
@requires(Permission.ATTENDEES_VIEW)
def take_off(action_id: UUID, sign_up_id: UUID) -> AnyResponse:
    """Take somebody off the list who asked for it."""
    services.take_off(current_actor(), action_id, sign_up_id)
    db.session.commit()
    flash(
        _("They are off the list, and their details are erased. Who waited longest got the place."), "success"
    )
    return _back(action_id)


@blueprint.post("/actions/<uuid:action_id>/people/exports")
@requires(Permission.ATTENDEES_EXPORT)
def export(action_id: UUID) -> Response | AnyResponse:
    """The list as CSV. It is a POST since it leaves a trace: who took how many, and what for."""
    form = ExportForm()
    form.offer()
    try:
        text = services.export_people(current_actor(), action_id, form.reason.data or "")
    except Invalid as invalid:
        db.session.rollback()
        form.show(invalid.details)
        return make_response(_people(action_id, export_form=form), 422)
    db.session.commit()
    return download(text, f"people-{today().isoformat()}.csv")


def _people(
    action_id: UUID,
    form: PageForm | None = None,
    *,
    export_form: ExportForm | None = None,
    cautions: Any = (),
) -> str:
    actor = current_actor()
    record = queries.get_own_action(actor, action_id, sees_people=False)
    sees = queries.may_see_people(actor, record)
    set_here = queries.find_page(action_id) if sees else None
    if form is None:
        form = PageForm(
            formdata=None,
            data={
                "notes": set_here.notes if set_here else "",
                "invitations": bool(set_here and set_here.invitations_wording_id),
            },
        )
    if export_form is None:
        export_form = ExportForm(formdata=None)
    export_form.offer()
    listed = (
        page(
            queries.select_people(action_id),
            order_by=[SignUp.confirmed_at, SignUp.id],
            cursor=request.args.get("cursor"),
            size=PAGE,
        )
        if sees
        else None
    )
    return render_template(
        "attendance/people.html",
        actor=actor,
        record=record,
        action=record.action,
        sees_people=sees,
        counts=queries.count(action_id),
        page=listed,
        set_here=set_here,
        unconfirmed=queries.count_unconfirmed(action_id) if sees else 0,
        sent=queries.count_sent(action_id) if sees else {},
        form=form,
        cautions=cautions,
        export_form=export_form,
        may_export=sees and services.may_export(actor),
        needs_reason=services.needs_reason(actor),
        takes_people=services.takes_people(actor),
        has_begun=record.action.starts_at <= now(),
        meets_members=meets_members(record.action.kind),
        public_url=address_of_page("attendance.action", action_id=str(action_id)),
        words={"states": STATES, "attended": ATTENDED, "mails": MAILS},
        came=Attended.CAME,
        stayed_away=Attended.STAYED_AWAY,
    )


def _back(action_id: UUID, anchor: str | None = None) -> AnyResponse:
    return redirect(url_for("attendance.people", action_id=action_id, _anchor=anchor), 303)
