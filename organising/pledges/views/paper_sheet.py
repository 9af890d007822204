"""The sheet to print and sign on, with the words of the drive, the boxes, and a QR code to sign online."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_babel import gettext as _

from ...platform.access import current_actor, requires
from ...platform.actor import Actor
from ...platform.db import get_or_404
from ...platform.links import address_of_page
from ...platform.pdf import count_pages, make_pdf
from ...platform.permissions import Permission
from ...platform.pictures import qr_svg
from ...platform.places import shipped
from ..models import PledgeDrive
from ..queries import get_campaign, get_lead, get_wording, list_partners
from ..services.paper_batches import check_drive
from ..services.paper_scans import SCAN_DAYS
from ..services.paper_signatures import get_own_partner
from ..texts import DETAILS_DAYS, MINIMUM_AGE, lead_consent, pledge_consent, updates_consent
from .blueprint import blueprint

# As many lines as leave room for the words.
LINES = (14, 13, 12, 11, 10, 9, 8, 6)


@blueprint.get("/pledges/drives/<uuid:drive_id>/sheet.pdf")
@requires(Permission.PAPER_KEY)
def sheet(drive_id: UUID) -> Response:
    """One's own organisation's sheet as a PDF."""
    drive = get_or_404(PledgeDrive, drive_id)
    check_drive(drive)
    template = shipped("templates") / "pledges" / "paper" / "sheet.typ"
    values = sheet_values(current_actor(), drive)
    fits = (n for n in LINES if count_pages(template, values | {"lines": n}) == 1)
    made = make_pdf(template, values | {"lines": next(fits, LINES[-1])})
    name = f"sheet-{drive.slug}-version-{drive.wording_version}.pdf"
    return Response(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def sheet_values(actor: Actor, drive: PledgeDrive) -> dict[str, Any]:
    """What stands on the sheet."""
    own = get_own_partner(actor, drive.campaign_id)
    lead = get_lead(drive, list_partners(drive.campaign_id))
    address = address_of_page("pledges.sign", slug=drive.slug, via=own.slug)
    boxes = [("A", updates_consent(own.short_name))]
    if lead != own:
        boxes.append(("B", lead_consent(lead.short_name)))
    return {
        "title": drive.title,
        "campaign": get_campaign(drive).name,
        "wording": [line for line in get_wording(drive).split("\n") if line.strip()],
        "consent": pledge_consent(own.name),
        "boxes": boxes,
        "columns": [
            _("Name"),
            _("Postcode"),
            _("Email (if you like)"),
            *(box for box, _words in boxes),
        ],
        "lines": LINES[-1],
        "event": _("Where and when:"),
        "count": _("Signatures on this sheet:"),
        "qr": qr_svg(address),
        "online": _("Or sign on your own phone"),
        "address": address.split("://", 1)[-1],
        "privacy": _privacy(own.name),
        "version": _("Version %(number)d of the wording", number=drive.wording_version),
        "keep": _("Keep this sheet face down between signers, and hand it in the same day."),
    }


def _privacy(organisation: str) -> list[str]:
    return [
        _("You must be %(age)d or over to sign.", age=MINIMUM_AGE),
        _(
            "%(organisation)s holds what you write here, and nobody else, unless you tick a box. The other partners see "
            "how many have signed. They never see who.",
            organisation=organisation,
        ),
        _("If you write your email address, you get one email, with which you can confirm or withdraw your signature."),
        _(
            "If you tick no box, what you wrote is deleted %(days)d days after your signature is counted; a code "
            "that only says “counted” stays. Photographs of this sheet are deleted after %(scan_days)d days, and the sheet "
            "itself is destroyed.",
            days=DETAILS_DAYS, scan_days=SCAN_DAYS,
        ),
        _(
            "Nobody asks about nationality or immigration status. To take your signature back, write to %(organisation)s.",
            organisation=organisation,
        ),
    ]  # fmt: skip
