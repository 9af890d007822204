"""Weighted rules: which pairs match, and that what the database looks up misses none of them."""

import random
from uuid import uuid4

import pytest

from organising.contacts.duplicates import (
    FIRST_RULES,
    MatchField,
    Rule,
    RuleKind,
    Traits,
    Weighted,
    score,
)

STRICT, BROAD = FIRST_RULES[RuleKind.STRICT], FIRST_RULES[RuleKind.BROAD]
F = MatchField


def who(name, emails=(), phones=(), postcodes=()):
    return Traits(
        uuid4(), name, frozenset(one.encode() for one in emails), frozenset(one.encode() for one in phones),
        frozenset(postcodes),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "strict", "broad"),
    [
        (who("amara okafor", ["a@x"]), who("amara okafor", ["a@x"]), True, True),
        (who("amara okafor", ["a@x"]), who("ben okafor", ["a@x"]), False, True),
        (who("amara okafor", ["a@x", "b@x"]), who("a okafor", ["c@x", "b@x"]), False, True),
        (who("amara okafor", [], ["1"]), who("ben jones", [], ["1"]), False, False),
        (who("amara okafor", [], ["1"]), who("ben okafor", [], ["1"]), False, True),
        (who("amara okafor", [], ["1"], ["E1 4NS"]), who("amara okafor", [], ["1"], ["E1 4NS"]), True, True),
        (who("amara okafor", [], [], ["E1 4NS"]), who("amara okafor", [], [], ["E1 4NS"]), False, True),
        (who("amara okafor", [], [], ["E1 4NS"]), who("ben okafor", [], [], ["E1 4NS"]), False, False),
        (who("amara okafor"), who("amara okafor"), False, False),
        (who("amara okafor", ["a@x"], ["1"]), who("ben jones", ["a@x"], ["1"]), True, True),
        (who(""), who(""), False, False),
    ],
)
def test_the_first_rules(one, other, strict, broad):
    assert (score(STRICT, one, other)[0] >= STRICT.threshold) == strict
    assert (score(BROAD, one, other)[0] >= BROAD.threshold) == broad
    assert score(BROAD, one, other) == score(BROAD, other, one)


def test_a_length_compares_beginnings():
    rule = Rule(RuleKind.BROAD, 5, (Weighted(F.NAME, 3, 4), Weighted(F.POSTCODE, 2, 4)))
    assert (
        score(rule, who("amara okafor", postcodes=["E1 4NS"]), who("amar okoye", postcodes=["E14 1AA"]))[0]
        == 3
    )
    assert score(rule, who("amara", postcodes=["E1 4NS"]), who("amar", postcodes=["E1 4XY"]))[0] == 5


def test_of_every_matching_pair_a_seed_is_equal():
    chance = random.Random(7)
    for _ in range(400):
        fields = tuple(
            Weighted(
                field, chance.randint(1, 12), chance.choice((0, 0, 3)) if field in (F.NAME, F.POSTCODE) else 0
            )
            for field in chance.sample(list(F), chance.randint(1, 5))
        )
        rule = Rule(RuleKind.BROAD, chance.randint(1, 25), fields)
        if not rule.can_be_searched:
            continue
        seeds = rule.seeds
        assert all(weighted.finds_pairs for weighted in fields if weighted.field in seeds)
        for _ in range(40):
            equal = [weighted for weighted in fields if chance.random() < 0.5]
            if sum(weighted.weight for weighted in equal) >= rule.threshold:
                assert {weighted.field for weighted in equal} & set(seeds)


def test_a_rule_that_would_compare_everybody_is_known():
    assert not Rule(RuleKind.BROAD, 3, (Weighted(F.LAST_WORD, 3), Weighted(F.EMAIL, 9))).can_be_searched
    assert not Rule(RuleKind.BROAD, 3, (Weighted(F.POSTCODE, 3, 4),)).can_be_searched
    assert not Rule(RuleKind.BROAD, 30, (Weighted(F.EMAIL, 9),)).can_match
    assert STRICT.can_be_searched
    assert BROAD.can_be_searched
    assert set(STRICT.seeds) == {F.EMAIL, F.PHONE}
    assert set(BROAD.seeds) == {F.EMAIL, F.PHONE, F.NAME}
