"""Lines that partners agree on in advance."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.mailings.forms import LineForm
from organising.mailings.queries.lines import list_lines
from organising.mailings.services import lines as services
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.permissions import Permission

from . import blueprint


@blueprint.route("/lines", methods=["GET", "POST"])
@requires(Permission.MAILINGS_VIEW)
def lines() -> Response | str | tuple[str, int]:
    """Every line with who agrees to it, and a form for a new one."""
    actor = current_actor()
    form = LineForm()
    if form.validate_on_submit():
        try:
            services.propose_line(actor, form.words.data or "")
        except Invalid as invalid:
            form.words.errors = [*form.words.errors, invalid.message]
        else:
            db.session.commit()
            flash(_("Proposed. It counts for a partner from when that partner agrees to it."), "success")
            return redirect(url_for("mailings.lines"), 303)
    rendered = render_template(
        "mailings/lines.html",
        form=form,
        rows=list_lines(actor),
        actor=actor,
        may_sign=actor.can(Permission.MAILINGS_SIGN_OFF),
        may_draft=actor.can(Permission.MAILINGS_DRAFT),
    )
    return (rendered, 422) if form.errors else rendered


@blueprint.post("/lines/<uuid:line_id>/agreement")
@requires(Permission.MAILINGS_SIGN_OFF)
def agree(line_id: UUID) -> Response:
    """Agree to a line for one's organisation."""
    services.decide_on_line(current_actor(), line_id, agrees=True)
    db.session.commit()
    flash(_("Your organisation agrees to this line in advance."), "success")
    return redirect(url_for("mailings.lines"), 303)


@blueprint.post("/lines/<uuid:line_id>/agreement/removal")
@requires(Permission.MAILINGS_SIGN_OFF)
def no_longer_agree(line_id: UUID) -> Response:
    """Agree to it no longer."""
    services.decide_on_line(current_actor(), line_id, agrees=False)
    db.session.commit()
    flash(_("Your organisation agrees to this line no longer."), "success")
    return redirect(url_for("mailings.lines"), 303)


@blueprint.post("/lines/<uuid:line_id>/removal")
@requires(Permission.MAILINGS_DRAFT)
def withdraw_line(line_id: UUID) -> Response:
    """Take out a line that one's organisation proposed."""
    services.withdraw_line(current_actor(), line_id)
    db.session.commit()
    flash(_("The line is taken out."), "success")
    return redirect(url_for("mailings.lines"), 303)
