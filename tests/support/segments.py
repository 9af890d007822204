"""Contacts of whom everything is known in plain Python, and a filter over that: what a segment's SQL has to find.

The filter knows nothing of the product's: it reads the facts below by the words of the builder.
"""

import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from organising.platform.clock import today

LONDON = ZoneInfo("Europe/London")
NAMES = ("Amara Okafor", "Niamh O’Brien", "Inés García Márquez", "Llŷr Tŵr-Coch", "Ines Brienz", "Nia Ash", "Olu Ash-Okafor",
         "Zoë Zafar", "Ash Amar", "Brien Ó Nia")  # fmt: skip
POSTCODES = ("E1 4NS", "E14 5AB", "E1W 2BB", "NW1 8QH", "SW1A 1AA", "B1 1AA")
SECTORS, SOURCES = ("education", "health", "not_public", None), ("event", "form", None)
TAGS, AREAS = ("volunteer", "press", "stall team"), ("E14000001", "E14000002", "E09000030")
UNITS = ("North", "North, east", "South")
COLOURS, DAYS_FREE = ("red", "green"), ("Monday", "Friday", "Sunday")
TEXTS, NUMBERS = ("Vegan", "végan", "No nuts", None), ("0", "1", "2.5", "40", None)
# So many days ago.
OCCASIONS = (1, 40)
CONSENTS = (("news", "email"), ("news", "post"), ("fundraising", "email"))


@dataclass
class Known:
    """All that there is to know of one contact. Details say whether they hold today; decisions are in their order."""

    id: UUID
    name: str
    kind: str
    sector: str | None
    source: str | None
    unit: str | None
    tags: set[str]
    postcodes: list[tuple[str, bool]]
    areas: set[str]
    email: bool
    phone: bool
    colleague: UUID | None
    added: datetime
    edited: datetime | None
    own: dict[str, Any]
    decisions: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    signed: bool = False
    mailed: list[datetime] = field(default_factory=list)
    # Places at which they were: numbers of OCCASIONS.
    actions: set[int] = field(default_factory=set)
    met: set[int] = field(default_factory=set)


@dataclass
class People:
    """A world of them, with the ids of what they are asked about."""

    known: list[Known]
    tags: dict[str, UUID]
    units: dict[str, UUID]
    fields: dict[str, UUID]
    options: dict[str, UUID]
    drive: UUID
    actions: list[UUID]
    colleagues: list[UUID]

    def of(self, table: dict[str, UUID], value: str) -> str:
        """What is called so."""
        return next(name for name, its_id in table.items() if str(its_id) == value)


def plain(text: str) -> str:
    """Small letters without accents and apostrophes, every other sign a space."""
    bare = "".join(
        one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one)
    )
    bare = bare.replace("’", "").replace("'", "")
    return " ".join("".join(one if one.isalnum() else " " for one in bare).split())


def matches(people: People, one: Known, asked: Any) -> bool:
    """Whether all that is asked holds of a contact; ``asked`` is ``(mode, parts)`` or ``(field, operator, value)``."""
    if len(asked) == 2:
        mode, parts = asked
        said = [matches(people, one, part) for part in parts if asks(part)]
        if not said:
            return True
        return all(said) if mode == "all" else any(said) if mode == "any" else not any(said)
    name, operator, value = asked
    if name.startswith("field."):
        return _own(people, one, people.of(people.fields, name.removeprefix("field.")), operator, value)
    if name.startswith("consent."):
        _word, purpose, channel = name.split(".")
        return _agreed(one.decisions.get((purpose, channel), []), operator)
    answer: bool = globals()[f"_{name}"](people, one, operator, value)
    return answer


def asks(asked: Any) -> bool:
    """Whether there is any condition in it."""
    return len(asked) == 3 or any(asks(part) for part in asked[1])


def _name(_people: People, one: Known, operator: str, value: str) -> bool:
    if operator == "begins":
        return plain(one.name).startswith(plain(value))
    if operator == "is":
        return plain(one.name) == plain(value)
    words = set(plain(one.name).split()) | set(plain(one.name.replace("’", " ")).split())
    for postcode, _holds in one.postcodes:
        words |= {plain(postcode.replace(" ", "")), plain(postcode.split()[1])}
    return all(any(word.startswith(typed) for word in words) for typed in plain(value).split())


def _kind(_people: People, one: Known, operator: str, value: str) -> bool:
    return (one.kind == value) == (operator == "is")


def _sector(_people: People, one: Known, operator: str, value: str) -> bool:
    return one.sector is None if operator == "unknown" else (one.sector == value) == (operator == "is")


