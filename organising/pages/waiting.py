"""What waits for somebody on *Today* besides lobbying, actions and mailings: a part a subject, a line a thing to do.

A domain that has something new to say gets a function here that answers its lines, and a row in :data:`PARTS`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import url_for
from flask_babel import gettext, lazy_gettext, ngettext
from sqlalchemy import Select

from ..actions.queries import joining_news
from ..calls.queries.calls import list_need_help
from ..calls.queries.joint import list_to_decide
from ..motions.queries.motions import select_deadlines, select_to_confirm, select_to_name, select_unheard
from ..motions.queries.texts import select_offered
from ..platform.actor import Actor
from ..platform.clock import now, today
from ..platform.permissions import Permission
from ..rights.queries import count_open
from ..sharing.queries.introductions import select_answered, select_waiting
from ..statements.queries import list_waiting, select_to_comment, select_to_resolve
from ..statements.states import State as StatementState
from ..tasks.queries import select_due, select_unseen

# What :func:`select_counts` asks for, counted.
Counts = Mapping[str, int]


@dataclass(frozen=True)
class Line:
    """One line: how many things it stands for, its words, where it leads, and what of it is late (a tag), if any."""

    number: int
    words: str
    address: str
    late: str = ""


@dataclass(frozen=True)
class Part:
    """A heading with its lines."""

    title: str
    lines: Sequence[Line]


def _rights(_actor: Actor, _counts: Counts) -> Iterator[Line]:
    """All that are open: the first day of a month to answer in is as good as the last for finding their data."""
    found = count_open()
    if not found.open:
        return
    words = ngettext("One person waits for your answer", "%(num)d people wait for your answer", found.open)
    if found.soon:
        words += ngettext(
            ", and one of them must have it within a week",
            ", and %(num)d of them must have it within a week",
            found.soon,
        )
    late = ngettext("%(num)d late", "%(num)d late", found.late) if found.late else ""
    yield Line(found.open, words, url_for("rights.desk"), late)


def _introductions(_actor: Actor, counts: Counts) -> Iterator[Line]:
    """Partners' introductions to answer, and one's own that were answered lately."""
    if number := counts["introductions_offered"]:
        words = ngettext(
            "A partner introduces somebody to you", "Partners introduce %(num)d people to you", number
        )
        yield Line(number, words, url_for("sharing.introductions"))
    if answered := counts["introductions_answered"]:
        words = ngettext(
            "Your introduction was answered this week", "%(num)d of yours were answered this week", answered
        )
        yield Line(0, words, url_for("sharing.introductions"))


def _tasks(_actor: Actor, counts: Counts) -> Iterator[Line]:
    """One's own tasks that are due, and what colleagues said of tasks."""
    if due := counts["tasks_due"]:
        words = ngettext("One task is yours to do now", "%(num)d tasks are yours to do now", due)
        overdue = counts["tasks_overdue"]
        late = ngettext("%(num)d overdue", "%(num)d overdue", overdue) if overdue else ""
        yield Line(due, words, url_for("tasks.index"), late)
    if told := counts["tasks_told"]:
        words = ngettext("One thing is new in your tasks", "%(num)d things are new in your tasks", told)
        yield Line(told, words, url_for("tasks.index"))


def _joinings(_actor: Actor, counts: Counts) -> Iterator[Line]:
    """Partners' proposals to run actions together, and what they answered lately to one's own."""
    if number := counts["joinings_asked"]:
        words = ngettext("A partner asks to join forces", "Partners ask %(num)d times to join forces", number)
        yield Line(number, words, url_for("actions.index"))
    if answered := counts["joinings_answered"]:
        words = ngettext(
            "A partner answered this week whether it joins forces",
            "Partners answered %(num)d times this week whether they join forces",
            answered,
        )
        yield Line(0, words, url_for("actions.index"))


def _help_wanted(actor: Actor, _counts: Counts) -> Iterator[Line]:
    """Branches that asked for help with what they are asked, each by name; the rest on the list."""
    found = list_need_help(actor)
    for call_id, call_unit_id, name, title in found:
        address = url_for("calls.unit", call_id=call_id, call_unit_id=call_unit_id)
        yield Line(1, gettext("%(name)s: %(title)s", name=name, title=title), address)
    if more := found.total - len(found):
        words = ngettext("One more branch", "%(num)d more branches", more)
        yield Line(more, words, url_for("calls.index"))


def _to_decide(actor: Actor, _counts: Counts) -> Iterator[Line]:
    """Calls to every partner that an admin passes on to the own branches, or does not."""
    for joint_call_id, title in list_to_decide(actor):
        yield Line(
            1,
            gettext("“%(title)s”: for your branches?", title=title),
            url_for("calls.joint_call", joint_call_id=joint_call_id),
        )


