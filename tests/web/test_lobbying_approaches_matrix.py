"""Row “approaches” of the permission matrix, cell by cell: what pages answer, and what the database itself refuses."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from organising.platform.clock import today
from organising.platform.permissions import Role
from tests.unit.lobbying.approaches import reserve, row_of

WRITERS = (Role.COORDINATOR, Role.DEPUTY, Role.ADMIN, Role.ORGANISER)
REFUSED = "refused"


@pytest.fixture
def own(world, members):
    """An approach of NEU's."""
    return reserve(world, world.user("neu", "organiser"), members["Ada"])


@pytest.fixture
def others(world, members):
    """An approach of Praxis's."""
    return reserve(world, world.user("praxis", "organiser"), members["Bruno"])


def form(person_id, **changes):
    return {
        "submission_key": str(uuid4()), "person": str(person_id), "channel": "call", "starts_on": today().isoformat(),
        "ends_on": (today() + timedelta(days=3)).isoformat(), "due_on": today().isoformat(), "purpose": "By a page",
    } | changes  # fmt: skip


def run(session, statement, **values):
    """How many rows the statement changed, or that it was refused."""
    try:
        with session.begin_nested():
            return session.execute(text(statement), values).rowcount
    except DBAPIError as error:
        if "row-level security" in str(error) or "not theirs" in str(error):
            return REFUSED
        raise


@pytest.mark.parametrize("role", Role)
def test_view(world, own, others, role):
    actor = world.user("neu", role)
    expected = 403 if role is Role.OFFICER else 200
    browser = world.browser(actor)
    for address in ("/approaches", "/approaches.csv", f"/approaches/{own}", f"/approaches/{others}"):
        assert browser.get(address).status_code == expected, address
    with world.context("neu", actor) as session:
        for table, number in (("approach", 2), ("approach_event", 2), ("approach_join", 0)):
            seen = session.scalar(text(f"SELECT count(*) FROM {table}"))
            assert seen == (0 if role is Role.OFFICER else number), table


@pytest.mark.parametrize("role", Role)
def test_reserve(world, members, role):
    actor = world.user("neu", role)
    may = role in WRITERS
    browser = world.browser(actor)
    assert browser.get(f"/approaches/new?person={members['Ada']}").status_code == (200 if may else 403)
    assert browser.post("/approaches/new", data=form(members["Ada"])).status_code == (303 if may else 403)
    with world.context("neu", actor) as session:
        insert = (
            "INSERT INTO approach (id, campaign_id, organisation_id, author_label, person_id, channel, starts_on, ends_on, "
            "due_on, state, purpose, owner_label, submission_key, version, changed_at) VALUES "
            "(:id, :c, :o, 'x', :p, 'letter', :d, :d, :d, 'assigned', 'p', '', :id, 1, now())"
        )
        values = {"id": uuid4(), "c": world.campaign, "p": members["Cleo"], "d": today()}
        assert run(session, insert, **values, o=actor.organisation_id) == (1 if may else REFUSED)
        # In another's name: nobody.
        values |= {"id": uuid4(), "p": members["Dora"]}
        assert run(session, insert, **values, o=world.organisations["praxis"]) == REFUSED


@pytest.mark.parametrize(
    ("role", "edits_own", "edits_others"),
    [
        (Role.COORDINATOR, True, True),
        (Role.DEPUTY, True, False),
        (Role.ADMIN, True, False),
        (Role.ORGANISER, True, False),
        (Role.OFFICER, False, False),
        (Role.ANALYST, False, False),
    ],
)
def test_edit(world, members, own, others, role, edits_own, edits_others):
    actor = world.user("neu", role)
    browser = world.browser(actor)
    with world.context("neu", actor) as session:
        for approach_id, may in ((own, edits_own), (others, edits_others)):
            changed = run(session, "UPDATE approach SET purpose = 'By SQL' WHERE id = :id", id=approach_id)
            assert changed == (1 if may else 0)
            event = (
                "INSERT INTO approach_event (id, campaign_id, organisation_id, author_label, approach_id, kind, words) "
                "VALUES (:e, :c, :o, 'x', :id, 'step', '')"
            )
            values = {"e": uuid4(), "c": world.campaign, "o": actor.organisation_id, "id": approach_id}
            assert run(session, event, **values) == (1 if may else REFUSED)
            # Its subject and its key are nobody's to change, and nothing is deleted.
            if may:
                for words in ("person_id = :p", "submission_key = :p", "author_label = 'me'"):
                    statement = f"UPDATE approach SET {words} WHERE id = :id"
                    assert run(session, statement, id=approach_id, p=members["Cleo"]) == REFUSED
        session.rollback()
    for approach_id, person, may in ((own, "Ada", edits_own), (others, "Bruno", edits_others)):
        place, status = f"/approaches/{approach_id}", 303 if may else 403
        assert browser.get(f"{place}/edit").status_code == (200 if may else 403)
        data = form(members[person], version="1", channel="meeting", purpose="By a page")
        assert browser.post(f"{place}/edit", data=data).status_code == status
        assert browser.post(f"{place}/steps", data={"state": "requested"}).status_code == status
        assert browser.post(f"{place}/cancellation").status_code == status
        assert browser.post(f"{place}/cancellation/removal").status_code == status
        seen = row_of(world, world.user("neu", "organiser"), approach_id)
        assert (seen.purpose, seen.state) == (
            ("By a page", "requested") if may else ("Ask for a written question on the exemption", "assigned")
        )


