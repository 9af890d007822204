"""Segments: which are saved, whom they find, and what they say. :func:`list_in_segment` is the way in for others.

A segment is asked anew each time: who is in it changes, its words don't. Whoever writes to those in it checks consent
of its own accord: a segment says whom one means, never whom one may write to.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text, true

from ...platform.actor import Actor
from ...platform.db import db
from ...platform.errors import Conflict
from ...platform.ui import longdate
from ..criteria import Condition, Group, Mode, NotCriteria, read
from ..models import Contact, ContactSegment
from . import consent_questions, fields, own_questions  # noqa: F401 (they register what can be asked)
from .questions import Operator, Question, Takes, list_questions, read_value

Questions = Mapping[str, Question]


class StaleSegment(Conflict):
    """It asks something that can't be asked any more: its answer would be another than its words."""

    code = "segment_stale"


def list_in_segment(segment: ContactSegment) -> Select[UUID]:
    """Ids of the contacts in a segment now, as a subquery or on its own: neither archived nor merged ones.

    Within the session's context: row security narrows an officer's to the own unit. In a job of the organisation it is
    all of them. Raises :class:`StaleSegment` where the segment asks something that is gone, rather than find too many.
    """
    return select(Contact.id).where(is_live(), in_segment(segment)).correlate(None)


def in_segment(segment: ContactSegment) -> ColumnElement[bool]:
    """That a contact is in a segment, as a condition of a select on :class:`Contact`."""
    return holds(read_criteria(segment), list_questions())


def is_live() -> ColumnElement[bool]:
    """That a contact is in use: neither archived nor merged into another."""
    return and_(Contact.archived_at.is_(None), Contact.merged_into_id.is_(None))


def read_criteria(segment: ContactSegment) -> Group:
    """What a segment asks."""
    try:
        return read(segment.criteria or "")
    except NotCriteria:
        raise _stale() from None


def holds(group: Group, questions: Questions) -> ColumnElement[bool]:
    """A group as a condition. A group without parts leaves nobody out, whatever its mode."""
    parts = [
        holds(part, questions) if isinstance(part, Group) else _condition(part, questions)
        for part in group.parts
        if not isinstance(part, Group) or next(part.conditions(), None) is not None
    ]
    if not parts:
        return true()
    if group.mode is Mode.ALL:
        return and_(*parts)
    return or_(*parts) if group.mode is Mode.ANY else ~or_(*parts)


def find_operator(condition: Condition, questions: Questions) -> Operator | None:
    """The operator that a condition means, or None where there is no such question any more."""
    question = questions.get(condition.field)
    return question.operator(condition.operator) if question else None


def _condition(condition: Condition, questions: Questions) -> ColumnElement[bool]:
    operator = find_operator(condition, questions)
    if operator is None:
        raise _stale()
    try:
        return operator.build(read_value(operator.takes, condition.value))
    except ValueError:
        raise _stale() from None


def _stale() -> StaleSegment:
    return StaleSegment(_("This segment asks something that there is no more. Change it before you use it."))


def count_matching(condition: ColumnElement[bool]) -> int:
    """How many contacts in use a condition finds."""
    make_room()
    return db.session.scalar(select(func.count()).select_from(Contact).where(is_live(), condition)) or 0


def make_room() -> None:
    """Let this transaction hash what it compares: a large organisation's tags fit into no 4 MB."""
    db.session.execute(text("SELECT set_config('work_mem', '64MB', true)"))


def list_segments() -> Sequence[ContactSegment]:
    """The organisation's segments by name, without those put away."""
    statement = select(ContactSegment).where(ContactSegment.removed_at.is_(None))
    return db.session.scalars(statement.order_by(ContactSegment.name_folded, ContactSegment.id)).all()


def find_by_name(folded: str) -> ContactSegment | None:
    """The segment of this folded name that is in use, or None."""
    statement = select(ContactSegment).where(
        ContactSegment.name_folded == folded, ContactSegment.removed_at.is_(None)
    )
    return db.session.scalars(statement).one_or_none()


def is_allowed(actor: Actor, group: Group, questions: Questions) -> bool:
    """Whether the actor may ask all of this."""
    asked = (questions.get(one.field) for one in group.conditions())
    return all(one is None or one.permission is None or actor.can(one.permission) for one in asked)


def describe(group: Group, questions: Questions) -> str:
    """What a segment says, in a sentence."""
    words = _said(group, questions)
    return str(_("Everybody of whom this holds: %(words)s.", words=words) if words else _("Everybody."))


def _said(group: Group, questions: Questions, *, within: bool = False) -> str:
    parts = list(_parts(group, questions))
    if not parts:
        return ""
    if group.mode is Mode.NONE:
        inner = _(" or ").join(parts)
        return str(_("not (%(words)s)", words=inner))
    joined = (_(" and ") if group.mode is Mode.ALL else _(" or ")).join(parts)
    return f"({joined})" if within and len(parts) > 1 else str(joined)


def _parts(group: Group, questions: Questions) -> Iterator[str]:
    for part in group.parts:
        words = (
            _said(part, questions, within=True)
            if isinstance(part, Group)
            else describe_condition(part, questions)
        )
        if words:
            yield words


def describe_condition(condition: Condition, questions: Questions) -> str:
    """One condition in words."""
    operator = find_operator(condition, questions)
    if operator is None:
        return str(_("something that there is no more"))
    return str(operator.says) % {
        "value": _shown(operator, condition.value.strip(), questions[condition.field])
    }


def _shown(operator: Operator, value: str, question: Question) -> str:
    if not value:
        return "…"
    if operator.takes in (Takes.CHOICE, Takes.ID):
        words: dict[str, Any] = dict(question.choices())
        return str(words.get(value, _("something that there is no more"))).strip()
    if operator.takes is Takes.DAY:
        try:
            return longdate(read_value(Takes.DAY, value))
        except ValueError:
            return value
    return value
