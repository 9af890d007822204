"""The allocation grid: people in office and institutions by what the filters leave, each with its allocation.

Whoever has no target row is there too: nobody has been given them yet.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Uuid,
    and_,
    any_,
    cast,
    false,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import InstrumentedAttribute

from organising.lobbying.models import Engagement, Position, Target
from organising.lobbying.queries.claims import derive_stands
from organising.lobbying.queries.current import select_current
from organising.lobbying.queries.grid_filters import seats_within, still_sits
from organising.lobbying.queries.positions import CurrentPosition
from organising.lobbying.queries.targets import list_supporters
from organising.organisations.models import Organisation
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.few import count_found
from organising.platform.given import as_id
from organising.representatives.models import (
    Affiliation,
    Area,
    Institution,
    InstitutionKind,
    OfficeHolding,
    Person,
)
from organising.representatives.names import fold
from organising.representatives.queries import MOST_WORDS, in_office, list_people

NONE = "none"
FORMER = "former"
DISPUTED = "disputed"
LONGEST_SEARCH = 100
INSTITUTIONS = frozenset(InstitutionKind)


@dataclass(frozen=True)
class TargetCriteria:
    """Whom the grid shows. Empty leaves all in; ``none`` asks for those where nothing is said.

    ``kind``: an office, an institution's kind, ``former`` (once allocated, in no office now) or empty for all.
    ``position`` needs an ``ask``. What names nothing that there is finds nobody, rather than everybody.
    """

    q: str = ""
    kind: str = "mp"
    party: str = ""
    region: str = ""
    committee: str = ""
    area: str = ""
    ask: str = ""
    position: str = ""
    lead: str = ""
    priority: str = ""
    tactic: str = ""

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "TargetCriteria":
        """The criteria in an address or a stored query."""
        given = {one.name: args[one.name].strip()[:LONGEST_SEARCH] for one in fields(cls) if one.name in args}
        return cls(**given)

    def to_args(self) -> dict[str, str]:
        """The criteria as an address writes them: only what differs from nothing said."""
        default = TargetCriteria()
        return {name: value for name, value in asdict(self).items() if value != getattr(default, name)}

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was typed or chosen."""
        return bool(self.to_args().keys() - {"ask"})


@dataclass(frozen=True)
class TargetRow:
    """A person or an institution with its allocation; ``version`` 0 where there is no row."""

    person_id: UUID | None
    institution_id: UUID | None
    name: str
    target_id: UUID | None
    version: int
    lead_id: UUID | None
    priority: str | None
    tactic: str | None
    supporter_ids: frozenset[UUID] = frozenset()

    @property
    def subject(self) -> str:
        """As forms write it: ``p.<id>`` or ``i.<id>``."""
        return f"p.{self.person_id}" if self.person_id else f"i.{self.institution_id}"


@dataclass(frozen=True)
class LastContact:
    """The day of the last contact with someone, and whose it was."""

    on: date
    organisation_name: str


def select_grid(actor: Actor, criteria: TargetCriteria) -> Select[Any]:
    """The rows of the grid, to be paged by ``sort_key`` and ``id``."""
    branches = []
    if criteria.kind not in INSTITUTIONS:
        branches.append(_people(actor, criteria))
    if criteria.kind in INSTITUTIONS or not criteria.kind:
        branches.append(_institutions(actor, criteria))
    return select(*union_all(*branches).subquery("subject").c)


def select_people(actor: Actor, criteria: TargetCriteria) -> Select[UUID]:
    """The ids of the people that the criteria leave, institutions apart: the audience of a mailing."""
    if criteria.kind in INSTITUTIONS:
        return select(Person.id).where(false())
    return select(_people(actor, criteria).subquery("subject").c.id)


def count_grid(statement: Select[Any]) -> int:
    """How many rows a grid holds."""
    return count_found(statement)