@pytest.mark.parametrize(
    ("role", "hands_own", "hands_others"),
    [
        (Role.COORDINATOR, True, True),
        (Role.DEPUTY, True, False),
        (Role.ADMIN, True, False),
        (Role.ORGANISER, True, False),
        (Role.OFFICER, False, False),
        (Role.ANALYST, False, False),
    ],
)
def test_hand_over(world, members, own, others, role, hands_own, hands_others):
    actor = world.user("neu", role)
    liberty = world.organisations["liberty"]
    with world.context("neu", actor) as session:
        for approach_id, may in ((own, hands_own), (others, hands_others)):
            statement = "UPDATE approach SET organisation_id = :to WHERE id = :id"
            changed = run(session, statement, id=approach_id, to=liberty)
            assert changed == (1 if may else 0)
        session.rollback()
    browser = world.browser(actor)
    for approach_id, may in ((own, hands_own), (others, hands_others)):
        answer = browser.post(f"/approaches/{approach_id}/hand-over", data={"organisation_id": str(liberty)})
        assert answer.status_code == (303 if may else 403)
        seen = row_of(world, world.user("liberty", "organiser"), approach_id)
        assert (seen.organisation_id == liberty) == may


def test_nothing_is_handed_to_who_has_left_nor_by_a_job(world, members, own, databases, environment):
    from organising.platform.migrations import maintenance

    with maintenance(databases.owner_of(environment["DATABASE_URL"])) as connection:
        connection.execute(
            text("UPDATE campaign_member SET coalition_status = 'left' WHERE organisation_id = :id"),
            {"id": world.organisations["praxis"]},
        )
        connection.commit()
    statement = "UPDATE approach SET organisation_id = :to WHERE id = :id"
    with world.context("neu", world.user("neu", "organiser")) as session:
        assert run(session, statement, id=own, to=world.organisations["praxis"]) == REFUSED
    with world.context("neu") as session:
        assert run(session, statement, id=own, to=world.organisations["liberty"]) == REFUSED
        assert run(session, "UPDATE approach SET purpose = 'By a job' WHERE id = :id", id=own) == 1


@pytest.mark.parametrize("role", Role)
def test_a_decision_is_each_sides_own(world, members, own, others, role):
    actor = world.user("neu", role)
    insert = (
        "INSERT INTO approach_join (id, campaign_id, organisation_id, author_label, approach_id, joiner_id, decision, words) "
        "VALUES (:j, :c, :o, 'x', :id, :joiner, :decision, '')"
    )
    praxis = world.organisations["praxis"]
    may, coordinates = role in WRITERS, role is Role.COORDINATOR
    with world.context("neu", actor) as session:
        for approach_id, joiner, decision, allowed in (
            (others, actor.organisation_id, "asked", may),
            (others, actor.organisation_id, "accepted", coordinates),
            (own, praxis, "accepted", may),
            (own, praxis, "asked", False),
        ):
            values = {"j": uuid4(), "c": world.campaign, "o": actor.organisation_id, "id": approach_id,
                      "joiner": joiner, "decision": decision}  # fmt: skip
            assert run(session, insert, **values) == (1 if allowed else REFUSED), decision
        assert run_denied(session, "UPDATE approach_join SET decision = 'accepted'")
        assert run_denied(session, "DELETE FROM approach_event")
        assert run_denied(session, "DELETE FROM approach")


@pytest.mark.parametrize("role", Role)
def test_only_a_coordinator_sets_the_budget(world, role):
    actor = world.user("neu", role)
    with world.context("neu", actor) as session:
        insert = (
            "INSERT INTO pressure_budget (id, campaign_id, organisation_id, author_label, mails, calls, visits) "
            "VALUES (:b, :c, :o, 'x', 9, 9, 9)"
        )
        values = {"b": uuid4(), "c": world.campaign, "o": actor.organisation_id}
        assert run(session, insert, **values) == (1 if role is Role.COORDINATOR else REFUSED)


def test_an_analyst_and_an_officer_read_no_own_side(world, members, own):
    for role in Role:
        with world.context("neu", world.user("neu", role)) as session:
            seen = session.scalar(text("SELECT count(*) FROM approach_own"))
            assert seen == (1 if role in WRITERS else 0), role


def run_denied(session, statement):
    try:
        with session.begin_nested():
            session.execute(text(statement))
    except DBAPIError as error:
        return "permission denied" in str(error)
    return False
