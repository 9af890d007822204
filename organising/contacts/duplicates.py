"""When two contacts may be one: weighted rules, as CiviCRM has them. Pure.

A rule names up to five fields with a weight each, and a threshold that the weights of equal fields have to reach (CiviCRM,
“Deduping and merging”). *Strict* is for what happens unattended, *broad* for a list that a person looks through.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import combinations, product
from uuid import UUID

MOST_FIELDS = 5
HIGHEST = 100


class RuleKind(StrEnum):
    STRICT = "strict"
    BROAD = "broad"


class MatchField(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    LAST_WORD = "last_word"
    FIRST_WORD = "first_word"
    POSTCODE = "postcode"


# Fields by which the database finds pairs; of the others many people have the same.
FINDS_PAIRS = (MatchField.EMAIL, MatchField.PHONE, MatchField.NAME, MatchField.POSTCODE)


@dataclass(frozen=True)
class Weighted:
    """One field of a rule. ``length``: so many first letters are compared, 0 for all of them."""

    field: MatchField
    weight: int
    length: int = 0

    @property
    def finds_pairs(self) -> bool:
        """Whether the database can look up who has the same."""
        return self.field in FINDS_PAIRS and not self.length


@dataclass(frozen=True)
class Rule:
    """Two contacts match where the weights of their equal fields reach the threshold."""

    kind: RuleKind
    threshold: int
    fields: tuple[Weighted, ...]

    @property
    def seeds(self) -> tuple[MatchField, ...]:
        """Fields of which every matching pair has at least one in common: what is left out can't reach the threshold."""
        left = 0
        kept = sorted(self.fields, key=lambda one: (one.finds_pairs, one.weight))
        while kept and left + kept[0].weight < self.threshold:
            left += kept.pop(0).weight
        return tuple(one.field for one in kept)

    @property
    def ways(self) -> tuple[tuple[Weighted, ...], ...]:
        """The sets of fields that just reach the threshold: whoever matches has all of one set in common."""
        return _ways(self)

    @property
    def can_be_searched(self) -> bool:
        """Whether what many people share does not reach the threshold by itself."""
        return sum(one.weight for one in self.fields if not one.finds_pairs) < self.threshold

    @property
    def can_match(self) -> bool:
        """Whether any pair can reach the threshold."""
        return sum(one.weight for one in self.fields) >= self.threshold


@lru_cache(maxsize=64)
def _ways(rule: Rule) -> tuple[tuple[Weighted, ...], ...]:
    found: list[tuple[Weighted, ...]] = []
    for number in range(1, len(rule.fields) + 1):
        for chosen in combinations(rule.fields, number):
            reaches = sum(one.weight for one in chosen) >= rule.threshold
            if reaches and not any(set(known) <= set(chosen) for known in found):
                found.append(chosen)
    return tuple(found)


FIRST_RULES = {
    RuleKind.STRICT: Rule(
        RuleKind.STRICT,
        15,
        (
            Weighted(MatchField.EMAIL, 10),
            Weighted(MatchField.PHONE, 7),
            Weighted(MatchField.NAME, 5),
            Weighted(MatchField.POSTCODE, 4),
        ),
    ),
    RuleKind.BROAD: Rule(
        RuleKind.BROAD,
        10,
        (
            Weighted(MatchField.EMAIL, 10),
            Weighted(MatchField.PHONE, 8),
            Weighted(MatchField.NAME, 6),
            Weighted(MatchField.POSTCODE, 4),
            Weighted(MatchField.LAST_WORD, 3),
        ),
    ),
}


@dataclass(frozen=True)
class Traits:
    """What of a contact is compared. ``emails`` and ``phones`` are blind indexes, ``name`` is folded."""

    contact_id: UUID | None
    name: str
    emails: frozenset[bytes] = frozenset()
    phones: frozenset[bytes] = frozenset()
    postcodes: frozenset[str] = frozenset()

    def values(self, field: MatchField, length: int = 0) -> frozenset[object]:
        """What is compared in one field, cut to the first letters where ``length`` says so."""
        found: Iterable[object]
        if field is MatchField.EMAIL:
            return frozenset(self.emails)
        if field is MatchField.PHONE:
            return frozenset(self.phones)
        if field is MatchField.POSTCODE:
            # With their space: the first letters of E1 4NS are not those of E14 1AA.
            found = self.postcodes
        elif field is MatchField.NAME:
            found = (self.name,)
        else:
            words = self.name.split()
            found = words[-1:] if field is MatchField.LAST_WORD else words[:1]
        return frozenset(str(one)[: length or None] for one in found if one)


def match_keys(rule: Rule, traits: Traits) -> Iterator[tuple[object, ...]]:
    """What somebody has in common, whole, with each of those who match: equal keys are enough for a match."""
    for way in rule.ways:
        yield from product((way,), *(traits.values(one.field, one.length) for one in way))


def score(rule: Rule, one: Traits, other: Traits) -> tuple[int, tuple[MatchField, ...]]:
    """The points of a pair, and the fields that are equal."""
    equal = [
        weighted
        for weighted in rule.fields
        if one.values(weighted.field, weighted.length) & other.values(weighted.field, weighted.length)
    ]
    return sum(weighted.weight for weighted in equal), tuple(weighted.field for weighted in equal)
