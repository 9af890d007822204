"""An organisation's own figures in tables, the coalition's as a file, and the day's figures kept for funders."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from ...platform.access import current_actor, requires
from ...platform.clock import now
from ...platform.db import db, get_or_404
from ...platform.errors import Conflict
from ...platform.permissions import Permission
from ...platform.spreadsheet import download, table
from ...safeguards.services import record_export
from ...safeguards.terms import ExportKind
from .. import texts
from ..models import Kind, PledgeDrive
from ..queries import list_partners, list_shown_units, read_tally
from ..queries.own_figures import DIMENSIONS, UNALLOCATED, OwnTable, cell_labels, own_table
from ..services.counting import freeze_drive
from ..tables import as_lines, channel_labels, count_tables
from .blueprint import blueprint, chosen_drive, tabs

FILE_COLUMNS = ("counted as", "table", "cell", "at least")


def dimension_labels() -> dict[str, str]:
    """What one's own signers can be counted by."""
    return {
        "sector": _("Sector"),
        "constituency": _("Constituency"),
        "region": _("Region"),
        "unit": _("Unit"),
        "channel": _("Channel"),
        "day": _("Day"),
        "state": _("Confirmed or witnessed"),
    }


@blueprint.get("/pledges/figures")
@requires(Permission.SIGNERS_VIEW)
def figures() -> str | Response:
    """One's own signers by one or two of what is known of them; exact, and never another partner's."""
    actor = current_actor()
    drive = chosen_drive(actor)
    if drive is None:
        return render_template("pledges/none.html", may_create=actor.can(Permission.CAMPAIGN_EDIT))
    rows = _chosen("rows") or "sector"
    columns = _chosen("columns")
    columns = None if columns == rows else columns
    counted = own_table(drive.id, rows, columns)
    row_labels, column_labels = _labels(rows), _labels(columns) if columns else {}
    if request.args.get("format") == "csv":
        return _file(drive, counted, rows, row_labels, column_labels)
    return render_template(
        "pledges/figures.html",
        drive=drive,
        tabs=tabs(actor, drive, "figures"),
        organisation=actor.organisation_name,
        counted=counted,
        row_labels=row_labels,
        column_labels=column_labels,
        by_row=rows,
        by_column=columns or "",
        dimensions=dimension_labels(),
    )


@blueprint.get("/pledges/tally.csv")
@requires(Permission.PLEDGES_TOTALS)
def tally_file() -> AnyResponse:
    """The coalition's published tables as a file."""
    actor = current_actor()
    drive = chosen_drive(actor)
    if drive is None:
        return redirect(url_for("pledges.index"), 303)
    partners, names = list_partners(drive.campaign_id), cell_labels("constituency")
    units = list_shown_units(drive.id)
    lines: list[tuple[object, ...]] = []
    for kind in Kind:
        tally = read_tally(drive.id, "coalition", kind, by_constituency=True)
        lines += as_lines(kind, tally, count_tables(drive, tally, partners, names, units))
        lines += [(kind, "signed by", day, n) for day, n in tally.by("running").items()]
    record_export(actor, ExportKind.TOTALS, len(lines), what=f"totals of {drive.slug}")
    name = f"{drive.slug}-{now().date().isoformat()}.csv"
    db.session.commit()
    return download(table(FILE_COLUMNS, lines), name)


@blueprint.post("/pledges/drives/<uuid:drive_id>/frozen-tallies")
@requires(Permission.CAMPAIGN_EDIT)
def freeze(drive_id: UUID) -> AnyResponse:
    """Keep today's published figures under their date."""
    drive = get_or_404(PledgeDrive, drive_id)
    try:
        day = freeze_drive(current_actor(), drive)
    except Conflict as error:
        flash(str(error), "error")
        return redirect(url_for("pledges.index", drive=drive.id), 303)
    db.session.commit()
    flash(_("Today’s figures are kept. Give funders the address of this page."), "success")
    return redirect(url_for("pledges.frozen_tally", slug=drive.slug, day=day.isoformat()), 303)


def _chosen(name: str) -> str | None:
    given = request.args.get(name, "")
    return given if given in DIMENSIONS else None


def _labels(dimension: str) -> dict[str, str]:
    unknown = {UNALLOCATED: _("Not known")}
    fixed = {
        "sector": texts.sector_labels() | {UNALLOCATED: _("Not stated")},
        "channel": channel_labels(),
        "state": texts.state_labels(),
        "unit": cell_labels("unit") | {UNALLOCATED: _("No unit")},
    }
    return fixed.get(dimension) or cell_labels(dimension) | unknown


def _file(
    drive: PledgeDrive,
    counted: OwnTable,
    rows: str,
    row_labels: dict[str, str],
    column_labels: dict[str, str],
) -> Response:
    columns = [column for column in counted.columns if column in column_labels or column != "all"]
    header = [dimension_labels()[rows], *(column_labels.get(c, c) for c in columns), _("Total")]
    lines = [
        [row_labels.get(row, row), *(counted.cells.get((row, c), 0) for c in columns), counted.row_total(row)]
        for row in counted.rows
    ]
    lines.append([_("Total"), *(counted.column_total(c) for c in columns), counted.total])
    record_export(current_actor(), ExportKind.TOTALS, len(lines), what=f"own totals of {drive.slug}")
    name = f"{drive.slug}-own-{now().date().isoformat()}.csv"
    db.session.commit()
    return download(table(header, lines), name)
