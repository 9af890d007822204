"""Adding a contact, changing it, putting it away and bringing it back. Of two editors the second loses nothing."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.cautions import Caution, ask_first
from ...platform.clock import now, today
from ...platform.conflicts import Difference, Value, check_version, list_differences
from ...platform.db import db, get_or_404, new_id
from ...platform.errors import Conflict, Invalid
from ...platform.locks import take_turns
from ...platform.permissions import Permission
from ...platform.sealing import blind_index, canonical_email
from ...representatives.names import fold
from ...representatives.services.postcodes import find_areas
from ...safeguards.storage import check_keeps_people
from ..models import (
    Contact,
    ContactArea,
    ContactDetail,
    ContactTag,
    DetailKind,
    SearchToken,
    Tag,
)
from ..queries.contacts import find_by_submission, list_details, list_tags_of
from ..queries.fields import list_fields
from ..tokens import tokens_of
from .drafts import ContactDraft, DetailDraft, contact_cautions, tidy
from .duplicates import draft_cautions, erased_cautions
from .fields import differ_values, put_values, tidy_values, value_cautions

COMPARED = (
    "kind", "name", "emails", "phones", "addresses", "unit_id", "sector", "job", "workplace", "language", "tags",
    "source", "source_detail",
)  # fmt: skip


def keep_contact(actor: Actor, draft: ContactDraft, *, confirmed: Collection[str] = ()) -> Contact:
    """Add a contact; the same form sent twice adds one. Raises Invalid by field, NeedsConfirmation."""
    actor.check(Permission.CONTACTS_KEEP)
    before = find_by_submission(draft.submission_key)
    if before is not None:
        return before
    check_keeps_people(actor)
    draft = _checked(actor, draft)
    asked = chain(
        contact_cautions(draft),
        _own_cautions(draft),
        draft_cautions(draft, actor.organisation_id),
        erased_cautions(draft, actor.organisation_id),
    )
    ask_first(asked, confirmed)
    contact = Contact(organisation_id=actor.organisation_id, submission_key=draft.submission_key, name="")
    put(contact, draft)
    db.session.add(contact)
    db.session.flush()
    put_details(contact, draft, is_new=True)
    put_tags(contact, draft.tags, is_new=True)
    put_values(contact, draft.own or {})
    record(actor, "contact.added", "contact", contact.id)
    return contact


def edit_contact(
    actor: Actor,
    contact_id: UUID,
    draft: ContactDraft,
    *,
    version: int,
    confirmed: Collection[str] = (),
) -> Contact:
    """Change what is kept; ``version`` is the one that the form was opened with.

    Raises NotFound for another organisation's or unit's, Conflict for an archived one, EditConflict, Invalid,
    NeedsConfirmation.
    """
    contact = open_contact(actor, contact_id)
    draft = _checked(actor, draft)
    own = differ_values(contact.id, draft.own or {})
    differences = [*differ(contact, draft), *own]
    check_version(contact.version, version, differences)
    if not differences:
        return contact
    ask_first(chain(contact_cautions(draft), _own_cautions(draft)), confirmed)
    changed = {one.field for one in differences}
    put(contact, draft)
    contact.version += 1
    contact.edited_at = now()
    db.session.flush()
    if changed & {"name", "emails", "phones", "addresses"}:
        put_details(contact, draft)
    if "tags" in changed:
        put_tags(contact, draft.tags)
    if own:
        put_values(contact, draft.own or {})
    record(actor, "contact.edited", "contact", contact.id, fields=sorted(changed), version=contact.version)
    return contact


def archive_contact(actor: Actor, contact_id: UUID) -> Contact:
    """Put a contact away: out of lists and searches, kept until it is brought back."""
    contact = open_contact(actor, contact_id, archived=True)
    if contact.archive(now()):
        record(actor, "contact.archived", "contact", contact.id)
    return contact


def restore_contact(actor: Actor, contact_id: UUID) -> Contact:
    """Bring an archived contact back."""
    contact = open_contact(actor, contact_id, archived=True)
    if contact.merged_into_id is not None:
        raise Conflict(_("This contact was merged into another. Undo the merge there."))
    if contact.restore():
        record(actor, "contact.restored", "contact", contact.id)
    return contact


def open_contact(actor: Actor, contact_id: UUID, *, archived: bool = False) -> Contact:
    """The contact, locked until the transaction ends. Raises NotFound; Conflict for an archived one unless ``archived``."""
    actor.check(Permission.CONTACTS_KEEP)
    get_or_404(Contact, contact_id)
    statement = select(Contact).where(Contact.id == contact_id).with_for_update()
    contact = db.session.scalars(statement.execution_options(populate_existing=True)).one()
    if contact.archived_at is not None and not archived:
        raise Conflict(_("This contact is archived. Bring it back before you change it."))
    return contact


def kept_values(contact: Contact) -> dict[str, Value]:
    """What is kept, by field, as :func:`differ` compares it."""
    return kept_values_of([contact])[contact.id]


def kept_values_of(contacts: Sequence[Contact]) -> dict[UUID, dict[str, Value]]:
    """The same of several, by their ids, read at once."""
    ids = [one.id for one in contacts]
    details, tags = list_details(ids), list_tags_of(ids)
    return {
        one.id: _values(one, details.get(one.id, []), [tag.name for tag in tags.get(one.id, [])])
        for one in contacts
    }


def _values(contact: Contact, details: Sequence[ContactDetail], tags: Sequence[str]) -> dict[str, Value]:
    return {
        "kind": contact.kind,
        "name": contact.name,
        "emails": _drafts(details, DetailKind.EMAIL),
        "phones": _drafts(details, DetailKind.PHONE),
        "addresses": _drafts(details, DetailKind.ADDRESS),
        "unit_id": contact.unit_id,
        "sector": contact.sector,
        "job": contact.job or "",
        "workplace": contact.workplace or "",
        "language": contact.language,
        "tags": _in_order(tags),
        "source": contact.source,
        "source_detail": contact.source_detail or "",
    }


def differ(contact: Contact, draft: ContactDraft) -> list[Difference]:
    """The fields on which the kept contact and a tidied draft differ."""
    sent = {name: getattr(draft, name) for name in COMPARED} | {"tags": _in_order(draft.tags)}
    return list_differences(COMPARED, kept_values(contact), sent)


def _checked(actor: Actor, draft: ContactDraft) -> ContactDraft:
    tidied, wrong = tidy(actor, draft)
    if draft.own:
        own, wrong_there = tidy_values(list_fields(), draft.own)
        tidied, wrong = replace(tidied, own=own), wrong | wrong_there
    if wrong:
        raise Invalid(_("The contact was not kept yet."), **wrong)
    return tidied


def _own_cautions(draft: ContactDraft) -> Iterator[Caution]:
    return value_cautions(list_fields(), draft.own) if draft.own else iter(())


def _in_order(names: object) -> tuple[str, ...]:
    return tuple(sorted(names, key=str.casefold))  # type: ignore[call-overload]


def _drafts(details: Sequence[ContactDetail], kind: DetailKind) -> tuple[DetailDraft, ...]:
    return tuple(
        DetailDraft(one.value or "", one.use, one.postcode or "", one.valid_from, one.valid_until)
        for one in details
        if one.kind == kind
    )


def rewrite(contact: Contact, draft: ContactDraft) -> None:
    """Make a contact what a tidied draft says, as a new version."""
    put(contact, draft)
    contact.version += 1
    contact.edited_at = now()
    db.session.flush()
    put_details(contact, draft)
    put_tags(contact, draft.tags)


def put(contact: Contact, draft: ContactDraft) -> None:
    """Put a tidied draft's facts over those of a contact."""
    contact.kind = draft.kind
    contact.name = draft.name
    contact.sort_key = fold(draft.name) or draft.name
    contact.unit_id = draft.unit_id
    contact.sector = draft.sector
    contact.source = draft.source
    for name in ("job", "workplace", "language", "source_detail"):
        # Sealed anew only where it differs: each seal is another cipher, which would look like a change.
        value = getattr(draft, name) or None
        if contact.id is None or getattr(contact, name) != value:
            setattr(contact, name, value)


