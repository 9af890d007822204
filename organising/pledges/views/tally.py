"""The tally and the links to share: for every member, without a person in sight."""

from flask import render_template
from flask_babel import gettext as _

from ...platform.access import current_actor, requires
from ...platform.links import address_of_page
from ...platform.permissions import Permission
from ...platform.ui import number
from .. import texts
from ..chart import draw_curve
from ..models import PledgeDrive
from ..queries import (
    PublishedTally,
    count_own,
    get_campaign,
    get_wording,
    list_drives,
    list_partners,
    read_tally,
)
from .blueprint import blueprint, chosen_drive, tabs


@blueprint.get("/pledges")
@requires(Permission.PLEDGES_TOTALS)
def index() -> str:
    """Where the pledge stands: the coalition's published tally beside one's own exact figures."""
    actor = current_actor()
    drive = chosen_drive(actor)
    if drive is None:
        return render_template("pledges/none.html", may_create=actor.can(Permission.CAMPAIGN_EDIT))
    public, coalition = read_tally(drive.id), read_tally(drive.id, "coalition")
    own = count_own(drive.id)
    return render_template(
        "pledges/index.html",
        drive=drive,
        drives=list_drives(actor.campaign_id),
        tabs=tabs(actor, drive, "index"),
        organisation=actor.organisation_name,
        own=own,
        total=coalition.total if coalition.total is not None else public.total,
        is_exact=coalition.total is not None,
        as_of=coalition.as_of or public.as_of,
        curve=draw_curve(public.by("running")),
        running=public.by("running"),
        sectors=_rows(public, coalition, "sector", own.by_sector, texts.sector_label),
        organisations=_organisations(drive, public, coalition),
        days=_rows(public, coalition, "day", own.by_day, str)[::-1],
        public_page=address_of_page("pledges.sign", slug=drive.slug),
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


def _rows(
    public: PublishedTally, coalition: PublishedTally, dimension: str, own: dict[str, int], label: object
) -> list[tuple[str, str, int]]:
    """``(label, words for the coalition's cell, own exact number)`` per cell, the published cells and one's own."""
    assert callable(label)
    exact, rounded = coalition.by(dimension), public.by(dimension)
    cells = sorted(set(exact) | set(rounded) | set(own))
    return [
        (label(cell), cell_words(exact.get(cell), rounded.get(cell), cell in rounded), own.get(cell, 0))
        for cell in cells
    ]


def cell_words(exact: int | None, rounded: int | None, is_published: bool) -> str:
    """A published cell in words: exact, about, fewer than ten, or not counted yet."""
    if exact is not None:
        return number(exact)
    if rounded is not None:
        return _("about %(number)s", number=number(rounded))
    return _("fewer than 10") if is_published else _("not counted yet")


def _organisations(
    drive: PledgeDrive, public: PublishedTally, coalition: PublishedTally
) -> list[tuple[str, str]]:
    names = {str(partner.id): partner.short_name for partner in list_partners(drive.campaign_id)}
    cells = coalition.by("organisation") or public.by("organisation")
    rows = [(names.get(cell, _("Other partners")), n) for cell, n in cells.items()]
    # By name: a table by size would rank partners, and small branches are not to be shamed.
    return [(name, cell_words(None, n, True)) for name, n in sorted(rows, key=lambda row: row[0].casefold())]
