"""The files that go with a mailing's letters: added, taken out, and opened by whoever signs them off."""

from contextlib import closing
from io import BytesIO
from uuid import UUID

from flask import flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.files.doors import takes_files
from organising.mailings import queries
from organising.mailings.forms import AttachmentForm
from organising.mailings.queries.attachments import get_file, list_files
from organising.mailings.services.attachments import ATTACHMENTS, attach, detach
from organising.mailings.services.drafting import OPEN_FOR_EDIT
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.permissions import Permission

from . import blueprint


@blueprint.route("/<uuid:mailing_id>/attachments", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
@takes_files(ATTACHMENTS)
def attachments(mailing_id: UUID) -> Response | str | tuple[str, int]:
    """Add a file; an approval that the mailing had is void then."""
    actor = current_actor()
    mailing = queries.get_own(actor, mailing_id)
    form = AttachmentForm()
    if form.validate_on_submit():
        try:
            attached = attach(actor, mailing_id, form.file.data.filename or "", _read(form))
        except Invalid as invalid:
            form.file.errors = [*form.file.errors, *invalid.details.values()]
        else:
            db.session.commit()
            flash(_("“%(name)s” goes with every letter.", name=attached.name), "success")
            return redirect(url_for("mailings.attachments", mailing_id=mailing_id), 303)
    page = render_template(
        "mailings/attachments.html",
        mailing=mailing,
        form=form,
        files=list_files(mailing_id),
        open=mailing.state in OPEN_FOR_EDIT,
    )
    return (page, 422) if form.errors else page


def _read(form: AttachmentForm) -> bytes:
    """The content; one byte more than is allowed tells that it is too much, and the rest is never read."""
    with closing(form.file.data) as given:
        content: bytes = given.read(ATTACHMENTS.most + 1)
        return content


@blueprint.post("/<uuid:mailing_id>/attachments/<int:number>/removal")
@requires(Permission.MAILINGS_DRAFT)
def remove_attachment(mailing_id: UUID, number: int) -> Response:
    """Take a file out again."""
    name = detach(current_actor(), mailing_id, number)
    db.session.commit()
    flash(_("“%(name)s” is taken out.", name=name), "success")
    return redirect(url_for("mailings.attachments", mailing_id=mailing_id), 303)


@blueprint.get("/<uuid:mailing_id>/attachments/<int:number>")
@requires(Permission.MAILINGS_VIEW)
def attachment(mailing_id: UUID, number: int) -> Response:
    """The file itself, to be kept and opened, never shown within the product."""
    queries.get_mailing(mailing_id)
    found = get_file(mailing_id, number)
    answer = send_file(
        BytesIO(found.content), mimetype=found.kind, as_attachment=True, download_name=found.name
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
