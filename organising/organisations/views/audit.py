"""The organisation's own audit log."""

from flask import request

from ...platform.access import current_actor, requires
from ...platform.audit import AuditEvent
from ...platform.pagination import page as cut
from ...platform.permissions import Permission
from .. import queries
from . import blueprint
from .page import page


@blueprint.get("/organisation/audit")
@requires(Permission.AUDIT_VIEW)
def audit() -> str:
    actions = queries.list_audit_actions()
    chosen = request.args.get("action") or None
    events = cut(
        queries.list_audit_events(chosen),
        order_by=[AuditEvent.created_at, AuditEvent.id],
        cursor=request.args.get("cursor"),
        size=50,
        descending=True,
    )
    return page(
        "audit", events=events, actions=actions, chosen=chosen, names=queries.list_names(current_actor())
    )