def put_details(contact: Contact, draft: ContactDraft, *, is_new: bool = False) -> None:
    """Write the details, the words by which the contact is found, and the areas that present addresses lie in.

    ``is_new``: there is nothing yet that they take the place of.
    """
    organisation_id, contact_id = contact.organisation_id, contact.id
    if not is_new:
        for model in (ContactDetail, ContactArea):
            db.session.execute(delete(model).where(model.contact_id == contact_id))
        db.session.execute(delete(SearchToken).where(SearchToken.id == contact_id))
    for kind, number, one in draft.details():
        detail = ContactDetail(
            contact_id=contact_id,
            kind=kind,
            place=number,
            use=one.use,
            value_key=detail_key(organisation_id, kind, one.value),
            postcode=one.postcode or None,
            valid_from=one.valid_from,
            valid_until=one.valid_until,
        )
        if one.value:
            detail.value = one.value
        db.session.add(detail)
    db.session.flush()
    present = [one.postcode for one in draft.addresses if one.postcode and holds_today(one)]
    postcodes = [one.postcode for one in draft.addresses if one.postcode]
    key = {"organisation_id": organisation_id}
    tokens = sorted(tokens_of(draft.name, *postcodes))
    if tokens:
        rows = [{**key, "id": contact_id, "token": token, "created_at": now()} for token in tokens]
        db.session.execute(insert(SearchToken), rows)
    for code in sorted({code for postcode in present for code in areas_of(postcode)}):
        db.session.add(ContactArea(contact_id=contact_id, gss_code=code))
    db.session.flush()


