"""A lobby day for staff: who comes by MP, meetings, who is in which, the briefing, and how each went."""

from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from organising.lobbying.services import AlreadyLogged
from organising.organisations.queries import list_open_asks
from organising.platform.access import current_actor, requires
from organising.platform.cautions import Caution, NeedsConfirmation
from organising.platform.clock import LONDON, now
from organising.platform.db import db, find
from organising.platform.errors import Conflict, Invalid, NotFound
from organising.platform.given import as_id
from organising.platform.permissions import Permission
from organising.representatives.models import Person
from organising.representatives.queries import list_sitting

from ..forms.meetings import LinesForm, ResultForm, SlotForm
from ..kinds import meets_members
from ..models import Attended, MeetingSlot
from ..queries import meetings as queries
from ..queries import people
from ..services import meetings as services
from ..words import ATTENDED
from .blueprint import blueprint


@blueprint.get("/actions/<uuid:action_id>/meetings")
@requires(Permission.ATTENDEES_VIEW)
def meetings(action_id: UUID) -> AnyResponse:
    """Everybody with a place, by the MP of their constituency, with the meetings there are."""
    return make_response(_page(action_id))


@blueprint.route("/actions/<uuid:action_id>/meetings/new", methods=["GET", "POST"])
@requires(Permission.ATTENDEES_VIEW)
def new_slot(action_id: UUID) -> AnyResponse:
    """Set a meeting."""
    return _slot_page(action_id, None)


@blueprint.route("/actions/<uuid:action_id>/meetings/<uuid:slot_id>", methods=["GET", "POST"])
@requires(Permission.ATTENDEES_VIEW)
def edit_slot(action_id: UUID, slot_id: UUID) -> AnyResponse:
    """Change a meeting."""
    people.get_own_action(current_actor(), action_id)
    return _slot_page(action_id, queries.get_slot(action_id, slot_id))


@blueprint.post("/actions/<uuid:action_id>/meetings/<uuid:slot_id>/removal")
@requires(Permission.ATTENDEES_VIEW)
def remove_slot(action_id: UUID, slot_id: UUID) -> AnyResponse:
    """Take a meeting away."""
    services.remove_slot(current_actor(), action_id, slot_id)
    db.session.commit()
    flash(_("The meeting is taken away. Who was in it is in none now."), "success")
    return _back(action_id)


@blueprint.post("/actions/<uuid:action_id>/meetings/assignments")
@requires(Permission.ATTENDEES_VIEW)
def assign(action_id: UUID) -> AnyResponse:
    """Put those who are ticked into a meeting, or out of theirs."""
    chosen = [one for one in map(as_id, request.form.getlist("people")) if one is not None]
    slot_id = as_id(request.form.get("slot"))
    anchor = request.form.get("anchor", "")[:60]
    if not chosen:
        flash(_("Tick the people first, then choose their meeting."), "warning")
        return _back(action_id, anchor)
    try:
        moved = services.assign(current_actor(), action_id, slot_id, chosen)
    except services.SlotFull as full:
        db.session.rollback()
        return make_response(_page(action_id, full=full.message, chosen=chosen), 409)
    db.session.commit()
    flash(ngettext("One person was moved.", "%(num)d people were moved.", moved), "success")
    return _back(action_id, anchor)


@blueprint.post("/actions/<uuid:action_id>/meetings/lines")
@requires(Permission.ATTENDEES_VIEW)
def write_lines(action_id: UUID) -> AnyResponse:
    """The lines for everyone, or for those who meet one MP."""
    form, actor = LinesForm(), current_actor()
    person_id = as_id(form.person_id.data)
    if person_id is not None and find(Person, person_id) is None:
        raise NotFound
    try:
        services.write_lines(actor, action_id, person_id, form.lines.data or "", confirmed=form.confirmed())
    except NeedsConfirmation as question:
        db.session.rollback()
        return make_response(_page(action_id, lines_form=form, cautions=question.cautions), 422)
    except Invalid as invalid:
        db.session.rollback()
        form.show(invalid.details)
        return make_response(_page(action_id, lines_form=form), 422)
    db.session.commit()
    flash(_("The lines are kept. Send the briefing when it is ready."), "success")
    return _back(action_id, f"mp-{person_id}" if person_id else "briefing")


@blueprint.post("/actions/<uuid:action_id>/meetings/briefing")
@requires(Permission.ATTENDEES_VIEW)
def send_briefings(action_id: UUID) -> AnyResponse:
    """Mail everybody in a meeting their briefing as it stands."""
    sent = services.send_briefings(current_actor(), action_id)
    db.session.commit()
    if sent:
        flash(
            ngettext("The briefing goes to one person.", "The briefing goes to %(num)d people.", sent),
            "success",
        )
    else:
        flash(_("Everybody in a meeting has this version already."), "info")
    return _back(action_id, "briefing")


