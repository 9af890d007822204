"""A dissolution from the coordinator's page to the sweep, and the way back."""

from datetime import date

import pytest
from sqlalchemy import func, select

from organising.lobbying.models import Approach, Commitment
from organising.lobbying.parliament_jobs import carry_out_dissolutions
from organising.lobbying.services.commitments import CommitmentDraft, add_commitment
from organising.platform.clock import today
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import OfficeHolding, Parliament
from tests.unit.lobbying.approaches import reserve
from tests.unit.lobbying.seeds import seed_members

ELECTED = {"chamber": "commons", "number": "59", "name": "2024 parliament", "elected_on": "2024-07-04"}


@pytest.fixture
def coordinator(world):
    return world.user("liberty", "coordinator")


@pytest.fixture
def people(world):
    return seed_members(world)


def add(world, coordinator, **changes):
    answer = world.browser(coordinator).post("/parliaments/new", data=ELECTED | changes)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def sweep(world):
    with world.app.app_context():
        carry_out_dissolutions()


def in_office(world):
    with world.app.app_context(), use_context(Context()) as session:
        return session.scalar(
            select(func.count()).select_from(OfficeHolding).where(OfficeHolding.end_on.is_(None))
        )


def promises(world):
    with world.context("neu") as session:
        return session.scalars(select(Commitment.state)).all()


def states(world, slug):
    with world.context(slug) as session:
        return sorted(session.scalars(select(Approach.state)))


def test_terms_end_and_approaches_pause_once_and_all_comes_back(world, coordinator, people):
    address = add(world, coordinator)
    reserve(world, world.user("neu", "organiser"), people["Ada"])
    reserve(world, world.user("praxis", "organiser"), people["Bruno"])
    organiser = world.user("neu", "organiser")
    with world.context("neu", organiser) as session:
        add_commitment(
            organiser, CommitmentDraft(kind="sign_edm", words="Will sign"), person_id=people["Ada"]
        )
        session.commit()
    browser = world.browser(coordinator)
    page = browser.get(f"{address}/dates").text
    assert "1 open promise lapses" in page
    assert "3 members’ terms end" in page
    assert "2 live approaches pause" in page
    dated = browser.post(f"{address}/dates", data=ELECTED | {"dissolved_on": today().isoformat()})
    assert dated.status_code == 303
    assert in_office(world) == 3
    sweep(world)
    sweep(world)
    assert in_office(world) == 0
    assert states(world, "neu") == ["paused_dissolution", "paused_dissolution"]
    assert promises(world) == ["lapsed"]
    page = browser.get(address).text
    assert "This parliament is dissolved" in page
    assert browser.post(f"{address}/dates", data=ELECTED | {"dissolved_on": ""}).status_code == 422
    assert browser.post(f"{address}/dissolution/removal").status_code == 303
    assert in_office(world) == 3
    assert states(world, "neu") == ["assigned", "assigned"]
    sweep(world)
    sweep(world)
    assert in_office(world) == 3
    assert promises(world) == ["promised"]


def test_a_kill_between_terms_and_approaches_leaves_the_rest_to_the_next_sweep(
    world, coordinator, people, monkeypatch
):
    add(world, coordinator, dissolved_on=today().isoformat())
    reserve(world, world.user("neu", "organiser"), people["Ada"])
    with monkeypatch.context() as broken:
        broken.setattr(
            "organising.lobbying.parliament_jobs.each_organisation",
            lambda: (_ for _ in ()).throw(KeyboardInterrupt),
        )
        with pytest.raises(KeyboardInterrupt):
            sweep(world)
    assert in_office(world) == 0
    assert states(world, "neu") == ["assigned"]
    sweep(world)
    assert states(world, "neu") == ["paused_dissolution"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"elected_on": "2024-02-31"}, "There is no such day."),
        ({"dissolved_on": "2020-01-01"}, "A parliament is dissolved after its election."),
        ({"dissolved_on": "2034-01-01"}, "more than six years"),
        ({"name": ""}, "Enter a name"),
        ({"chamber": "lords"}, "Choose a chamber whose members are elected."),
        ({"number": "-1"}, "Enter the parliament’s number"),
    ],
)
def test_bad_input_is_told_and_nothing_typed_is_lost(world, coordinator, changes, said):
    answer = world.browser(coordinator).post("/parliaments/new", data=ELECTED | changes)
    assert answer.status_code == 422
    assert said in answer.text
    assert changes.get("name", "2024 parliament") in answer.text
    with world.app.app_context(), use_context(Context()) as session:
        assert session.scalars(select(Parliament)).all() == []


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [("coordinator", 200, 303), ("deputy", 200, 403), ("admin", 200, 403), ("organiser", 200, 403),
     ("officer", 200, 403), ("analyst", 200, 403)],
)  # fmt: skip
def test_who_reads_and_who_sets_dates(world, coordinator, role, reads, writes):
    address = add(world, coordinator)
    browser = world.browser(world.user("liberty", role))
    assert browser.get("/parliaments").status_code == browser.get(address).status_code == reads
    dates = browser.post(f"{address}/dates", data=ELECTED | {"name": "Renamed"})
    assert dates.status_code == writes
    assert ("Set the dates" in browser.get(address).text) == (writes == 303)


def test_the_list_says_which_sits(world, coordinator):
    assert "No parliament is known" in world.browser(coordinator).get("/parliaments").text
    add(world, coordinator)
    add(
        world,
        coordinator,
        number="58",
        name="2019 parliament",
        elected_on="2019-12-12",
        dissolved_on="2024-05-30",
    )
    page = world.browser(coordinator).get("/parliaments").text
    assert page.index("2024 parliament") < page.index("2019 parliament")
    assert "Sits" in page
    assert "Over" in page
    assert str(date(2024, 5, 30).year) in page