def detail_key(organisation_id: UUID, kind: str, value: str) -> bytes | None:
    """The blind index of an email or a phone number; None for an address."""
    if kind == DetailKind.ADDRESS:
        return None
    if kind == DetailKind.EMAIL:
        return blind_index(organisation_id, "email", canonical_email(value))
    return blind_index(organisation_id, "phone", value)


def areas_of(postcode: str) -> set[str]:
    """GSS codes of the areas that a postcode lies in today; empty where nobody knows."""
    answer = find_areas(postcode)
    if not answer.is_found:
        return set()
    codes = {answer.code, *(area.gss_code for area in answer.other_areas)}
    if answer.constituency is not None:
        codes.add(answer.constituency.gss_code)
    return {code for code in codes if code}


def holds_today(one: DetailDraft) -> bool:
    """Whether a detail holds on the present day."""
    on = today()
    return (one.valid_from is None or one.valid_from <= on) and (
        one.valid_until is None or one.valid_until >= on
    )


def put_tags(contact: Contact, names: Sequence[str], *, is_new: bool = False) -> None:
    """Have a contact bear these tags and no others. ``is_new``: it bears none yet."""
    if not is_new:
        db.session.execute(delete(ContactTag).where(ContactTag.contact_id == contact.id))
    for tag in ensure_tags(contact.organisation_id, names):
        db.session.add(ContactTag(contact_id=contact.id, tag_id=tag.id))
    db.session.flush()


def ensure_tags(organisation_id: UUID, names: Sequence[str], *, made: list[UUID] | None = None) -> list[Tag]:
    """The tags of these names, each once; those that are new are made. A name differs by its folded words alone.

    ``made`` takes the ids of the new ones.
    """
    wanted = {fold(name) or name.casefold(): name for name in names}
    if not wanted:
        return []
    take_turns("tags", organisation_id)
    known = {
        tag.name_folded: tag for tag in db.session.scalars(select(Tag).where(Tag.name_folded.in_(wanted)))
    }
    for folded, name in wanted.items():
        if folded not in known:
            known[folded] = Tag(id=new_id(), organisation_id=organisation_id, name=name, name_folded=folded)
            db.session.add(known[folded])
            if made is not None:
                made.append(known[folded].id)
    db.session.flush()
    return list(known.values())
