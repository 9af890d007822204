"""Putting a follow-up off, and handing it to a colleague."""

from datetime import date
from uuid import UUID

from flask_babel import gettext as _

from organising.lobbying.models import FollowUp
from organising.lobbying.queries.follow_ups import get_follow_up
from organising.lobbying.services.drafts import EARLIEST, FollowUpDraft, check_follow_up
from organising.organisations.queries.colleagues import find_colleague
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import Conflict, Invalid
from organising.platform.permissions import Permission, Role


def snooze_follow_up(
    actor: Actor, follow_up_id: UUID, due_on: date | None, *, putting_back: bool = False
) -> FollowUp:
    """Set another day. ``putting_back``: the day it had, which may be past. Raises NotFound, Conflict once done, Invalid."""
    follow_up = _open(actor, follow_up_id)
    wrong = check_follow_up(FollowUpDraft(follow_up.what or "", due_on)).get("due_on")
    if wrong and not (putting_back and due_on is not None and due_on >= EARLIEST):
        raise Invalid(wrong, due_on=wrong)
    if follow_up.due_on != due_on:
        assert due_on is not None
        follow_up.due_on = due_on
        audit.record(actor, "follow_up.snoozed", "follow_up", follow_up.id, due_on=due_on.isoformat())
        db.session.flush()
    return follow_up


def assign_follow_up(actor: Actor, follow_up_id: UUID, user_id: UUID | None) -> FollowUp:
    """Hand it to a present member of the own organisation who logs contacts, oneself included.

    A branch officer gets it for their unit: they could not open it otherwise. Raises NotFound, Conflict once done, Invalid.
    """
    follow_up = _open(actor, follow_up_id)
    colleague = find_colleague(actor, user_id)
    if colleague is None:
        reason = _("Choose someone of your organisation who logs contacts.")
        raise Invalid(reason, user_id=reason)
    if follow_up.owner_user_id != colleague.user_id:
        follow_up.owner_user_id = colleague.user_id
        if colleague.role is Role.OFFICER:
            follow_up.unit_id = colleague.unit_id
        audit.record(
            actor, "follow_up.assigned", "follow_up", follow_up.id, owner_user_id=str(colleague.user_id)
        )
        db.session.flush()
    return follow_up


def _open(actor: Actor, follow_up_id: UUID) -> FollowUp:
    actor.check(Permission.ENGAGEMENTS_LOG)
    follow_up = get_follow_up(actor, follow_up_id)
    if follow_up.done_at is not None:
        raise Conflict(_("This is done. Open it again before you change it."))
    return follow_up