@blueprint.route("/actions/<uuid:action_id>/meetings/results/<uuid:person_id>", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_LOG)
def log_result(action_id: UUID, person_id: UUID) -> AnyResponse:
    """How it went with one MP: into the contact log, once."""
    actor = current_actor()
    people.get_own_action(actor, action_id)
    person = find(Person, person_id)
    if person is None:
        raise NotFound
    form, cautions = ResultForm(), []
    form.offer(list_open_asks(actor.campaign_id))
    if request.method == "GET":
        form.ask_ids.data = [str(one) for one in services.default_asks(action_id)]
        return make_response(_result_page(action_id, person, form))
    try:
        services.log_result(actor, action_id, person_id, form.draft(), confirmed=form.confirmed())
    except NeedsConfirmation as question:
        db.session.rollback()
        cautions = question.cautions
    except AlreadyLogged:
        db.session.rollback()
        flash(_("It was logged before, and is kept as it was."), "info")
        return _back(action_id, f"mp-{person_id}")
    except Invalid as invalid:
        db.session.rollback()
        form.show(invalid.details or {"headline": invalid.message})
    else:
        db.session.commit()
        flash(
            _("It is in the contact log: the headline for every partner, the note for your own people."),
            "success",
        )
        return _back(action_id, f"mp-{person_id}")
    return make_response(_result_page(action_id, person, form, cautions), 422)


def _slot_page(action_id: UUID, slot: MeetingSlot | None) -> AnyResponse:
    actor = current_actor()
    action = people.get_own_action(actor, action_id).action
    if not meets_members(action.kind):
        raise Conflict(_("Nobody meets their MP at an action of this kind."))
    on = action.starts_at.astimezone(LONDON).date()
    form = SlotForm()
    form.offer(db.session.scalars(list_sitting(on=on)).unique())
    cautions: list[Caution] = []
    if request.method == "GET":
        if slot is not None:
            form.keep(slot)
        else:
            form.person_id.data = request.args.get("person", "")
            form.time.data = action.starts_at.astimezone(LONDON).time()
    elif form.validate():
        try:
            draft, confirmed = form.draft(action), form.confirmed()
            if slot is None:
                services.add_slot(actor, action_id, draft, confirmed=confirmed)
            else:
                services.change_slot(actor, action_id, slot.id, draft, confirmed=confirmed)
            db.session.commit()
            flash(_("The meeting is set."), "success")
            return _back(action_id, f"mp-{draft.person_id}")
        except NeedsConfirmation as question:
            db.session.rollback()
            cautions = question.cautions
        except Invalid as invalid:
            db.session.rollback()
            form.show(invalid.details)
    body = render_template(
        "attendance/slot.html",
        actor=actor,
        action=people.get_own_action(actor, action_id).action,
        form=form,
        cautions=cautions,
        slot_id=request.view_args.get("slot_id") if request.view_args else None,
    )
    return make_response(body, 200 if request.method == "GET" else 422)


def _page(
    action_id: UUID,
    *,
    full: str = "",
    chosen: Any = (),
    lines_form: LinesForm | None = None,
    cautions: Any = (),
) -> str:
    actor = current_actor()
    action = people.get_own_action(actor, action_id).action
    if not meets_members(action.kind):
        raise NotFound
    on = action.starts_at.astimezone(LONDON).date()
    grouped = queries.group_people(action, on)
    person_ids = [one.person.id for one in grouped.groups]
    return render_template(
        "attendance/meetings.html",
        actor=actor,
        action=action,
        grouped=grouped,
        slots=queries.list_slots(action_id),
        names={one.person.id: one.person.name for one in grouped.groups},
        reserved=queries.list_reservations(actor, person_ids, on),
        lines=queries.list_lines(action_id),
        results=services.find_results(actor, action_id, person_ids),
        counts=people.count(action_id),
        briefed=queries.count_briefed(action_id),
        has_begun=action.starts_at <= now(),
        full=full,
        chosen=set(chosen),
        lines_form=lines_form,
        cautions=cautions,
        attended=ATTENDED,
        came=Attended.CAME,
        may_log=actor.can(Permission.ENGAGEMENTS_LOG),
    )


def _result_page(action_id: UUID, person: Person, form: ResultForm, cautions: Any = ()) -> str:
    actor = current_actor()
    return render_template(
        "attendance/result.html",
        actor=actor,
        action=people.get_own_action(actor, action_id).action,
        person=person,
        logged=services.find_result(actor, action_id, person.id),
        form=form,
        cautions=cautions,
    )


def _back(action_id: UUID, anchor: str | None = None) -> AnyResponse:
    return redirect(url_for("attendance.meetings", action_id=action_id, _anchor=anchor or None), 303)
