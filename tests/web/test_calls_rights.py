"""Who may do what with calls, cell by cell; and that no other organisation reads a word of them."""

from datetime import timedelta

import pytest

from organising.platform.clock import today
from tests.support.calls import Asking, press, words

ROLES = ("coordinator", "deputy", "admin", "organiser", "officer", "analyst")
RUNS = {"coordinator", "deputy", "admin", "organiser"}
# What is opened or pressed, below /actions/calls, and by whom.
CELLS = (
    ("GET", "", set(ROLES)),
    ("GET", "/new", RUNS),
    ("GET", "/{call}", RUNS | {"analyst"}),
    ("GET", "/{call}/edit", RUNS),
    ("GET", "/{call}/branches", RUNS),
    ("GET", "/{call}/branches/{asked}", RUNS),
    ("GET", "/{call}/reminder", RUNS),
    ("POST", "/{call}/branches/{asked}/answer", RUNS),
    ("POST", "/{call}/branches/{asked}/help", RUNS),
    ("POST", "/{call}/branches/{asked}/help/removal", RUNS),
    ("POST", "/{call}/branches/{asked}/mail", RUNS),
    ("POST", "/{call}/reminder", RUNS),
    ("POST", "/{call}/closure", RUNS),
    ("POST", "/{call}/closure/removal", RUNS),
    ("POST", "/{call}/extension", RUNS),
    ("POST", "/{call}/withdrawal", RUNS),
    ("POST", "/{call}/withdrawal/removal", RUNS),
    ("POST", "/{call}/publication", RUNS),
    ("GET", "/all/new", {"coordinator"}),
    ("GET", "/all/{joint}", set(ROLES)),
    ("POST", "/all/{joint}/passing-on", {"coordinator", "admin"}),
    ("POST", "/all/{joint}/refusal", {"coordinator", "admin"}),
    ("POST", "/all/{joint}/withdrawal", {"coordinator"}),
    ("POST", "/all/{joint}/withdrawal/removal", {"coordinator"}),
)


@pytest.fixture
def asking(world):
    return Asking(world, "liberty")


