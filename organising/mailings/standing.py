"""Where a mailing stands with those who decide on it, as every page that shows one tells it."""

from typing import Any

from organising.platform.actor import Actor
from organising.platform.permissions import Permission

from . import queries, words
from .binding import current_hash
from .models import Mailing
from .services import decisions, review
from .services.colleagues import told_of
from .services.mail_servers import leaves_through
from .states import MailingState

OVER = (MailingState.CLOSED, MailingState.CANCELLED)


def standing_of(actor: Actor, mailing: Mailing) -> dict[str, Any]:
    """What a page of a mailing needs to show sign-off, Send, who decided what, and how far it has come."""
    own = mailing.organisation_id == actor.organisation_id
    shown = mailing.state not in (MailingState.DRAFT, *OVER)
    content_hash = current_hash(mailing) if shown else ""
    approval = decisions.standing_approval(mailing, content_hash) if shown else None
    on_record = decisions.standing_answers(mailing, content_hash)
    return {
        "mailing": mailing,
        "own": own,
        "words": words,
        "actor": actor,
        "sign_offs": queries.list_sign_offs(mailing),
        "owner": queries.name_of(mailing.organisation_id),
        "reviewer": queries.name_of(mailing.review_organisation_id),
        "content_hash": content_hash,
        "approval": approval,
        "released": bool(approval) and decisions.standing_release(mailing, content_hash) is not None,
        "why_not": decisions.why_not_sign(actor, mailing),
        "why_not_name": decisions.why_not_name(actor, mailing),
        "named": queries.list_named(mailing, on_record),
        "since": queries.changed_since(mailing, actor.organisation_id) if shown else None,
        "silent": decisions.list_silent(mailing, on_record) if shown else [],
        "own_answer": on_record.get(str(actor.organisation_id)),
        "told": told_of(actor, mailing, content_hash),
        "pending": decisions.pending_approval(mailing, content_hash) if shown and not approval else None,
        "alone": decisions.is_alone(actor, mailing) and mailing.last_editor_id == actor.user_id,
        "may_send": decisions.may_release(actor, mailing),
        "may_edit": own and actor.can(Permission.MAILINGS_DRAFT),
        "may_stop": own and actor.can(Permission.MAILINGS_SEND),
        "counts": queries.count_deliveries(mailing) if own else review.lent_counts(mailing),
        "through": leaves_through(mailing) if own else None,
    }
