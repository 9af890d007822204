"""The public's tables of a pledge: as published now, and as kept on a day for funders. Read by anybody, with no person in sight."""

from datetime import date

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from ...platform.access import own_context, public
from ...platform.clock import now
from ...platform.errors import NotFound
from ...platform.spreadsheet import download, table
from ...platform.tenancy import ANONYMOUS, use_context
from ..chart import draw_curve
from ..models import DriveStatus, Kind, PledgeDrive
from ..queries import (
    PublishedTally,
    get_campaign,
    get_frozen,
    get_public_drive,
    list_milestones,
    list_partners,
    read_tally,
)
from ..queries.own_figures import cell_labels
from ..tables import CountTable, as_lines, count_tables
from .blueprint import blueprint

READ = "anyone may read the published figures"
COLUMNS = ("counted as", "table", "cell", "at least")
Told = dict[str, tuple[PublishedTally, list[CountTable]]]


@blueprint.get("/pledge/<slug>/tally")
@public(READ)
@own_context
def public_tally(slug: str) -> str | Response:
    """How many have signed, by what the coalition counts; ``format=csv`` gives it as a file."""
    with use_context(ANONYMOUS):
        drive = get_public_drive(slug)
        if drive.status == DriveStatus.ARCHIVED:
            # What was kept of it stays; what moved has ended.
            raise NotFound
        told = _told(drive, {kind: read_tally(drive.id, kind=kind, by_constituency=True) for kind in Kind})
        if request.args.get("format") == "csv":
            return _file(drive, told, now().date())
        return _page(drive, told, None)


@blueprint.get("/pledge/<slug>/tally/<day>")
@public(READ)
@own_context
def frozen_tally(slug: str, day: str) -> str | Response:
    """The figures as they were kept on a day; they never change."""
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise NotFound from None
    with use_context(ANONYMOUS):
        drive = get_public_drive(slug)
        told = _told(drive, get_frozen(drive.id, on))
        if request.args.get("format") == "csv":
            return _file(drive, told, on)
        return _page(drive, told, on)


def _told(drive: PledgeDrive, tallies: dict[Kind, PublishedTally] | dict[str, PublishedTally]) -> Told:
    partners, constituencies = list_partners(drive.campaign_id), cell_labels("constituency")
    return {
        str(kind): (tally, count_tables(drive, tally, partners, constituencies))
        for kind, tally in tallies.items()
    }


def _page(drive: PledgeDrive, told: Told, day: date | None) -> str:
    tally, tables = told[Kind.CONFIRMED]
    running = tally.by("running")
    milestones = list_milestones(drive.id)
    address = (
        url_for("pledges.frozen_tally", slug=drive.slug, day=day, format="csv")
        if day
        else url_for("pledges.public_tally", slug=drive.slug, format="csv")
    )
    return render_template(
        "pledges/tally.html",
        drive=drive,
        campaign=get_campaign(drive),
        tally=tally,
        tables=tables,
        witnessed=told[Kind.WITNESSED][0].total,
        curve=draw_curve(running, [one.number for one in milestones]),
        running=running,
        day=day,
        file=address,
        title=_("The count on a day") if day else _("The count"),
    )


def _file(drive: PledgeDrive, told: Told, day: date) -> Response:
    lines: list[tuple[object, ...]] = [("as of", "", "", told[Kind.CONFIRMED][0].as_of)]
    for kind, (tally, tables) in told.items():
        lines += as_lines(kind, tally, tables)
    return download(table(COLUMNS, lines), f"{drive.slug}-{day.isoformat()}.csv")
