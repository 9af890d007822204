"""People-storage, off and on."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ...platform.access import current_actor, requires
from ...platform.db import db
from ...platform.errors import Conflict, Invalid
from ...platform.permissions import Permission
from ...safeguards.storage import find_storage_off
from ..forms import NameForm
from ..services.erasing import count_kept
from ..services.storage import switch_off, switch_on
from .blueprint import blueprint


@blueprint.get("/organisation/people-storage")
@requires(Permission.ASSURANCE_MANAGE)
def storage() -> str:
    """Whom the organisation keeps, and the switch."""
    return _page(NameForm(formdata=None))


@blueprint.post("/organisation/people-storage/removal")
@requires(Permission.ASSURANCE_MANAGE)
def keep_nobody() -> Response | tuple[str, int]:
    """Keep nobody from now on."""
    form = NameForm()
    try:
        kept = switch_off(current_actor(), typed_name=form.name.data or "")
        db.session.commit()
    except Invalid as invalid:
        db.session.rollback()
        form.name.errors = [invalid.details["name"]]
        return _page(form), 422
    except Conflict as conflict:
        db.session.rollback()
        flash(conflict.message, "error")
        return _page(form), 409
    flash(_("Your organisation keeps nobody from now on. %(n)s people were erased.", n=kept.total), "success")
    return redirect(url_for(".storage"), 303)


@blueprint.post("/organisation/people-storage")
@requires(Permission.ASSURANCE_MANAGE)
def keep_people() -> Response:
    """Keep people again."""
    changed = switch_on(current_actor())
    db.session.commit()
    flash(_("People may be kept again.") if changed else _("Nothing changed."), "success")
    return redirect(url_for(".storage"), 303)


def _page(form: NameForm) -> str:
    return render_template(
        "assurance/storage.html",
        form=form,
        off=find_storage_off(current_actor().organisation_id),
        kept=count_kept(),
    )
