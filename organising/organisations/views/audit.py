"""The organisation's own audit log: read, narrowed, and taken out as a file."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Response, request, stream_with_context

from ...platform.access import current_actor, requires
from ...platform.audit import AuditEvent, record
from ...platform.audit_words import in_words
from ...platform.clock import today
from ...platform.db import db
from ...platform.pagination import page as cut
from ...platform.permissions import Permission
from ...platform.spreadsheet import download, lines
from ...platform.tenancy import Context, use_context
from ...safeguards.services import record_export
from ...safeguards.terms import ExportKind
from .. import audit_queries, queries
from ..audit_facts import by_whom, facts_in_words
from ..audit_forms import AuditFilterForm
from ..audit_queries import AuditFilter
from . import blueprint
from .page import Answer, page

COLUMNS = (
    "when (UTC)",
    "who",
    "what",
    "code",
    "about",
    "id of that",
    "details",
    "place in the chain",
    "hash",
)


@blueprint.get("/organisation/audit")
@requires(Permission.AUDIT_VIEW)
def audit() -> Answer:
    """What was done, newest first."""
    return _show(AuditFilterForm(request.args), request.args.get("cursor"))


@blueprint.post("/organisation/audit/exports")
@requires(Permission.AUDIT_VIEW)
def export_audit() -> Response | Answer:
    """The events that the filters leave as CSV. It is a POST since it leaves a trace: who took how many."""
    actor, form = current_actor(), AuditFilterForm(request.form)
    names = queries.list_names(actor)
    form.offer(audit_queries.list_audit_actions(), names)
    if not form.check():
        return _show(form, None)
    narrowed = form.filters()
    by = [f"{name} {value}" for name, value in form.address().items()]
    facts: dict[str, Any] = {"count": audit_queries.count_audit_events(narrowed)}
    record_export(actor, ExportKind.AUDIT, facts["count"])
    record(actor, "audit.exported", "audit", **facts | ({"narrowed": by} if by else {}))
    db.session.commit()
    context = Context(organisation_id=actor.organisation_id, user_id=actor.user_id)
    text = stream_with_context(lines(COLUMNS, _cells(context, narrowed, names)))
    return download(text, f"audit-log-{today().isoformat()}.csv")


def _show(form: AuditFilterForm, cursor: str | None) -> Answer:
    names = queries.list_names(current_actor())
    form.offer(audit_queries.list_audit_actions(), names)
    is_right = form.check()
    events = cut(
        audit_queries.list_audit_events(form.filters()),
        order_by=[AuditEvent.created_at, AuditEvent.id],
        cursor=cursor,
        size=50,
        descending=True,
    )
    shown = page(
        "audit",
        events=events,
        form=form,
        address=form.address(),
        in_words=in_words,
        by_whom=by_whom,
        facts_in_words=facts_in_words,
        names=names,
        seal=audit_queries.find_last_seal(),
    )
    return shown if is_right else (shown, 422)


def _cells(context: Context, narrowed: AuditFilter, names: dict[UUID, str]) -> Iterator[tuple[object, ...]]:
    """Read while it is sent, when the request's own session is gone already."""
    with use_context(context):
        for row in audit_queries.stream_audit_events(narrowed):
            event: AuditEvent = row[0]
            yield (
                f"{event.created_at:%Y-%m-%dT%H:%M:%S.%fZ}",
                by_whom(event.action, event.user_id, names),
                in_words(event.action),
                event.action,
                event.subject_type,
                event.subject_id,
                json.dumps(event.facts, ensure_ascii=False, sort_keys=True),
                row.place,
                bytes(row.hash).hex() if row.hash else "",
            )
