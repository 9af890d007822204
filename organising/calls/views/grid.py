"""A call's page: a draft as it would go, and once open the grid; one unit's page with its answer."""

from dataclasses import replace
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from organising.calls.forms import BatchForm, ExtendForm, GridFilterForm, PhoneForm, tell
from organising.calls.models import ActionCall, MailKind
from organising.calls.queries import calls as queries
from organising.calls.queries import grid as grids
from organising.calls.queries.rounds import Round, plan_round
from organising.calls.services import answering, mailing, steps
from organising.calls.services.turning import action_of
from organising.calls.states import State, open_verbs
from organising.organisations.queries import list_unit_officers
from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.db import db, new_id
from organising.platform.errors import Invalid
from organising.platform.forms import PlainForm
from organising.platform.given import as_id
from organising.platform.message import OutgoingMail
from organising.platform.permissions import Permission

from .blueprint import blueprint

Answer = Response | str | tuple[str, int]


@blueprint.get("/<uuid:call_id>")
@requires(Permission.CALLS_COUNT)
def show(call_id: UUID) -> str:
    """How a call stands. Whoever runs calls sees the grid; others the numbers."""
    return render_call(call_id)


def render_call(call_id: UUID, extending: ExtendForm | None = None, refusal: Invalid | None = None) -> str:
    """The page, with what was refused where something was."""
    actor = current_actor()
    call = queries.get_call(call_id)
    runs = actor.can(Permission.CALLS_MANAGE)
    parts = {} if not runs else _draft(actor, call) if call.state == State.DRAFT else _grid(actor, call)
    return render_template(
        "calls/show.html",
        call=call,
        runs=runs,
        verbs=open_verbs(actor, call.state),
        counts=queries.count_answers(actor, [call.id]).get(call.id, queries.Counts()),
        events=queries.list_events(call.id) if runs else [],
        extending=extending or ExtendForm(formdata=None, data={"due_on": call.due_on}),
        takes_answers=call.takes_answers(today()),
        form=PlainForm(),
        refusal=refusal,
        **parts,
    )


def _draft(actor: Actor, call: ActionCall) -> dict[str, object]:
    wave = plan_round(actor, call, now())
    return {"wave": wave, "sample": _sample(actor, call, wave)}


def _sample(actor: Actor, call: ActionCall, wave: Round) -> OutgoingMail | None:
    """The first message as it would be sent, but for its link, which is nobody's before it leaves."""
    if not wave.addressees:
        return None
    first = wave.addressees[0]
    row = grids.get_row(actor, call.id, first.call_unit_id).asked
    return mailing.compose(actor, call, row, replace(first.officer, id=new_id()), MailKind.ASK)


def _grid(actor: Actor, call: ActionCall) -> dict[str, object]:
    form = GridFilterForm(formdata=request.args)
    form.offer()
    wanted = form.wanted()
    return {
        "filter": form,
        "is_filtered": not wanted.is_any,
        "page": grids.grid(actor, call.id, wanted, request.args.get("cursor")),
        "troubles": grids.count_troubles(actor, call.id),
        "undo": _undo(call),
        "is_waiting": mailing.is_waiting(call.id),
    }


def _undo(call: ActionCall) -> UUID | str | None:
    """What can be taken back: the round just sent, while any of it waits, or the call itself while nobody was written to."""
    batch = as_id(request.args.get("undo"))
    if batch is not None and mailing.is_waiting(call.id, batch):
        return batch
    return "all" if call.state == State.OPEN and not mailing.has_left(call.id) else None


@blueprint.get("/<uuid:call_id>/branches/<uuid:call_unit_id>")
@requires(Permission.CALLS_MANAGE)
def unit(call_id: UUID, call_unit_id: UUID) -> str:
    """One unit: what it answered, who was written to when, and a form for what was said by phone."""
    return _unit_page(call_id, call_unit_id)


def _unit_page(call_id: UUID, call_unit_id: UUID, form: PhoneForm | None = None) -> str:
    call = queries.get_call(call_id)
    row = grids.get_row(current_actor(), call_id, call_unit_id)
    if form is None:
        form = PhoneForm(
            formdata=None,
            data={"answer": row.asked.answer, "held_on": row.asked.held_on, "note": row.asked.note or ""},
        )
        form.offer()
    return render_template(
        "calls/unit.html",
        call=call,
        row=row,
        asked=row.asked,
        form=form,
        batch=BatchForm(formdata=None, data={"batch": str(new_id())}),
        action=action_of(row.asked.action_id),
        events=queries.list_events(call_id, call_unit_id),
        names={one.id: one.name for one in list_unit_officers(row.unit_id)},
        takes_answers=call.takes_answers(today()),
        is_perhaps=grids.is_perhaps,
    )


@blueprint.post("/<uuid:call_id>/branches/<uuid:call_unit_id>/answer")
@requires(Permission.CALLS_MANAGE)
def answer_for(call_id: UUID, call_unit_id: UUID) -> Answer:
    """Write down what an officer said by phone, on their behalf."""
    form = PhoneForm()
    form.offer()
    grids.get_row(current_actor(), call_id, call_unit_id)
    try:
        if not form.validate():
            return _unit_page(call_id, call_unit_id, form), 422
        answering.answer_on_behalf(current_actor(), call_id, call_unit_id, form.said(), form.who.data or "")
    except Invalid as refusal:
        db.session.rollback()
        tell(form, refusal)
        return _unit_page(call_id, call_unit_id, form), 422
    db.session.commit()
    flash(_("Written down, with your name beside theirs."), "success")
    return redirect(url_for(".unit", call_id=call_id, call_unit_id=call_unit_id), 303)  # type: ignore[return-value]


@blueprint.post("/<uuid:call_id>/branches/<uuid:call_unit_id>/help")
@requires(Permission.CALLS_MANAGE)
def settle_help(call_id: UUID, call_unit_id: UUID) -> Answer:
    """Somebody has seen to it: it waits on nobody's Today any more."""
    answering.settle_help(current_actor(), call_id, call_unit_id)
    db.session.commit()
    flash(_("Noted. It is off everybody’s Today page."), "success")
    return redirect(url_for(".unit", call_id=call_id, call_unit_id=call_unit_id), 303)  # type: ignore[return-value]


@blueprint.post("/<uuid:call_id>/branches/<uuid:call_unit_id>/help/removal")
@requires(Permission.CALLS_MANAGE)
def unsettle_help(call_id: UUID, call_unit_id: UUID) -> Answer:
    """It was not seen to after all: it waits on Today again."""
    answering.unsettle_help(current_actor(), call_id, call_unit_id)
    db.session.commit()
    flash(_("It waits on Today again."), "success")
    return redirect(url_for(".unit", call_id=call_id, call_unit_id=call_unit_id), 303)  # type: ignore[return-value]


@blueprint.post("/<uuid:call_id>/branches/<uuid:call_unit_id>/mail")
@requires(Permission.CALLS_MANAGE)
def write_again(call_id: UUID, call_unit_id: UUID) -> Answer:
    """Write to one unit's officers whose mail came back or may not have left."""
    batch = as_id(BatchForm().batch.data) or new_id()
    count = steps.write_again(current_actor(), call_id, call_unit_id, batch)
    db.session.commit()
    said = _("The mail leaves in two minutes.") if count else _("There is nobody here to write to now.")
    flash(said, "success" if count else "info")
    return redirect(url_for(".unit", call_id=call_id, call_unit_id=call_unit_id), 303)  # type: ignore[return-value]
