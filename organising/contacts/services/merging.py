"""Making one contact of two, with a choice per field, and two of one again for thirty days. Nothing is lost on the way.

The contact that is not kept stays as it is, put away behind the kept one; notes and decisions go over, and come back.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, or_, select, update

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import now
from ...platform.db import change_rows, db, get_or_404, new_id
from ...platform.errors import Conflict, Invalid, NotFound
from ...platform.permissions import Permission
from ..models import (
    ConsentDecision,
    Contact,
    ContactConsent,
    ContactFieldValue,
    ContactMerge,
    ContactNote,
    FieldKind,
    SpecialFact,
)
from ..queries.consents import find_standing, list_facts
from ..queries.duplicates import find_merge
from ..queries.fields import list_fields, list_values
from .drafts import ContactDraft, DetailDraft, tidy
from .keeping import COMPARED, kept_values, rewrite
from .snapshots import put_back, written

FIRST, SECOND, BOTH = "first", "second", "both"
SEVERAL = ("emails", "phones", "addresses", "tags")
UNDO_FOR = timedelta(days=30)
MOVED = (ContactNote, ContactConsent)


class MergeStale(Conflict):
    """One of the two was changed since the page was opened: look again, then choose."""

    code = "merge_stale"


def merge_contacts(
    actor: Actor,
    kept_id: UUID,
    merged_id: UUID,
    choices: Mapping[str, str],
    *,
    versions: tuple[int, int],
) -> ContactMerge:
    """Merge the second into the first; ``choices`` says per field whose it is: first, second, or both of lists.

    The same form sent twice merges once. Raises NotFound, Conflict for an archived one, MergeStale, Invalid by field.
    """
    actor.check(Permission.CONTACTS_MERGE)
    kept, merged = _open_both(kept_id, merged_id)
    if merged.merged_into_id == kept.id:
        before = find_merge(kept.id, merged.id)
        assert before is not None
        return before
    if kept.archived_at is not None or merged.archived_at is not None:
        raise Conflict(_("One of the two is archived. Bring it back before you merge them."))
    if (kept.version, merged.version) != versions:
        raise MergeStale(_("Somebody changed one of the two meanwhile. Look again before you merge them."))
    mine = kept_values(kept)
    wanted = _chosen(mine, kept_values(merged), choices)
    draft, wrong = tidy(actor, ContactDraft(submission_key=kept.submission_key, **wanted))
    if wrong:
        raise Invalid(_("They are not merged yet."), **wrong)
    merge = ContactMerge(kept_id=kept.id, merged_id=merged.id, author_label=actor.author_label, moved={})
    facts = {purpose: fact.value for purpose, fact in list_facts(kept.id).items()}
    db.session.add(merge)
    db.session.flush()
    merge.moved = _move(merged.id, kept.id)
    # What one of them asked for holds for who they are together.
    kept.restricted_at = kept.restricted_at or merged.restricted_at
    kept.objected_at = kept.objected_at or merged.objected_at
    merged.archive(now())
    merged.merged_into_id = kept.id
    rewrite(kept, draft)
    merge.before = written({"before": mine, "after": kept_values(kept), "facts": facts})
    record(actor, "contact.merged", "contact", kept.id, other=str(merged.id))
    db.session.flush()
    return merge


def undo_merge(actor: Actor, contact_id: UUID, merge_id: UUID) -> ContactMerge:
    """Make two of them again. What was changed by hand since stays as it was changed.

    Raises NotFound; Conflict when the time is over, or the kept one was itself merged since.
    """
    actor.check(Permission.CONTACTS_MERGE)
    merge = get_or_404(ContactMerge, merge_id)
    if merge.kept_id != contact_id:
        raise NotFound
    kept, merged = _open_both(merge.kept_id, merge.merged_id)
    db.session.refresh(merge)
    if merge.undone_at is not None:
        return merge
    if not can_undo(merge) or kept.merged_into_id is not None:
        raise Conflict(_("This merge can no longer be undone."))
    _check_order(merge)
    snapshot = json.loads(merge.before or "{}")
    _move_back(merge)
    _carry_refusals(merge)
    merged.merged_into_id = None
    merged.restore()
    db.session.flush()
    rewrite(kept, put_back(snapshot, kept_values(kept), kept.submission_key))
    _restore_facts(kept.id, snapshot["facts"])
    merge.undone_at, merge.undone_by, merge.before = now(), actor.author_label, None
    record(actor, "contact.merge_undone", "contact", kept.id, other=str(merged.id))
    db.session.flush()
    return merge


def can_undo(merge: ContactMerge) -> bool:
    """Whether the time to undo it is not over."""
    return merge.undone_at is None and merge.before_cipher is not None and merge.created_at + UNDO_FOR > now()


def has_old_merges() -> bool:
    """Whether anything is kept of the current organisation's merges whose time is over."""
    return bool(db.session.scalar(select(exists().where(*_is_over()))))


def forget_merges() -> int:
    """Empty what undoing needs of the current organisation's merges whose time is over; returns how many."""
    over = update(ContactMerge).where(*_is_over()).values(before_cipher=None)
    return change_rows(over)


def _is_over() -> tuple[ColumnElement[bool], ...]:
    return ContactMerge.created_at < now() - UNDO_FOR, ContactMerge.before_cipher.is_not(None)


def _open_both(first_id: UUID, second_id: UUID) -> tuple[Contact, Contact]:
    """Both, locked in one order whoever asks, so that two merges of the same pair take turns."""
    for one in (first_id, second_id):
        get_or_404(Contact, one)
    if first_id == second_id:
        raise NotFound
    statement = select(Contact).where(Contact.id.in_([first_id, second_id])).order_by(Contact.id)
    rows = db.session.scalars(statement.with_for_update().execution_options(populate_existing=True))
    found = {one.id: one for one in rows}
    return found[first_id], found[second_id]


