"""The overlap: what was published, who takes part, and one's own part in it."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ...platform.access import current_actor, requires
from ...platform.db import db
from ...platform.permissions import Permission
from ..queries import overlap as queries
from ..services import overlap as services
from .blueprint import blueprint
from .stakeholders import partner_names


@blueprint.get("/overlap")
@requires(Permission.CONTACTS_COUNT)
def overlap() -> str:
    """The latest figures, with how they are made."""
    actor, parts = current_actor(), queries.list_parts(current_actor())
    return render_template(
        "sharing/overlap.html",
        totals=queries.list_totals(),
        parts=parts,
        partners=partner_names(),
        takes_part=actor.organisation_id in {one.organisation_id for one in parts},
        may_change=actor.can(Permission.CONTACTS_SETTINGS),
    )


@blueprint.post("/overlap/part")
@requires(Permission.CONTACTS_SETTINGS)
def join_overlap() -> Response:
    """Let our contacts be counted with partners'."""
    if services.take_part(current_actor()):
        db.session.commit()
        flash(_("Your contacts are counted with partners’ from the next quarter’s figure on."), "success")
    return redirect(url_for(".overlap"), 303)


@blueprint.post("/overlap/part/removal")
@requires(Permission.CONTACTS_SETTINGS)
def leave_overlap() -> Response:
    """Stop it."""
    if services.take_no_part(current_actor()):
        db.session.commit()
        flash(_("Your contacts are no longer counted with partners’."), "success")
    return redirect(url_for(".overlap"), 303)
