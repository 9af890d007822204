"""Asking a contact by email whether they agree, and what came of it."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.contacts.models import Contact
from organising.contacts.words import PURPOSES
from organising.outreach import words
from organising.outreach.forms import RequestForm
from organising.outreach.models import ConsentRequest
from organising.outreach.queries.requests import list_requests
from organising.outreach.services.asking import ask_to_confirm, asked_until, first_email
from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.db import db, get_or_404
from organising.platform.errors import Invalid
from organising.platform.panels import Panel, register
from organising.platform.permissions import Permission
from organising.platform.ui import longdate

from .blueprint import blueprint


@blueprint.route("/contacts/<uuid:contact_id>/question", methods=["GET", "POST"])
@requires(Permission.CONTACTS_KEEP)
def ask_consent(contact_id: UUID) -> Response | str | tuple[str, int]:
    """Have a contact say by email whether they agree."""
    contact = get_or_404(Contact, contact_id)
    form = RequestForm()
    form.key()
    if not form.is_submitted():
        return _page(contact, form)
    if not form.validate():
        return _page(contact, form), 422
    try:
        ask_to_confirm(
            current_actor(), contact_id, form.purposes.data or (), submission_key=form.submission()
        )
    except Invalid as invalid:
        form.show(invalid.details)
        return _page(contact, form), 422
    db.session.commit()
    flash(_("They are asked by email. Until they say yes, they get nothing."), "success")
    return redirect(url_for("contacts.show", contact_id=contact_id, _anchor="consent"), 303)


def _page(contact: Contact, form: RequestForm) -> str:
    return render_template(
        "outreach/ask_consent.html",
        contact=contact,
        form=form,
        has_email=first_email(contact.id) is not None,
        organisation=current_actor().organisation_name,
    )


def _asked(actor: Actor, *, contact_id: UUID, **_about: Any) -> Panel | None:
    """On a contact's page: what they were asked by email, and what they answered."""
    found = list_requests(contact_id)
    if not found:
        return None
    return Panel(_("Asked by email"), tuple((longdate(one.created_at), _said(one)) for one in found))


def _said(request: ConsentRequest) -> str:
    asked = ", ".join(str(PURPOSES[one]) for one in request.wordings)
    if request.confirmation_refused_at is not None:
        return f"{asked}: {_('could not be delivered')}"
    said = words.ANSWERS[request.state]  # type: ignore[index]
    if request.state == "pending":
        return f"{asked}: {said} ({_('until %(day)s', day=longdate(asked_until(request)))})"
    return f"{asked}: {said}"


register("contact_asked", _asked)
