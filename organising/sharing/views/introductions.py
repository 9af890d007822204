"""Introductions: sent with a preview, taken back, accepted and declined."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ...contacts.models import Contact
from ...contacts.phones import spoken_phone
from ...contacts.words import FIELDS as CONTACT_FIELDS
from ...contacts.words import SECTORS
from ...organisations.models import OrganisationKind
from ...organisations.queries import get_own_organisation
from ...platform.access import current_actor, requires
from ...platform.cautions import Caution, NeedsConfirmation
from ...platform.clock import now
from ...platform.db import db, get_or_404
from ...platform.errors import Invalid
from ...platform.permissions import Permission
from ..forms.introductions import IntroductionForm
from ..queries import introductions as queries
from ..services import introductions as services
from ..words import PASSED, SAID_HOW, STATES
from .blueprint import blueprint
from .stakeholders import Answer, partner_names


@blueprint.get("/introductions")
@requires(Permission.CONTACTS_INTRODUCE)
def introductions() -> str:
    """What partners sent, and what we sent."""
    return render_template(
        "sharing/introductions.html",
        offers=queries.list_offers(),
        sent=queries.list_introductions(),
        partners=partner_names(),
        states=STATES,
        at=now(),
    )


@blueprint.route("/contacts/<uuid:contact_id>/introduction", methods=["GET", "POST"])
@requires(Permission.CONTACTS_INTRODUCE)
def introduce(contact_id: UUID) -> Answer:
    """Choose partner and fields and write down the consent; look at exactly what goes; send it."""
    actor, contact = current_actor(), get_or_404(Contact, contact_id)
    passable, form = services.read_passable(contact), IntroductionForm()
    form.offer(
        services.list_receivers(actor),
        [(name, f"{PASSED[name]}: {in_words(name, value)}") for name, value in passable.items()],
    )
    if request.method == "GET":
        form["fields"].data = [name for name in ("emails", "phones") if name in passable]
        return _form_page(form, contact)
    if not form.validate():
        return _form_page(form, contact), 422
    draft, confirmed = form.draft(), form.confirmed()
    try:
        _contact, payload = services.check_introduction(actor, contact_id, draft, confirmed=confirmed)
        if request.form.get("back"):
            return _form_page(form, contact)
        if form.shown.data != services.digest_of(payload, draft):
            return _preview(form, contact, payload)
        services.introduce(actor, contact_id, draft, confirmed=confirmed)
    except NeedsConfirmation as question:
        return _form_page(form, contact, question.cautions), 422
    except Invalid as invalid:
        form.show(invalid.details)
        return _form_page(form, contact), 422
    db.session.commit()
    flash(_("Sent. You can take it back until they answer."), "success")
    return redirect(url_for(".introductions"), 303)


def _form_page(form: IntroductionForm, contact: Contact, cautions: Sequence[Caution] = ()) -> str:
    return render_template(
        "sharing/introduction_form.html",
        form=form,
        contact=contact,
        cautions=cautions,
        is_union=get_own_organisation(current_actor()).kind == OrganisationKind.UNION,
    )


def _preview(form: IntroductionForm, contact: Contact, payload: dict[str, Any]) -> str:
    form.shown.data = services.digest_of(payload, form.draft())
    receiver = dict(services.list_receivers(current_actor())).get(form.draft().receiver_id or contact.id, "")
    return render_template(
        "sharing/introduction_preview.html",
        form=form,
        contact=contact,
        receiver=receiver,
        rows=rows_of(payload),
        said_how=SAID_HOW,
        expires_at=now() + services.LASTS,
    )


def rows_of(payload: dict[str, Any]) -> list[tuple[str, str]]:
    """What goes or came, field by field, as people read it."""
    rows = [(_("Name"), payload["name"])]
    return rows + [(str(PASSED[name]), in_words(name, payload[name])) for name in PASSED if name in payload]


def in_words(name: str, value: Any) -> str:
    """One field's value in words."""
    if name == "sector":
        return str(SECTORS.get(value, value))
    if name == "phones":
        return ", ".join(spoken_phone(one) for one, _use in value)
    return ", ".join(one for one, _use in value) if name == "emails" else str(value)


@blueprint.post("/introductions/<uuid:introduction_id>/withdrawal")
@requires(Permission.CONTACTS_INTRODUCE)
def take_back_introduction(introduction_id: UUID) -> Response:
    """Take back what was sent, before it is answered."""
    services.take_back(current_actor(), introduction_id)
    db.session.commit()
    flash(_("Taken back: the partner no longer sees it."), "success")
    return redirect(url_for(".introductions"), 303)


@blueprint.get("/introductions/<uuid:introduction_id>")
@requires(Permission.CONTACTS_INTRODUCE)
def introduction(introduction_id: UUID) -> str:
    """What a partner sent, to be accepted or declined."""
    return _offer_page(introduction_id)


def _offer_page(
    introduction_id: UUID, cautions: Sequence[Caution] = (), confirmed: Sequence[str] = (), wrong: str = ""
) -> str:
    offer, payload = services.open_offer(current_actor(), introduction_id)
    return render_template(
        "sharing/introduction.html",
        offer=offer,
        sender=partner_names().get(offer.sender_id, ""),
        rows=rows_of(payload) if payload else [],
        consent=payload.get("consent"),
        said_on=date.fromisoformat(payload["consent"]["on"]) if payload else None,
        said_how=SAID_HOW,
        states=STATES,
        cautions=cautions,
        confirmed=confirmed,
        words=CONTACT_FIELDS,
        wrong=wrong,
    )


@blueprint.post("/introductions/<uuid:introduction_id>/acceptance")
@requires(Permission.CONTACTS_INTRODUCE)
def accept_introduction(introduction_id: UUID) -> Answer:
    """Take the person among our contacts."""
    actor, confirmed = current_actor(), request.form.getlist("confirmed")[:20]
    offer, _payload = services.open_offer(actor, introduction_id)
    sender = partner_names().get(offer.sender_id, "")
    try:
        contact_id = services.accept(actor, introduction_id, sender, confirmed=confirmed)
    except NeedsConfirmation as question:
        db.session.rollback()
        return _offer_page(introduction_id, question.cautions, confirmed), 422
    except Invalid as invalid:
        db.session.rollback()
        return _offer_page(introduction_id, wrong="; ".join(map(str, invalid.details.values()))), 422
    db.session.commit()
    flash(_("Among your contacts now. They expect to hear from you."), "success")
    return redirect(url_for("contacts.show", contact_id=contact_id), 303)


@blueprint.post("/introductions/<uuid:introduction_id>/refusal")
@requires(Permission.CONTACTS_INTRODUCE)
def decline_introduction(introduction_id: UUID) -> Response:
    """Let it be."""
    services.decline(current_actor(), introduction_id)
    db.session.commit()
    flash(_("Declined. What came is deleted."), "success")
    return redirect(url_for(".introductions"), 303)
