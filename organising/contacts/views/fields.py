"""Fields of the organisation's own: everybody sees which there are; an admin defines, renames and archives them."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ...platform.access import current_actor, requires
from ...platform.db import db, get_or_404
from ...platform.errors import Conflict, Invalid
from ...platform.forms import PlainForm
from ...platform.permissions import Permission
from ..forms.fields import FieldForm
from ..models import ContactField
from ..queries.fields import OwnField, list_fields
from ..services.fields import add_field, count_filled, edit_field, remove_field, restore_field
from ..words import FIELD_KINDS
from .blueprint import blueprint


@blueprint.get("/fields")
@requires(Permission.CONTACTS_KEEP)
def fields() -> str:
    """Which fields there are, and in how many contacts something stands in them."""
    return render_template(
        "contacts/fields.html",
        fields=list_fields(removed=True),
        filled=count_filled(),
        kinds=FIELD_KINDS,
        may_edit=current_actor().can(Permission.CONTACTS_SETTINGS),
        form=PlainForm(formdata=None),
    )


@blueprint.route("/fields/new", methods=["GET", "POST"])
@requires(Permission.CONTACTS_SETTINGS)
def new_field() -> str | Response | tuple[str, int]:
    """Define a field."""
    form = FieldForm()
    if not form.is_submitted():
        return render_template("contacts/field.html", form=form, field=None)
    try:
        if not form.validate():
            raise Invalid("")
        field = add_field(current_actor(), form.name.data or "", form.kind.data or "", form.lines())
    except Invalid as invalid:
        form.show(invalid.details)
        return render_template("contacts/field.html", form=form, field=None), 422
    name = field.name
    db.session.commit()
    flash(_("“%(name)s” stands on the form of every contact now.", name=name), "success")
    return redirect(url_for(".fields"), 303)


@blueprint.route("/fields/<uuid:field_id>/edit", methods=["GET", "POST"])
@requires(Permission.CONTACTS_SETTINGS)
def change_field(field_id: UUID) -> str | Response | tuple[str, int]:
    """Rename a field and the words to choose, add words, and put words away."""
    field = _own(field_id)
    form = FieldForm(data={"name": field.name, "kind": field.field.kind})
    if not form.is_submitted():
        return render_template("contacts/field.html", form=form, field=field, drafts=_options(field))
    drafts = form.drafts(field)
    try:
        if not form.validate():
            raise Invalid("")
        edit_field(current_actor(), field.id, form.name.data or "", drafts)
    except Invalid as invalid:
        form.show(invalid.details)
        sent = [(str(one.id), one.name, one.is_removed) for one in drafts if one.id]
        return render_template("contacts/field.html", form=form, field=field, drafts=sent), 422
    db.session.commit()
    flash(_("Change kept."), "success")
    return redirect(url_for(".fields"), 303)


@blueprint.post("/fields/<uuid:field_id>/removal")
@requires(Permission.CONTACTS_SETTINGS)
def remove_field_page(field_id: UUID) -> Response:
    """Archive a field."""
    name = remove_field(current_actor(), field_id).name
    db.session.commit()
    flash(
        _("“%(name)s” is archived. What was written in it is kept: bring it back below.", name=name),
        "success",
    )
    return redirect(url_for(".fields"), 303)


@blueprint.post("/fields/<uuid:field_id>/restoration")
@requires(Permission.CONTACTS_SETTINGS)
def restore_field_page(field_id: UUID) -> Response:
    """Bring a field back."""
    restore_field(current_actor(), field_id)
    db.session.commit()
    flash(_("The field is back."), "success")
    return redirect(url_for(".fields"), 303)


def _own(field_id: UUID) -> OwnField:
    field = get_or_404(ContactField, field_id)
    if field.removed_at is not None:
        raise Conflict(_("This field is archived. Bring it back before you change it."))
    return next(one for one in list_fields() if one.id == field.id)


def _options(field: OwnField) -> list[tuple[str, str, bool]]:
    return [(str(one.id), one.name, one.removed_at is not None) for one in field.options]
