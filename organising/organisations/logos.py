"""Logos: each partner's own, made anew from what was sent, and public for members and the lead only."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select

from ..files.doors import Door, open_door
from ..files.kinds import PICTURES
from ..files.services import check_file, refuse
from ..platform.actor import Actor
from ..platform.audit import record
from ..platform.db import db
from ..platform.errors import Forbidden, NotFound
from ..platform.permissions import Permission
from ..platform.pictures import Picture, made_anew
from .models import CampaignMember, CoalitionStatus, Organisation, PartnerLogo

LOGOS = open_door(
    Door(
        "logo",
        "file",
        kinds=PICTURES,
        most=2 * 2**20,
        otherwise="Only PNG, JPEG and WebP pictures, and this is none of them by its content.",
    )
)
# Drawn 40 to 64 pixels high; a page with ten of them still loads on a bad phone.
MOST_BYTES_KEPT = 6 * 2**10
SIZES = (320, 240, 180, 128, 96, 64)
DIGEST = 16


@dataclass(frozen=True)
class Signatory:
    """A member or the lead, as a public page shows it. ``digest``: its logo's, ``None`` where it has none."""

    name: str
    slug: str
    digest: str | None
    width: int | None
    height: int | None
    alt: str | None


def find_own_logo(actor: Actor) -> PartnerLogo | None:
    """The logo of the actor's organisation in its campaign."""
    return db.session.scalars(
        select(PartnerLogo).where(
            PartnerLogo.campaign_id == actor.campaign_id, PartnerLogo.organisation_id == actor.organisation_id
        )
    ).one_or_none()


def set_logo(actor: Actor, content: bytes | None, alt: str) -> PartnerLogo:
    """Keep a new picture, or other words for the present one. Raises :class:`Invalid` with ``file`` saying why not."""
    actor.check(Permission.UNITS_MANAGE)
    if actor.campaign_id is None:
        raise Forbidden("Your organisation takes part in no campaign.")
    logo = find_own_logo(actor)
    if logo is None:
        logo = PartnerLogo(campaign_id=actor.campaign_id, author_label=actor.author_label)
    if content is None and logo.content is None:
        refuse(LOGOS, "Choose a picture.")
    if content is not None:
        picture = _made_small(content)
        logo.digest = hashlib.sha256(picture.content).hexdigest()[:DIGEST]
        logo.kind, logo.content = picture.kind, picture.content
        logo.width, logo.height = picture.width, picture.height
    logo.alt, logo.author_label = alt, actor.author_label
    db.session.add(logo)
    db.session.flush()
    record(actor, "logo.set", "organisation", actor.organisation_id, digest=logo.digest)
    return logo


def remove_logo(actor: Actor) -> bool:
    """Take the logo away; returns whether there was one."""
    actor.check(Permission.UNITS_MANAGE)
    logo = find_own_logo(actor)
    if logo is None:
        return False
    db.session.delete(logo)
    record(actor, "logo.removed", "organisation", actor.organisation_id)
    return True


def get_logo(slug: str, digest: str) -> PartnerLogo:
    """A logo that the session's context may see. Raises :class:`NotFound`."""
    found = db.session.scalars(
        select(PartnerLogo)
        .join(Organisation, Organisation.id == PartnerLogo.organisation_id)
        .where(Organisation.slug == slug, PartnerLogo.digest == digest)
        .limit(1)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def list_signatories(campaign_id: UUID) -> list[Signatory]:
    """Members and the lead, by name, each with its logo where it has one."""
    statement = (
        select(
            Organisation.name,
            Organisation.slug,
            PartnerLogo.digest,
            PartnerLogo.width,
            PartnerLogo.height,
            PartnerLogo.alt,
        )
        .join(CampaignMember, CampaignMember.organisation_id == Organisation.id)
        .outerjoin(
            PartnerLogo,
            and_(
                PartnerLogo.campaign_id == CampaignMember.campaign_id,
                PartnerLogo.organisation_id == Organisation.id,
            ),
        )
        .where(
            CampaignMember.campaign_id == campaign_id,
            CampaignMember.coalition_status.in_([one for one in CoalitionStatus if one.may_be_published]),
            Organisation.left_at.is_(None),
        )
        .order_by(Organisation.name)
    )
    return [Signatory(*row) for row in db.session.execute(statement)]


def _made_small(content: bytes) -> Picture:
    clean = check_file(LOGOS, content)
    for longest in SIZES:
        picture = made_anew(clean.content, longest=longest, keep_transparency=True)
        if len(picture.content) <= MOST_BYTES_KEPT:
            break
    return picture
