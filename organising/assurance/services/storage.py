"""Switching people-storage off, with what becomes of those who are kept; and on again."""

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import now
from ...platform.db import db
from ...platform.errors import Conflict, Forbidden, Invalid
from ...platform.permissions import Permission
from ...safeguards.models import PeopleStorageOff
from ...safeguards.storage import find_storage_off
from .erasing import Kept, count_kept, erase_people


def switch_off(actor: Actor, *, typed_name: str = "") -> Kept:
    """Keep nobody from now on; whoever is kept is erased, which wants the organisation's name typed.

    Raises :class:`Invalid` without it, :class:`Conflict` where it is off already or something is still on its way.
    """
    actor.check(Permission.ASSURANCE_MANAGE)
    if actor.campaign_id is None:
        raise Forbidden("Your organisation takes part in no campaign.")
    if find_storage_off(actor.organisation_id) is not None:
        raise Conflict("Your organisation keeps nobody already.")
    if count_kept().total and typed_name.strip().casefold() != actor.organisation_name.casefold():
        raise Invalid(
            "Type your organisation’s name: the people you keep are erased, and nobody can bring them back.",
            name=f"Type {actor.organisation_name} to erase them.",
        )
    kept = erase_people(actor)
    db.session.add(PeopleStorageOff(campaign_id=actor.campaign_id, author_label=actor.author_label))
    db.session.flush()
    record(
        actor,
        "people_storage.switched_off",
        "organisation",
        actor.organisation_id,
        contacts=kept.contacts,
        signers=kept.signers,
        letters=kept.letters,
        paper_rows=kept.paper,
        sign_ups=kept.sign_ups,
        names=kept.named,
    )
    return kept


def switch_on(actor: Actor) -> bool:
    """Let people in again; returns whether that changed anything."""
    actor.check(Permission.ASSURANCE_MANAGE)
    row = find_storage_off(actor.organisation_id)
    if row is None or not row.end(now(), actor.author_label):
        return False
    record(actor, "people_storage.switched_on", "organisation", actor.organisation_id)
    return True
