"""Who gets a mailing, who was left out and why, and what became of each message, for those who may see the contacts."""

from uuid import UUID

from flask import render_template, request

from organising.mailings import queries as mailings
from organising.mailings import words as mailing_words
from organising.mailings.models import Delivery
from organising.mailings.states import DeliveryState
from organising.mailings.views.steps import steps_of
from organising.outreach import words
from organising.outreach.models import LeftOut, MailingRecipient
from organising.outreach.queries import (
    count_frozen,
    count_reasons,
    get_about,
    list_left_out,
    list_messages,
    names_of,
)
from organising.platform.access import current_actor, requires
from organising.platform.pagination import page
from organising.platform.permissions import Permission
from organising.updates.words import HAPPENED

from .blueprint import blueprint


@blueprint.get("/contacts/mailings/<uuid:mailing_id>/recipients")
@requires(Permission.MAILINGS_VIEW)
def recipients(mailing_id: UUID) -> str:
    """What became of each message of an own mailing, by contact."""
    actor = current_actor()
    actor.check(Permission.CONTACTS_KEEP)
    mailing = mailings.get_own(actor, mailing_id)
    get_about(mailing)
    state = request.args.get("state", "")
    listed = page(
        list_messages(mailing_id, [state] if state in list(DeliveryState) else []),
        order_by=[Delivery.place, Delivery.id],
        cursor=request.args.get("cursor"),
        size=50,
    )
    return render_template(
        "outreach/recipients.html",
        mailing=mailing,
        page=listed,
        state=state,
        states=mailing_words.TO_SIGNERS,
        counts=mailings.count_deliveries(mailing),
        steps=steps_of(mailing, count_reasons(mailing_id), words.SPARED),
        names=names_of([one.contact_id for one in listed.items]),
        happened=HAPPENED,
        spared=words.SPARED,
        organisation=actor.organisation_name,
    )


@blueprint.get("/contacts/mailings/<uuid:mailing_id>/left-out")
@requires(Permission.MAILINGS_VIEW)
def left_out(mailing_id: UUID) -> str:
    """Who was left out when sign-off was asked for, and why."""
    actor = current_actor()
    actor.check(Permission.CONTACTS_KEEP)
    mailing = mailings.get_own(actor, mailing_id)
    get_about(mailing)
    reason = request.args.get("reason", "")
    listed = page(
        list_left_out(mailing_id, reason if reason in list(LeftOut) else None),
        order_by=[MailingRecipient.id],
        cursor=request.args.get("cursor"),
        size=50,
    )
    return render_template(
        "outreach/left_out.html",
        mailing=mailing,
        page=listed,
        reason=reason,
        reach=count_frozen(mailing),
        reasons=words.LEFT_OUT,
        names=names_of([one.contact_id for one in listed.items]),
        organisation=actor.organisation_name,
    )
