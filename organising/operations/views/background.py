"""The work in the background as an organisation's admins see it: whether it goes on, and what of their own failed."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from redis.exceptions import RedisError
from werkzeug.wrappers import Response

from ...platform import audit
from ...platform.access import current_actor, requires
from ...platform.db import db
from ...platform.doctor import State, examine_background
from ...platform.errors import NotFound
from ...platform.failures import Failure, list_failures, try_again
from ...platform.permissions import Permission
from ..job_words import in_words
from .blueprint import blueprint


@blueprint.get("/organisation/background")
@requires(Permission.ASSURANCE_MANAGE)
def background() -> str:
    """Whether it goes on, and what failed within a day."""
    unwell = [one for one in examine_background() if one.state is not State.OK]
    return render_template(
        "operations/background.html",
        actor=current_actor(),
        unwell=unwell,
        failures=_own_failures(),
        in_words=in_words,
    )


@blueprint.post("/organisation/background/<job_id>/repeat")
@requires(Permission.ASSURANCE_MANAGE)
def repeat(job_id: str) -> Response:
    """Have one of the organisation's failed jobs tried again."""
    actor = current_actor()
    failure = next((one for one in _own_failures() if one.id == job_id), None)
    if failure is None:
        raise NotFound
    audit.record(actor, "job.tried_again", "job", purpose=failure.bell.purpose)
    db.session.commit()
    if try_again(actor.organisation_id, job_id):
        flash(_("It is tried again now. If it fails, it comes back here."), "success")
    else:
        flash(_("The queue does not answer, so it is not tried yet. Nothing is lost."), "info")
    return redirect(url_for("operations.background"), 303)


def _own_failures() -> list[Failure]:
    try:
        return list_failures(current_actor().organisation_id)
    except RedisError:
        return []
