"""What every change of a call has in common: taking the row, who may, history, and what can't be asked."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from organising.actions.queries import list_templates
from organising.actions.states import Kind
from organising.calls.models import ActionCall, Becoming, CallEvent, CallUnit
from organising.calls.queries.units import reachable
from organising.organisations.models import Ask
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import Conflict, Forbidden, Invalid, NotFound
from organising.platform.permissions import Permission

LONGEST = {"title": 120, "question": 200, "text": 4_000, "action_title": 120, "note": 1_000, "who": 80}
FURTHEST_AHEAD = timedelta(days=366)
TEMPLATE = (
    "action_kind",
    "action_title",
    "action_on",
    "action_starts",
    "action_ends",
    "action_public",
    "straight",
    "template_id",
    "ask_id",
)


class EditedMeanwhile(Conflict):
    """Someone changed the call after this page was loaded."""

    code = "call_edited_meanwhile"


@dataclass(frozen=True)
class Words:
    """What a call says: the same for an organisation's own and for the coalition's."""

    title: str
    question: str
    text: str
    due_on: date
    action_kind: str | None = None
    action_title: str | None = None
    action_on: date | None = None
    action_starts: time | None = None
    action_ends: time | None = None
    action_public: bool = False
    straight: bool = False
    template_id: UUID | None = None
    ask_id: UUID | None = None


def take_call(actor: Actor, call_id: UUID) -> ActionCall:
    """Lock a call of the own organisation. Raises ``Forbidden`` for a role that runs none, ``NotFound``."""
    actor.check(Permission.CALLS_MANAGE)
    statement = select(ActionCall).where(ActionCall.id == call_id).with_for_update()
    call = db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if call is None:
        raise NotFound
    return call


def take_whole(actor: Actor, call_id: UUID) -> ActionCall:
    """:func:`take_call` for what concerns all its units: whoever is limited to a part of the tree must reach them all."""
    call = take_call(actor, call_id)
    beyond = select(CallUnit.id).where(CallUnit.call_id == call.id, ~reachable(actor)).limit(1)
    if db.session.scalar(beyond) is not None:
        raise Forbidden(
            "This call asks branches beyond yours. Whoever is responsible for all of them can do this."
        )
    return call


def check_version(call: ActionCall, version: int) -> None:
    """Raise :class:`EditedMeanwhile` unless the page showed the call as it still is."""
    if call.version != version:
        raise EditedMeanwhile(
            "Someone changed this call while you had it open. Load the page again to see it as it is."
        )


def note(
    actor: Actor,
    call_id: UUID,
    what: str,
    at: datetime,
    *,
    call_unit_id: UUID | None = None,
    officer_id: UUID | None = None,
    said: str | None = None,
    count: int | None = None,
) -> None:
    """Write one line of history and one audit event. ``officer_id``: whose link it was."""
    event = CallEvent(
        call_id=call_id,
        call_unit_id=call_unit_id,
        what=what,
        user_id=actor.user_id,
        # An officer's name is read where they are kept: it goes with them.
        user_label="" if officer_id else actor.display_name,
        officer_id=officer_id,
        count=count,
        created_at=at,
    )
    event.said = (said or "").strip() or None
    db.session.add(event)
    db.session.flush()
    facts = {} if count is None else {"count": count}
    audit.record(actor, f"call.{what}", "action_call", call_id, at=at, **facts)


def write_words(row: Becoming, words: Words) -> list[str]:
    """Put the words into a call; answers the names of what differs."""
    changed = []
    for name in ("title", "question", "text", "due_on", *TEMPLATE):
        value = getattr(words, name)
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed.append(name)
    return changed


def check_words(actor: Actor, words: Words) -> None:
    """Raise :class:`Invalid` for what can't be asked; ``details`` maps the field to the reason."""
    wrong: dict[str, str] = {}
    for name in ("title", "question"):
        if not getattr(words, name).strip():
            wrong[name] = "Fill this in."
    for name in ("title", "question", "text", "action_title"):
        if len(getattr(words, name) or "") > LONGEST[name]:
            wrong[name] = f"Use at most {LONGEST[name]:,} characters."
    wrong |= _wrong_days(words) | _wrong_action(words) | _wrong_template(actor, words)
    if words.ask_id is not None and not _is_ask(actor, words.ask_id):
        wrong["ask"] = "Choose one of the campaign's asks."
    if wrong:
        raise Invalid("Something is missing or can't be right.", **wrong)


def check_due(due_on: date) -> None:
    """Raise :class:`Invalid` for a last day that is over, or more than a year ahead."""
    reason = _wrong_due(due_on)
    if reason:
        raise Invalid(reason, due_on=reason)


def _wrong_due(due_on: date) -> str | None:
    if due_on < today():
        return "That day is over. Choose today or later."
    if due_on > today() + FURTHEST_AHEAD:
        return "That is more than a year ahead."
    return None


def _wrong_days(words: Words) -> dict[str, str]:
    reason = _wrong_due(words.due_on)
    wrong = {"due_on": reason} if reason else {}
    if words.action_on is not None and words.action_on < today():
        wrong["action_on"] = "That day is over. Choose today or later."
    return wrong


def _wrong_action(words: Words) -> dict[str, str]:
    if not words.action_kind:
        return {}
    if words.action_kind not in set(Kind):
        return {"action_kind": "Choose one of the kinds."}
    wrong = {}
    if not (words.action_title or "").strip():
        wrong["action_title"] = "Give the action a title."
    if words.action_on is None:
        wrong["action_on"] = "Give the day on which branches do it. Each can choose another."
    if words.action_ends and not words.action_starts:
        wrong["action_ends"] = "Give the start, too."
    elif words.action_starts and words.action_ends and words.action_ends <= words.action_starts:
        wrong["action_ends"] = "The end has to be after the start."
    return wrong


def _wrong_template(actor: Actor, words: Words) -> dict[str, str]:
    if words.template_id is None or not words.action_kind:
        return {}
    found = {one.id: one.kind for one in list_templates(actor)}.get(words.template_id)
    if found is None:
        return {"template": "Choose one of the templates."}
    return {} if found == words.action_kind else {"template": "This template is for another kind of action."}


def _is_ask(actor: Actor, ask_id: UUID) -> bool:
    asked = select(Ask.id).where(Ask.id == ask_id, Ask.campaign_id == actor.campaign_id)
    return db.session.scalar(asked) is not None
