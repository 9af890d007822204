"""Which mail one gets: stopped and taken up again by a button, or stopped by the link in the mail itself."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ...platform.access import Readers, current_actor, own_context, public, requires
from ...platform.actor import Actor
from ...platform.db import db
from ...platform.forms import PlainForm
from ...platform.permissions import Permission
from ...platform.tenancy import Context, use_context
from .. import stopped_mail
from . import blueprint


@blueprint.post("/mail/<kind>/stop")
@requires(Permission.ENGAGEMENTS_LOG)
def stop_own_mail(kind: str) -> Response:
    """Get no more mail of a kind."""
    actor, which = current_actor(), stopped_mail.get_kind(kind)
    assert actor.user_id is not None
    stopped_mail.stop(actor, actor.user_id, which)
    db.session.commit()
    flash(_("Stopped. What waits for you still stands on your Today page."), "success")
    return redirect(url_for("lobbying.digest"), 303)


@blueprint.post("/mail/<kind>/stop/removal")
@requires(Permission.ENGAGEMENTS_LOG)
def resume_own_mail(kind: str) -> Response:
    """Get mail of a kind again."""
    actor, which = current_actor(), stopped_mail.get_kind(kind)
    assert actor.user_id is not None
    stopped_mail.resume(actor, actor.user_id, which)
    db.session.commit()
    flash(_("You get this mail again."), "success")
    return redirect(url_for("lobbying.digest"), 303)


@blueprint.route("/mail/<kind>/stop/<token>", methods=["GET", "POST"])
@public(
    "the link in a mail stops its kind without signing in; a scanner that follows it only sees a button",
    readers=Readers.STAFF,
)
@own_context
def stop_mail(kind: str, token: str) -> str:
    """Stop the mail that the link came with: by a button, since scanners follow links."""
    which = stopped_mail.get_kind(kind)
    organisation_id, user_id = stopped_mail.read_link(which, token)
    form = PlainForm()
    stopped = form.validate_on_submit()
    if stopped:
        with use_context(Context(organisation_id=organisation_id)) as session:
            stopped_mail.stop(Actor.system(organisation_id), user_id, which)
            session.commit()
    return render_template("organisations/stop_mail.html", kind=which, token=token, stopped=stopped)
