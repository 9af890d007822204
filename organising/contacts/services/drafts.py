"""What somebody typed about a contact, judged before it is kept."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from ...organisations.models import Unit
from ...platform.actor import Actor
from ...platform.cautions import Caution, caution_key, looks_like_details, speaks_of_status
from ...platform.db import find
from ...platform.email_address import parse_email
from ...platform.permissions import Role
from ...representatives.postcode_format import NotAPostcode, parse_postcode
from ..models import ContactKind, DetailKind, DetailUse, Sector, Source
from ..models.contacts import LONGEST_NAME, LONGEST_TAG
from ..phones import parse_phone
from ..words import LANGUAGES

MOST_TAGS = 30
# As many as a form shows.
MOST_OF_A_KIND = 10
LONGEST_LINE = 200
LONGEST_ADDRESS = 500
# The group of a form in which each kind of detail stands.
GROUPS = {DetailKind.EMAIL: "email", DetailKind.PHONE: "phone", DetailKind.ADDRESS: "address"}

_USES = frozenset(DetailUse)
FIELD_OF = {DetailKind.EMAIL: "emails", DetailKind.PHONE: "phones", DetailKind.ADDRESS: "addresses"}


@dataclass(frozen=True)
class DetailDraft:
    """One email, phone or address. ``value``: the address as written, E.164, or the lines; ``postcode`` of an address."""

    value: str = ""
    use: str = DetailUse.HOME
    postcode: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class ContactDraft:
    """A contact as typed. ``tags`` are names; ``unit_id`` None is the whole organisation.

    ``own``: what goes into the organisation's own fields, by their ids; those that are not among them stay as they are.
    """

    name: str
    submission_key: UUID
    kind: str = ContactKind.PERSON
    emails: tuple[DetailDraft, ...] = ()
    phones: tuple[DetailDraft, ...] = ()
    addresses: tuple[DetailDraft, ...] = ()
    unit_id: UUID | None = None
    sector: str | None = None
    job: str = ""
    workplace: str = ""
    language: str | None = None
    tags: tuple[str, ...] = ()
    source: str | None = None
    source_detail: str = ""
    own: Mapping[UUID, Any] | None = None

    def details(self) -> Iterator[tuple[DetailKind, int, DetailDraft]]:
        """Every detail with its kind and its place among those of the kind, from 1."""
        for kind, drafts in zip(DetailKind, (self.emails, self.phones, self.addresses), strict=True):
            for number, draft in enumerate(drafts, start=1):
                yield kind, number, draft


def tidy(
    actor: Actor, draft: ContactDraft, units: Collection[UUID] | None = None
) -> tuple[ContactDraft, dict[str, str]]:
    """The draft as it would be kept, and reasons by field why parts of it can't be. ``units``: those there are, if read."""
    wrong: dict[str, str] = {}
    found = {kind: _tidy_details(kind, draft, wrong) for kind in DetailKind}
    tidied = replace(
        draft,
        name=" ".join(draft.name.split()),
        emails=found[DetailKind.EMAIL],
        phones=found[DetailKind.PHONE],
        addresses=found[DetailKind.ADDRESS],
        # An officer's are the own unit's, whatever a form says.
        unit_id=actor.unit_id if actor.role is Role.OFFICER else draft.unit_id,
        sector=draft.sector or None,
        job=" ".join(draft.job.split()),
        workplace=" ".join(draft.workplace.split()),
        language=draft.language or None,
        tags=tuple({name.casefold(): name for one in draft.tags if (name := " ".join(one.split()))}.values()),
        source=draft.source or None,
        source_detail=" ".join(draft.source_detail.split()),
    )
    return tidied, wrong | _wrong_facts(tidied, units)


def contact_cautions(draft: ContactDraft) -> Iterator[Caution]:
    """What to ask before a contact is kept: no word about immigration status, no details where they do not belong."""
    for field, text in (
        ("job", draft.job),
        ("workplace", draft.workplace),
        ("tags", ", ".join(draft.tags)),
        ("source_detail", draft.source_detail),
    ):
        yield from person_cautions(field, text)


