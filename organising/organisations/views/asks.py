"""The campaign's asks: all partners read them, the coordinator keeps them."""

from uuid import UUID

from flask import flash, request
from flask_babel import gettext as _

from ...platform.access import current_actor, requires
from ...platform.db import db, get_or_404
from ...platform.permissions import Permission
from .. import queries, services
from ..asks import is_as_published
from ..forms import AskForm
from ..models import Ask
from . import blueprint
from .page import Answer, page, to


@blueprint.get("/asks")
@requires(Permission.CAMPAIGN_VIEW)
def asks() -> str:
    actor = current_actor()
    found = queries.list_asks(actor.campaign_id) if actor.campaign_id else []
    sectors = list(dict.fromkeys(ask.sector for ask in found))
    grouped = [(sector, [ask for ask in found if ask.sector == sector]) for sector in sectors]
    return page(
        "asks",
        grouped=grouped,
        own_campaign=queries.find_campaign(actor),
        published={ask.id for ask in found if is_as_published(ask)},
        count=len(found),
    )


@blueprint.route("/asks/<uuid:ask_id>", methods=["GET", "POST"])
@requires(Permission.CAMPAIGN_EDIT)
def edit_ask(ask_id: UUID) -> Answer:
    ask = get_or_404(Ask, ask_id)
    form = AskForm(obj=ask)
    if request.method == "GET":
        return page("ask", ask=ask, form=form, published=is_as_published(ask))
    if not form.validate():
        return page("ask", ask=ask, form=form, published=is_as_published(ask)), 422
    services.edit_ask(
        current_actor(),
        ask_id,
        wording=form.wording.data or "",
        body=form.body.data or "",
        decision_office=form.decision_office.data or "",
    )
    db.session.commit()
    flash(_("The ask is changed for every partner."), "success")
    return to("asks")


@blueprint.post("/asks/<uuid:ask_id>/closure")
@requires(Permission.CAMPAIGN_EDIT)
def close_ask(ask_id: UUID) -> Answer:
    services.close_ask(current_actor(), ask_id)
    db.session.commit()
    flash(_("The ask is closed. It stays on record and takes no new position."), "success")
    return to("asks")


@blueprint.post("/asks/<uuid:ask_id>/closure/removal")
@requires(Permission.CAMPAIGN_EDIT)
def reopen_ask(ask_id: UUID) -> Answer:
    services.reopen_ask(current_actor(), ask_id)
    db.session.commit()
    flash(_("The ask is open again."), "success")
    return to("asks")
