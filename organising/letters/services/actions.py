"""Actions: drafted by one person, approved and opened by another, closed; each has the mailing its letters leave by."""

from dataclasses import dataclass
from uuid import UUID

from flask import current_app
from sqlalchemy.exc import IntegrityError

from organising.config import Settings
from organising.letters.content import hash_action
from organising.letters.models import ActionState, LetterAction
from organising.letters.queries import get_action
from organising.mailings.models import Mailing
from organising.mailings.states import MailingMode, MailingState
from organising.organisations.models import Ask, Campaign, Organisation
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, new_id
from organising.platform.errors import Conflict, Forbidden, Invalid
from organising.platform.message import address_of, named_address
from organising.platform.permissions import Permission
from organising.platform.slugs import check_slug
from organising.safeguards.storage import check_keeps_people

OVER = (MailingState.SENT, MailingState.CLOSED, MailingState.CANCELLED)


@dataclass(frozen=True)
class ActionWords:
    """What a person writes about an action; ``prompts`` are questions, one a line."""

    slug: str
    title: str
    standfirst: str
    prompts: str
    subject: str
    ask_id: UUID | None


def draft_action(actor: Actor, words: ActionWords) -> LetterAction:
    """A new draft. Raises :class:`Conflict` for a short address that the organisation uses already."""
    actor.check(Permission.MAILINGS_DRAFT)
    if actor.campaign_id is None:
        raise Invalid("Your organisation takes part in no campaign.")
    _check(words, actor.campaign_id)
    action = LetterAction(
        id=new_id(),
        campaign_id=actor.campaign_id,
        created_by=actor.user_id,
        created_by_label=actor.author_label,
        last_editor_id=actor.user_id,
        last_editor_label=actor.author_label,
        updated_at=now(),
        **vars(words),
    )
    db.session.add(action)
    _flush_slug()
    audit.record(actor, "letter_action.drafted", "letter_action", action.id)
    return action


def edit_action(actor: Actor, action_id: UUID, words: ActionWords) -> LetterAction:
    """Change a draft. What was open once stays as it was approved: people have written to it."""
    actor.check(Permission.MAILINGS_DRAFT)
    action = get_action(actor, action_id, lock=True)
    if action.state != ActionState.DRAFT:
        raise Conflict("People have written by these words, so they stay. Close it and draft a new one.")
    _check(words, action.campaign_id)
    for name, value in vars(words).items():
        setattr(action, name, value)
    action.last_editor_id, action.last_editor_label, action.updated_at = (
        actor.user_id, actor.author_label, now()
    )  # fmt: skip
    _flush_slug()
    audit.record(actor, "letter_action.edited", "letter_action", action.id)
    return action


def why_not_open(actor: Actor, action: LetterAction) -> str | None:
    """Why this person may not approve and open this action, in words; ``None`` where they may."""
    if not actor.can(Permission.MAILINGS_SEND):
        return "The coordinator or an administrator opens it."
    if action.state == ActionState.DRAFT and action.last_editor_id == actor.user_id:
        return "You made the last change, so another person has to read it and open it."
    return None


def open_action(actor: Actor, action_id: UUID, shown_hash: str) -> bool:
    """Approve exactly what was shown and let people write. Returns whether that changed anything."""
    action = get_action(actor, action_id, lock=True)
    reason = why_not_open(actor, action)
    if reason is not None:
        raise Forbidden(reason)
    check_keeps_people(actor)
    if hash_action(action) != shown_hash:
        raise Conflict("This has changed since you read it. Read it again before you open it.")
    if not action.open(shown_hash, actor.author_label, now()):
        return False
    mailing = _mailing_of(actor, action, shown_hash)
    action.mailing_id = mailing.id
    audit.record(
        actor, "letter_action.opened", "letter_action", action.id, hash=shown_hash, mailing=str(mailing.id)
    )
    return True


def close_action(actor: Actor, action_id: UUID) -> bool:
    """Take no more letters; those confirmed still leave. Returns whether that changed anything."""
    actor.check(Permission.MAILINGS_SEND)
    action = get_action(actor, action_id, lock=True)
    changed = action.close(now())
    if changed:
        audit.record(actor, "letter_action.closed", "letter_action", action.id)
    return changed


def _mailing_of(actor: Actor, action: LetterAction, approved_hash: str) -> Mailing:
    """The mailing that the letters leave by: the one there was, or a new one where that is over."""
    found = (
        db.session.get(Mailing, (action.organisation_id, action.mailing_id)) if action.mailing_id else None
    )
    if found is not None and found.state not in OVER:
        found.expanded_at = None
        return found
    settings: Settings = current_app.config["SETTINGS"]
    campaign = db.session.get_one(Campaign, action.campaign_id)
    host = db.session.get_one(Organisation, action.organisation_id)
    via, at = f"{campaign.name} ({host.short_name})", now()
    mailing = Mailing(
        organisation_id=action.organisation_id,
        id=new_id(),
        mode=MailingMode.CONSTITUENT,
        campaign_id=action.campaign_id,
        ask_id=action.ask_id,
        title=action.title,
        subject=action.subject,
        body=action.standfirst,
        sender_name=via,
        # Each letter answers to its writer.
        reply_to="",
        sender=named_address(via, address_of(settings.mail_from)),
        state=MailingState.SENDING,
        approved_hash=approved_hash,
        approved_at=at,
        started_at=at,
        updated_at=at,
        created_by=actor.user_id,
        created_by_label=action.created_by_label,
        last_editor_id=action.last_editor_id,
        last_editor_label=action.last_editor_label,
    )
    db.session.add(mailing)
    db.session.flush()
    return mailing


def _flush_slug() -> None:
    try:
        with db.session.begin_nested():
            db.session.flush()
    except IntegrityError:
        raise Conflict("Another page of yours already has this short address. Choose another.") from None


def _check(words: ActionWords, campaign_id: UUID) -> None:
    check_slug(words.slug)
    if words.ask_id is not None:
        ask = db.session.get(Ask, words.ask_id)
        if ask is None or ask.campaign_id != campaign_id:
            raise Invalid("Choose one of the campaign’s asks.")
