"""The demo's parliament: 650 invented seats and members that nobody can mistake for real ones.

Always the same, in the records that the readers produce, so the same import applies it. The real names
of members must never appear in a demo, where words would be put into their mouths.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import product
from typing import TypeVar

from organising.representatives import invented_words as words
from organising.representatives.invented_layout import Cell, distance, island, regions
from organising.representatives.names import fold
from organising.representatives.readers.records import (
    GSS,
    INVENTED,
    AreaRecord,
    ContactPointRecord,
    HoldingRecord,
    Identifier,
    NameRecord,
    PartialDate,
    PartyRecord,
    PersonRecord,
    SourceRecords,
)

T = TypeVar("T")

SEATS = 650
WITHOUT_EMAIL = (104, 233, 391, 577)
ELECTED = PartialDate(2024, 5, 3)
_OPENED = PartialDate(2023, 11, 1)
# Seat number, party left, last day there, first day elsewhere: the members who changed sides.
_CHANGES = (
    (17, 1, PartialDate(2025, 2, 10), PartialDate(2025, 2, 11)),
    (142, 0, PartialDate(2025, 3, 4), PartialDate(2025, 3, 5)),
    (260, 2, PartialDate(2025, 6, 30), PartialDate(2025, 7, 1)),
    (318, 0, PartialDate(2025, 10, 14), PartialDate(2025, 10, 15)),
    (455, 1, PartialDate(2026, 1, 20), PartialDate(2026, 1, 21)),
    (608, 3, PartialDate(2026, 4, 8), PartialDate(2026, 4, 9)),
)


class Chance:
    """Numbers that look random and are the same under every Python, which `random` does not promise."""

    def __init__(self, seed: str) -> None:
        self._seed, self._drawn = seed, 0

    def random(self) -> float:
        """The next number, 0 ≤ number < 1."""
        self._drawn += 1
        return int.from_bytes(sha256(f"{self._seed} {self._drawn}".encode()).digest()[:6]) / (1 << 48)


def invent_parliament() -> SourceRecords:
    """650 seats with hexagons in 12 regions and their 650 members: six changed party, four have no email."""
    cells = island(SEATS)
    persons, contact_points = _members()
    return SourceRecords(
        source=INVENTED,
        dated=True,
        persons=persons,
        areas=_seats(cells),
        parties=tuple(PartyRecord(key, name, colour) for key, name, colour, _ in words.PARTIES),
        holdings=tuple(_holdings(_parties(cells))),
        contact_points=contact_points,
    )


def _seats(cells: tuple[Cell, ...]) -> tuple[AreaRecord, ...]:
    region_of = regions(SEATS, len(words.REGIONS))
    return tuple(
        AreaRecord(
            key=f"seat/{number}",
            kind="westminster",
            name=name,
            identifiers=(Identifier(INVENTED, f"seat/{number}"), Identifier(GSS, _code(number))),
            gss_code=_code(number),
            region=words.REGIONS[region_of[cell]],
            country=words.COUNTRY,
            start=_OPENED,
            hexagon=cell,
        )
        for number, (cell, name) in enumerate(zip(cells, _seat_names(), strict=True), start=1)
    )


def _members() -> tuple[tuple[PersonRecord, ...], tuple[ContactPointRecord, ...]]:
    persons, contact_points = [], []
    chance = Chance("members of an invented parliament")
    for number, (given, family, courtesies) in enumerate(_member_names(), start=1):
        key, name = f"member/{number}", f"{given} {family}"
        title = _title(courtesies, chance.random())
        full_title = f"{title} {name} MP".strip()
        persons.append(
            PersonRecord(
                key, (Identifier(INVENTED, key),), (NameRecord(name, family=family),), full_title=full_title
            )
        )
        email = None if number in WITHOUT_EMAIL else f"{fold(name).replace(' ', '.')}@parliament.example"
        contact_points.append(ContactPointRecord(key, email))
    return tuple(persons), tuple(contact_points)


def _holdings(parties: list[str]) -> Iterator[HoldingRecord]:
    changes = {number: (left, last, since) for number, left, last, since in _CHANGES}
    for number, party in enumerate(parties, start=1):
        start, reason = ELECTED, "general_election"
        if number in changes:
            left, last, since = changes[number]
            former = words.PARTIES[left][0]
            former = former if former != party else words.PARTIES[-1][0]
            yield _holding(f"{number}/1", number, former, start, reason, last)
            start, reason = since, "changed_party"
        yield _holding(f"{number}/2" if number in changes else f"{number}/1", number, party, start, reason)


def _holding(
    source_id: str, number: int, party: str, start: PartialDate, reason: str, end: PartialDate | None = None
) -> HoldingRecord:
    return HoldingRecord(
        source_id=f"term/{source_id}",
        person_key=f"member/{number}",
        kind="mp",
        area_key=f"seat/{number}",
        party_key=party,
        start=start,
        end=end,
        start_reason=reason,
        end_reason="changed_party" if end else None,
    )


def _parties(cells: tuple[Cell, ...]) -> list[str]:
    """Each seat's party: the exact totals of the list, thicker around each party's home."""
    chance = Chance("an invented election")
    homes = [cells[int(chance.random() * len(cells))] for _ in words.PARTIES]
    pull = {
        (cell, place): distance(cell, home) * 0.22 + chance.random() * 6
        for place, home in enumerate(homes)
        for cell in cells
    }
    winner: dict[Cell, str] = {}
    for place in sorted(range(len(words.PARTIES)), key=lambda one: words.PARTIES[one][3]):
        key, _, _, seats = words.PARTIES[place]
        left = sorted((cell for cell in cells if cell not in winner), key=lambda cell: pull[cell, place])
        winner.update(dict.fromkeys(left[:seats], key))
    return [winner[cell] for cell in cells]


def _seat_names() -> list[str]:
    """Distinct, pleasant and nowhere: one word, a pair, a quarter of a town, a place on an invented river."""
    chance = Chance("seats of an invented country")
    compounds = [_joined(head, tail) for head, tail in product(words.PLACE_HEADS, words.PLACE_TAILS)]
    pool = iter(_shuffled(compounds, chance))
    names = list(words.PLACES_IN_FULL)
    while len(names) < SEATS:
        place, form = next(pool), chance.random()
        if form < 0.5:
            names.append(place)
        elif form < 0.72:
            names.append(f"{place} and {next(pool)}")
        elif form < 0.9:
            quarters = _shuffled(["North", "South", "East", "West", "Central"], chance)
            names.extend(f"{place} {quarter}" for quarter in quarters[: 2 + int(chance.random() * 2)])
        elif form < 0.95:
            names.append(f"{place}-upon-{words.RIVERS[int(chance.random() * len(words.RIVERS))]}")
        else:
            names.append(f"Vale of {place}")
    return _shuffled(names[:SEATS], chance)


def _member_names() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Given name, family name and the courtesy titles that go with the given name; no family name twice."""
    chance = Chance("names of invented members")
    families = [_joined(head, tail) for head, tail in product(words.FAMILY_HEADS, words.FAMILY_TAILS)]
    families = _shuffled(families, chance)[: SEATS - len(words.FAMILIES_IN_FULL)]
    families = _shuffled([*families, *words.FAMILIES_IN_FULL], chance)
    given = [
        *((name, ("Ms", "Mrs", "Dame")) for name in words.GIVEN_MS),
        *((name, ("Mr", "Mr", "Sir")) for name in words.GIVEN_MR),
        *((name, ()) for name in words.GIVEN_ANY),
    ]
    rounds: list[tuple[str, tuple[str, ...]]] = []
    while len(rounds) < SEATS:
        rounds.extend(_shuffled(given, chance))
    for (name, courtesies), family in zip(rounds, families, strict=False):
        yield name, family, courtesies


def _title(courtesies: tuple[str, ...], chance: float) -> str:
    """About as seldom as in a real list: most members are printed without a title."""
    if chance < 0.04:
        return f"Rt Hon {courtesies[2]}" if courtesies else "Rt Hon"
    if chance < 0.09:
        return "Dr"
    if chance < 0.16 and courtesies:
        return courtesies[0]
    if chance < 0.18 and courtesies:
        return courtesies[1]
    return "Rt Hon" if chance > 0.93 else ""


def _joined(head: str, tail: str) -> str:
    """One word of two, without a letter three times in a row: Thistle + lace, Bell + light."""
    return head[:-1] + tail if head[-2:] == tail[0] * 2 else head + tail


def _code(number: int) -> str:
    return f"X14{number:06d}"


def _shuffled(items: list[T], chance: Chance) -> list[T]:
    return [item for _, item in sorted(((chance.random(), place), item) for place, item in enumerate(items))]
