"""A poster with the code that leads to one's own link, to print and hang up."""

from uuid import UUID

from flask import Response
from flask_babel import gettext as _

from ...platform.access import current_actor, requires
from ...platform.db import get_or_404
from ...platform.errors import NotFound
from ...platform.links import address_of_page
from ...platform.pdf import make_pdf
from ...platform.permissions import Permission
from ...platform.pictures import qr_svg
from ...platform.places import shipped
from ..models import DriveStatus, PledgeDrive
from ..queries import get_campaign
from ..services.paper_signatures import get_own_partner
from .blueprint import blueprint


@blueprint.get("/pledges/drives/<uuid:drive_id>/poster.pdf")
@requires(Permission.PLEDGES_TOTALS)
def poster(drive_id: UUID) -> Response:
    """One's own organisation's poster as a PDF; of a pledge that people can open."""
    drive = get_or_404(PledgeDrive, drive_id)
    if drive.status not in (DriveStatus.OPEN, DriveStatus.CLOSED):
        raise NotFound
    own = get_own_partner(current_actor(), drive.campaign_id)
    address = address_of_page("pledges.sign", slug=drive.slug, via=own.slug)
    values = {
        "title": drive.title,
        "standfirst": drive.standfirst,
        "campaign": get_campaign(drive).name,
        "scan": _("Scan the code with your phone, and sign in half a minute."),
        "holder": _("%(organisation)s holds your signature, and nobody else unless you say so.", organisation=own.name),
        "qr": qr_svg(address),
        "address": address.split("://", 1)[-1],
    }  # fmt: skip
    return Response(
        make_pdf(shipped("templates") / "pledges" / "poster.typ", values),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="poster-{drive.slug}-{own.slug}.pdf"'},
    )
