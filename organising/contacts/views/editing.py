"""Adding a contact and changing it; putting it away and bringing it back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ...organisations.queries import list_units
from ...platform.access import current_actor, requires
from ...platform.cautions import Caution, NeedsConfirmation
from ...platform.conflicts import Difference, EditConflict
from ...platform.db import db, get_or_404
from ...platform.errors import Invalid
from ...platform.permissions import Permission, Role
from ..forms import ContactForm, kept_parts
from ..forms.fields import form_with, offer_chosen, shown_values, typed_values
from ..models import Contact
from ..phones import spoken_phone
from ..queries.fields import list_fields, list_values
from ..services import ContactDraft, DetailDraft, archive_contact, edit_contact, keep_contact, restore_contact
from ..services.fields import PREFIX
from ..services.keeping import kept_values
from ..words import FIELDS
from .blueprint import blueprint
from .saying import differences_in_words


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.CONTACTS_KEEP)
def new() -> str | Response | tuple[str, int]:
    """Add somebody."""
    form = form_with(list_fields())()
    _offer(form)
    if request.method == "GET":
        return _page(form)
    if form.wants_more:
        form.clear_errors()
        return _page(form)
    if not form.validate():
        return _page(form), 422
    try:
        contact = keep_contact(current_actor(), _draft(form), confirmed=form.confirmed())
    except NeedsConfirmation as question:
        return _page(form, cautions=question.cautions), 422
    except Invalid as invalid:
        form.show(invalid.details)
        return _page(form), 422
    after = url_for(".show", contact_id=contact.id, kept="new")
    db.session.commit()
    flash(_("Added to your contacts."), "success")
    return redirect(after, 303)


@blueprint.route("/<uuid:contact_id>/edit", methods=["GET", "POST"])
@requires(Permission.CONTACTS_KEEP)
def edit(contact_id: UUID) -> str | Response | tuple[str, int]:
    """Change somebody; where a colleague was quicker, show both and lose neither."""
    contact = get_or_404(Contact, contact_id)
    kept = kept_values(contact)
    fields, own = list_fields(), list_values([contact_id]).get(contact_id, {})
    form = form_with(fields)(data=_shown(contact, kept) | shown_values(fields, own))
    _offer(form, kept, own)
    if request.method == "GET":
        return _page(form, contact)
    if form.wants_more:
        form.clear_errors()
        return _page(form, contact)
    if not form.validate():
        return _page(form, contact), 422
    version = form.version.shown
    try:
        edit_contact(current_actor(), contact_id, _draft(form), version=version, confirmed=form.confirmed())
    except EditConflict as conflict:
        form.version.data = str(conflict.version)
        return _page(form, contact, differences=conflict.differences, sent_version=version), 409
    except NeedsConfirmation as question:
        return _page(form, contact, cautions=question.cautions), 422
    except Invalid as invalid:
        form.show(invalid.details)
        return _page(form, contact), 422
    db.session.commit()
    flash(_("Change kept."), "success")
    return redirect(url_for(".show", contact_id=contact_id, kept=f"{contact_id}-{version}"), 303)


@blueprint.post("/<uuid:contact_id>/archive")
@requires(Permission.CONTACTS_KEEP)
def archive(contact_id: UUID) -> Response:
    """Put somebody away."""
    archive_contact(current_actor(), contact_id)
    db.session.commit()
    return redirect(url_for(".show", contact_id=contact_id), 303)


@blueprint.post("/<uuid:contact_id>/archive/removal")
@requires(Permission.CONTACTS_KEEP)
def restore(contact_id: UUID) -> Response:
    """Bring somebody back."""
    restore_contact(current_actor(), contact_id)
    db.session.commit()
    flash(_("Back among your contacts."), "success")
    return redirect(url_for(".show", contact_id=contact_id), 303)


def _draft(form: ContactForm) -> ContactDraft:
    return replace(form.draft(), own=typed_values(form))


def _offer(
    form: ContactForm, kept: dict[str, Any] | None = None, own: Mapping[UUID, Any] | None = None
) -> None:
    offer_chosen(form, own or {})
    actor = current_actor()
    is_officer = actor.role is Role.OFFICER
    parts = (
        {}
        if kept is None
        else {"email": kept["emails"], "phone": _spoken(kept["phones"]), "address": kept["addresses"]}
    )
    form.offer([] if is_officer else list_units(), has_unit=is_officer, kept=kept_parts(parts))


def _spoken(phones: Sequence[DetailDraft]) -> list[DetailDraft]:
    return [
        DetailDraft(spoken_phone(one.value), one.use, "", one.valid_from, one.valid_until) for one in phones
    ]


def _shown(contact: Contact, kept: dict[str, Any]) -> dict[str, Any]:
    plain = ("kind", "name", "sector", "job", "workplace", "language", "source", "source_detail")
    return {name: kept[name] or "" for name in plain} | {
        "unit_id": str(contact.unit_id or ""),
        "tags": ", ".join(kept["tags"]),
        "version": str(contact.version),
    }


def _page(
    form: ContactForm,
    contact: Contact | None = None,
    *,
    cautions: Sequence[Caution] = (),
    differences: Sequence[Difference] = (),
    sent_version: int | None = None,
) -> str:
    return render_template(
        "contacts/form.html",
        form=form,
        contact=contact,
        cautions=cautions,
        confirmed=form.confirmed(),
        words=FIELDS | {f"{PREFIX}{one.id}": one.name for one in form.own_fields},
        own=[form[f"{PREFIX}{one.id}"] for one in form.own_fields],
        differences=differences_in_words(differences, form.own_fields),
        sent_version=sent_version,
    )