def _chosen(
    first: Mapping[str, Any], second: Mapping[str, Any], choices: Mapping[str, str]
) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    for name in COMPARED:
        choice = choices.get(name, BOTH if name in SEVERAL else FIRST)
        if choice == BOTH and name in SEVERAL:
            wanted[name] = united(first[name], second[name])
        elif choice in (FIRST, SECOND):
            wanted[name] = (first if choice == FIRST else second)[name]
        else:
            raise Invalid(_("Choose for each field."), **{name: _("Choose one of these.")})
    return wanted


def united(first: Sequence[Any], second: Sequence[Any]) -> tuple[Any, ...]:
    """All of the first, then what only the second has; the same address or number once."""
    seen = {_same(one) for one in first}
    return (*first, *(one for one in second if _same(one) not in seen))


def _same(one: Any) -> Any:
    if isinstance(one, DetailDraft):
        return one.value.casefold(), one.postcode
    return str(one).casefold()


def _move(from_id: UUID, to_id: UUID) -> dict[str, list[str]]:
    """Notes, decisions and the facts that rest on them go over; answers with their ids, by table."""
    moved: dict[str, list[str]] = {}
    for model in MOVED:
        ids = list(db.session.scalars(select(model.id).where(model.contact_id == from_id)))
        moved[model.__tablename__] = [str(one) for one in ids]
        _give(model, ids, to_id)
    moved[ContactFieldValue.__tablename__] = _move_values(from_id, to_id)
    there = list_facts(to_id)
    for purpose, fact in list_facts(from_id).items():
        if purpose not in there and _is_given(to_id, purpose):
            moved.setdefault(SpecialFact.__tablename__, []).append(str(fact.id))
            _give(SpecialFact, [fact.id], to_id)
    for purpose, fact in there.items():
        # A "no" that came over is later than this one's yes: what it let be kept goes, as it would have gone then.
        if not _is_given(to_id, purpose):
            db.session.delete(fact)
    db.session.flush()
    return moved


def _move_values(from_id: UUID, to_id: UUID) -> list[str]:
    """What stands in own fields that the kept one has nothing in, and words chosen that it lacks, go over."""
    theirs = list_values([from_id]).get(from_id, {})
    mine = list_values([to_id]).get(to_id, {})
    several = {one.id for one in list_fields(removed=True) if one.kind is FieldKind.SEVERAL_OF}
    going = [field_id for field_id in theirs if field_id not in mine]
    adding = {
        option_id
        for field_id in several & set(mine) & set(theirs)
        for option_id in set(theirs[field_id]) - set(mine[field_id])
    }
    ids = list(
        db.session.scalars(
            select(ContactFieldValue.id).where(
                ContactFieldValue.contact_id == from_id,
                or_(ContactFieldValue.field_id.in_(going), ContactFieldValue.option_id.in_(adding)),
            )
        )
    )
    _give(ContactFieldValue, ids, to_id)
    return [str(one) for one in ids]


def _move_back(merge: ContactMerge) -> None:
    for model in (*MOVED, SpecialFact, ContactFieldValue):
        _give(model, [UUID(one) for one in merge.moved.get(model.__tablename__, [])], merge.merged_id)


def _carry_refusals(merge: ContactMerge) -> None:
    """A no that was written down while they were one stands for both: it was said about the yes of either."""
    refused = select(ContactConsent).where(
        ContactConsent.contact_id == merge.kept_id,
        ContactConsent.created_at > merge.created_at,
        ContactConsent.decision.in_((ConsentDecision.REFUSED, ConsentDecision.WITHDRAWN)),
    )
    for one in list(db.session.scalars(refused)):
        db.session.add(
            ContactConsent(
                contact_id=merge.merged_id,
                purpose=one.purpose,
                channel=one.channel,
                decision=one.decision,
                decided_at=one.decided_at,
                source=one.source,
                recorded_by=one.recorded_by,
                author_label=one.author_label,
                submission_key=new_id(),
            )
        )
    db.session.flush()
    db.session.expire_all()


def _give(model: Any, ids: Sequence[UUID], contact_id: UUID) -> None:
    statement = update(model).where(model.id.in_(ids)).values(contact_id=contact_id)
    db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire_all()


def _is_given(contact_id: UUID, purpose: str) -> bool:
    standing = find_standing(contact_id, purpose, "record")
    return standing is not None and standing.decision == ConsentDecision.GIVEN


def _restore_facts(contact_id: UUID, facts: Mapping[str, str]) -> None:
    there = list_facts(contact_id)
    for purpose, value in facts.items():
        standing = find_standing(contact_id, purpose, "record")
        if purpose not in there and standing is not None and standing.decision == ConsentDecision.GIVEN:
            fact = SpecialFact(contact_id=contact_id, purpose=purpose, consent_id=standing.id)
            fact.value = value
            db.session.add(fact)
    db.session.flush()


def _check_order(merge: ContactMerge) -> None:
    """The last merge into a contact is undone first: each was written over the one before."""
    later = select(ContactMerge.id).where(
        ContactMerge.kept_id == merge.kept_id,
        ContactMerge.undone_at.is_(None),
        ContactMerge.created_at > merge.created_at,
    )
    if db.session.scalar(later.limit(1)) is not None:
        raise Conflict(_("Another contact was merged here since. Undo that one first."))
