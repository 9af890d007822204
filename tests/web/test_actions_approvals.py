"""Who approves actions: several at once as they were seen, by whom an administrator lets, in which part of the tree."""

import re
from datetime import datetime, time, timedelta

import time_machine

from organising.actions import services
from organising.actions.models import (
    BranchAction,
)
from organising.lobbying.digest_jobs import send_digests
from organising.platform.clock import LONDON, today
from tests.support.actions import a_meeting, a_plan, approve, plan_fields, planned, state_of, version_of


def test_several_are_approved_as_they_were_seen_and_never_one_s_own_work(world):
    officer, admin = world.user("neu", "officer"), world.user("neu", "admin")
    first, second = a_meeting(world, officer, venue="A"), a_meeting(world, officer, venue="B")
    own = planned(world, admin, kind="motion", title="My own motion")
    browser = world.browser(admin)
    queue = browser.get("/actions/approvals").text
    seen = re.findall(r'name="seen" value="([^"]+)"', queue)
    assert {one.split(":")[0] for one in seen} == {str(first), str(second)}
    assert "My own motion" not in queue
    with world.context("neu", officer) as session:
        action = session.get_one(BranchAction, second)
        services.edit_action(
            officer, second, action.version, a_plan(kind="public_meeting", title="Other", is_public=True)
        )
        session.commit()
    answer = browser.post("/actions/approvals", data={"seen": [*seen, f"{own}:2"]})
    assert answer.status_code == 409
    assert "Someone changed this action" in answer.text
    assert "someone else has to approve it" in answer.text
    assert [state_of(world, one) for one in (first, second, own)] == ["approved", "submitted", "submitted"]
    assert browser.post("/actions/approvals", data={}).status_code == 422


def test_an_organiser_approves_once_an_administrator_has_given_it_and_no_longer_when_taken_back(world):
    officer, organiser, admin = (world.user("neu", role) for role in ("officer", "organiser", "admin"))
    meeting = a_meeting(world, officer)
    assert approve(world, organiser, meeting).status_code == 403
    assert world.browser(organiser).get("/actions/approvals").status_code == 403
    delegate = f"/actions/approvals/delegates/{organiser.user_id}"
    assert world.browser(organiser).post(delegate).status_code == 403
    assert world.browser(admin).post(f"/actions/approvals/delegates/{officer.user_id}").status_code == 404
    assert world.browser(officer).get("/actions/approvals").status_code == 403
    world.browser(admin).post(delegate)
    own = planned(world, organiser, kind="motion", title="Motion")
    assert approve(world, organiser, own).status_code == 403
    assert approve(world, organiser, meeting).status_code == 303
    world.browser(admin).post(delegate + "/removal")
    assert world.browser(organiser).get("/actions/approvals").status_code == 403


def test_a_comment_decides_nothing_and_stays_at_home(world):
    officer, admin, partner = (
        world.user("neu", "officer"),
        world.user("neu", "admin"),
        world.user("praxis", "admin"),
    )
    meeting = a_meeting(world, officer)
    said = {"comment": "Is the hall step-free?"}
    assert world.browser(admin).post(f"/actions/{meeting}/comments", data=said).status_code == 303
    assert "step-free" in world.browser(officer).get(f"/actions/{meeting}").text
    assert world.browser(partner).post(f"/actions/{meeting}/comments", data=said).status_code == 404
    assert "step-free" not in world.browser(partner).get(f"/actions/{meeting}").text
    assert state_of(world, meeting) == "submitted"


def test_an_organiser_of_a_part_of_the_tree_plans_and_approves_there_and_nowhere_else(world, owner):
    officer, organiser = world.user("neu", "officer"), world.user("neu", "organiser")
    world.browser(world.user("neu", "admin")).post(f"/actions/approvals/delegates/{organiser.user_id}")
    meeting = a_meeting(world, officer)
    browser = world.browser(organiser)
    theirs, other = officer.unit_id, world.unit("neu", "Elsewhere")
    for reach, reaches in ((other, False), (theirs, True)):
        owner.rows(f"UPDATE membership SET subtree_id = '{reach}' WHERE user_id = '{organiser.user_id}'")
        assert ("Open meeting" in browser.get("/actions/approvals").text) is reaches
        assert browser.get(f"/actions/{meeting}/preparation").status_code == (200 if reaches else 403)
        assert browser.get(f"/actions/{meeting}/edit").status_code == (200 if reaches else 403)
        outside = browser.post("/actions/new", data=plan_fields(unit=str(theirs)))
        assert outside.status_code == (303 if reaches else 422)
    assert approve(world, organiser, meeting).status_code == 303


def test_the_mornings_mail_counts_what_waits_for_whom_and_names_no_action(world, app, run_jobs, smtp_sink):
    officer, admin = world.user("neu", "officer"), world.user("neu", "admin")
    a_meeting(world, officer)
    sent_back = a_meeting(world, officer)
    browser = world.browser(admin)
    browser.post(
        f"/actions/{sent_back}/changes-request",
        data={"version": version_of(browser.get(f"/actions/{sent_back}").text), "comment": "Which floor?"},
    )
    day = today() + timedelta(days=1)
    with time_machine.travel(datetime.combine(day, time(8), LONDON), tick=False):
        for _twice in range(2):
            with app.app_context():
                send_digests()
            run_jobs()
    told = {}
    for actor in (officer, admin):
        [mail] = [one for one in smtp_sink.messages if world.email(actor) in one["To"]]
        told[actor.role] = mail.get_content().replace("\r\n", "\n")
    assert "Your actions:\n- An approver has answered about one.\n" in told["officer"]
    assert "Your actions:\n- 1 waits for your approval.\n" in told["admin"]
    assert "Open meeting" not in "".join(told.values())
