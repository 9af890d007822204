"""Tagging and assigning many contacts at once: said before it is done, done by the database in one go, undone as a whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, delete, func, insert, literal, select, update

from ...organisations.models import Unit
from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.cautions import ask_first
from ...platform.clock import now
from ...platform.db import db, find, get_or_404
from ...platform.errors import Conflict, Invalid
from ...platform.permissions import Permission, Role
from ...representatives.names import fold
from ..models import BulkDeed, Contact, ContactChange, ContactChanged, ContactTag, Tag
from ..models.contacts import LONGEST_TAG
from ..queries.contacts import count_contacts, list_colleagues, list_unit_names
from ..queries.questions import having
from .drafts import person_cautions
from .keeping import ensure_tags, open_contact
from .searching import Filters, search_contacts

MOST_AT_ONCE = 50_000
MOST_TICKED = 200
UNSYNCED: dict[str, Any] = {"synchronize_session": False}
ACTIONS = {
    BulkDeed.TAG: "contacts.tagged",
    BulkDeed.UNTAG: "contacts.untagged",
    BulkDeed.UNIT: "contacts.unit_assigned",
    BulkDeed.COLLEAGUE: "contacts.colleague_assigned",
}


@dataclass(frozen=True)
class Wish:
    """What somebody wants done: to those that the filters find, or to those of them that were ticked.

    ``tag`` is a name; ``target_id`` the unit (None: the whole organisation) or the colleague (None: nobody).
    """

    filters: Filters
    deed: str
    tag: str = ""
    target_id: UUID | None = None
    ticked: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Outlook:
    """What would be done: how many are meant, how many of them it changes, and the name of what they get."""

    meant: int
    changing: int
    label: str


class OtherNumber(Conflict):
    """There are more or fewer than the page said: look again before it is done."""

    code = "other_number"


def look_ahead(actor: Actor, wish: Wish, *, confirmed: Sequence[str] = ()) -> Outlook:
    """Say what would be done, and do nothing. Raises Invalid by field, NeedsConfirmation for a new tag."""
    tag_id, label = _checked(actor, wish, confirmed)
    meant = _meant(actor, wish)
    number = count_contacts(meant)
    if number > MOST_AT_ONCE:
        reason = _("More than %(most)s: narrow the list, then do it in parts.", most=f"{MOST_AT_ONCE:,}")
        raise Invalid(reason, deed=reason)
    changing = number if _is_new(wish, tag_id) else count_contacts(meant.where(_changes(wish, tag_id)))
    return Outlook(number, changing, label)


def carry_out(
    actor: Actor,
    wish: Wish,
    *,
    expected: tuple[int, int],
    submission_key: UUID,
    confirmed: Sequence[str] = (),
) -> ContactChange:
    """Do it; the same form sent twice does it once. Raises OtherNumber where ``expected`` is no longer so."""
    before = db.session.scalars(
        select(ContactChange).where(ContactChange.submission_key == submission_key)
    ).one_or_none()
    if before is not None:
        return before
    outlook = look_ahead(actor, wish, confirmed=confirmed)
    if (outlook.meant, outlook.changing) != expected:
        raise OtherNumber(_("Meanwhile others came or went. Look at the numbers again."))
    change = ContactChange(
        deed=wish.deed, target_label=outlook.label, submission_key=submission_key, made_at=now(), user_id=actor.user_id,
        author_label=actor.author_label, changed=outlook.changing,
        target_id=_tag(actor, wish.tag) if wish.deed in (BulkDeed.TAG, BulkDeed.UNTAG) else wish.target_id,
    )  # fmt: skip
    db.session.add(change)
    db.session.flush()
    _remember(actor, wish, change)
    _DO[BulkDeed(change.deed)](change)
    record(actor, ACTIONS[BulkDeed(change.deed)], "contact_change", change.id, count=change.changed)
    db.session.expire_all()
    return change


def undo_change(actor: Actor, change_id: UUID) -> tuple[ContactChange, int]:
    """Make it as it was, but for what was changed by hand since; answers with how many are as before."""
    actor.check(Permission.CONTACTS_KEEP)
    get_or_404(ContactChange, change_id)
    statement = select(ContactChange).where(ContactChange.id == change_id).with_for_update()
    change = db.session.scalars(statement.execution_options(populate_existing=True)).one()
    if change.undone_at is not None:
        return change, 0
    back = _UNDO[BulkDeed(change.deed)](change)
    change.undone_at, change.undone_by = now(), actor.author_label
    record(actor, "contacts.change_undone", "contact_change", change.id, count=back)
    db.session.flush()
    db.session.expire_all()
    return change, back


def assign_colleague(actor: Actor, contact_id: UUID, user_id: UUID | None) -> Contact:
    """Say who looks after one contact; None is nobody. Raises NotFound, Invalid."""
    contact = open_contact(actor, contact_id)
    if user_id is not None and user_id not in dict(list_colleagues()):
        raise Invalid(_("Choose one of these."), colleague=_("Choose one of these."))
    if contact.colleague_id != user_id:
        contact.colleague_id = user_id
        record(actor, "contact.colleague_assigned", "contact", contact.id)
        db.session.flush()
    return contact


def _checked(actor: Actor, wish: Wish, confirmed: Sequence[str]) -> tuple[UUID | None, str]:
    """The tag that there is already, and the name of what they get."""
    actor.check(Permission.CONTACTS_KEEP)
    if wish.filters.archived:
        raise Invalid(_("Archived contacts are not changed."), deed=_("Archived contacts are not changed."))
    if wish.deed in (BulkDeed.TAG, BulkDeed.UNTAG):
        return _checked_tag(wish, confirmed)
    if wish.deed == BulkDeed.UNIT and actor.role is not Role.OFFICER:
        if wish.target_id is None:
            return None, str(_("The whole organisation"))
        if find(Unit, wish.target_id) is not None:
            return None, list_unit_names([wish.target_id])[wish.target_id]
    if wish.deed == BulkDeed.COLLEAGUE:
        names = dict(list_colleagues())
        if wish.target_id is None or wish.target_id in names:
            return None, names[wish.target_id] if wish.target_id else str(_("Nobody"))
    fields: dict[str, str] = {BulkDeed.UNIT: "new_unit", BulkDeed.COLLEAGUE: "new_colleague"}
    field = fields.get(wish.deed, "deed")
    raise Invalid(_("Choose one of these."), **{field: _("Choose one of these.")})


def _checked_tag(wish: Wish, confirmed: Sequence[str]) -> tuple[UUID | None, str]:
    name = " ".join(wish.tag.split())
    if not 0 < len(name) <= LONGEST_TAG:
        raise Invalid(
            _("Write a tag."), new_tag=_("Write a tag of up to %(most)s letters.", most=LONGEST_TAG)
        )
    tag = db.session.scalars(
        select(Tag).where(Tag.name_folded == (fold(name) or name.casefold()))
    ).one_or_none()
    if tag is None:
        if wish.deed == BulkDeed.UNTAG:
            raise Invalid(_("There is no such tag."), new_tag=_("There is no such tag."))
        ask_first(person_cautions("new_tag", name), confirmed)
    return (tag.id, tag.name) if tag else (None, name)


def _tag(actor: Actor, name: str) -> UUID:
    return ensure_tags(actor.organisation_id, [" ".join(name.split())])[0].id


def _is_new(wish: Wish, tag_id: UUID | None) -> bool:
    return wish.deed == BulkDeed.TAG and tag_id is None


def _meant(actor: Actor, wish: Wish) -> Select[tuple[Contact]]:
    statement = search_contacts(actor, wish.filters)
    return statement.where(Contact.id.in_(wish.ticked[:MOST_TICKED])) if wish.ticked else statement


def _changes(wish: Wish, tag_id: UUID | None) -> ColumnElement[bool]:
    """Whom it changes: not those who have it already."""
    if wish.deed == BulkDeed.UNIT:
        return Contact.unit_id.is_distinct_from(wish.target_id)
    if wish.deed == BulkDeed.COLLEAGUE:
        return Contact.colleague_id.is_distinct_from(wish.target_id)
    borne = having(ContactTag, ContactTag.tag_id == tag_id)
    return ~borne if wish.deed == BulkDeed.TAG else borne


def _remember(actor: Actor, wish: Wish, change: ContactChange) -> None:
    """Write down whom it changes, and what they had."""
    before = {BulkDeed.UNIT: Contact.unit_id, BulkDeed.COLLEAGUE: Contact.colleague_id}.get(
        BulkDeed(change.deed)
    )
    found = (
        _meant(actor, wish)
        .where(_changes(wish, change.target_id))
        .with_only_columns(
            Contact.organisation_id,
            func.gen_random_uuid(),
            literal(change.id),
            Contact.id,
            literal(None, ContactChanged.before_id.type) if before is None else before,
        )
        .with_for_update(of=Contact)
    )
    columns = ["organisation_id", "id", "change_id", "contact_id", "before_id"]
    db.session.execute(insert(ContactChanged).from_select(columns, found))
    change.changed = (
        db.session.scalar(
            select(func.count()).select_from(ContactChanged).where(ContactChanged.change_id == change.id)
        )
        or 0
    )


def _rows(change: ContactChange) -> Select[UUID]:
    return select(ContactChanged.contact_id).where(ContactChanged.change_id == change.id)


def _tag_all(change: ContactChange) -> int:
    given = select(
        ContactChanged.organisation_id,
        func.gen_random_uuid(),
        ContactChanged.contact_id,
        literal(change.target_id),
        literal(change.made_at, ContactTag.created_at.type),
    ).where(ContactChanged.change_id == change.id)
    columns = ["organisation_id", "id", "contact_id", "tag_id", "created_at"]
    return _number(insert(ContactTag).from_select(columns, given))


def _untag_all(change: ContactChange) -> int:
    borne = (ContactTag.tag_id == change.target_id, ContactTag.contact_id.in_(_rows(change)))
    return _number(delete(ContactTag).where(*borne))


def _take_back_tags(change: ContactChange) -> int:
    borne = (ContactTag.tag_id == change.target_id, ContactTag.contact_id.in_(_rows(change)))
    return _number(delete(ContactTag).where(*borne, ContactTag.created_at == change.made_at))


def _give_back_tags(change: ContactChange) -> int:
    again = select(ContactTag.id).where(
        ContactTag.contact_id == ContactChanged.contact_id, ContactTag.tag_id == change.target_id
    )
    given = select(
        ContactChanged.organisation_id,
        func.gen_random_uuid(),
        ContactChanged.contact_id,
        literal(change.target_id),
        func.now(),
    ).where(ContactChanged.change_id == change.id, ~again.exists())
    columns = ["organisation_id", "id", "contact_id", "tag_id", "created_at"]
    if change.target_id is None or find(Tag, change.target_id) is None:
        return 0
    return _number(insert(ContactTag).from_select(columns, given))


def _assign(column: str) -> Callable[[ContactChange], int]:
    def do(change: ContactChange) -> int:
        values = {column: change.target_id, "version": Contact.version + 1, "edited_at": change.made_at}
        return _number(update(Contact).where(Contact.id.in_(_rows(change))).values(values))

    return do


def _unassign(column: str) -> Callable[[ContactChange], int]:
    def undo(change: ContactChange) -> int:
        there = (
            ContactChanged.change_id == change.id,
            ContactChanged.contact_id == Contact.id,
            getattr(Contact, column).is_not_distinct_from(change.target_id),
        )
        before: Any = ContactChanged.before_id
        if column == "unit_id":
            # A unit may be gone since.
            before = select(Unit.id).where(Unit.id == before).correlate(ContactChanged).scalar_subquery()
        values = {column: before, "version": Contact.version + 1, "edited_at": now()}
        return _number(update(Contact).where(*there).values(values))

    return undo


def _number(statement: Any) -> int:
    done: Any = db.session.execute(statement.execution_options(**UNSYNCED))
    return int(done.rowcount)


_DO: dict[BulkDeed, Callable[[ContactChange], int]] = {
    BulkDeed.TAG: _tag_all,
    BulkDeed.UNTAG: _untag_all,
    BulkDeed.UNIT: _assign("unit_id"),
    BulkDeed.COLLEAGUE: _assign("colleague_id"),
}
_UNDO: dict[BulkDeed, Callable[[ContactChange], int]] = {
    BulkDeed.TAG: _take_back_tags,
    BulkDeed.UNTAG: _give_back_tags,
    BulkDeed.UNIT: _unassign("unit_id"),
    BulkDeed.COLLEAGUE: _unassign("colleague_id"),
}
