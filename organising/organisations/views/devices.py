"""Devices on which officers are signed in by a mailed link: the admin's list, and the end of each."""

from uuid import UUID

from flask import flash
from flask_babel import gettext as _

from ...accounts import officer_links
from ...accounts.queries import list_officers_sessions
from ...platform.access import current_actor, requires
from ...platform.db import db
from ...platform.permissions import Permission
from .. import queries
from . import blueprint
from .page import Answer, page, to


@blueprint.get("/organisation/devices")
@requires(Permission.MEMBERS_MANAGE)
def list_devices() -> str:
    actor = current_actor()
    members = {member.id: member for member in queries.list_members(actor)}
    found = [
        (one, members[one.membership_id])
        for one in list_officers_sessions(actor.organisation_id)
        if one.membership_id in members
    ]
    return page("devices", devices=found)


@blueprint.post("/organisation/devices/<uuid:session_id>/ending")
@requires(Permission.MEMBERS_MANAGE)
def end_device(session_id: UUID) -> Answer:
    officer_links.end_for(current_actor(), session_id)
    db.session.commit()
    flash(_("That device is signed out: its next page is refused."), "success")
    return to("list_devices")
