"""Reminding the silent in three clicks: the grid's button, who and how many, send. Then two minutes to undo it."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from organising.calls.forms import BatchForm
from organising.calls.models import MailKind
from organising.calls.queries import calls as queries
from organising.calls.queries.rounds import LeftOut, plan_round
from organising.calls.services import steps
from organising.calls.states import QUIET_DAYS
from organising.platform.access import current_actor, requires
from organising.platform.clock import now, today
from organising.platform.db import db, new_id
from organising.platform.given import as_id
from organising.platform.permissions import Permission

from .blueprint import blueprint

Answer = Response | str


@blueprint.route("/<uuid:call_id>/reminder", methods=["GET", "POST"])
@requires(Permission.CALLS_MANAGE)
def remind(call_id: UUID) -> Answer:
    """Who would be written to and who is left out, with the reason and its fix; then send."""
    form = BatchForm()
    if request.method == "POST":
        return _send(call_id, as_id(form.batch.data) or new_id())
    call = queries.get_call(call_id)
    wave = plan_round(current_actor(), call, now())
    return render_template(
        "calls/remind.html",
        call=call,
        wave=wave,
        first=sum(one.kind is MailKind.ASK for one in wave.addressees),
        reasons=[(reason, [one for one in wave.absent if one.reason is reason]) for reason in LeftOut],
        quiet_days=QUIET_DAYS,
        form=BatchForm(formdata=None, data={"batch": str(new_id())}),
        takes_answers=call.takes_answers(today()),
    )


def _send(call_id: UUID, batch: UUID) -> Answer:
    count = steps.remind_silent(current_actor(), call_id, batch)
    db.session.commit()
    if not count:
        flash(_("There was nobody to write to."), "info")
        return redirect(url_for(".show", call_id=call_id), 303)  # type: ignore[return-value]
    flash(
        ngettext(
            "One officer is written to in two minutes. Until then you can undo it.",
            "%(num)d officers are written to in two minutes. Until then you can undo it.",
            count,
        ),
        "success",
    )
    return redirect(url_for(".show", call_id=call_id, undo=batch), 303)  # type: ignore[return-value]


@blueprint.post("/<uuid:call_id>/reminder/removal")
@requires(Permission.CALLS_MANAGE)
def take_reminder_back(call_id: UUID) -> Answer:
    """Undo a round, as far as it has not left."""
    batch = as_id(BatchForm().batch.data) or new_id()
    count = steps.take_reminder_back(current_actor(), call_id, batch)
    db.session.commit()
    if count:
        said = ngettext(
            "Undone: one officer is not written to.", "Undone: %(num)d officers are not written to.", count
        )
        flash(said, "success")
    else:
        flash(_("It was too late: the mail has left."), "error")
    return redirect(url_for(".show", call_id=call_id), 303)  # type: ignore[return-value]
