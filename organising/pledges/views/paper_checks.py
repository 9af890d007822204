"""Checking a batch: the sample, the comparison, acceptance, return, and taking an acceptance back."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from ...platform.access import current_actor, requires
from ...platform.db import db
from ...platform.errors import Invalid
from ...platform.permissions import Permission
from ..models import Verdict
from ..paper_forms import ReturnForm, SampleForm
from ..queries.paper import get_batch
from ..services import paper_checks as services
from .blueprint import blueprint
from .paper import batch_page

FIELD = "verdict-"


@blueprint.post("/pledges/paper/<uuid:batch_id>/sample")
@requires(Permission.PAPER_CHECK)
def draw_sample(batch_id: UUID) -> AnyResponse:
    """Draw rows to compare with the sheet, once."""
    actor = current_actor()
    record = get_batch(actor, batch_id)
    form = SampleForm()
    if not form.validate():
        return batch_page(record, refusal=_("Say how many rows to draw."))
    services.draw_sample(actor, batch_id, form.size.data or services.SAMPLE)
    db.session.commit()
    return redirect(url_for("pledges.batch", batch_id=batch_id, _anchor="check"), 303)


@blueprint.post("/pledges/paper/<uuid:batch_id>/acceptance")
@requires(Permission.PAPER_CHECK)
def accept_batch(batch_id: UUID) -> AnyResponse:
    """Note what the comparison found, and accept the batch where all is right."""
    actor = current_actor()
    record = get_batch(actor, batch_id)
    verdicts = _verdicts()
    try:
        services.judge_sample(actor, batch_id, verdicts)
        if request.form.get("then") != "save":
            moved = services.accept_batch(actor, batch_id)
            flash(_accepted(moved), "success")
        else:
            flash(_("Noted."), "success")
        db.session.commit()
    except Invalid as refusal:
        db.session.rollback()
        return batch_page(record, refusal=refusal.message, verdicts={k: str(v) for k, v in verdicts.items()})
    return redirect(url_for("pledges.batch", batch_id=batch_id), 303)


@blueprint.post("/pledges/paper/<uuid:batch_id>/return")
@requires(Permission.PAPER_CHECK)
def return_batch(batch_id: UUID) -> AnyResponse:
    """Give it back to those who keyed it."""
    actor = current_actor()
    record = get_batch(actor, batch_id)
    form = ReturnForm()
    if not form.validate():
        return batch_page(record, returning=form)
    changed = services.return_batch(actor, batch_id, form.reason.data or "")
    db.session.commit()
    flash(
        _("Returned, with your reason.") if changed else _("Nothing changed."),
        "success" if changed else "info",
    )
    return redirect(url_for("pledges.batch", batch_id=batch_id), 303)


@blueprint.post("/pledges/paper/<uuid:batch_id>/acceptance/undo")
@requires(Permission.PAPER_CHECK)
def take_back_acceptance(batch_id: UUID) -> AnyResponse:
    """Undo an acceptance: the signatures are rows again, and count no more."""
    moved = services.take_back_acceptance(current_actor(), batch_id)
    db.session.commit()
    words = ngettext(
        "%(num)d signature is a row again, and counts no more.",
        "%(num)d signatures are rows again, and count no more.",
        moved,
    )
    flash(words, "success" if moved else "info")
    return redirect(url_for("pledges.batch", batch_id=batch_id), 303)


def _accepted(moved: int) -> str:
    return ngettext(
        "Accepted. %(num)d witnessed signature counts from now on.",
        "Accepted. %(num)d witnessed signatures count from now on.",
        moved,
    )


def _verdicts() -> dict[UUID, Verdict]:
    found = {}
    for name, value in request.form.items():
        if name.startswith(FIELD) and value in set(Verdict):
            try:
                found[UUID(name.removeprefix(FIELD))] = Verdict(value)
            except ValueError:
                continue
    return found
