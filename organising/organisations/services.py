"""The organisation's public facts, and the campaign's asks."""

from uuid import UUID

from ..platform.actor import Actor
from ..platform.audit import record
from ..platform.clock import now
from ..platform.db import get_or_404
from ..platform.errors import Forbidden
from ..platform.permissions import Permission
from .models import Ask, OrganisationKind
from .queries import get_own_organisation


def edit_facts(actor: Actor, *, name: str, short_name: str, kind: OrganisationKind) -> bool:
    """Change what everybody may read about the own organisation; returns whether that changed anything."""
    actor.check(Permission.UNITS_MANAGE)
    organisation = get_own_organisation(actor)
    wanted = {"name": " ".join(name.split()), "short_name": " ".join(short_name.split()), "kind": str(kind)}
    changed = [field for field, value in wanted.items() if getattr(organisation, field) != value]
    for field in changed:
        setattr(organisation, field, wanted[field])
    if changed:
        record(actor, "organisation.edited", "organisation", organisation.id, fields=changed)
    return bool(changed)


def edit_ask(actor: Actor, ask_id: UUID, *, wording: str, body: str, decision_office: str) -> bool:
    """Change an ask's words; returns whether that changed anything.

    Raises :class:`NotFound`, :class:`Forbidden`.
    """
    ask = _own_ask(actor, ask_id)
    wanted = {"wording": wording, "body": body, "decision_office": decision_office}
    changed = [field for field, value in wanted.items() if getattr(ask, field) != " ".join(value.split())]
    for field in changed:
        setattr(ask, field, " ".join(wanted[field].split()))
    if changed:
        record(actor, "ask.edited", "ask", ask.id, fields=changed, ask=ask.code)
    return bool(changed)


def close_ask(actor: Actor, ask_id: UUID) -> bool:
    """Close an ask: it stays on record and takes no new position. Returns whether that changed anything."""
    ask = _own_ask(actor, ask_id)
    closed = ask.close(now())
    if closed:
        record(actor, "ask.closed", "ask", ask.id, ask=ask.code)
    return closed


def reopen_ask(actor: Actor, ask_id: UUID) -> bool:
    """Open a closed ask again; returns whether that changed anything."""
    ask = _own_ask(actor, ask_id)
    opened = ask.reopen()
    if opened:
        record(actor, "ask.reopened", "ask", ask.id, ask=ask.code)
    return opened


def _own_ask(actor: Actor, ask_id: UUID) -> Ask:
    actor.check(Permission.CAMPAIGN_EDIT)
    ask = get_or_404(Ask, ask_id)
    if ask.organisation_id != actor.organisation_id:
        raise Forbidden("Only the organisation that wrote an ask can change it.")
    return ask