def launch(world):
    said = words()
    answer = world.browser(world.user("liberty", "coordinator")).post(
        "/actions/calls/all/new",
        data={"title": "All together", "question": said.question, "text": "Secret of none",
              "due_on": said.due_on.isoformat(), "action_kind": ""},
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    return answer.location.split("/")[4].partition("?")[0]


@pytest.mark.parametrize("role", ROLES)
def test_each_cell_of_the_matrix(asking, world, role):
    unit_id = asking.district("Northmoor")
    call_id = asking.call([unit_id])
    named = {"call": call_id, "asked": asking.asked(call_id, unit_id), "joint": launch(world)}
    browser = world.browser(world.user("liberty", role))
    for method, path, roles in CELLS:
        answer = browser.open("/actions/calls" + path.format(**named), method=method)
        assert (answer.status_code != 403) == (role in roles), (method, path, answer.status_code)
        assert answer.status_code in (200, 303, 403, 409, 422), (method, path, answer.status_code)


def test_an_analyst_reads_numbers_and_no_name_an_officer_the_own_unit_alone(asking, world, client):
    ours, theirs = asking.district("Northmoor"), asking.district("Southmere")
    call_id = asking.call([ours, theirs])
    press(client, asking.link(call_id, theirs), "doing", note="A private word")
    numbers = world.browser(world.user("liberty", "analyst")).get(f"/actions/calls/{call_id}").text
    assert "doing it" in numbers
    secretary = asking.officers[theirs].display_name
    for hidden in ("Southmere", "A private word", secretary):
        assert hidden not in numbers
    own = world.browser(asking.officers[ours])
    page = own.get("/actions/calls").text
    assert "Your branch is asked" in page
    assert "Southmere" not in page
    link = page.partition('href="/actions/calls/answer/')[2].partition('"')[0]
    assert press(own, f"/actions/calls/answer/{link}", "not_us").status_code == 200
    assert asking.row(call_id, ours)["answer"] == "not_us"


def test_a_partner_reads_nothing_of_it(asking, world, client, owner):
    unit_id = asking.district("Northmoor")
    call_id = asking.call([unit_id], title="Canary of Liberty", action_kind=None)
    press(client, asking.link(call_id, unit_id), "doing", note="Canary note")
    browser = world.browser(world.user("neu", "admin"))
    named = {"call": call_id, "asked": asking.asked(call_id, unit_id)}
    for method, path, _roles in CELLS:
        if "{joint}" not in path:
            answer = browser.open("/actions/calls" + path.format(**named), method=method)
            assert "Canary" not in answer.text
            assert answer.status_code in (200, 404, 422) or path == "/all/new", (method, path)
            assert answer.status_code == 404 or "{call}" not in path, (method, path, answer.status_code)
    with world.context("neu") as session:
        for table in ("action_call", "call_unit", "call_mail", "call_event"):
            assert session.scalar(_count(table)) == 0, table
    # Sealed: not even a copy of the database tells what was noted.
    assert not owner.rows(
        "SELECT 1 FROM call_unit WHERE position('Canary' in encode(note_cipher, 'escape')) > 0"
    )


def _count(table):
    from sqlalchemy import text

    return text(f"SELECT count(*) FROM {table}")


def test_each_partner_decides_and_only_safe_numbers_come_back(world, app, client):
    from organising.calls import jobs

    joint = launch(world)
    admin = world.browser(world.user("neu", "admin"))
    assert "All together" in admin.get("/").text
    passed = admin.post(f"/actions/calls/all/{joint}/passing-on")
    assert passed.status_code == 303
    again = admin.post(f"/actions/calls/all/{joint}/passing-on")
    assert again.location == passed.location
    assert "All together" not in admin.get("/").text
    call_id = passed.location.split("/")[3]
    asking = Asking(world)
    unit_ids = asking.districts(23)
    admin.post(passed.location, data={"unit": unit_ids, "shown": unit_ids})
    assert admin.post(f"/actions/calls/{call_id}/publication", data={"version": "1"}).status_code == 303
    for unit_id in unit_ids[:8]:
        press(client, asking.link(call_id, unit_id), "doing")
    world.browser(world.user("praxis", "admin")).post(f"/actions/calls/all/{joint}/refusal")
    with app.app_context():
        jobs.expire_calls()
    lead = world.browser(world.user("liberty", "coordinator")).get(f"/actions/calls/all/{joint}").text
    assert "25" in lead.partition("<table")[2]
    assert "fewer than 10" in lead
    assert "Not for their branches: Praxis" in " ".join(lead.split())
    theirs = world.browser(world.user("praxis", "organiser")).get(f"/actions/calls/all/{joint}").text
    for page in (lead, theirs):
        assert "District 0" not in page
        assert "Secretary" not in page
    assert "Not for their branches" not in theirs
    foreign = world.browser(world.user("neu", "coordinator"))
    assert foreign.post(f"/actions/calls/all/{joint}/withdrawal").status_code == 403
    assert (
        world.browser(world.user("liberty", "coordinator"))
        .post(f"/actions/calls/all/{joint}/withdrawal")
        .status_code
        == 303
    )
    assert admin.get(f"/actions/calls/all/{joint}").status_code == 404
    assert admin.get(f"/actions/calls/{call_id}").status_code == 200


def test_a_call_to_all_that_is_over_is_not_passed_on(world):
    import time_machine

    from organising.platform.clock import now

    joint = launch(world)
    admin = world.browser(world.user("neu", "admin"))
    with time_machine.travel(now() + timedelta(days=30), tick=True):
        assert today() is not None
        assert admin.post(f"/actions/calls/all/{joint}/passing-on").status_code == 409
