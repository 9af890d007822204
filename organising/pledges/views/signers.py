"""One's own signers: for those who may see people, and never another organisation's."""

from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ...platform.access import current_actor, requires
from ...platform.clock import today
from ...platform.db import db, get_or_404
from ...platform.forms import PlainForm
from ...platform.pagination import page
from ...platform.permissions import Permission
from ...platform.spreadsheet import download
from .. import texts
from ..models import Pledge, PledgeDrive, PledgeState
from ..queries import get_signed_text, list_answers, list_consents
from ..services.signers import export_signers, may_export, search_signers
from .blueprint import blueprint, chosen_drive, tabs


@blueprint.get("/pledges/signers")
@requires(Permission.SIGNERS_VIEW)
def signers() -> AnyResponse | str:
    """Own signers, newest first; searched by name or exact address, filtered by state."""
    actor = current_actor()
    drive = chosen_drive(actor)
    if drive is None:
        return redirect(url_for("pledges.index"), 303)
    words = request.args.get("q", "").strip()
    state = request.args.get("state", PledgeState.CONFIRMED)
    state = state if state in set(PledgeState) else PledgeState.CONFIRMED
    found = page(
        search_signers(actor, drive.id, words, state),
        order_by=[Pledge.created_at, Pledge.id],
        cursor=request.args.get("cursor"),
        size=50,
        descending=True,
    )
    return render_template(
        "pledges/signers.html",
        drive=drive,
        tabs=tabs(actor, drive, "signers"),
        organisation=actor.organisation_name,
        page=found,
        words=words,
        state=state,
        states=texts.state_labels(),
        sector_label=texts.sector_label,
        may_export=may_export(actor),
        may_invalidate=actor.can(Permission.SIGNERS_INVALIDATE),
        form=PlainForm(),
    )


@blueprint.get("/pledges/signers/<uuid:pledge_id>")
@requires(Permission.SIGNERS_VIEW)
def signer(pledge_id: UUID) -> str:
    """One signer of one's own."""
    actor = current_actor()
    pledge = get_or_404(Pledge, pledge_id)
    drive = get_or_404(PledgeDrive, pledge.drive_id)
    return render_template(
        "pledges/signer.html",
        drive=drive,
        tabs=tabs(actor, drive, "signers"),
        organisation=actor.organisation_name,
        pledge=pledge,
        text=get_signed_text(drive.id, pledge.wording_version, pledge.signed_text),
        answers=list_answers(pledge.id),
        consents=list_consents(pledge),
        state=texts.state_labels()[pledge.state],
        sector=texts.sector_label(pledge.sector),
        purposes=texts.purpose_labels(),
        conditions=texts.condition_labels(),
        details_days=texts.DETAILS_DAYS,
    )


@blueprint.post("/pledges/drives/<uuid:drive_id>/exports")
@requires(Permission.SIGNERS_VIEW)
def export(drive_id: UUID) -> Response:
    """Own signers as CSV. It is a POST since it leaves a trace: the audit log has who took how many."""
    drive = get_or_404(PledgeDrive, drive_id)
    text = export_signers(current_actor(), drive)
    db.session.commit()
    return download(text, f"signers-{drive.slug}-{today().isoformat()}.csv")
