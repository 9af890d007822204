"""Comparing a register's areas with those on record.

An area is recognised by its codes; one that has none of the codes that the register gives, by name among those that exist in the
same generation of boundaries.
"""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from organising.platform.db import new_id
from organising.representatives.known import AreaState
from organising.representatives.matching import fold_seat
from organising.representatives.readers.records import AreaRecord, PartialDate
from organising.representatives.register_known import (
    Register,
    area_key,
    has_other_code,
    spell,
    statement_of,
)

_WORDS = {
    "westminster": "constituency",
    "local_authority": "local authority",
    "icb": "health board",
    "police_force": "police area",
}


def compare_places(register: Register, places: tuple[AreaRecord, ...]) -> None:
    """Work out what each place of a file is, and what is new about it."""
    names: defaultdict[tuple[str, bool, str], set[UUID]] = defaultdict(set)
    for area in register.areas.values():
        for name in (area.name, *area.other_names):
            names[area.kind, area.end is not None, fold_seat(name)].add(area.id)
            if area.kind == "icb":
                names[area.kind, area.end is not None, loosely(name)].add(area.id)
    holders = {(one.kind, one.gss_code): one for one in register.areas.values() if one.gss_code}
    comparison = _Places(register, names, holders)
    for record in places:
        comparison.take(record)


class _Places:
    def __init__(
        self,
        register: Register,
        names: dict[tuple[str, bool, str], set[UUID]],
        holders: dict[tuple[str, str], AreaState],
    ) -> None:
        self.register, self.names, self.holders = register, names, holders

    def take(self, record: AreaRecord) -> None:
        register, draft = self.register, self.register.draft
        if record.role == "mentions":
            if found := self._mentioned(record):
                register.places[record.key] = found
            return
        statement = statement_of(record)
        if meant := register.repeats(area_key(record), statement):
            register.places[record.key] = meant
            draft.note("area", "unchanged")
            return
        try:
            area = self._find(record)
        except ValueError as error:
            draft.reject(record.place, str(error))
            return
        if area is None and record.role == "completes":
            codes = ", ".join(one.value for one in record.identifiers)
            word = _WORDS.get(record.kind, record.kind.replace("_", " "))
            draft.reject(record.place, f"no {word} on record is {record.name or codes}")
            return
        if area is None:
            area = self._create(record)
        else:
            draft.note("area", "updated" if self._update(area, record) else "unchanged", area.name)
        register.places[record.key] = area.id
        register.state(area_key(record), statement, area=area.id)

    def _mentioned(self, record: AreaRecord) -> UUID | None:
        """The first of its codes that means an area of the kind decides."""
        of, areas = self.register.area_of, self.register.areas
        found = (of[one] for one in record.identifiers if one in of)
        return next((one for one in found if areas[one].kind == record.kind), None)

    def _find(self, record: AreaRecord) -> AreaState | None:
        """The area meant, None where it is new. Raises ValueError in doubt."""
        areas, of = self.register.areas, self.register.area_of
        found = {of[one] for one in record.identifiers if one in of}
        found = {one for one in found if areas[one].kind == record.kind}
        if len(found) > 1:
            names = " and ".join(sorted(areas[one].name for one in found))
            raise ValueError(f"its codes belong to different areas ({names})")
        meant = self.register.meant(area_key(record))
        if found or meant:
            return areas[found.pop() if found else meant]  # type: ignore[index]
        if not record.name:
            return None
        named = self._named(record, is_over=record.end is not None)
        if not named and record.role == "completes":
            named = self._named(record, is_over=True)
        if len(named) > 1:
            raise ValueError(f"{len(named)} areas on record are called {record.name}")
        return areas[named.pop()] if named else None

    def _named(self, record: AreaRecord, *, is_over: bool) -> set[UUID]:
        """Areas of that name that no code tells apart; boards are also called with one “and” or “the” more."""
        names = {fold_seat(record.name)} | ({loosely(record.name)} if record.kind == "icb" else set())
        return {
            one
            for name in names
            for one in self.names.get((record.kind, is_over, name), ())
            if not has_other_code(record.identifiers, self.register.areas[one].identifiers)
            and _may_coexist(self.register.areas[one], record)
        }

    def _create(self, record: AreaRecord) -> AreaState:
        area = AreaState(
            id=new_id(), kind=record.kind, name=record.name, other_names=[], region=record.region,
            country=record.country, start=record.start, end=record.end,
        )  # fmt: skip
        self.register.areas[area.id] = area
        self.names[area.kind, area.end is not None, fold_seat(area.name)].add(area.id)
        for one in record.other_names:
            area.other_names = spell(area.other_names, one, area.name)
        self._identify(area, record)
        self.register.draft.added["area"].append(area)
        self.register.draft.note("area", "created", area.name)
        return area

    def _update(self, area: AreaState, record: AreaRecord) -> bool:
        before = _values(area)
        self._identify(area, record)
        # A source with dates decides the names and dates of the seats that it knows.
        if record.role == "decides" and not area.is_dated and record.name != area.name:
            former, area.name = area.name, record.name
            area.other_names = [one for one in area.other_names if fold_seat(one) != fold_seat(area.name)]
            area.other_names = spell(area.other_names, former, area.name)
        for one in (record.name, *record.other_names):
            area.other_names = spell(area.other_names, one, area.name)
        area.region, area.country = record.region or area.region, record.country or area.country
        if not area.is_dated:
            area.start, area.end = record.start or area.start, self._end(area, record)
        if _values(area) == before:
            return False
        self.register.draft.change("area", area)
        return True

    def _end(self, area: AreaState, record: AreaRecord) -> PartialDate | None:
        """An end that the source no longer tells is taken back; one that it never told stays."""
        took_it_back = record.role == "decides" and area_key(record) in self.register.statements
        return record.end or (None if took_it_back else area.end)

    def _identify(self, area: AreaState, record: AreaRecord) -> None:
        draft, of = self.register.draft, self.register.area_of
        for one in record.identifiers:
            holder = of.setdefault(one, area.id)
            if holder != area.id:
                draft.reject(
                    record.place, f"the code {one.value} belongs to {self.register.areas[holder].name}"
                )
            elif one not in area.identifiers:
                area.identifiers.add(one)
                draft.added["area_identifier"].append((area.id, one))
        if record.gss_code and record.gss_code != area.gss_code:
            self._recode(area, record.gss_code)

    def _recode(self, area: AreaState, code: str) -> None:
        """Give an area its code, unless one that still exists has it; a former one gives it up."""
        holder = self.holders.get((area.kind, code))
        if holder is not None and holder is not area and holder.gss_code == code:
            if holder.end is None or area.end is not None:
                return
            holder.gss_code = None
            self.register.draft.change("area", holder)
        area.gss_code = code
        self.holders[area.kind, code] = area


def loosely(name: str) -> str:
    """A name without the words that lists leave out or add."""
    return " ".join(word for word in fold_seat(name).split() if word not in {"and", "the"})


def _may_coexist(area: AreaState, record: AreaRecord) -> bool:
    """Whether an area found by name only lay there in the days of the record: seats keep names over generations."""
    if record.end is None or area.end is None:
        return True
    return area.end.earliest <= record.end.latest and record.end.earliest <= area.end.latest


def _values(area: AreaState) -> tuple[object, ...]:
    return (
        area.name, tuple(area.other_names), area.gss_code, area.region, area.country, area.start, area.end,
        frozenset(area.identifiers),
    )  # fmt: skip
