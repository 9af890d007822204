"""The steps of a call, each a button: one service, one commit, back to its page."""

from collections.abc import Callable
from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from organising.calls.forms import ExtendForm, tell
from organising.calls.services import steps
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.given import as_version
from organising.platform.permissions import Permission

from .blueprint import blueprint
from .grid import render_call

Answer = Response | tuple[str, int]


def _take(call_id: UUID, step: Callable[[], object], said: Callable[[], str]) -> Answer:
    try:
        step()
    except Invalid as refusal:
        db.session.rollback()
        return render_call(call_id, refusal=refusal), 422
    words = said()
    db.session.commit()
    flash(words, "success")
    return redirect(url_for(".show", call_id=call_id), 303)  # type: ignore[return-value]


@blueprint.post("/<uuid:call_id>/publication")
@requires(Permission.CALLS_MANAGE)
def publish(call_id: UUID) -> Answer:
    """Put it to the units that were chosen; the mail leaves when the undo window is over."""
    told: list[int] = []
    version = as_version(request.form.get("version"))
    return _take(
        call_id,
        lambda: told.append(steps.publish_call(current_actor(), call_id, version)),
        lambda: ngettext(
            "It is open. The mail to one officer leaves in two minutes; until then you can undo it.",
            "It is open. The mail to %(num)d officers leaves in two minutes; until then you can undo it.",
            told[0],
        ),
    )


@blueprint.post("/<uuid:call_id>/publication/removal")
@requires(Permission.CALLS_MANAGE)
def take_back(call_id: UUID) -> Answer:
    """Undo it, while nobody was written to."""
    return _take(
        call_id,
        lambda: steps.take_back_call(current_actor(), call_id),
        lambda: _("It is a draft again. Nobody was written to."),
    )


@blueprint.post("/<uuid:call_id>/closure")
@requires(Permission.CALLS_MANAGE)
def close(call_id: UUID) -> Answer:
    """Take no more answers."""
    return _take(
        call_id,
        lambda: steps.close_call(current_actor(), call_id),
        lambda: _("It is closed: no more answers are taken. You can open it again."),
    )


@blueprint.post("/<uuid:call_id>/closure/removal")
@requires(Permission.CALLS_MANAGE)
def reopen(call_id: UUID) -> Answer:
    """Undo the closing."""
    return _take(
        call_id, lambda: steps.reopen_call(current_actor(), call_id), lambda: _("It takes answers again.")
    )


@blueprint.post("/<uuid:call_id>/withdrawal")
@requires(Permission.CALLS_MANAGE)
def withdraw(call_id: UUID) -> Answer:
    """Call it off, and tell those who are doing it."""
    told: list[int] = []
    return _take(
        call_id,
        lambda: told.append(steps.withdraw_call(current_actor(), call_id)),
        lambda: (
            ngettext(
                "It is called off. One officer who is in on it is told in two minutes.",
                "It is called off. %(num)d officers who are in on it are told in two minutes.",
                told[0],
            )
            if told[0]
            else _("It is called off. You can undo this.")
        ),
    )


@blueprint.post("/<uuid:call_id>/withdrawal/removal")
@requires(Permission.CALLS_MANAGE)
def restore(call_id: UUID) -> Answer:
    """Undo the calling off."""
    return _take(
        call_id, lambda: steps.restore_call(current_actor(), call_id), lambda: _("It is back as it was.")
    )


@blueprint.post("/<uuid:call_id>/extension")
@requires(Permission.CALLS_MANAGE)
def extend(call_id: UUID) -> Answer:
    """Another last day."""
    form = ExtendForm()
    try:
        if not form.validate():
            return render_call(call_id, extending=form), 422
        assert form.due_on.data is not None
        steps.extend_call(current_actor(), call_id, form.due_on.data)
    except Invalid as refusal:
        db.session.rollback()
        tell(form, refusal)
        return render_call(call_id, extending=form), 422
    db.session.commit()
    flash(_("The last day is changed."), "success")
    return redirect(url_for(".show", call_id=call_id), 303)  # type: ignore[return-value]