def _motions(_actor: Actor, counts: Counts) -> Iterator[Line]:
    """One's own motions that are on no agenda though the deadline is near, those of which nothing was heard, and what an
    administrator or the coordinator is asked about.
    """
    if near := counts["motions_near"]:
        words = ngettext(
            "One motion of yours is not on the agenda, and the deadline is near",
            "%(num)d motions of yours are not on the agenda, and the deadlines are near",
            near,
        )
        yield Line(near, words, url_for("motions.index", due="ahead"))
    if unheard := counts["motions_unheard"]:
        words = ngettext(
            "One meeting is over: what became of your motion?",
            "%(num)d meetings are over: what became of your motions?",
            unheard,
        )
        yield Line(unheard, words, url_for("motions.index", unheard="yes"))
    if waiting := counts.get("motions_to_confirm", 0):
        words = ngettext(
            "One body carried a motion: may it be named in public?",
            "%(num)d bodies carried motions: may they be named in public?",
            waiting,
        )
        yield Line(waiting, words, url_for("motions.index", state="to_agree"))
    if agreed := counts.get("motions_to_name", 0):
        words = ngettext(
            "A partner agreed that a body which carried a motion is named in public",
            "%(num)d bodies that carried motions may be named in public: their organisations agreed",
            agreed,
        )
        yield Line(agreed, words, url_for("motions.index", state="to_name"))


def _to_sign(actor: Actor, _counts: Counts) -> Iterator[Line]:
    """Statements under which the organisation's name is asked for, each by its working name."""
    for one in list_waiting(actor.organisation_id, reader=actor):
        is_late = one.soft_deadline is not None and one.soft_deadline < now()
        yield Line(
            1,
            gettext("“%(title)s”: does your organisation sign?", title=one.title),
            url_for("statements.signature", statement_id=one.id),
            gettext("answer due") if is_late else "",
        )


def _to_comment(_actor: Actor, counts: Counts) -> Iterator[Line]:
    """Texts that partners put to the organisation, and what others said of its own."""
    address = url_for("statements.index", state=StatementState.CONSULTATION)
    if texts := counts["statements_to_comment"]:
        words = ngettext("A text waits for your comments", "%(num)d texts wait for your comments", texts)
        yield Line(texts, words, address)
    if comments := counts["comments_to_resolve"]:
        words = ngettext(
            "One comment on your text waits for you", "%(num)d comments on your texts wait for you", comments
        )
        yield Line(comments, words, address)


def _model_texts(_actor: Actor, counts: Counts) -> Iterator[Line]:
    """Model texts that partners offer for publication."""
    if offered := counts["motion_texts_offered"]:
        words = ngettext(
            "One model text waits to be published", "%(num)d model texts wait to be published", offered
        )
        yield Line(offered, words, url_for("motions.texts"))


PARTS: tuple[tuple[Permission, object, Callable[[Actor, Counts], Iterator[Line]]], ...] = (
    (Permission.TASKS_KEEP, lazy_gettext("Tasks"), _tasks),
    (Permission.ACTIONS_CREATE, lazy_gettext("Join forces"), _joinings),
    (Permission.CALLS_MANAGE, lazy_gettext("Branches that need help"), _help_wanted),
    (Permission.CALLS_RELAY, lazy_gettext("Asked of every partner"), _to_decide),
    (Permission.MOTIONS_DRAFT, lazy_gettext("Motions"), _motions),
    (Permission.MOTIONS_PUBLISH, lazy_gettext("Model texts"), _model_texts),
    (Permission.STATEMENTS_SIGN, lazy_gettext("Statements to sign"), _to_sign),
    (Permission.STATEMENTS_DRAFT, lazy_gettext("Statements to talk about"), _to_comment),
    (Permission.RIGHTS_DESK, lazy_gettext("People asking about their data"), _rights),
    (Permission.CONTACTS_INTRODUCE, lazy_gettext("Introductions"), _introductions),
)


def select_counts(actor: Actor) -> dict[str, Select[int]]:
    """What the parts count, for those who are shown it; asked together with the other counts of *Today*."""
    found: dict[str, Select[int]] = {}
    if actor.can(Permission.TASKS_KEEP):
        found |= {
            "tasks_due": select_due(actor, today()),
            "tasks_overdue": select_due(actor, today() - timedelta(days=1)),
            "tasks_told": select_unseen(actor),
        }
    if actor.can(Permission.ACTIONS_CREATE):
        found |= {
            "joinings_asked": joining_news.select_asked(actor),
            "joinings_answered": joining_news.select_answered(actor),
        }
    if actor.can(Permission.STATEMENTS_DRAFT):
        found |= {
            "statements_to_comment": select_to_comment(actor),
            "comments_to_resolve": select_to_resolve(actor),
        }
    if actor.can(Permission.MOTIONS_DRAFT):
        found |= {
            "motions_near": select_deadlines(actor, today()),
            "motions_unheard": select_unheard(actor, today()),
        }
    if actor.can(Permission.MOTIONS_CONFIRM):
        found["motions_to_confirm"] = select_to_confirm(actor)
    if actor.can(Permission.MOTIONS_PUBLISH):
        found |= {"motion_texts_offered": select_offered(actor), "motions_to_name": select_to_name(actor)}
    if actor.can(Permission.CONTACTS_INTRODUCE):
        found |= {"introductions_offered": select_waiting(), "introductions_answered": select_answered()}
    return found


def list_parts(actor: Actor, counts: Counts) -> list[Part]:
    """The parts that have something to say to this person, in their order."""
    told = (
        Part(str(title), tuple(lines_of(actor, counts)))
        for permission, title, lines_of in PARTS
        if actor.can(permission)
    )
    return [part for part in told if part.lines]
