"""The briefing: two pages about one person, to read on the way, as a page that prints and as a PDF."""

from pathlib import Path
from uuid import UUID

from flask import Response, render_template, request
from flask_babel import gettext as _

from organising.lobbying import queries
from organising.lobbying.briefing import LEVELS, Sheet, write_sheet
from organising.lobbying.views.blueprint import blueprint
from organising.organisations.queries import find_campaign
from organising.platform import audit
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.pdf import count_pages, make_pdf
from organising.platform.permissions import Permission
from organising.platform.places import shipped
from organising.representatives.names import fold

MOST_PAGES = 2


@blueprint.get("/representatives/<uuid:person_id>/briefing")
@requires(Permission.REPRESENTATIVES_VIEW)
def briefing(person_id: UUID) -> str:
    """Who they are, where they stand, what was said and promised, what to ask; ``?notes=1`` with the own notes."""
    sheet, may_read_notes = _sheet(person_id)
    return render_template(
        "lobbying/briefing.html", sheet=sheet, person_id=person_id, may_read_notes=may_read_notes
    )


@blueprint.get("/representatives/<uuid:person_id>/briefing.pdf")
@requires(Permission.REPRESENTATIVES_VIEW)
def briefing_pdf(person_id: UUID) -> Response:
    """The same as a PDF."""
    sheet, _may = _sheet(person_id)
    made = make_pdf(_template(), sheet)
    audit.record(current_actor(), "briefing.made", "person", person_id, notes=bool(sheet["mark"]))
    db.session.commit()
    name = "-".join([_("briefing"), *fold(str(sheet["name"])).split()])
    return Response(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"', "Cache-Control": "no-store"},
    )


def _sheet(person_id: UUID) -> tuple[Sheet, bool]:
    """The fullest sheet that fits on two pages."""
    actor = current_actor()
    may_read_notes = actor.can(Permission.NOTES_VIEW) or actor.can(Permission.NOTES_VIEW_OWN_UNIT)
    with_notes = may_read_notes and request.args.get("notes") == "1"
    dossier = queries.get_dossier(actor, person_id, engagements=LEVELS[0].headlines)
    campaign = find_campaign(actor)
    name = campaign.name if campaign else ""
    for level in LEVELS:
        sheet = write_sheet(actor, dossier, campaign=name, with_notes=with_notes, level=level)
        if count_pages(_template(), sheet) <= MOST_PAGES:
            break
    return sheet, may_read_notes


def _template() -> Path:
    return shipped("templates") / "lobbying" / "briefing.typ"
