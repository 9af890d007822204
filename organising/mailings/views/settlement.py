"""Settling what is uncertain: a person decides, and it is on record."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from organising.mailings import queries, words
from organising.mailings.forms import SettlementForm
from organising.mailings.services import settling
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.permissions import Permission

from . import blueprint

MOST = 200


@blueprint.get("/<uuid:mailing_id>/settlement")
@requires(Permission.MAILINGS_SEND)
def settlement(mailing_id: UUID) -> str:
    """The messages whose answer was lost."""
    return _page(mailing_id)


def _page(mailing_id: UUID, wrong: UUID | None = None, message: str = "") -> str:
    """The page; with what is ``wrong`` about the decision on one message beside it."""
    mailing = queries.get_own(current_actor(), mailing_id)
    deliveries = queries.list_unsettled(mailing_id, most=MOST)
    return render_template(
        "mailings/settlement.html",
        mailing=mailing,
        deliveries=deliveries,
        words=words,
        form=SettlementForm(formdata=None),
        names=queries.names_of([one.holding_id for one in deliveries]),
        absent=[one for one in deliveries if one.absence],
        wrong=wrong,
        message=message,
    )


@blueprint.post("/<uuid:mailing_id>/settlement/<uuid:delivery_id>")
@requires(Permission.MAILINGS_SEND)
def settle(mailing_id: UUID, delivery_id: UUID) -> Response | tuple[str, int]:
    """One message: delivered, not delivered, or left."""
    actor = current_actor()
    form = SettlementForm()
    queries.get_own(actor, mailing_id)
    match form.decision.data:
        case "delivered":
            try:
                settling.mark_delivered(actor, mailing_id, delivery_id, form.evidence.data or "")
            except Invalid as error:
                return _page(mailing_id, delivery_id, error.message), 422
            flash(_("Settled as delivered."), "success")
        case "again":
            if not settling.send_again(actor, mailing_id, [delivery_id]):
                raise Invalid(_("This message has been settled meanwhile."))
            flash(_("It is sent once more."), "success")
        case "hold":
            settling.hold(actor, mailing_id, delivery_id)
            flash(_("Left as it is."), "success")
        case _other:
            raise Invalid(_("Decide first."))
    db.session.commit()
    return _onwards(mailing_id)


@blueprint.post("/<uuid:mailing_id>/settlement/absent")
@requires(Permission.MAILINGS_SEND)
def send_absent_again(mailing_id: UUID) -> Response:
    """Send again all that the relay's complete log shows not to have arrived."""
    number = settling.send_again(current_actor(), mailing_id, queries.list_absent(mailing_id))
    db.session.commit()
    flash(
        ngettext("%(num)d message is sent once more.", "%(num)d messages are sent once more.", number),
        "success",
    )
    return _onwards(mailing_id)


def _onwards(mailing_id: UUID) -> Response:
    endpoint = "mailings.settlement" if queries.has_unsettled(mailing_id) else "mailings.show"
    return redirect(url_for(endpoint, mailing_id=mailing_id), 303)
