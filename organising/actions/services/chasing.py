"""How did it go? Asked by mail two days after the end, once; answered by a link without signing in."""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from flask_babel import gettext as _

from organising.actions.chase_links import chase_url
from organising.actions.models import BranchAction, ChaseAnswer, ReportChase
from organising.actions.queries.chases import AFTER, find_asked, find_whom_to_ask, list_unchased
from organising.actions.states import AGREED, HAPPENED, State
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, find, new_id
from organising.platform.message import OutgoingMail
from organising.platform.once import Attempt, send_link
from organising.platform.ui import longdate

from .changing import cancel_action
from .outcomes import Outcome
from .reporting import report_action

LATER = timedelta(hours=48)
MOST_LATER = 3


def begin_chases(actor: Actor, *, at: datetime | None = None) -> int:
    """Note whom to ask about each action that has been over for two days without a report; answers how many."""
    moment = at or now()
    begun = 0
    for action in list_unchased(moment):
        user_id = find_whom_to_ask(action)
        if user_id is None:
            continue
        chase_id = new_id()
        due_at = action.ends_at + AFTER
        db.session.add(ReportChase(id=chase_id, action_id=action.id, user_id=user_id, due_at=due_at))
        audit.record(actor, "action.chased", "branch_action", action.id, at=moment)
        begun += 1
    db.session.flush()
    return begun


def send_chase(chase_id: UUID) -> Attempt | None:
    """Send one question, unless it was sent, answered or is no question any more. ``None``: there was nothing to send."""
    chase = find(ReportChase, chase_id)
    if chase is None or chase.sent_at is not None or chase.answered_at is not None or chase.due_at > now():
        return None
    action = find(BranchAction, chase.action_id)
    asked = find_asked(chase.user_id, action) if action is not None and action.state in AGREED else None
    if action is None or asked is None:
        return None
    return send_link(
        ReportChase, chase.id, compose(action, chase, asked.email), ReportChase.answered_at.is_(None)
    )


def compose(action: BranchAction, chase: ReportChase, email: str) -> OutgoingMail:
    """The question. It names the action's headline, which partners read too, and nothing private."""
    link = chase_url(action.organisation_id, chase.id)
    text = _(
        "“%(title)s” in %(area)s was on %(day)s.\n\n"
        "How did it go? One page, no password: it happened and how many came, it did not, or ask me later.\n\n%(link)s\n\n"
        "The link is yours. Don’t pass it on.",
        title=action.title,
        area=action.area,
        day=longdate(action.starts_at),
        link=link,
    )
    subject = _("How did it go? %(title)s", title=action.title)
    return OutgoingMail(to=email, subject=subject, text=text + "\n")


def say_it_happened(actor: Actor, chase: ReportChase, outcome: Outcome) -> BranchAction:
    """The report, as the person who was asked; sent again it is the same report."""
    key = uuid5(chase.id, "report")
    action = report_action(actor, chase.action_id, outcome, key)
    _answer(chase, ChaseAnswer.HAPPENED)
    return action


def say_it_did_not(actor: Actor, chase: ReportChase) -> BranchAction:
    """Call it off after the event, which its page can undo; said twice it is said once."""
    action = db.session.get_one(BranchAction, chase.action_id)
    if action.state != State.CANCELLED:
        action = cancel_action(actor, action.id, action.version, _("It did not take place."))
    _answer(chase, ChaseAnswer.NOT)
    return action


def ask_later(chase: ReportChase) -> bool:
    """Ask again in two days, three times at most; returns whether it will. Pressed twice it is postponed once."""
    if chase.answered_at is not None or chase.sent_at is None:
        return chase.answered_at is None
    if chase.postponed >= MOST_LATER:
        return False
    chase.postponed += 1
    chase.due_at, chase.sent_at = now() + LATER, None
    db.session.flush()
    return True


def is_answered(action: BranchAction) -> bool:
    """Whether nobody needs to ask any more."""
    return action.state in HAPPENED or action.state == State.CANCELLED


def _answer(chase: ReportChase, answer: ChaseAnswer) -> None:
    if chase.answered_at is None:
        chase.answer, chase.answered_at = answer, now()
        db.session.flush()
