"""Finding contacts by what was typed and chosen."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select

from ...platform.actor import Actor
from ...platform.db import get_or_404
from ...platform.permissions import Permission
from ...representatives.postcode_format import find_key
from ..criteria import Condition, Group
from ..models import Contact, ContactSegment, DetailKind
from ..phones import find_phone
from ..queries.contacts import list_contacts
from ..queries.questions import list_questions
from ..queries.segments import holds, make_room, read_criteria
from ..tokens import words_of
from .keeping import detail_key
from .segments import check_allowed

LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Filters:
    """What a list of contacts is narrowed to. Empty means all; ``archived`` shows those put away instead."""

    words: str = ""
    kind: str | None = None
    unit_id: UUID | None = None
    sector: str | None = None
    tag_id: UUID | None = None
    gss_code: str | None = None
    source: str | None = None
    agreed: tuple[str, str] | None = None
    segment_id: UUID | None = None
    archived: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out but archived ones."""
        return any((self.words, self.segment_id, self.is_chosen))

    @property
    def is_chosen(self) -> bool:
        """Whether a filter is set beside the words and the segment."""
        chosen = (self.kind, self.unit_id, self.sector, self.tag_id, self.gss_code, self.source, self.agreed)
        return any((*chosen, self.archived))

    def criteria(self) -> Group:
        """The same as a segment would ask it, but for archived ones, an address or a number, and the segment itself."""
        words = "" if "@" in self.words or find_phone(self.words) else self.words
        asked = (
            ("name", "found", words),
            ("kind", "is", self.kind),
            ("unit", "is", self.unit_id),
            ("sector", "is", self.sector),
            ("tag", "has", self.tag_id),
            ("area", "is", self.gss_code),
            ("source", "is", self.source),
        )
        parts = [Condition(field, operator, str(value)) for field, operator, value in asked if value]
        if self.agreed is not None:
            parts.append(Condition(".".join(("consent", *self.agreed)), "yes"))
        return Group(parts=tuple(parts))


def search_contacts(actor: Actor, filters: Filters) -> Select[tuple[Contact]]:
    """Contacts within reach: each word typed begins a word of the name or postcode; an email or phone is exact."""
    actor.check(Permission.CONTACTS_KEEP)
    typed = filters.words.strip()[:LONGEST_SEARCH]
    words, key = words_of(typed), None
    if "@" in typed:
        words, key = [], detail_key(actor.organisation_id, DetailKind.EMAIL, typed)
    elif (phone := find_phone(typed)) is not None:
        words, key = [], detail_key(actor.organisation_id, DetailKind.PHONE, phone)
    elif (postcode := find_key(typed)) is not None:
        words = [postcode.casefold()]
    statement = list_contacts(
        words=words,
        value_key=key,
        kind=filters.kind,
        unit_id=filters.unit_id,
        sector=filters.sector,
        tag_id=filters.tag_id,
        gss_code=filters.gss_code,
        source=filters.source,
        agreed=filters.agreed,
        archived=filters.archived,
    )
    if filters.segment_id is None:
        return statement
    segment, questions = get_or_404(ContactSegment, filters.segment_id), list_questions()
    criteria = read_criteria(segment)
    check_allowed(actor, criteria, questions)
    make_room()
    return statement.where(holds(criteria, questions))
