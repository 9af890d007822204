"""Notices from partners: seen is seen."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from organising.lobbying.services.notices import read_notices
from organising.lobbying.views.blueprint import blueprint
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.permissions import Permission


@blueprint.post("/notices/reading")
@requires(Permission.TARGETS_VIEW)
def read_notices_page() -> Response:
    """Note that this member has seen what there is."""
    read_notices(current_actor())
    db.session.commit()
    return redirect(url_for("pages.today"), 303)