def _source(_people: People, one: Known, operator: str, value: str) -> bool:
    return one.source is None if operator == "unknown" else (one.source == value) == (operator == "is")


def _tag(people: People, one: Known, operator: str, value: str) -> bool:
    if operator in ("some", "none"):
        return bool(one.tags) == (operator == "some")
    return (people.of(people.tags, value) in one.tags) == (operator == "has")


def _colleague(people: People, one: Known, operator: str, value: str) -> bool:
    if operator == "none":
        return one.colleague is None
    if operator == "mine":
        return one.colleague == people.colleagues[0]
    return (str(one.colleague) == value) == (operator == "is")


def _unit(people: People, one: Known, operator: str, value: str) -> bool:
    if operator == "none":
        return one.unit is None
    wanted = people.of(people.units, value)
    if operator == "within":
        return one.unit is not None and one.unit.startswith(wanted)
    return (one.unit == wanted) == (operator == "is")


def _postcode(_people: People, one: Known, operator: str, value: str) -> bool:
    present = [postcode for postcode, holds in one.postcodes if holds]
    if operator in ("known", "unknown"):
        return bool(present) == (operator == "known")
    wanted = value.upper().replace(" ", "")
    if operator == "district":
        return any(postcode.split()[0] == wanted for postcode in present)
    begun = any(postcode.replace(" ", "").startswith(wanted) for postcode in present)
    return begun == (operator == "begins")


def _area(_people: People, one: Known, operator: str, value: str) -> bool:
    return not one.areas if operator == "unknown" else (value in one.areas) == (operator == "is")


def _email(_people: People, one: Known, operator: str, _value: str) -> bool:
    return one.email == (operator == "has")


def _phone(_people: People, one: Known, operator: str, _value: str) -> bool:
    return one.phone == (operator == "has")


def _address(_people: People, one: Known, operator: str, _value: str) -> bool:
    return any(holds for _postcode, holds in one.postcodes) == (operator == "has")


def _added(_people: People, one: Known, operator: str, value: str) -> bool:
    return _then(one.added, operator, value)


def _changed(_people: People, one: Known, operator: str, value: str) -> bool:
    return _then(one.edited or one.added, operator, value)


def _then(moment: datetime, operator: str, value: str) -> bool:
    there = moment.astimezone(LONDON).date()
    edge = (
        date.fromisoformat(value) if operator in ("since", "before") else today() - timedelta(days=int(value))
    )
    return there >= edge if operator in ("since", "within") else there < edge


def _pledge(_people: People, one: Known, operator: str, _value: str) -> bool:
    return one.signed == (operator == "signed")


def _mail(_people: People, one: Known, operator: str, value: str) -> bool:
    if operator in ("ever", "never"):
        return bool(one.mailed) == (operator == "ever")
    return any(_then(moment, "within", value) for moment in one.mailed) == (operator == "within")


def _action(people: People, one: Known, operator: str, value: str) -> bool:
    if operator == "at":
        return people.actions.index(UUID(value)) in one.actions
    return _there(one.actions, operator, value)


def _engagement(_people: People, one: Known, operator: str, value: str) -> bool:
    return _there(one.met, operator, value)


def _there(places: set[int], operator: str, value: str) -> bool:
    if operator == "within":
        return any(OCCASIONS[place] <= int(value) for place in places)
    return bool(places) == (operator == "ever")


def _agreed(decisions: list[str], operator: str) -> bool:
    last = decisions[-1] if decisions else None
    return {"yes": last == "given", "not_yes": last != "given", "no": last == "refused", "withdrawn": last == "withdrawn", "soft": False,
            "not_asked": last is None}[operator]  # fmt: skip


def _own(people: People, one: Known, name: str, operator: str, value: str) -> bool:
    there = one.own.get(name)
    if operator in ("known", "unknown"):
        return (there is not None) == (operator == "known")
    if operator in ("has", "has_not"):
        return (people.of(people.options, value) in (there or ())) == (operator == "has")
    if name == "Diet":
        return (there is not None and plain(there) == plain(value)) == (operator == "is")
    if there is None:
        return False
    if name == "Speaks":
        return there is (operator == "yes")
    if name == "Hours":
        number = Decimal(value)
        return {"at_least": there >= number, "at_most": there <= number, "is": there == number}[operator]
    days = timedelta(days=int(value)) if operator in ("within", "ahead") else timedelta()
    if operator in ("within", "ahead"):
        return (
            today() - days <= there <= today() if operator == "within" else today() <= there <= today() + days
        )
    edge = date.fromisoformat(value)
    return {"since": there >= edge, "before": there < edge, "on": there == edge}[operator]
