"""Importing a list of units: upload, look, write."""

from uuid import UUID

from flask import Response, flash, request
from flask_babel import gettext as _
from flask_babel import ngettext

from ...files.doors import takes_files
from ...platform.access import current_actor, requires
from ...platform.db import db
from ...platform.errors import Invalid
from ...platform.permissions import Permission
from ...platform.spreadsheet import download, table
from .. import unit_import as services
from ..undoing import undo_list
from ..unit_forms import ApplyListForm, UnitListForm
from ..unit_rows import EXAMPLE
from ..words import OFFICER_ROLE_NAMES, deed_words
from . import blueprint
from .page import Answer, page, to

SHOWN = 200
NAMED = 10


@blueprint.get("/organisation/units/imports")
@requires(Permission.UNITS_MANAGE)
def unit_imports() -> str:
    return _upload_page(UnitListForm())


def _upload_page(form: UnitListForm) -> str:
    applied = services.list_imports(current_actor())
    return page("unit_imports", form=form, applied=applied, example=EXAMPLE, deed_words=deed_words)


@blueprint.post("/organisation/units/imports")
@requires(Permission.UNITS_MANAGE)
@takes_files(services.UNIT_LISTS)
def upload_units() -> Answer:
    form, file = UnitListForm(), request.files.get("file")
    content = file.read() if file else b""
    if not content:
        form.file.errors = [_("Choose a file.")]
        return _upload_page(form), 422
    try:
        kept = services.keep_file(current_actor(), content)
    except Invalid as error:
        db.session.rollback()
        form.file.errors = list(map(str, error.details.values())) or [error.message]
        return _upload_page(form), 422
    db.session.commit()
    return to("unit_import", unit_import_id=kept.id)


@blueprint.get("/organisation/units/imports/example.csv")
@requires(Permission.UNITS_MANAGE)
def example_list() -> Response:
    return download(table(EXAMPLE[0], EXAMPLE[1:]), "units-example.csv")


@blueprint.get("/organisation/units/imports/<uuid:unit_import_id>")
@requires(Permission.UNITS_MANAGE)
def unit_import(unit_import_id: UUID) -> str:
    """What the list would do; once it is applied, what it did."""
    actor = current_actor()
    found = services.get_import(actor, unit_import_id)
    if found.applied_at is not None:
        can_undo = services.can_undo(found)
        return page("unit_import_done", found=found, deed_words=deed_words, can_undo=can_undo)
    looked = services.look(actor, unit_import_id)
    return page(
        "unit_import",
        import_id=unit_import_id,
        counts=services.count(looked),
        wrong=[one for one in looked if one.wrong],
        changed=[one for one in looked if one.deeds],
        rows=len(looked),
        unreachable=sum("officer_added" in one.deeds and not one.row.email for one in looked),
        shown=SHOWN,
        form=ApplyListForm(),
        deed_words=deed_words,
        role_names=OFFICER_ROLE_NAMES,
    )


@blueprint.post("/organisation/units/imports/<uuid:unit_import_id>")
@requires(Permission.UNITS_MANAGE)
def apply_units(unit_import_id: UUID) -> Answer:
    services.apply(current_actor(), unit_import_id, invite=bool(ApplyListForm().invite.data))
    db.session.commit()
    flash(_("The list is in."), "success")
    return to("unit_import", unit_import_id=unit_import_id)


@blueprint.post("/organisation/units/imports/<uuid:unit_import_id>/removal")
@requires(Permission.UNITS_MANAGE)
def undo_units(unit_import_id: UUID) -> Answer:
    """Undo all that a list did, but for what was changed since."""
    left = undo_list(current_actor(), unit_import_id)
    db.session.commit()
    flash(_("The list is undone."), "success")
    if left:
        names = ", ".join(left[:NAMED]) + (" …" if len(left) > NAMED else "")
        flash(
            ngettext(
                "One unit stays as it is, since it was changed or used meanwhile: %(names)s",
                "%(num)d units stay as they are, since they were changed or used meanwhile: %(names)s",
                len(left),
                names=names,
            ),
            "info",
        )
    return to("unit_import", unit_import_id=unit_import_id)


@blueprint.post("/organisation/units/imports/<uuid:unit_import_id>/dropping")
@requires(Permission.UNITS_MANAGE)
def drop_units(unit_import_id: UUID) -> Answer:
    services.drop(current_actor(), unit_import_id)
    db.session.commit()
    flash(_("Nothing was written. The file is forgotten."), "info")
    return to("unit_imports")
