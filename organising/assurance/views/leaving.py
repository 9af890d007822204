"""Taking everything along, and leaving."""

import tempfile
from collections.abc import Iterator
from typing import IO

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ...platform.access import current_actor, requires
from ...platform.clock import now, today
from ...platform.db import db
from ...platform.errors import Conflict, Invalid
from ...platform.permissions import Permission
from ...platform.tenancy import Context, use_context
from ..forms import NameForm
from ..queries import find_departure
from ..services.erasing import count_kept
from ..services.leaving import leave, take_everything, why_not_leave
from .blueprint import blueprint

IN_MEMORY = 8 * 2**20


@blueprint.get("/organisation/leaving")
@requires(Permission.ASSURANCE_MANAGE)
def leaving() -> str:
    """What leaving does, step by step."""
    return _page(NameForm(formdata=None))


@blueprint.post("/organisation/leaving/files")
@requires(Permission.ASSURANCE_MANAGE)
def take_all() -> Response:
    """All that is the organisation's own, as one archive."""
    # Closed once it is sent; what does not fit into memory lies in an unnamed file.
    target = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    take_everything(current_actor(), target)
    db.session.commit()
    name = f"everything-{today().isoformat()}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    answer = Response(_parts(target), mimetype="application/zip", headers=headers)
    answer.call_on_close(target.close)
    return answer


def _parts(target: IO[bytes]) -> Iterator[bytes]:
    with target:
        while part := target.read(1 << 16):
            yield part


@blueprint.post("/organisation/leaving")
@requires(Permission.ASSURANCE_MANAGE)
def depart() -> Response | tuple[str, int]:
    """Leave. The answer is the receipt: afterwards nobody of the organisation can sign in for it."""
    actor, form = current_actor(), NameForm()
    context = Context(organisation_id=actor.organisation_id, user_id=actor.user_id, purpose="coalition")
    try:
        with use_context(context) as session:
            receipt = leave(actor, request.form.get("name", ""))
            session.commit()
    except Invalid as invalid:
        form.name.errors = [invalid.details["name"]]
        return _page(form), 422
    except Conflict as conflict:
        flash(conflict.message, "error")
        return redirect(url_for(".leaving"), 303)
    return make_response(render_template("assurance/receipt.html", receipt=receipt, at=now()))


def _page(form: NameForm) -> str:
    actor = current_actor()
    return render_template(
        "assurance/leaving.html",
        form=form,
        taken=find_departure(),
        kept=count_kept(),
        reason=why_not_leave(actor),
    )
