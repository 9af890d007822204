"""Choosing representatives by a pasted list: every line is answered, and what is not settled stays on the page."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from organising.mailings import queries
from organising.mailings.forms import PastedListForm
from organising.mailings.queries import MOST_LINES, PastedLine
from organising.mailings.services import drafting
from organising.platform.access import current_actor, requires
from organising.platform.db import db, new_id
from organising.platform.given import as_id
from organising.platform.permissions import Permission

from . import blueprint


@blueprint.route("/<uuid:mailing_id>/audience/list", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def pasted(mailing_id: UUID) -> Response | str | tuple[str, int]:
    """Paste a list and see whom each line means; with ``add``, choose those and keep the rest for another try."""
    actor = current_actor()
    mailing = queries.get_own(actor, mailing_id)
    form = PastedListForm()
    answered: list[PastedLine] | None = None
    if form.validate_on_submit():
        try:
            answered = queries.match_lines(form.lines.data or "", mailing_id)
        except ValueError:
            form.lines.errors = [
                _("At most %(most)s lines at once. Paste the list in parts.", most=MOST_LINES)
            ]
    # Only what was seen is added: an edit since then is looked at first.
    if answered and request.form.get("add") and request.form.get("seen") == _digest(form):
        batch_id = new_id()
        meant = {line.number: _meant(line) for line in answered}
        holding_ids = [one for ids in meant.values() for one in ids]
        number = drafting.add_choices(actor, mailing_id, holding_ids, batch_id=batch_id)
        db.session.commit()
        flash(ngettext("%(num)d representative added.", "%(num)d representatives added.", number), "success")
        left = [line for line in answered if not meant[line.number]]
        if not left:
            here = url_for("mailings.audience", mailing_id=mailing_id, added=batch_id if number else None)
            return redirect(here, 303)
        form.lines.data = "\n".join(line.text for line in left)
        answered = queries.match_lines(form.lines.data, mailing_id)
    page = render_template(
        "mailings/pasted.html",
        mailing=mailing,
        form=form,
        answered=answered,
        counts=_counts(answered or []),
        seen=_digest(form),
    )
    return (page, 422) if form.errors else page


def _digest(form: PastedListForm) -> str:
    lines = (form.lines.data or "").replace("\r\n", "\n").strip()
    return hashlib.sha256(lines.encode()).hexdigest()


def _meant(line: PastedLine) -> Sequence[UUID]:
    """Whom a line adds: the one it means, or those that were ticked; what is chosen already needs nothing."""
    if line.is_chosen or (len(line.found) == 1):
        return [holding.id for holding in line.found]
    ticked = {as_id(given) for given in request.form.getlist(f"line-{line.number}")}
    return [holding.id for holding in line.found if holding.id in ticked]


def _counts(answered: Sequence[PastedLine]) -> dict[str, int]:
    """How many lines are clear, ask for a choice, or mean nobody."""
    one = sum(len(line.found) == 1 and not line.is_chosen for line in answered)
    chosen = sum(line.is_chosen for line in answered)
    nobody = sum(not line.found or line.is_vague for line in answered)
    return {
        "lines": len(answered),
        "one": one,
        "chosen": chosen,
        "nobody": nobody,
        "several": len(answered) - one - chosen - nobody,
    }
