"""How an office asked to be written to: kept by those who keep the public facts."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.platform.access import current_actor, requires
from organising.platform.db import get_or_404
from organising.platform.permissions import Permission
from organising.platform.tenancy import writing_reference
from organising.representatives.forms.preferences import ContactPreferenceForm
from organising.representatives.models import Person
from organising.representatives.services.preferences import prefer_contact
from organising.representatives.views.blueprint import blueprint


@blueprint.route("/<uuid:person_id>/contact-preference", methods=["GET", "POST"])
@requires(Permission.REPRESENTATIVES_IMPORT)
def contact_preference(person_id: UUID) -> str | Response | tuple[str, int]:
    """Say how an office wants to be written to; every partner's mailings heed it."""
    person = get_or_404(Person, person_id)
    form = ContactPreferenceForm(
        preference=person.contact_preference or "", note=person.contact_preference_note or ""
    )
    form.offer()
    if form.validate_on_submit():
        actor = current_actor()
        with writing_reference(actor):
            prefer_contact(actor, person_id, form.preference.data or "", form.note.data or "")
        flash(_("Kept. Mailings that are not signed off yet heed it, and so does the sending."), "success")
        return redirect(url_for(".show", person_id=person_id), 303)
    page = render_template("representatives/contact_preference.html", form=form, person=person)
    return (page, 422) if form.errors else page
