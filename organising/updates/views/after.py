"""After an update has left: how far it came, and what became of each message, for those who may see the signers."""

from uuid import UUID

from flask import render_template, request

from organising.mailings import queries as mailings
from organising.mailings import words as mailing_words
from organising.mailings.models import Delivery
from organising.mailings.states import DeliveryState
from organising.mailings.views.steps import steps_of
from organising.platform.access import current_actor, requires
from organising.platform.pagination import page
from organising.platform.permissions import Permission
from organising.updates import words
from organising.updates.queries import count_reasons, get_update_of, list_recipients, signers_of
from organising.updates.services.drafting import why_no_correction

from .blueprint import blueprint


@blueprint.get("/pledges/updates/<uuid:mailing_id>/recipients")
@requires(Permission.SIGNERS_VIEW)
def recipients(mailing_id: UUID) -> str:
    """What became of each message of an own update, by signer."""
    actor = current_actor()
    mailing = mailings.get_own(actor, mailing_id)
    get_update_of(mailing)
    state = request.args.get("state", "")
    listed = page(
        list_recipients(mailing_id, [state] if state in list(DeliveryState) else []),
        order_by=[Delivery.place, Delivery.id],
        cursor=request.args.get("cursor"),
        size=50,
    )
    return render_template(
        "updates/recipients.html",
        mailing=mailing,
        page=listed,
        state=state,
        states=mailing_words.TO_SIGNERS,
        counts=mailings.count_deliveries(mailing),
        steps=steps_of(mailing, count_reasons(mailing_id), words.SPARED),
        signers=signers_of(listed.items),
        happened=words.HAPPENED,
        spared=words.SPARED,
        organisation=actor.organisation_name,
        may_correct=actor.can(Permission.MAILINGS_DRAFT) and why_no_correction(mailing) is None,
    )
