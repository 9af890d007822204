"""The blueprint that the pages of this domain share, and how a staff page finds its drive."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from ...platform.actor import Actor
from ...platform.db import get_or_404
from ...platform.errors import NotFound
from ...platform.permissions import Permission
from ..models import PledgeDrive
from ..queries import list_drives

blueprint = Blueprint("pledges", __name__)


def chosen_drive(actor: Actor) -> PledgeDrive | None:
    """The drive that the address names, else the campaign's present one; ``None`` where there is none yet."""
    named = request.args.get("drive")
    if named:
        try:
            return get_or_404(PledgeDrive, UUID(named))
        except ValueError:
            raise NotFound from None
    return next(iter(list_drives(actor.campaign_id)), None)


def tabs(actor: Actor, drive: PledgeDrive, current: str) -> list[tuple[str, str, bool]]:
    """The parts of a drive that this actor may open."""
    parts = [
        ("index", _("Tally"), True),
        ("signers", _("Signers"), actor.can(Permission.SIGNERS_VIEW)),
        ("sign_ons", _("Organisations"), True),
        ("representatives", _("Representatives"), True),
        ("updates.index", _("Updates"), actor.can(Permission.MAILINGS_VIEW)),
        ("figures", _("Own figures"), actor.can(Permission.SIGNERS_VIEW)),
        ("paper", _("Paper and stalls"), actor.can(Permission.PAPER_KEY)),
        ("links", _("Links to share"), True),
        ("embeds", _("Embed and sources"), True),
    ]
    made = [
        (label, url_for(name if "." in name else f"pledges.{name}", drive=drive.id), name == current)
        for name, label, may in parts
        if may
    ]
    if actor.can(Permission.CAMPAIGN_EDIT):
        made.append((_("Settings"), url_for("pledges.edit_drive", drive_id=drive.id), current == "settings"))
    return made


def settings(drive: PledgeDrive, current: str) -> dict[str, Any]:
    """What the head of every page of a drive's settings is drawn from."""
    parts = (
        ("edit_drive", _("Text")),
        ("translations", _("Languages")),
        ("questions", _("Questions")),
        ("look", _("Look")),
        ("dates", _("Dates")),
        ("milestones", _("Milestones")),
    )
    return {
        "drive": drive,
        "parts": [
            (label, url_for(f"pledges.{name}", drive_id=drive.id), name == current) for name, label in parts
        ],
    }
