"""Stall mode: a page that works without signal, its worker, and the door through which its signatures come in.

The page is kept on the device, so it names nobody: who signs in to deliver is asked when there is signal again.
"""

from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Response, current_app, jsonify, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from ...platform.access import Readers, current_actor, public, requires
from ...platform.db import db, get_or_404
from ...platform.errors import Conflict, Invalid
from ...platform.permissions import Permission
from ...platform.ui import asset
from ...platform.web import POLICY
from .. import texts
from ..models import DriveStatus, PledgeDrive
from ..paper_forms import LONGEST_LABEL, RowForm
from ..queries import get_campaign, get_lead, get_wording, list_partners
from ..services.paper_deliveries import MOST_AT_ONCE, Receipt, StallSignature, signed_at, take_delivery
from ..services.paper_signatures import get_own_partner
from .blueprint import blueprint

WORKER = "stall-worker.js"
Given = dict[str, Any]


@blueprint.get("/pledges/stall/<uuid:drive_id>")
@requires(Permission.PAPER_KEY)
def stall(drive_id: UUID) -> AnyResponse:
    """The page for the stall. Opened once with signal, it stays on the device."""
    actor = current_actor()
    drive = get_or_404(PledgeDrive, drive_id)
    if drive.status != DriveStatus.OPEN:
        raise Conflict(_("Only an open pledge can be signed at a stall."))
    own = get_own_partner(actor, drive.campaign_id)
    body = render_template(
        "pledges/stall.html",
        drive=drive,
        campaign=get_campaign(drive),
        wording=get_wording(drive),
        own=own,
        lead=get_lead(drive, list_partners(drive.campaign_id)),
        texts=texts,
        script=asset("stall.js"),
        longest_label=LONGEST_LABEL,
    )
    answer = make_response(body)
    answer.headers["Content-Security-Policy"] = f"{POLICY}; worker-src 'self'"
    return answer


@blueprint.get("/pledges/stall/worker.js")
@public("the script that keeps the stall's page on the device holds nothing private", readers=Readers.STAFF)
def stall_worker() -> AnyResponse:
    """The worker of the stall's pages, and of no others: its address is its reach."""
    bundled = asset(WORKER)
    if bundled is None:
        return Response("", 404, content_type="text/javascript; charset=utf-8")
    code = (Path(current_app.static_folder or "") / bundled.rpartition("/")[2]).read_text(encoding="utf-8")
    return Response(
        code, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )


@blueprint.get("/pledges/stall/<uuid:drive_id>/token")
@requires(Permission.PAPER_KEY)
def stall_token(drive_id: UUID) -> Response:
    """Whether whoever is signed in may deliver, with what the delivery has to carry."""
    actor = current_actor()
    get_or_404(PledgeDrive, drive_id)
    return jsonify(organisation=str(actor.organisation_id), token=generate_csrf())


@blueprint.post("/pledges/stall/<uuid:drive_id>/deliveries")
@requires(Permission.PAPER_KEY)
def deliver(drive_id: UUID) -> Response:
    """Take signatures from a stall's device; each exactly once, however often it is sent."""
    actor = current_actor()
    drive = get_or_404(PledgeDrive, drive_id)
    given = request.get_json(silent=True)
    if not isinstance(given, dict) or not isinstance(given.get("signatures"), list):
        raise Invalid(_("This is no delivery of a stall."))
    if given.get("organisation") != str(actor.organisation_id):
        raise Conflict(_("These were collected for another organisation. Switch to it, then deliver."))
    if len(given["signatures"]) > MOST_AT_ONCE:
        raise Invalid(_("At most %(most)d signatures at once.", most=MOST_AT_ONCE))
    stall_id = _uuid(given.get("stall"))
    label = " ".join(str(given.get("label") or "").split())[:LONGEST_LABEL]
    checked = [_checked(one) for one in given["signatures"] if isinstance(one, dict)]
    right = [one for one in checked if isinstance(one, StallSignature)]
    receipts, batch = take_delivery(actor, drive, stall_id, label, right)
    db.session.commit()
    refused = [one for one in checked if isinstance(one, Receipt)]
    return jsonify(
        receipts=[
            {"id": str(one.client_id), "taken": one.is_taken, "reason": one.reason}
            for one in [*receipts, *refused]
        ],
        batch=url_for("pledges.batch", batch_id=batch.id) if batch is not None else None,
    )


def _checked(given: Given) -> StallSignature | Receipt:
    """One signature, checked as a keyed row is; or what is wrong with it, in a sentence."""
    client_id = _uuid(given.get("id"))
    fields = {name: str(given.get(name) or "") for name in ("name", "postcode", "email")}
    boxes = {name: "y" for name in ("wants_updates", "lead_may_keep") if given.get(name) is True}
    form = RowForm(formdata=MultiDict(fields | boxes), meta={"csrf": False})
    form.offer()
    if not form.validate():
        return Receipt(client_id, " ".join(str(m) for messages in form.errors.values() for m in messages))
    version = given.get("version")
    return StallSignature(
        client_id, form.row(signed_at(given.get("at"))), version if isinstance(version, int) else 0
    )


def _uuid(given: object) -> UUID:
    try:
        return UUID(str(given))
    except ValueError:
        raise Invalid(_("This is no delivery of a stall.")) from None
