"""Promises: the states and the walk through them, lapsing with a parliament, recesses, and how a list is said in words."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from organising.lobbying import commitment_states as states
from organising.lobbying.commitment_states import CommitmentState
from organising.lobbying.commitment_words import list_in_words
from organising.lobbying.models import Commitment, CommitmentChange
from organising.lobbying.queries import commitments as queries
from organising.lobbying.queries.due_commitments import list_due_commitments
from organising.lobbying.services import commitment_steps as steps
from organising.lobbying.services import engagements
from organising.lobbying.services.commitments import add_commitment, check_commitment, write_commitment
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.errors import Conflict, Forbidden
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import Parliament, Recess
from organising.representatives.queries.recesses import first_sitting_day, next_sitting_day
from organising.representatives.services.recesses import import_recesses
from tests.unit.lobbying.promise_seeds import add, evidence, promise
from tests.unit.lobbying.seeds import draft, seed_members

DAY = timedelta(days=1)
DOC = Path(__file__).resolve().parents[3] / "docs" / "commitments.md"


@pytest.fixture
def members(world):
    return seed_members(world)


@pytest.fixture
def organiser(world):
    return world.user("neu", "organiser")


def test_the_page_shows_the_table_as_the_code_has_it():
    assert states.draw() in DOC.read_text(encoding="utf-8")


def test_every_state_has_its_steps_and_none_leads_to_itself():
    assert set(states.STEPS) == set(CommitmentState)
    for before, after in states.STEPS.items():
        assert after, before
        assert before not in after
        assert len(set(after)) == len(after)


@pytest.mark.parametrize(
    ("state", "due", "expected"),
    [
        ("promised", -1, True), ("asked", -1, True), ("considering", -1, True), ("promised", 0, False), ("promised", 1, False),
        ("delivered", -1, False), ("broken", -1, False), ("lapsed", -1, False), ("promised", None, False),
    ],
)  # fmt: skip
def test_overdue_is_open_after_its_day(state, due, expected):
    on = date(2026, 11, 24)
    assert states.is_overdue(state, None if due is None else on + due * DAY, on) is expected


MOVES = st.one_of(
    st.tuples(st.just("move"), st.sampled_from(list(CommitmentState))),
    st.tuples(st.just("deliver"), st.none()),
    st.tuples(st.just("chase"), st.none()),
    st.tuples(st.just("redate"), st.integers(0, 60)),
    st.tuples(st.just("undo"), st.none()),
)


def test_a_random_walk_meets_no_state_that_the_table_does_not_lead_to(world, organiser, members):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(MOVES, min_size=1, max_size=10), st.sampled_from(states.FIRST))
    def walk(moves, first):
        with world.context("neu", organiser) as session:
            found = add_commitment(organiser, promise(state=first), person_id=members["Ada"])
            for name, value in moves:
                before, history = found.state, len(queries.list_changes(found.id))
                try:
                    step = _take(organiser, found, name, value)
                except Conflict:
                    assert found.state == before
                    assert len(queries.list_changes(found.id)) == history
                    continue
                changes = queries.list_changes(found.id)
                assert len(changes) == history + (step.change_id is not None)
                if name in ("move", "deliver"):
                    assert found.state == before or states.may_become(before, found.state)
                elif name == "undo":
                    assert step.change_id is None or found.state == changes[1].state_before
                else:
                    assert found.state == before
                assert (found.state == "delivered") == (found.evidence_id is not None)
                assert found.state not in ("promised", "broken") or found.promised_on is not None
            session.commit()
            version = found.version
            session.expire_all()
            assert found.version == version

    walk()


def _take(actor, found, name, value):
    if name == "move":
        if value == CommitmentState.DELIVERED:
            return steps.deliver_commitment(actor, found.id, evidence())
        return steps.move_commitment(actor, found.id, value)
    if name == "deliver":
        return steps.deliver_commitment(actor, found.id, evidence(url="", words="Seen by two of us"))
    if name == "chase":
        return steps.chase_commitment(actor, found.id)
    if name == "redate":
        return steps.redate_commitment(actor, found.id, today() + value * DAY, confirmed=None)
    return steps.undo_change(actor, found.id, queries.list_changes(found.id)[0].id)


def parliament(world, elected, dissolved=None, chamber="commons"):
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        made = Parliament(
            chamber=chamber, number=60, name="The sixtieth", elected_on=elected, dissolved_on=dissolved
        )
        session.add(made)
        session.flush()
        parliament_id = made.id
        session.commit()
    return parliament_id


def test_a_members_promise_stands_against_the_commons_of_its_day_and_lapses_with_it(
    world, organiser, members
):
    known = parliament(world, date(2024, 7, 4))
    kept, late = add(world, organiser, members["Ada"]), add(world, organiser, members["Bruno"])
    former = add(world, organiser, members["Dora"])
    system = Actor.system(organiser.organisation_id, "Neu", world.campaign)
    with world.context("neu", organiser) as session:
        assert session.get_one(Commitment, kept).parliament_id == known
        assert session.get_one(Commitment, former).parliament_id is None
        steps.deliver_commitment(organiser, kept, evidence())
        session.commit()
    with world.context("praxis") as session:
        assert (
            steps.lapse_commitments(
                Actor.system(world.organisations["praxis"], "Praxis", world.campaign), known
            )
            == 0
        )
    with world.context("neu") as session:
        assert steps.lapse_commitments(system, known) == 1
        assert steps.lapse_commitments(system, known) == 0
        session.commit()
    with world.context("neu", organiser) as session:
        found = {one.id: one.state for one in session.scalars(select(Commitment))}
        assert found == {kept: "delivered", late: "lapsed", former: "promised"}
    with world.context("neu") as session:
        assert steps.revive_commitments(system, known) == 1
        session.commit()
        assert session.get_one(Commitment, late).state == "promised"


def test_a_contact_carries_promises_and_takes_them_out_of_the_log_with_it(world, members, organiser):
    officer, neighbour = world.user("neu", "officer"), world.user("praxis", "organiser")
    with world.context("neu", officer) as session:
        logged = engagements.log_engagement(officer, draft(members["Ada"])).engagement
        assert check_commitment(officer, promise(), in_engagement=True) == {}
        write_commitment(officer, promise(), person_id=members["Ada"], engagement_id=logged.id)
        with pytest.raises(Forbidden):
            add_commitment(officer, promise(), person_id=members["Ada"])
        session.commit()
        logged_id = logged.id
    with world.context("praxis", neighbour):
        (row,) = queries.list_commitments(neighbour, person_id=members["Ada"])
        assert (row.is_own, row.may_edit, row.is_overdue) == (False, False, True)
    world.browser(officer).post(f"/contact-log/{logged_id}/withdrawal")
    with world.context("praxis", neighbour) as session:
        assert queries.list_commitments(neighbour, person_id=members["Ada"]) == []
        assert session.scalar(select(func.count(Commitment.id))) == 0
        assert session.scalar(select(func.count(CommitmentChange.id))) == 0
    with world.context("neu", organiser):
        assert queries.list_commitments(organiser, person_id=members["Ada"]) == []
    world.browser(officer).post(f"/contact-log/{logged_id}/withdrawal/removal")
    with world.context("praxis", neighbour):
        assert len(queries.list_commitments(neighbour, person_id=members["Ada"])) == 1


def test_what_is_due_comes_own_first_and_for_who_may_settle_it(world, organiser, members):
    colleague, officer = world.user("neu", "admin"), world.user("neu", "officer")
    add(world, colleague, members["Ada"], words="Theirs", due_on=today() - 9 * DAY)
    add(world, organiser, members["Ada"], words="Mine")
    add(world, organiser, members["Ada"], words="Later", due_on=today() + 9 * DAY)
    with world.context("neu", organiser):
        rows = list_due_commitments(organiser, due_by=today())
        assert [row.commitment.words for row in rows] == ["Mine", "Theirs"]
        assert [r.commitment.words for r in list_due_commitments(organiser, due_by=today(), mine=True)] == [
            "Mine"
        ]
    with world.context("neu", officer):
        assert list_due_commitments(officer, due_by=today()) == []


CHRISTMAS = (date(2026, 12, 18), date(2027, 1, 4))


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 12, 17), date(2026, 12, 17)),
        (date(2026, 12, 18), date(2027, 1, 5)),
        (date(2027, 1, 4), date(2027, 1, 5)),
        (date(2026, 12, 12), date(2026, 12, 14)),
        (date(2026, 12, 11), date(2026, 12, 11)),
    ],
)
def test_the_next_day_on_which_a_chamber_may_sit(on, expected):
    assert first_sitting_day(on, [CHRISTMAS]) == expected


def test_recesses_that_touch_a_weekend_and_each_other_are_passed_together():
    recesses = [
        (date(2026, 12, 21), date(2027, 1, 1)),
        (date(2026, 12, 18), date(2026, 12, 18)),
        (date(2027, 1, 4), date(2027, 1, 4)),
    ]
    assert first_sitting_day(date(2026, 12, 18), recesses) == date(2027, 1, 5)


@pytest.mark.parametrize(
    ("kind", "chamber", "on", "rests"),
    [
        ("vote", "commons", date(2026, 12, 20), True),
        ("vote", "commons", date(2027, 1, 2), True),
        ("vote", "commons", date(2027, 1, 3), False),
        ("vote", "commons", date(2026, 12, 17), False),
        ("vote", "lords", date(2026, 12, 20), False),
        ("host_event", "commons", date(2026, 12, 20), False),
    ],
)
def test_reminders_rest_until_two_days_before_the_return(world, organiser, members, kind, chamber, on, rests):
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        session.add(Recess(chamber=chamber, name="Christmas", starts_on=CHRISTMAS[0], ends_on=CHRISTMAS[1]))
        session.commit()
    # Dora sits nowhere: no chamber's recess is hers.
    for who in ("Ada", "Dora"):
        add(world, organiser, members[who], kind=kind, words=who)
    with world.context("neu", organiser):
        found = list_due_commitments(organiser, due_by=on, on=on)
        assert {row.commitment.words for row in found} == ({"Dora"} if rests else {"Ada", "Dora"})
        assert found.total == len(found)


def test_a_table_of_recesses_loads_twice_and_says_what_it_left_out(world):
    lines = [
        "Chamber,name,starts_on,ends_on",
        "commons,Christmas,2026-12-18,2027-01-04",
        "lords,Christmas,2026-12-17,2027-01-05",
        "commons,Backwards,2027-03-01,2027-02-01",
        "commons,No day,2027-02-30,2027-03-01",
        "moon,Nowhere,2027-02-01,2027-03-01",
        "",
    ]
    with world.app.test_request_context(), use_context(Context(purpose="import")) as session:
        first, second = import_recesses(lines), import_recesses(lines)
        session.commit()
        assert (first.created, first.updated, [number for number, _why in first.rejected]) == (
            2,
            0,
            [4, 5, 6],
        )
        assert (second.created, second.unchanged) == (0, 2)
        changed = import_recesses([lines[0], "commons,Christmas,2026-12-18,2027-01-08"])
        assert (changed.created, changed.updated) == (0, 1)
        assert next_sitting_day("commons", date(2026, 12, 30)) == date(2027, 1, 11)


def test_the_command_loads_a_table_and_refuses_another(world, environment, monkeypatch, tmp_path):
    from organising.cli import main

    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    table = tmp_path / "recesses.csv"
    table.write_text(
        "chamber,name,starts_on,ends_on\ncommons,Easter,2027-03-25,2027-04-12\n", encoding="utf-8"
    )
    for words in ("1 new, 0 changed, 0 known already", "0 new, 0 changed, 1 known already"):
        answer = CliRunner().invoke(main, ["recesses", "import", str(table)])
        assert (answer.exit_code, words in answer.output) == (0, True), answer.output
    with world.context("neu") as session:
        assert session.scalar(select(func.count(Recess.id))) == 1
    table.write_text(json.dumps({"no": "table"}), encoding="utf-8")
    answer = CliRunner().invoke(main, ["recesses", "import", str(table)])
    assert answer.exit_code != 0
    assert "columns" in answer.output


def test_a_list_in_words(app):
    with app.test_request_context():
        assert (
            list_in_words(4, "overdue", party="Labour", place="Wales")
            == "4 overdue promises by Labour members in Wales"
        )
        assert list_in_words(1, "open") == "1 open promise"
        assert (
            list_in_words(0, "broken", partner="NEU", kind="Vote", ask="DP-1", text="law", mine=True)
            == "0 broken promises to NEU to “vote” on DP-1 with “law” that you chase"
        )
