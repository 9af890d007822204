"""Proposing a line, and agreeing to it in advance. A mailing made of such lines can go within hours."""

from uuid import UUID

from organising.mailings.content import in_one_line
from organising.mailings.models import LONGEST_LINE, AgreedLine, LineDecision
from organising.mailings.queries.lines import find_line
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import Forbidden, Invalid, NotFound
from organising.platform.permissions import Permission


def propose_line(actor: Actor, words: str) -> AgreedLine:
    """A new line for all partners to agree to. Raises :class:`Invalid` for none, one too long, or with a field in it."""
    actor.check(Permission.MAILINGS_DRAFT)
    if actor.campaign_id is None:
        raise Invalid("Your organisation takes part in no campaign.")
    kept = in_one_line(words)
    if not kept or len(kept) > LONGEST_LINE:
        raise Invalid(f"Write a line of 1 to {LONGEST_LINE} letters.")
    if "{{" in kept or "}}" in kept:
        raise Invalid("A line says the same to everyone: it holds no fields.")
    line = AgreedLine(
        campaign_id=actor.campaign_id,
        organisation_id=actor.organisation_id,
        author_label=actor.author_label,
        words=kept,
    )
    db.session.add(line)
    db.session.flush()
    audit.record(actor, "line.proposed", "agreed_line", line.id)
    return line


def decide_on_line(actor: Actor, line_id: UUID, *, agrees: bool) -> LineDecision:
    """Agree to a line for one's organisation, or no longer. Raises :class:`NotFound` once it was taken out."""
    actor.check(Permission.MAILINGS_SIGN_OFF)
    line = find_line(actor, line_id)
    if line is None:
        raise NotFound
    assert actor.user_id is not None
    assert actor.role is not None
    decision = LineDecision(
        campaign_id=line.campaign_id,
        organisation_id=actor.organisation_id,
        author_label=actor.author_label,
        line_id=line.id,
        agrees=agrees,
        signer_id=actor.user_id,
        signer_role=actor.role,
    )
    db.session.add(decision)
    db.session.flush()
    audit.record(actor, "line.agreed" if agrees else "line.no_longer_agreed", "agreed_line", line.id)
    return decision


def withdraw_line(actor: Actor, line_id: UUID) -> AgreedLine:
    """Take out a line that one's organisation proposed: no mailing can be made of it any more."""
    actor.check(Permission.MAILINGS_DRAFT)
    line = find_line(actor, line_id)
    if line is None:
        raise NotFound
    if line.organisation_id != actor.organisation_id:
        raise Forbidden("Only the organisation that proposed a line can take it out.")
    if line.withdraw(now()):
        audit.record(actor, "line.withdrawn", "agreed_line", line.id)
    return line
