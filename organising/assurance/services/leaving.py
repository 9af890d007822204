"""A partner leaves: it takes all that is its own, is erased here, and its key is destroyed. Totals and what it shared stay."""

from dataclasses import dataclass
from datetime import timedelta
from typing import IO

from flask_babel import gettext as _
from sqlalchemy import text, update

from ...organisations.keys import destroy_key
from ...organisations.models import CampaignMember, CoalitionStatus, Invitation, Organisation
from ...organisations.queries import is_lead
from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import now
from ...platform.db import db
from ...platform.departures import announce_departure
from ...platform.errors import Conflict, Invalid
from ...platform.permissions import Permission
from ...safeguards.practice import find_live
from ...safeguards.services import record_export
from ...safeguards.terms import ExportKind
from ..models import Departure
from ..queries import find_departure
from .erasing import Kept, check_erasable, erase_people
from .handing_over import Handed, write_archive

# What was taken earlier lacks what came since.
FRESH = timedelta(hours=24)


@dataclass(frozen=True)
class Receipt:
    """What a partner that left is told: what it took, by its hash, and what was erased."""

    organisation: str
    rows_handed: int
    digest: str
    kept: Kept
    keys: int
    memberships: int


def take_everything(actor: Actor, target: IO[bytes]) -> Handed:
    """Write the archive and note its hash. It may be taken without leaving."""
    actor.check(Permission.ASSURANCE_MANAGE)
    handed = write_archive(actor, target)
    assert actor.user_id is not None
    db.session.add(
        Departure(
            organisation_id=actor.organisation_id,
            user_id=actor.user_id,
            author_label=actor.author_label,
            rows_handed=handed.rows,
            digest=handed.digest,
        )
    )
    record_export(actor, ExportKind.LEAVING, handed.rows)
    record(actor, "organisation.everything_taken", "organisation", actor.organisation_id, count=handed.rows)
    return handed


def why_not_leave(actor: Actor) -> str | None:
    """Why the organisation can't leave now, in words; None where it may."""
    if actor.campaign_id is None:
        return str(_("Your organisation takes part in no campaign."))
    if is_lead(actor):
        return str(_("The lead can’t leave. Let another partner lead first."))
    taken = find_departure()
    if taken is None or taken.created_at < now() - FRESH:
        return str(_("Take everything that is yours first; it may be 24 hours old at most."))
    try:
        check_erasable()
    except Conflict as conflict:
        return conflict.message
    return None


def leave(actor: Actor, typed_name: str) -> Receipt:
    """Erase, destroy the key, end every membership. In one transaction, under the purpose ``coalition``.

    Raises :class:`Conflict` with the reason, :class:`Invalid` without the organisation's name.
    """
    actor.check(Permission.ASSURANCE_MANAGE)
    if reason := why_not_leave(actor):
        raise Conflict(reason)
    if typed_name.strip().casefold() != actor.organisation_name.casefold():
        raise Invalid(
            _("Type your organisation’s name."),
            name=_("Type %(name)s: nobody can undo this.", name=actor.organisation_name),
        )
    taken = find_departure()
    assert taken is not None
    kept = erase_people(actor)
    taken.left_at, taken.rows_erased = now(), kept.total
    if (live := find_live(actor.organisation_id)) is not None:
        live.end(now(), actor.author_label)
    record(
        actor,
        "organisation.left",
        "organisation",
        actor.organisation_id,
        rows_handed=taken.rows_handed,
        erased=kept.total,
        digest=taken.digest[:16],
    )
    keys = destroy_key(actor)
    db.session.flush()
    announce_departure(actor, actor.organisation_id)
    ended = _end_everything(actor)
    return Receipt(actor.organisation_name, taken.rows_handed, taken.digest, kept, keys, ended)


def _end_everything(actor: Actor) -> int:
    at = now()
    db.session.execute(
        update(Invitation)
        .where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
        .values(withdrawn_at=at)
        .execution_options(synchronize_session=False)
    )
    member = db.session.get_one(CampaignMember, (actor.campaign_id, actor.organisation_id))
    member.coalition_status = CoalitionStatus.LEFT
    db.session.get_one(Organisation, actor.organisation_id).left_at = at
    db.session.flush()
    return int(db.session.scalar(text("SELECT app.end_memberships()")) or 0)
