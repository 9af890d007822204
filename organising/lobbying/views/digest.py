"""The daily digest: whether one gets it, and the link in the message that stops it."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.lobbying.digest_links import read_digest_token
from organising.lobbying.queries.digest import collect_digest, find_digest_setting
from organising.lobbying.services import digests as services
from organising.lobbying.views.blueprint import blueprint
from organising.organisations.stopped_mail import list_choices
from organising.platform.access import Readers, current_actor, own_context, public, requires
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.forms import PlainForm
from organising.platform.permissions import Permission
from organising.platform.tenancy import Context, use_context


@blueprint.get("/digest")
@requires(Permission.ENGAGEMENTS_LOG)
def digest() -> str:
    """What today's message would say, and whether one gets it."""
    actor = current_actor()
    setting = find_digest_setting(actor.organisation_id, actor.user_id)
    found = collect_digest(actor, today())
    return render_template(
        "lobbying/digest.html",
        text=None if found.is_empty else services.compose_digest(actor, "", found).text,
        is_due=found.is_due,
        stopped=setting is not None and setting.stopped_at is not None,
        form=PlainForm(),
        choices=list_choices(actor),
    )


@blueprint.post("/digest/stop")
@requires(Permission.ENGAGEMENTS_LOG)
def stop_own_digest() -> Response:
    """Get no more digests."""
    actor = current_actor()
    assert actor.user_id is not None
    services.stop_digest(actor, actor.user_id)
    db.session.commit()
    flash(_("You get no more digests from %(name)s.", name=actor.organisation_name), "success")
    return redirect(url_for(".digest"), 303)


@blueprint.post("/digest/stop/removal")
@requires(Permission.ENGAGEMENTS_LOG)
def resume_own_digest() -> Response:
    """Get digests again."""
    actor = current_actor()
    assert actor.user_id is not None
    services.resume_digest(actor, actor.user_id)
    db.session.commit()
    flash(_("You get the digest again, on mornings when something is due."), "success")
    return redirect(url_for(".digest"), 303)


@blueprint.route("/digest/stop/<token>", methods=["GET", "POST"])
@public(
    "the link in a digest stops it without signing in; a scanner that follows it only sees a button",
    readers=Readers.STAFF,
)
@own_context
def stop_digest(token: str) -> str:
    """Stop the digest that the link came with: by a button, since scanners follow links."""
    organisation_id, user_id = read_digest_token(token)
    form = PlainForm()
    stopped = form.validate_on_submit()
    if stopped:
        with use_context(Context(organisation_id=organisation_id)) as session:
            services.stop_digest(Actor.system(organisation_id), user_id)
            session.commit()
    return render_template("lobbying/stop_digest.html", form=form, token=token, stopped=stopped)
