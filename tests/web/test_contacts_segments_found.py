"""Whom segments find: the database's answer against a plain filter over everything that is known."""

from datetime import timedelta
from functools import partial

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from organising.contacts.criteria import Condition, Group, Mode
from organising.contacts.models import Contact
from organising.contacts.queries.questions import Takes, list_questions
from organising.contacts.queries.segments import count_matching, describe, holds, is_live
from organising.platform.clock import today
from organising.platform.db import db
from tests.support import segments
from tests.support.segment_people import build
from tests.support.segments import AREAS, CONSENTS, NAMES, POSTCODES, SECTORS, SOURCES, matches

# So many segments are asked in one statement.
AT_ONCE = 10


def _values(people, key, takes):
    """What a condition may be compared with: what is there, and what isn't."""
    if takes is Takes.NOTHING:
        return st.just("")
    if takes is Takes.DAYS:
        return st.sampled_from(("1", "2", "30", "31", "365"))
    if takes is Takes.DAY:
        return st.sampled_from(
            [(today() + timedelta(days=ago)).isoformat() for ago in (-400, -30, -1, 0, 1, 30)]
        )
    if takes is Takes.NUMBER:
        return st.sampled_from(("0", "1", "2.5", "2.50", "39.9"))
    pools = {
        "name": [*NAMES, "a", "Ó", "nia", "o'b", "BRIEN", "garcia mar", "e1", "4ns", "zz"],
        "postcode": [*POSTCODES, "e1", "E", "nw1 8", "E14", "zz9"],
        "kind": ["person", "institution"], "sector": [one for one in (*SECTORS, "police") if one],
        "source": [one for one in (*SOURCES, "paper") if one], "area": [*AREAS, "E14000009"],
        "tag": people.tags.values(), "unit": people.units.values(), "colleague": people.colleagues, "pledge": [people.drive],
        "action": people.actions,
    }  # fmt: skip
    if key.startswith("field."):
        words = (
            segments.COLOURS if people.fields["Colour"].hex in key.replace("-", "") else segments.DAYS_FREE
        )
        pool = (
            ["vegan", "VÉGAN", "no nuts", "nuts"]
            if takes is Takes.TEXT
            else [people.options[one] for one in words]
        )
    else:
        pool = pools[key]
    return st.sampled_from([str(one) for one in pool])


def _criteria(people, questions):
    conditions = [
        st.builds(partial(Condition, key, operator.key), _values(people, key, operator.takes))
        for key, question in questions.items()
        if not key.startswith("consent.") or tuple(key.split(".")[1:]) in CONSENTS
        for operator in question.operators
    ]
    within = st.recursive(
        st.one_of(conditions),
        lambda parts: st.builds(Group, st.sampled_from(Mode), st.lists(parts, max_size=3).map(tuple)),
        max_leaves=7,
    )
    return st.builds(Group, st.sampled_from(Mode), st.lists(within, max_size=3).map(tuple))


def _asked(part):
    if isinstance(part, Group):
        return str(part.mode), [_asked(one) for one in part.parts]
    return part.field, part.operator, part.value


def test_two_thousand_segments_find_whom_a_plain_filter_finds(world):
    organiser = world.user("neu", "organiser")
    people = build(world, organiser, world.user("neu", "admin"))
    live = [one for one in people.known if one.kind != "archived"]
    sizes: set[int] = set()
    with world.context("neu", organiser):
        questions = list_questions()

        @settings(
            max_examples=2_000 // AT_ONCE,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.lists(_criteria(people, questions), min_size=AT_ONCE, max_size=AT_ONCE))
        def check(asked):
            conditions = [holds(criteria, questions) for criteria in asked]
            rows = db.session.execute(select(Contact.id, *conditions).where(is_live())).all()
            for place, criteria in enumerate(asked, start=1):
                wanted = {one.id for one in live if matches(people, one, _asked(criteria))}
                assert {row[0] for row in rows if row[place]} == wanted, describe(criteria, questions)
                assert None not in {row[place] for row in rows}
                sizes.add(len(wanted))
            # As pages and mailings ask: the planner joins what stands in a list of columns one by one.
            number = sum(bool(row[1]) for row in rows)
            assert count_matching(conditions[0]) == number, describe(asked[0], questions)

        check()
        assert count_matching(holds(Group(), questions)) == len(live)
    # Of nobody, of everybody, and much between: an answer that is always the same would prove nothing.
    assert {0, len(live)} < sizes
    assert len(sizes) > len(live) / 2
