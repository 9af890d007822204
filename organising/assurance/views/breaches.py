"""The breach desk."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ...organisations.queries import list_names
from ...platform.access import current_actor, requires
from ...platform.audit_words import in_words
from ...platform.clock import now
from ...platform.db import db, get_or_404
from ...platform.errors import Conflict, Invalid, NotFound
from ...platform.permissions import Permission
from ...safeguards.queries import find_standing
from ..forms import BreachForm, WordsForm
from ..models import Breach
from ..queries import count_affected, list_breaches, list_notes
from ..services import breaches as services
from ..words import EXPORTS
from .blueprint import blueprint


@blueprint.route("/organisation/breaches", methods=["GET", "POST"])
@requires(Permission.ASSURANCE_MANAGE)
def breaches() -> str | Response | tuple[str, int]:
    """Every breach, and the form to open one."""
    form = BreachForm()
    if request.method == "GET":
        return _list(form)
    if not form.validate():
        return _list(form), 422
    assert form.noticed_at.data
    assert form.window_from.data
    assert form.window_until.data
    try:
        row = services.open_breach(
            current_actor(),
            (form.what.data or "").strip(),
            form.noticed_at.data,
            form.window_from.data,
            form.window_until.data,
        )
    except Invalid as invalid:
        form.show(invalid.details)
        return _list(form), 422
    after = url_for(".breach", breach_id=row.id)
    db.session.commit()
    flash(_("The desk is open, and the clock runs."), "success")
    return redirect(after, 303)


@blueprint.get("/organisation/breaches/<uuid:breach_id>")
@requires(Permission.ASSURANCE_MANAGE)
def breach(breach_id: UUID) -> str:
    """The clock, who was affected, what was taken out, and the notes."""
    return _show("assurance/breach.html", get_or_404(Breach, breach_id))


@blueprint.get("/organisation/breaches/<uuid:breach_id>/report")
@requires(Permission.ASSURANCE_MANAGE)
def breach_report(breach_id: UUID) -> str:
    """The same to print, in the order in which the Commissioner asks."""
    return _show("assurance/breach_report.html", get_or_404(Breach, breach_id))


@blueprint.post("/organisation/breaches/<uuid:breach_id>/notes")
@requires(Permission.ASSURANCE_MANAGE)
def note_breach(breach_id: UUID) -> Response | tuple[str, int]:
    """Write down what was found out or done."""
    row, form = get_or_404(Breach, breach_id), WordsForm()
    if not form.validate():
        return _show("assurance/breach.html", row, note_form=form), 422
    services.add_note(current_actor(), breach_id, (form.text.data or "").strip())
    db.session.commit()
    return redirect(url_for(".breach", breach_id=breach_id, _anchor="notes"), 303)


@blueprint.post("/organisation/breaches/<uuid:breach_id>/told/<whom>")
@requires(Permission.ASSURANCE_MANAGE)
def tell_breach(breach_id: UUID, whom: str) -> Response:
    """Note that somebody was told, now."""
    get_or_404(Breach, breach_id)
    if whom not in services.TOLD:
        raise NotFound
    return _do(breach_id, lambda: services.mark_told(current_actor(), breach_id, whom))


@blueprint.post("/organisation/breaches/<uuid:breach_id>/closure")
@requires(Permission.ASSURANCE_MANAGE)
def close_breach(breach_id: UUID) -> Response | tuple[str, int]:
    """Close the desk."""
    row, form = get_or_404(Breach, breach_id), WordsForm()
    if not form.validate():
        return _show("assurance/breach.html", row, close_form=form), 422
    outcome = (form.text.data or "").strip()
    return _do(breach_id, lambda: services.close_breach(current_actor(), breach_id, outcome))


def _do(breach_id: UUID, act: Callable[[], object]) -> Response:
    try:
        act()
        db.session.commit()
    except Conflict as conflict:
        db.session.rollback()
        flash(conflict.message, "error")
    return redirect(url_for(".breach", breach_id=breach_id), 303)


def _list(form: BreachForm) -> str:
    return render_template("assurance/breaches.html", form=form, breaches=list_breaches(), at=now())


def _show(template: str, row: Breach, **forms: Any) -> str:
    actor = current_actor()
    blank = WordsForm(formdata=None)
    return render_template(
        template,
        row=row,
        at=now(),
        affected=count_affected(row.window_from, row.window_until),
        notes=list_notes(row.id),
        names=list_names(actor),
        kinds=EXPORTS,
        in_words=in_words,
        terms=find_standing(actor.organisation_id, actor.campaign_id).obeyed.terms,
        **({"note_form": blank, "close_form": blank} | forms),
    )