def person_cautions(field: str, text: str) -> Iterator[Caution]:
    """The same for one text about somebody in particular."""
    if speaks_of_status(text):
        message = _(
            "This seems to speak of immigration status. Take it out: we keep nobody’s, so that it can be "
            "taken from nobody."
        )
        yield Caution("status", field, message, caution_key(f"status.{field}", text))
    if looks_like_details(text):
        message = _(
            "This looks like an email address, a phone number or a postcode. Those have fields of their own."
        )
        yield Caution("details", field, message, caution_key(f"details.{field}", text))


def _tidy_details(kind: DetailKind, draft: ContactDraft, wrong: dict[str, str]) -> tuple[DetailDraft, ...]:
    given: tuple[DetailDraft, ...] = getattr(draft, FIELD_OF[kind])
    kept: list[DetailDraft] = []
    if len(given) > MOST_OF_A_KIND:
        wrong[FIELD_OF[kind]] = _("Keep at most %(most)s of each.", most=MOST_OF_A_KIND)
    for number, one in enumerate(given, start=1):
        place = f"{GROUPS[kind]}-{number}-"
        one = _tidy_value(kind, one, place, wrong)
        if one.use not in _USES:
            wrong[f"{place}use"] = _("Choose one of these.")
        if one.valid_from and one.valid_until and one.valid_until < one.valid_from:
            wrong[f"{place}valid_until"] = _("The last day has to be after the first.")
        if kind is not DetailKind.ADDRESS and one.value in [other.value for other in kept]:
            wrong[f"{place}value"] = _("This stands above already.")
        kept.append(one)
    return tuple(kept)


def _tidy_value(kind: DetailKind, one: DetailDraft, place: str, wrong: dict[str, str]) -> DetailDraft:
    try:
        if kind is DetailKind.EMAIL:
            return _with(one, parse_email(one.value), "")
        if kind is DetailKind.PHONE:
            return _with(one, parse_phone(one.value), "")
    except ValueError as error:
        wrong[f"{place}value"] = str(error)
        return one
    lines = [" ".join(line.split()) for line in one.value.splitlines()]
    value, postcode = "\n".join(line for line in lines if line), one.postcode.strip()
    if len(value) > LONGEST_ADDRESS:
        wrong[f"{place}value"] = _("Use at most %(most)s characters.", most=LONGEST_ADDRESS)
    if postcode:
        try:
            postcode = parse_postcode(postcode)
        except NotAPostcode:
            wrong[f"{place}postcode"] = _("Write a whole postcode such as E1 4NS.")
    return _with(one, value, postcode)


def _with(one: DetailDraft, value: str, postcode: str) -> DetailDraft:
    if one.value == value and one.postcode == postcode:
        return one
    return replace(one, value=value, postcode=postcode)


def _wrong_facts(draft: ContactDraft, units: Collection[UUID] | None) -> dict[str, str]:
    wrong = _wrong_choices(draft, units)
    if not draft.name:
        wrong["name"] = _("Write a name, or what they wish to be called.")
    elif len(draft.name) > LONGEST_NAME:
        wrong["name"] = _("Use at most %(most)s characters.", most=LONGEST_NAME)
    for field, text in (
        ("job", draft.job),
        ("workplace", draft.workplace),
        ("source_detail", draft.source_detail),
    ):
        if len(text) > LONGEST_LINE:
            wrong[field] = _("Use at most %(most)s characters.", most=LONGEST_LINE)
    if len(draft.tags) > MOST_TAGS:
        wrong["tags"] = _("Use at most %(most)s tags.", most=MOST_TAGS)
    elif any(len(tag) > LONGEST_TAG for tag in draft.tags):
        wrong["tags"] = _("A tag has at most %(most)s characters.", most=LONGEST_TAG)
    return wrong


_OFFERED: dict[str, frozenset[object]] = {
    "kind": frozenset(ContactKind),
    "sector": frozenset({None, *Sector}),
    "source": frozenset({None, *Source}),
    "language": frozenset({None, *LANGUAGES}),
}


def _wrong_choices(draft: ContactDraft, units: Collection[UUID] | None) -> dict[str, str]:
    wrong = {
        field: _("Choose one of these.")
        for field, offered in _OFFERED.items()
        if getattr(draft, field) not in offered
    }
    if draft.unit_id is not None:
        there_is = draft.unit_id in units if units is not None else find(Unit, draft.unit_id) is not None
        if not there_is:
            wrong["unit_id"] = _("Choose a unit from the list.")
    return wrong
