"""Notes about a contact, and where it was."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ...platform.access import current_actor, requires
from ...platform.cautions import NeedsConfirmation
from ...platform.db import db, get_or_404
from ...platform.errors import Invalid
from ...platform.permissions import Permission
from ..forms import NoteForm
from ..models import Contact
from ..services import add_note, remove_note, restore_note
from ..services.presences import put_to_occasion, take_from_occasion
from .blueprint import blueprint
from .showing import render_contact


@blueprint.post("/<uuid:contact_id>/notes")
@requires(Permission.CONTACTS_KEEP)
def write_note(contact_id: UUID) -> Response | tuple[str, int]:
    """Write a note for colleagues."""
    contact, form = get_or_404(Contact, contact_id), NoteForm()
    try:
        add_note(
            current_actor(),
            contact_id,
            form.body.data or "",
            submission_key=form.key(),
            confirmed=form.confirmed(),
        )
    except NeedsConfirmation as question:
        return render_contact(contact, form, question.cautions), 422
    except Invalid as invalid:
        form.show(invalid.details)
        return render_contact(contact, form), 422
    db.session.commit()
    flash(_("Note kept."), "success")
    return redirect(url_for(".show", contact_id=contact_id, kept="note", _anchor="timeline"), 303)


@blueprint.post("/<uuid:contact_id>/notes/<uuid:note_id>/removal")
@requires(Permission.CONTACTS_KEEP)
def take_note(contact_id: UUID, note_id: UUID) -> Response:
    """Take a note away; the answer offers the way back."""
    remove_note(current_actor(), contact_id, note_id)
    db.session.commit()
    return redirect(url_for(".show", contact_id=contact_id, removed=note_id, _anchor="timeline"), 303)


@blueprint.post("/<uuid:contact_id>/notes/<uuid:note_id>/removal/undo")
@requires(Permission.CONTACTS_KEEP)
def put_note_back(contact_id: UUID, note_id: UUID) -> Response:
    """Put a note back."""
    restore_note(current_actor(), contact_id, note_id)
    db.session.commit()
    flash(_("The note is back."), "success")
    return redirect(url_for(".show", contact_id=contact_id, _anchor="timeline"), 303)


@blueprint.post("/<uuid:contact_id>/occasions")
@requires(Permission.CONTACTS_KEEP)
def join_occasion(contact_id: UUID) -> Response:
    """Write down that somebody was there."""
    put_to_occasion(current_actor(), contact_id, request.form.get("occasion") or "")
    db.session.commit()
    flash(_("Written down."), "success")
    return redirect(url_for(".show", contact_id=contact_id, _anchor="timeline"), 303)


@blueprint.post("/<uuid:contact_id>/occasions/removal")
@requires(Permission.CONTACTS_KEEP)
def leave_occasion(contact_id: UUID) -> Response:
    """Take it out again."""
    take_from_occasion(current_actor(), contact_id, request.form.get("occasion") or "")
    db.session.commit()
    flash(_("Taken out. You can write it down again."), "success")
    return redirect(url_for(".show", contact_id=contact_id, _anchor="timeline"), 303)
