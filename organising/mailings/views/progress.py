"""Watching a mailing leave: live counts, pause, go on, and each recipient."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.mailings import queries, words
from organising.mailings.models import Delivery
from organising.mailings.services import review, sending
from organising.mailings.services.scheduling import outlook_of
from organising.mailings.states import DeliveryState
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.pagination import page
from organising.platform.permissions import Permission

from . import blueprint


@blueprint.get("/<uuid:mailing_id>/progress")
@requires(Permission.MAILINGS_VIEW)
def live(mailing_id: UUID) -> str:
    """The part of a mailing's page that changes while it is sent."""
    actor = current_actor()
    mailing = queries.get_mailing(mailing_id)
    own = mailing.organisation_id == actor.organisation_id
    counts = queries.count_deliveries(mailing) if own else review.lent_counts(mailing)
    return render_template(
        "mailings/_progress.html",
        mailing=mailing,
        own=own,
        words=words,
        counts=counts,
        outlook=outlook_of(mailing, counts),
        may_stop=own and actor.can(Permission.MAILINGS_SEND),
    )


@blueprint.post("/<uuid:mailing_id>/pause")
@requires(Permission.MAILINGS_SEND)
def pause(mailing_id: UUID) -> Response:
    """Stop letting messages go."""
    sending.pause(current_actor(), mailing_id)
    db.session.commit()
    flash(_("Paused. What is in flight arrives; nothing more leaves."), "success")
    return redirect(url_for("mailings.show", mailing_id=mailing_id), 303)


@blueprint.post("/<uuid:mailing_id>/pause/removal")
@requires(Permission.MAILINGS_SEND)
def resume(mailing_id: UUID) -> Response:
    """Go on where it stopped."""
    sending.resume(current_actor(), mailing_id)
    db.session.commit()
    flash(_("Sending goes on."), "success")
    return redirect(url_for("mailings.show", mailing_id=mailing_id), 303)


@blueprint.get("/<uuid:mailing_id>/recipients")
@requires(Permission.MAILINGS_VIEW)
def recipients(mailing_id: UUID) -> str:
    """What became of each message."""
    mailing = queries.get_own(current_actor(), mailing_id)
    state = request.args.get("state", "")
    states = [state] if state in list(DeliveryState) else []
    listed = page(
        queries.list_deliveries(mailing_id, states),
        order_by=[Delivery.place, Delivery.id],
        cursor=request.args.get("cursor"),
        size=50,
    )
    return render_template(
        "mailings/recipients.html",
        mailing=mailing,
        page=listed,
        words=words,
        state=state,
        counts=queries.count_deliveries(mailing),
        names=queries.names_of([one.holding_id for one in listed.items]),
    )
