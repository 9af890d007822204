"""Taking one's own contacts out as a table: what was on the screen, with who took how many and why in the audit log."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import today
from ...platform.errors import Invalid
from ...platform.pagination import MOST_EXPORTED, list_first
from ...platform.permissions import Permission
from ...platform.spreadsheet import table
from ...safeguards.services import asks_why, obeyed_version, record_export
from ...safeguards.terms import ExportKind
from ..models import ConsentChannel, ConsentPurpose, Contact, ContactDetail, DetailKind
from ..phones import spoken_phone
from ..queries.consents import list_given
from ..queries.contacts import (
    count_contacts,
    list_areas_of,
    list_colleagues,
    list_details,
    list_tags_of,
    list_unit_names,
)
from ..queries.fields import OwnField, list_fields, list_values, write_value
from ..words import CHANNELS, KINDS, LANGUAGES, PURPOSES, REASONS, SECTORS, SOURCES
from .searching import Filters, search_contacts

COLUMNS = (
    "name", "kind", "email", "other emails", "phone", "other phones", "address", "postcode", "constituency", "unit",
    "sector", "role", "workplace", "language", "tags", "source", "said yes to",
    "added on", "looked after by",
)  # fmt: skip


def needs_reason(actor: Actor) -> bool:
    """Whether this role says why it takes contacts out: the data agreement's to say."""
    return asks_why(actor, ExportKind.CONTACTS)


def export_contacts(actor: Actor, filters: Filters, reason: str) -> str:
    """The contacts found as CSV. Raises Forbidden, Invalid without a reason where the role needs one."""
    actor.check(Permission.CONTACTS_EXPORT)
    if reason not in REASONS and (reason or needs_reason(actor)):
        raise Invalid(_("Say what you take them out for."), reason=_("Say what you take them out for."))
    # Who restricted the use of their data, or objected to it, is in no file; an access bundle is the rights desk's.
    statement = search_contacts(actor, filters).where(
        Contact.restricted_at.is_(None), Contact.objected_at.is_(None)
    )
    statement = statement.order_by(Contact.sort_key, Contact.id)
    most = min(MOST_EXPORTED, obeyed_version(actor).terms.most_rows)
    if count_contacts(statement, most) > most:
        # Half a list that looks whole would be worse than none.
        reason = _("More than %(most)s: narrow the list, then take it out in parts.", most=f"{most:,}")
        raise Invalid(reason, reason=reason)
    contacts = list_first(statement)
    record_export(actor, ExportKind.CONTACTS, len(contacts), reason=reason)
    record(actor, "contacts.exported", "contact", count=len(contacts), reason=reason or "not asked")
    fields = list_fields()
    return table((*COLUMNS, *(one.name for one in fields)), _rows(list(contacts), fields))


def _rows(contacts: list[Contact], fields: Sequence[OwnField]) -> Iterable[Iterable[object]]:
    ids, on = [one.id for one in contacts], today()
    details, tags, areas = list_details(ids), list_tags_of(ids), list_areas_of(ids, on)
    given, colleagues = list_given(ids), dict(list_colleagues())
    values = list_values(ids) if fields else {}
    units = list_unit_names({one.unit_id for one in contacts if one.unit_id})
    for one in contacts:
        present = [detail for detail in details.get(one.id, []) if detail.holds(on)]
        emails = [detail.value or "" for detail in _of(present, DetailKind.EMAIL)]
        phones = [spoken_phone(detail.value or "") for detail in _of(present, DetailKind.PHONE)]
        address = next(iter(_of(present, DetailKind.ADDRESS)), None)
        seats = [area.name for area in areas.get(one.id, []) if area.kind == "westminster"]
        yield (
            one.name,
            _word(KINDS, one.kind),
            *_first_and_rest(emails),
            *_first_and_rest(phones),
            (address.value or "").replace("\n", ", ") if address else "",
            address.postcode if address else "",
            seats[0] if seats else "",
            units.get(one.unit_id) if one.unit_id else "",
            _word(SECTORS, one.sector),
            one.job,
            one.workplace,
            _word(LANGUAGES, one.language),
            "; ".join(tag.name for tag in tags.get(one.id, [])),
            _word(SOURCES, one.source),
            "; ".join(
                f"{PURPOSES[ConsentPurpose(what)]} {CHANNELS[ConsentChannel(how)]}"
                for what, how in given.get(one.id, [])
            ),
            one.created_at.date(),
            colleagues.get(one.colleague_id, "") if one.colleague_id else "",
            *(write_value(field, values.get(one.id, {}).get(field.id)) for field in fields),
        )


def _of(details: list[ContactDetail], kind: DetailKind) -> list[ContactDetail]:
    return [one for one in details if one.kind == kind]


def _first_and_rest(values: list[str]) -> tuple[str, str]:
    return (values[0] if values else "", "; ".join(values[1:]))


def _word(words: dict[Any, Any], value: str | None) -> str:
    return str(words.get(value, value or ""))
