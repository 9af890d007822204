"""What was taken out as a file: who, when, how many, what for, under which clause."""

from flask import render_template, request

from ...contacts.words import REASONS
from ...organisations.queries import list_names
from ...platform.access import current_actor, requires
from ...platform.pagination import page
from ...platform.permissions import Permission
from ...safeguards.models import ExportRecord
from ...safeguards.queries import list_exports
from ..words import EXPORTS
from .blueprint import blueprint


@blueprint.get("/organisation/exports")
@requires(Permission.EXPORTS_VIEW)
def exports() -> str:
    """The organisation's own, the latest first."""
    found = page(
        list_exports(),
        order_by=[ExportRecord.created_at, ExportRecord.id],
        cursor=request.args.get("cursor"),
        size=50,
        descending=True,
    )
    return render_template(
        "assurance/exports.html",
        page=found,
        names=list_names(current_actor()),
        kinds=EXPORTS,
        reasons=REASONS,
    )
