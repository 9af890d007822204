"""When a mailing leaves."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.mailings import queries, words
from organising.mailings.forms import ScheduleForm
from organising.mailings.services import limits
from organising.mailings.services.scheduling import look_ahead, set_schedule
from organising.mailings.states import BEFORE_SENDING, MailingState
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Conflict, Invalid
from organising.platform.permissions import Permission

from . import blueprint


@blueprint.route("/<uuid:mailing_id>/schedule", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def schedule(mailing_id: UUID) -> Response | str | tuple[str, int]:
    """Choose when it leaves and how fast, and see when it would be over."""
    actor = current_actor()
    mailing = queries.get_own(actor, mailing_id)
    if mailing.state not in (MailingState.DRAFT, *BEFORE_SENDING):
        raise Conflict(_("This mailing is on its way or over, so its time can’t be changed."))
    form = ScheduleForm.of(mailing)
    if form.validate_on_submit():
        voided = mailing.state != MailingState.DRAFT
        before = mailing.version
        try:
            changed = set_schedule(actor, mailing_id, form.schedule(), form.shown).version != before
        except Invalid as invalid:
            form.show(invalid.details)
        else:
            db.session.commit()
            flash(
                _("Saved. The sign-off is void: ask for it again.") if changed and voided else _("Saved."),
                "success",
            )
            return redirect(url_for("mailings.schedule", mailing_id=mailing_id), 303)
    rendered = render_template(
        "mailings/schedule.html",
        mailing=mailing,
        form=form,
        outlook=look_ahead(mailing),
        limits=limits.limits(),
        words=words,
    )
    return (rendered, 422) if form.errors else rendered
