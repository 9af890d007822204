"""What is told without being asked: to the public, and to whoever answers for data protection."""

from flask import render_template

from ...organisations.queries import list_members, list_publishable, list_without_second_factor
from ...platform.access import Readers, current_actor, public, requires
from ...platform.clock import now
from ...platform.ownership import Base, Ownership
from ...platform.permissions import SEES_PEOPLE, Permission
from ...rights.processing import list_processing, list_processors
from ...safeguards.practice import find_live, holds_invented_people
from ...safeguards.queries import count_exports, find_standing, list_versions
from ...safeguards.storage import find_storage_off
from ..counts import told
from ..own_processing import agreement_in_words, list_measures, list_own_processing, list_recipients
from ..queries import count_disclosures, find_first_campaign
from ..services.erasing import count_kept
from .blueprint import blueprint


@blueprint.get("/transparency")
@public("who keeps what, for how long, and who asked for it, is everybody's to know", readers=Readers.BOTH)
def transparency() -> str:
    """Who keeps what, why, how long, with whose help; and what authorities asked for."""
    campaign = find_first_campaign()
    version = list_versions(campaign.id if campaign else None)[0]
    partners = [
        (name, find_storage_off(organisation_id) is not None, find_live(organisation_id) is not None)
        for organisation_id, name in (list_publishable(campaign.id) if campaign else [])
    ]
    return render_template(
        "assurance/transparency.html",
        partners=partners,
        version=version,
        processing=list_processing(version.terms),
        processors=list_processors(),
        disclosures=[(one.year, told(one.received), told(one.answered)) for one in count_disclosures()],
        invented=holds_invented_people(),
        at=now(),
    )


@blueprint.get("/organisation/processing-register")
@requires(Permission.EXPORTS_VIEW)
def processing_register() -> str:
    """The record of processing activities (Article 30), of this organisation, now."""
    return _pack("assurance/register.html")


@blueprint.get("/organisation/impact-assessment")
@requires(Permission.EXPORTS_VIEW)
def impact_assessment() -> str:
    """What an impact assessment needs to know, from the live configuration."""
    return _pack("assurance/impact.html")


def _pack(template: str) -> str:
    actor = current_actor()
    members = list_members(actor)
    without = list_without_second_factor(actor.organisation_id)
    tables = [one for one in Base.registry.mappers if hasattr(one.class_, "__ownership__")]
    sealed = sorted({one.class_.__tablename__ for one in tables if getattr(one.class_, "__sealed__", None)})
    return render_template(
        template,
        agreement=agreement_in_words(find_standing(actor.organisation_id, actor.campaign_id)),
        processing=list_own_processing(),
        recipients=list_recipients(),
        processors=list_processors(),
        kept=count_kept(),
        off=find_storage_off(actor.organisation_id),
        live=find_live(actor.organisation_id),
        invented=holds_invented_people(),
        see_people=[one for one in members if one.role in SEES_PEOPLE],
        without=without,
        owned=sum(one.class_.__ownership__ is Ownership.OWNED for one in tables),
        sealed=sealed,
        exports=count_exports(),
        at=now(),
        measures=list_measures(len(without)),
    )
