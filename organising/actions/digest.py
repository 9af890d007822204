"""What the morning's mail says of actions: what an approver answered or asked, and what waits for one's approval or check."""

from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, func, or_, select

from organising.lobbying.queries.digest import DigestPart, register_digest_part
from organising.platform.actor import Actor
from organising.platform.clock import LONDON
from organising.platform.few import count_together
from organising.platform.permissions import Permission

from .models import ActionEvent, BranchAction
from .queries.approvers import can_approve
from .queries.waiting import select_answered, select_to_answer, select_to_check, to_approve

# What an action's history calls that which somebody else has to know the next morning.
NEWS = ("changes_requested", "approved", "asked_back", "submitted", "reported", "reported_past", "corrected")
MORNING = time(7)


def actions_of_the_morning(actor: Actor, on: date) -> DigestPart | None:
    """How many actions wait for this person, and no word of any but what waits."""
    if actor.campaign_id is None or not actor.can(Permission.ACTIONS_CREATE):
        return None
    waiting: dict[str, Select[BranchAction]] = {
        "answered": select_answered(actor),
        "to_answer": select_to_answer(actor),
    }
    if can_approve(actor):
        waiting |= {"to_approve": to_approve(actor), "to_check": select_to_check(actor)}
    since = datetime.combine(on - timedelta(days=1), MORNING, LONDON)
    ids = {name: statement.with_only_columns(BranchAction.id) for name, statement in waiting.items()}
    news = select(func.count(ActionEvent.id)).where(
        ActionEvent.what.in_(NEWS),
        ActionEvent.created_at >= since,
        ActionEvent.user_id.is_distinct_from(actor.user_id),
        or_(*(ActionEvent.action_id.in_(one) for one in ids.values())),
    )
    numbers = {name: select(func.count()).select_from(one.subquery()) for name, one in ids.items()}
    counts = count_together(numbers, {"news": news})
    lines = _lines(counts)
    return DigestPart(_("Your actions:"), lines, "actions.index", bool(counts["news"])) if lines else None


def _lines(counts: dict[str, int]) -> list[str]:
    words = (
        (
            "answered",
            lambda n: ngettext(
                "An approver has answered about one.", "An approver has answered about %(num)d.", n
            ),
        ),
        (
            "to_answer",
            lambda n: ngettext("A question about one report.", "Questions about %(num)d reports.", n),
        ),
        (
            "to_approve",
            lambda n: ngettext("%(num)d waits for your approval.", "%(num)d wait for your approval.", n),
        ),
        (
            "to_check",
            lambda n: ngettext("%(num)d report is to be checked.", "%(num)d reports are to be checked.", n),
        ),
    )
    return [say(number) for name, say in words if (number := counts.get(name, 0))]


register_digest_part("actions", actions_of_the_morning)
