"""The tally and the links to share: for every member, without a person in sight."""

from flask import render_template

from ...platform.access import current_actor, requires
from ...platform.clock import now
from ...platform.links import address_of_page
from ...platform.permissions import Permission
from ..chart import draw_curve
from ..models import Kind, PledgeDrive
from ..queries import (
    PublishedTally,
    count_own,
    find_check,
    get_campaign,
    get_wording,
    list_drives,
    list_frozen,
    list_milestones,
    list_partners,
    list_shown_units,
    read_tally,
)
from ..queries.alerts import list_alerts
from ..queries.own_figures import cell_labels, count_witnessed, own_table
from ..tables import count_tables
from .alerts import shown
from .blueprint import blueprint, chosen_drive, tabs

COUNTED_BY = ("sector", "region", "constituency", "unit", "channel")


@blueprint.get("/pledges")
@requires(Permission.PLEDGES_TOTALS)
def index() -> str:
    """Where the pledge stands: the coalition's published tally beside one's own exact figures."""
    actor = current_actor()
    drive = chosen_drive(actor)
    if drive is None:
        return render_template("pledges/none.html", may_create=actor.can(Permission.CAMPAIGN_EDIT))
    tally = read_tally(drive.id, "coalition", by_constituency=True)
    sees_signers = actor.can(Permission.SIGNERS_VIEW)
    own, milestones = count_own(drive.id), list_milestones(drive.id)
    return render_template(
        "pledges/index.html",
        drive=drive,
        alerts=[shown(alert) for alert in list_alerts(drive.id, now())] if sees_signers else [],
        may_judge=actor.can(Permission.SIGNERS_INVALIDATE),
        drives=list_drives(actor.campaign_id),
        tabs=tabs(actor, drive, "index"),
        organisation=actor.organisation_name,
        own=own,
        own_witnessed=count_witnessed(drive.id),
        own_figures=_own_figures(drive),
        tally=tally,
        witnessed=read_tally(drive.id, "coalition", Kind.WITNESSED).total,
        curve=draw_curve(tally.by("running"), [one.number for one in milestones]),
        milestones=milestones,
        running=tally.by("running"),
        tables=count_tables(
            drive,
            tally,
            list_partners(drive.campaign_id),
            cell_labels("constituency"),
            list_shown_units(drive.id),
        ),
        days=_days(tally, own.by_day),
        check=find_check(drive.id),
        frozen=list_frozen(drive.id),
        may_freeze=actor.can(Permission.CAMPAIGN_EDIT) and drive.status in ("open", "closed"),
        may_create=actor.can(Permission.CAMPAIGN_EDIT),
        may_cross=sees_signers,
    )


@blueprint.get("/pledges/links")
@requires(Permission.PLEDGES_TOTALS)
def links() -> str:
    """Each partner's own link: who signs through it is that partner's signer."""
    actor = current_actor()
    drive = chosen_drive(actor)
    if drive is None:
        return render_template("pledges/none.html", may_create=actor.can(Permission.CAMPAIGN_EDIT))
    partners = list_partners(drive.campaign_id)
    return render_template(
        "pledges/links.html",
        drive=drive,
        tabs=tabs(actor, drive, "links"),
        campaign=get_campaign(drive),
        wording=get_wording(drive),
        own=[p for p in partners if p.id == actor.organisation_id],
        others=[p for p in partners if p.id != actor.organisation_id],
        link_of=lambda partner: address_of_page("pledges.sign", slug=drive.slug, via=partner.slug),
    )


def _own_figures(drive: PledgeDrive) -> dict[str, dict[str, int]]:
    """One's own exact numbers for the columns beside the coalition's."""
    tables = {name: own_table(drive.id, name, kind=Kind.CONFIRMED) for name in COUNTED_BY}
    return {name: {row: table.row_total(row) for row in table.rows} for name, table in tables.items()}


def _days(tally: PublishedTally, own: dict[str, int]) -> list[tuple[str, int, int]]:
    """Newest first: by how much the published count rose on a day, and one's own signers of it."""
    published = tally.by("day")
    return [
        (day, published.get(day) or 0, own.get(day, 0)) for day in sorted(set(published) | set(own))[::-1]
    ]