def list_rows(actor: Actor, criteria: TargetCriteria) -> list[TargetRow]:
    """All rows of a grid by name, with their supporters, in two or three statements."""
    statement = select_grid(actor, criteria)
    columns = statement.selected_columns
    return read_rows(db.session.execute(statement.order_by(columns.sort_key, columns.id)).all())


def list_chosen(
    actor: Actor, person_ids: Collection[UUID], institution_ids: Collection[UUID]
) -> list[TargetRow]:
    """These people and institutions by name, in whatever office; ids of nobody are left out."""
    chosen = union_all(
        _person_rows(actor, Person.id == any_(ids_of(person_ids))),
        _institution_rows(actor, Institution.id == any_(ids_of(institution_ids))),
    ).subquery("subject")
    return read_rows(db.session.execute(select(*chosen.c).order_by(chosen.c.sort_key, chosen.c.id)).all())


def read_rows(rows: Sequence[Any]) -> list[TargetRow]:
    """What :func:`select_grid` found, with supporters."""
    supporters = list_supporters([row.target_id for row in rows if row.target_id])
    return [
        TargetRow(
            row.person_id, row.institution_id, row.name, row.target_id, row.version or 0, row.lead_id,
            row.priority, row.tactic, frozenset(supporters.get(row.target_id, ())),
        )
        for row in rows
    ]  # fmt: skip


def list_in_office(person_ids: Collection[UUID]) -> set[UUID]:
    """Those of these people who hold an office today."""
    held = select(OfficeHolding.person_id).where(
        OfficeHolding.person_id == any_(ids_of(person_ids)), in_office(today())
    )
    return set(db.session.scalars(held.distinct()))


def list_last_contacts(
    actor: Actor, person_ids: Collection[UUID], institution_ids: Collection[UUID] = ()
) -> dict[UUID, LastContact]:
    """By the id of person or institution, the last contact that any partner logged."""
    statement = (
        select(
            Engagement.person_id, Engagement.institution_id, Engagement.happened_on, Organisation.short_name
        )
        .join(Organisation, Organisation.id == Engagement.organisation_id)
        .where(
            or_(
                Engagement.person_id == any_(ids_of(person_ids)),
                Engagement.institution_id == any_(ids_of(institution_ids)),
            ),
            Engagement.campaign_id == actor.campaign_id,
            Engagement.withdrawn_at.is_(None),
        )
        .ext(distinct_on(Engagement.person_id, Engagement.institution_id))
        .order_by(
            Engagement.person_id,
            Engagement.institution_id,
            Engagement.happened_on.desc(),
            Engagement.created_at.desc(),
        )
    )
    return {
        found: LastContact(on, name)
        for person_id, institution_id, on, name in db.session.execute(statement)
        if (found := person_id or institution_id)
    }


def list_stands(actor: Actor, ask_id: UUID, person_ids: Collection[UUID]) -> dict[UUID, CurrentPosition]:
    """Where these people stand on one ask, in two statements."""
    found = derive_stands(actor, [ask_id], person_ids)
    return {person_id: current for (_ask, person_id), current in found.items()}


def ids_of(ids: Iterable[UUID]) -> Any:
    """Many ids as one parameter."""
    return literal(list(ids), ARRAY(Uuid))


def _people(actor: Actor, criteria: TargetCriteria) -> Select[Any]:
    found = list_people(
        on=today(), words=criteria.q, kind=criteria.kind, party=criteria.party, region=criteria.region
    )
    condition = and_(
        Person.id.in_(found.with_only_columns(Person.id)),
        _stands(actor, criteria, Person.id),
        _allocated(criteria),
        *_placed(criteria),
    )
    if criteria.kind == FORMER:
        condition = and_(condition, Target.id.is_not(None))
    return _person_rows(actor, condition)


