"""Going live: four things hold, an admin says so, and real people may come in. Going back is one button."""

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import format_date
from flask_babel import gettext as _

from ...organisations import queries as organisations
from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.backup.records import RunKind, find_last_run, was_restored_once
from ...platform.clock import now
from ...platform.db import db
from ...platform.errors import Conflict, Forbidden
from ...platform.permissions import Permission
from ...safeguards.models import GoingLive
from ...safeguards.practice import find_live, holds_invented_people
from ...safeguards.queries import find_standing

# A doctor's word is good for so long.
DOCTOR_DAYS = 7


@dataclass(frozen=True)
class Check:
    """One thing that has to hold: how it stands, who can bring it about, and where."""

    name: str
    title: str
    holds: bool
    told: str
    who: str
    endpoint: str | None = None


def list_checks(actor: Actor) -> list[Check]:
    """The four things, as they stand now."""
    return [_second_factor(actor), _agreement(actor), _backup(), _doctor()]


def _second_factor(actor: Actor) -> Check:
    without = organisations.list_without_second_factor(actor.organisation_id)
    told = (
        _("Everybody whose role sees people signs in with a second factor.")
        if not without
        else _("Without one: %(names)s.", names=", ".join(one.display_name for one in without))
    )
    return Check(
        "second_factor",
        _("A second factor for everybody whose role sees people"),
        not without,
        told,
        _("Each of them, in their own account."),
        "accounts.second_factor",
    )


def _agreement(actor: Actor) -> Check:
    standing = find_standing(actor.organisation_id, actor.campaign_id)
    if standing.acceptance is not None:
        told = _(
            "%(version)s, accepted by %(who)s.",
            version=standing.acceptance.name,
            who=standing.acceptance.author_label,
        )
    else:
        told = _("Nobody has accepted %(version)s.", version=standing.newest.name)
    return Check(
        "agreement",
        _("The data agreement accepted"),
        standing.holds(now()),
        told,
        _("An admin of your organisation."),
        "assurance.agreement",
    )


def _backup() -> Check:
    was_restored = was_restored_once()
    told = (
        _("A backup was restored, for good or in rehearsal.")
        if was_restored
        else _("No backup of this installation was restored yet.")
    )
    return Check(
        "backup",
        _("A backup restored once"),
        was_restored,
        told,
        _("Whoever runs the server: “organising restore --rehearse” is enough."),
    )


def _doctor() -> Check:
    # It writes down only that it found everything well.
    found = find_last_run(RunKind.DOCTOR)
    holds = found is not None and found.created_at > now() - timedelta(days=DOCTOR_DAYS)
    if found is None:
        told = _("“organising doctor” has not found everything well yet.")
    else:
        told = _("It last did on %(day)s.", day=format_date(found.created_at, "d MMMM y"))
    return Check(
        "doctor",
        _("“organising doctor” found nothing wrong within %(days)s days", days=DOCTOR_DAYS),
        holds,
        told,
        _("Whoever runs the server."),
    )


def go_live(actor: Actor) -> GoingLive:
    """Let real people in from now on. Raises :class:`Conflict` while something is missing."""
    actor.check(Permission.ASSURANCE_MANAGE)
    if actor.campaign_id is None:
        raise Forbidden("Your organisation takes part in no campaign.")
    if holds_invented_people():
        raise Conflict(_("Everybody here is invented: this installation can’t go live."))
    if find_live(actor.organisation_id) is not None:
        raise Conflict(_("Your organisation is live already."))
    missing = [one for one in list_checks(actor) if not one.holds]
    if missing:
        raise Conflict(_("Still missing: %(what)s.", what="; ".join(one.title for one in missing)))
    row = GoingLive(campaign_id=actor.campaign_id, author_label=actor.author_label)
    db.session.add(row)
    record(actor, "organisation.went_live", "organisation", actor.organisation_id)
    return row


def go_back(actor: Actor) -> bool:
    """Back to practice mode: pledge pages and imports stop at once, what is kept stays. Whether that changed anything."""
    actor.check(Permission.ASSURANCE_MANAGE)
    row = find_live(actor.organisation_id)
    if row is None or not row.end(now(), actor.author_label):
        return False
    record(actor, "organisation.went_back_to_practice", "organisation", actor.organisation_id)
    return True
