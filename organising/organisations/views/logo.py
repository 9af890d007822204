"""The organisation's logo: sent by its admin, served to anyone where the organisation may be published."""

from contextlib import closing

from flask import Response, flash, request
from flask_babel import gettext as _

from ...files.doors import takes_files
from ...platform.access import Readers, cookieless, current_actor, own_context, public, requires
from ...platform.db import db
from ...platform.errors import Invalid
from ...platform.permissions import Permission
from ...platform.tenancy import ANONYMOUS, use_context
from .. import logos
from ..forms import LogoForm
from ..queries import find_status
from . import blueprint
from .page import Answer, page, to


@blueprint.route("/organisation/logo", methods=["GET", "POST"])
@requires(Permission.UNITS_MANAGE)
@takes_files(logos.LOGOS)
def logo() -> Answer:
    """Send a picture, and say what it shows."""
    actor = current_actor()
    present = logos.find_own_logo(actor)
    form = LogoForm(alt=present.alt if present else _("Logo of %(name)s", name=actor.organisation_name))
    content = _read(form)
    if request.method == "POST" and form.validate():
        try:
            logos.set_logo(actor, content, (form.alt.data or "").strip())
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            form.file.errors = list(map(str, error.details.values()))
        else:
            flash(_("The logo is saved."), "success")
            return to("logo")
    answer = page("logo", form=form, logo=logos.find_own_logo(actor), status=find_status(actor))
    return (answer, 422) if form.errors else answer


@blueprint.post("/organisation/logo/removal")
@requires(Permission.UNITS_MANAGE)
def remove_logo() -> Answer:
    """Take the logo away."""
    removed = logos.remove_logo(current_actor())
    db.session.commit()
    flash(_("The logo is gone.") if removed else _("Nothing changed."), "success")
    return to("logo")


@blueprint.get("/organisation/logo/picture")
@requires(Permission.UNITS_MANAGE)
def own_logo() -> Response:
    """One's own logo, also where it is not public."""
    present = logos.find_own_logo(current_actor())
    return Response(present.content if present else b"", mimetype=present.kind if present else "image/png")


@blueprint.get("/logo/<slug>/<digest>")
@public("logos of members and the lead are public", readers=Readers.STAFF)
@own_context
@cookieless
def partner_logo(slug: str, digest: str) -> Response:
    """One logo, under an address that changes with it: kept by browsers and proxies for a year."""
    with use_context(ANONYMOUS):
        found = logos.get_logo(slug, digest)
        response = Response(found.content, mimetype=found.kind)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response


def _read(form: LogoForm) -> bytes | None:
    """The content; one byte more than is allowed tells that it is too much. ``None`` where no file was chosen."""
    if not form.file.data:
        return None
    with closing(form.file.data) as given:
        return bytes(given.read(logos.LOGOS.most + 1)) or None