def _institutions(actor: Actor, criteria: TargetCriteria) -> Select[Any]:
    conditions = [
        or_(Institution.ended_on.is_(None), Institution.ended_on >= today()),
        _stands(actor, criteria, Institution.id),
        _allocated(criteria),
        *_named(criteria.q),
    ]
    if criteria.kind:
        conditions.append(Institution.kind == criteria.kind)
    if criteria.party or criteria.committee:
        conditions.append(false())
    if criteria.area:
        conditions.append(Institution.area_id == as_id(criteria.area))
    if criteria.region:
        conditions.append(Institution.area_id.in_(select(Area.id).where(Area.region == criteria.region)))
    return _institution_rows(actor, and_(*conditions))


def _placed(criteria: TargetCriteria) -> list[ColumnElement[bool]]:
    """Whether someone sits on the committee now, or for a seat that shares ground with the area."""
    conditions: list[ColumnElement[bool]] = []
    if criteria.committee:
        sits = select(Affiliation.person_id).where(
            Affiliation.body_id == as_id(criteria.committee), still_sits(), Affiliation.person_id.is_not(None)
        )
        conditions.append(Person.id.in_(sits))
    if criteria.area:
        seats = seats_within(as_id(criteria.area))
        held = select(OfficeHolding.person_id).where(OfficeHolding.area_id.in_(seats), in_office(today()))
        conditions.append(Person.id.in_(held))
    return conditions


def _person_rows(actor: Actor, condition: ColumnElement[bool]) -> Select[Any]:
    nothing = cast(null(), Uuid)
    return (
        select(Person.id, Person.id.label("person_id"), nothing.label("institution_id"), Person.name,
               Person.sort_key, *_columns())
        .outerjoin(Target, and_(Target.person_id == Person.id, Target.campaign_id == actor.campaign_id))
        .where(condition)
    )  # fmt: skip


def _institution_rows(actor: Actor, condition: ColumnElement[bool]) -> Select[Any]:
    nothing = cast(null(), Uuid)
    of = and_(Target.institution_id == Institution.id, Target.campaign_id == actor.campaign_id)
    return (
        select(Institution.id, nothing.label("person_id"), Institution.id.label("institution_id"),
               Institution.name, Institution.sort_key, *_columns())
        .outerjoin(Target, of)
        .where(condition)
    )  # fmt: skip


def _columns() -> list[Any]:
    return [
        Target.id.label("target_id"), Target.version, Target.lead_organisation_id.label("lead_id"),
        Target.priority, Target.tactic,
    ]  # fmt: skip


def _named(words: str) -> list[ColumnElement[bool]]:
    """Each word typed begins a word of the institution's name."""
    return [
        literal(" ").concat(Institution.sort_key).contains(f" {word}", autoescape=True)
        for word in fold(words).split()[:MOST_WORDS]
    ]


def _allocated(criteria: TargetCriteria) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [true()]
    for chosen, column in ((criteria.priority, Target.priority), (criteria.tactic, Target.tactic)):
        if chosen:
            conditions.append(column.is_(None) if chosen == NONE else column == chosen)
    if criteria.lead == NONE:
        conditions.append(Target.lead_organisation_id.is_(None))
    elif criteria.lead:
        lead_id = as_id(criteria.lead)
        conditions.append(Target.lead_organisation_id == lead_id if lead_id else false())
    return and_(*conditions)


def _stands(
    actor: Actor, criteria: TargetCriteria, subject_id: InstrumentedAttribute[UUID]
) -> ColumnElement[bool]:
    """Whether someone stands so on the ask, by the rules of :mod:`queries.positions`."""
    if not criteria.position:
        return true()
    ask_id = as_id(criteria.ask)
    if ask_id is None:
        return false()
    current = select_current(actor, [ask_id]).subquery("current")
    known = select(current.c.person_id)
    if criteria.position == Position.UNKNOWN:
        return subject_id.not_in(known.where(current.c.state != Position.UNKNOWN))
    return subject_id.in_(known.where(current.c.state == criteria.position))
