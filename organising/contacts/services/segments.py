"""Saving a segment, changing it, copying it, putting it away and bringing it back."""

from collections.abc import Collection
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.cautions import ask_first
from ...platform.clock import now
from ...platform.conflicts import Difference, check_version
from ...platform.db import db, get_or_404
from ...platform.errors import Conflict, Forbidden, Invalid
from ...platform.locks import take_turns
from ...platform.permissions import Permission, Role
from ...representatives.names import fold
from ..criteria import Condition, Group, NotCriteria, check_size, pruned, write
from ..models import ContactSegment
from ..models.segments import LONGEST_SEGMENT
from ..queries.questions import Question, Takes, read_value
from ..queries.segments import Questions, find_by_name, is_allowed, read_criteria
from .drafts import person_cautions


def find_faults(actor: Actor, group: Group, questions: Questions) -> dict[int, str]:
    """What is wrong with each condition, by its number in the order of :meth:`Group.conditions`."""
    found: dict[int, str] = {}
    for number, one in enumerate(group.conditions()):
        reason = _fault(actor, one, questions.get(one.field))
        if reason:
            found[number] = reason
    return found


def _fault(actor: Actor, condition: Condition, question: Question | None) -> str:
    operator = question.operator(condition.operator) if question else None
    if question is None or operator is None:
        return str(_("This can’t be asked any more. Take it out."))
    if question.permission is not None and not actor.can(question.permission):
        return str(_("Your role does not let you ask this."))
    try:
        value = read_value(operator.takes, condition.value)
    except ValueError as error:
        return str(error)
    if operator.takes is Takes.TEXT and not fold(value):
        return str(_("Write some letters or numbers."))
    if operator.takes in (Takes.CHOICE, Takes.ID) and str(value) not in dict(question.choices()):
        return str(_("Choose one of these."))
    return ""


def save_segment(
    actor: Actor, name: str, group: Group, questions: Questions, *, confirmed: Collection[str] = ()
) -> ContactSegment:
    """Keep a question under a name; the same twice is one. Raises Invalid by field, NeedsConfirmation."""
    actor.check(Permission.CONTACTS_KEEP)
    group = _checked(actor, group, questions)
    name = " ".join(name.split())
    take_turns("contact segments", actor.organisation_id)
    before = find_by_name(_folded(name))
    if before is not None and read_criteria(before) == group:
        return before
    _check_name(name, before)
    ask_first(person_cautions("name", name), confirmed)
    segment = ContactSegment(
        name=name, name_folded=_folded(name), author_user_id=actor.user_id, author_label=actor.author_label
    )
    segment.criteria = write(group)
    db.session.add(segment)
    db.session.flush()
    record(actor, "contact_segment.saved", "contact_segment", segment.id)
    return segment


def edit_segment(
    actor: Actor,
    segment_id: UUID,
    name: str,
    group: Group,
    questions: Questions,
    *,
    version: int,
    confirmed: Collection[str] = (),
) -> ContactSegment:
    """Change a segment's name and question. Raises NotFound, Forbidden, EditConflict, Invalid, NeedsConfirmation."""
    segment = open_segment(actor, segment_id)
    group = _checked(actor, group, questions)
    name = " ".join(name.split())
    take_turns("contact segments", actor.organisation_id)
    kept = {"name": segment.name, "criteria": read_criteria(segment)}
    sent = {"name": name, "criteria": group}
    differences = [Difference(one, kept[one], sent[one]) for one in kept if kept[one] != sent[one]]
    check_version(segment.version, version, differences)
    if not differences:
        return segment
    before = find_by_name(_folded(name))
    _check_name(name, before if before is not segment else None)
    ask_first(person_cautions("name", name), confirmed)
    segment.name, segment.name_folded = name, _folded(name)
    if kept["criteria"] != group:
        segment.criteria = write(group)
    segment.version += 1
    segment.edited_at = now()
    db.session.flush()
    fields = sorted(one.field for one in differences)
    record(actor, "contact_segment.edited", "contact_segment", segment.id, fields=fields)
    return segment


def remove_segment(actor: Actor, segment_id: UUID) -> ContactSegment:
    """Put a segment away; it can be brought back."""
    segment = open_segment(actor, segment_id, removed=True)
    if segment.remove(now()):
        record(actor, "contact_segment.removed", "contact_segment", segment.id)
        db.session.flush()
    return segment


def restore_segment(actor: Actor, segment_id: UUID) -> ContactSegment:
    """Bring a segment back. Raises Conflict where another has its name by now."""
    segment = open_segment(actor, segment_id, removed=True)
    take_turns("contact segments", actor.organisation_id)
    if segment.removed_at is not None and find_by_name(segment.name_folded) is not None:
        raise Conflict(_("Another segment has this name now. Rename that one first."))
    if segment.restore():
        record(actor, "contact_segment.restored", "contact_segment", segment.id)
        db.session.flush()
    return segment


def name_copy(segment: ContactSegment) -> str:
    """A name for a copy that no segment has yet."""
    for number in range(1, 100):
        again = _("%(name)s (copy)", name=segment.name) if number == 1 else f"{segment.name} ({number})"
        name = str(again)[-LONGEST_SEGMENT:]
        if find_by_name(_folded(name)) is None:
            return name
    return ""


def open_segment(actor: Actor, segment_id: UUID, *, removed: bool = False) -> ContactSegment:
    """A segment to be changed, locked: an officer changes own ones only. Raises NotFound, Forbidden, Conflict."""
    actor.check(Permission.CONTACTS_KEEP)
    get_or_404(ContactSegment, segment_id)
    statement = select(ContactSegment).where(ContactSegment.id == segment_id).with_for_update()
    segment = db.session.scalars(statement.execution_options(populate_existing=True)).one()
    if not may_change(actor, segment):
        raise Forbidden(_("Somebody else made this segment. Copy it, and change the copy."))
    if segment.removed_at is not None and not removed:
        raise Conflict(_("This segment is archived. Bring it back before you change it."))
    return segment


def may_change(actor: Actor, segment: ContactSegment) -> bool:
    """Whether the actor may change this segment: officers their own, all others any."""
    return actor.role is not Role.OFFICER or segment.author_user_id == actor.user_id


def check_allowed(actor: Actor, group: Group, questions: Questions) -> None:
    """Raise Forbidden where a segment asks what this role does not see: its answer would be wrong."""
    if not is_allowed(actor, group, questions):
        raise Forbidden(_("This segment asks something that your role does not see."))


def _checked(actor: Actor, group: Group, questions: Questions) -> Group:
    try:
        check_size(group)
    except NotCriteria:
        raise Invalid(_("This is too much for one segment."), criteria=_("Use fewer groups.")) from None
    if find_faults(actor, group, questions):
        raise Invalid(_("Put this right first."), criteria=_("Finish each condition, or take it out."))
    return pruned(group)


def _check_name(name: str, other: ContactSegment | None) -> None:
    if not 0 < len(name) <= LONGEST_SEGMENT:
        raise Invalid(_("The segment was not saved yet."), name=_("Give it a name of up to 80 letters."))
    if other is not None:
        raise Invalid(
            _("The segment was not saved yet."), name=_("There is a segment of this name. Take another.")
        )


def _folded(name: str) -> str:
    return fold(name) or name.casefold()
