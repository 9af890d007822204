"""When an organisation leaves the campaign: nobody waits for it any longer on the targets that it led or supported."""

from uuid import UUID

from flask_babel import ngettext

from organising.lobbying.models import NoticeKind
from organising.lobbying.queries.grid import list_chosen
from organising.lobbying.queries.targets import list_subjects_of
from organising.lobbying.services.allocation import State, Step
from organising.lobbying.services.notices import leave_notice
from organising.lobbying.services.targets import carry_out, list_leaders, take_turns
from organising.organisations.models import Organisation
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.departures import on_departure


@on_departure
def release_targets(actor: Actor, organisation_id: UUID) -> int:
    """Take an organisation off its targets as one change, and tell the coordinators; returns on how many it led.

    The database takes it from coordinators only. A second time changes nothing.
    """
    take_turns(actor)
    person_ids, institution_ids = list_subjects_of(actor, organisation_id)
    rows = list_chosen(actor, person_ids, institution_ids)
    steps = [
        Step(
            row,
            State(
                None if row.lead_id == organisation_id else row.lead_id,
                row.priority,
                row.tactic,
                row.supporter_ids - {organisation_id},
            ),
        )
        for row in rows
    ]
    carry_out(actor, steps)
    led = [row for row in rows if row.lead_id == organisation_id]
    if led:
        words = ngettext(
            "%(name)s has left. It led on %(num)d target, which nobody leads on now.",
            "%(name)s has left. It led on %(num)d targets, which nobody leads on now.",
            len(led),
            name=db.session.get_one(Organisation, organisation_id).short_name,
        )
        for leader_id in list_leaders(actor):
            leave_notice(actor, leader_id, NoticeKind.RELEASED, words)
        audit.record(actor, "targets.released", "organisation", organisation_id, targets=len(led))
    return len(led)
