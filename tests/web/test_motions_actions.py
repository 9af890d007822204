"""A motion and the action in the diary at which it is put: linked from either page, one outcome on both, never two truths."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from organising.actions import services as actions
from organising.actions.models import ActionReport, BranchAction
from organising.actions.services import Outcome
from organising.motions.models import MotionDetail
from organising.motions.services import linking, outcomes
from organising.motions.services.outcomes import Told
from organising.platform.clock import today
from organising.platform.errors import Invalid
from tests.support.actions import a_past, happened, planned
from tests.support.motions import Branch, in_days, motion_form, version_of


@pytest.fixture
def branch(world):
    return Branch.at(world)


def _reports(world):
    with world.context("neu") as session:
        return session.scalars(select(ActionReport.motion_outcome)).all()


def _came(outcome):
    return Outcome(paper_pledges=0, attendance=30, motion_outcome=outcome)


def test_begun_from_the_diary_and_told_in_the_report(world, branch):
    action_id = planned(world, branch.officer, kind="motion", title="Motion to the branch")
    officer = world.browser(branch.officer)
    assert f"/motions/new?action={action_id}" in officer.get(f"/actions/{action_id}").text
    form = officer.get(f"/motions/new?action={action_id}").text
    assert in_days(3) in form, "the day of the action"
    sent = motion_form(action=str(action_id), meeting_on=in_days(3), deadline_on="")
    place = officer.post("/motions/new", data=sent).location.partition("?")[0]
    assert place in officer.get(f"/actions/{action_id}").text
    assert f"/actions/{action_id}" in officer.get(place).text
    with world.context("neu", branch.admin) as session:
        action = session.get_one(BranchAction, action_id)
        actions.approve_action(branch.admin, action_id, action.version)
        session.commit()
    happened(world, branch.officer, action_id)
    told = {"paper_pledges": "0", "motion_outcome": "carried", "submission_key": str(uuid4())}
    for _twice in range(2):
        assert officer.post(f"/actions/{action_id}/report", data=told).status_code == 303
    assert "Carried" in officer.get(place).text
    assert _reports(world) == [None], "it stands with the motion alone"
    assert "Carried" in officer.get(f"/actions/{action_id}").text
    correction = officer.get(f"/actions/{action_id}/report/correction").text
    assert 'selected value="carried"' in correction
    # Another outcome in a correction is refused where the motion's page says something else.
    version = version_of(correction)
    changed = officer.post(
        f"/actions/{action_id}/report/correction", data=told | {"motion_outcome": "lost", "version": version}
    )
    assert changed.status_code == 422
    assert "says “Carried”" in changed.text
    officer.post(f"{place}/outcome/removal", data={"version": version_of(officer.get(place).text)})
    changed = officer.post(
        f"/actions/{action_id}/report/correction", data=told | {"motion_outcome": "lost", "version": version}
    )
    assert changed.status_code == 303
    assert "Lost" in officer.get(place).text


def test_what_a_report_said_before_becomes_the_motions(world, branch):
    def reported(outcome):
        with world.context("neu", branch.officer) as session:
            plan = a_past(kind="motion", title="Motion", unit_id=branch.officer.unit_id)
            action_id = actions.report_past_action(branch.officer, plan, _came(outcome), uuid4()).id
            session.commit()
        return action_id

    motion_id, action_id = branch.submitted(), reported("remitted")
    branch.do(branch.officer, linking.link_action, motion_id, branch.version(motion_id), action_id)
    assert branch.read(motion_id).state == "remitted"
    assert _reports(world) == [None]
    branch.do(branch.officer, linking.unlink_action, motion_id, branch.version(motion_id))
    assert _reports(world) == ["remitted"], "by itself it says again what is true"
    branch.do(branch.officer, outcomes.take_outcome_back, motion_id, branch.version(motion_id))
    branch.do(
        branch.officer, outcomes.tell_outcome, motion_id, branch.version(motion_id), Told("carried", today())
    )
    with pytest.raises(Invalid, match="says “Carried”"):
        branch.do(branch.officer, linking.link_action, motion_id, branch.version(motion_id), action_id)
    assert branch.read(motion_id).state == "carried"


def test_put_in_the_diary_it_stands_in_the_calendar(world, branch):
    motion_id = branch.submitted(body="Alderwick branch", meeting_on=today() + timedelta(days=4))
    place, officer = f"/motions/{motion_id}", world.browser(branch.officer)
    for _twice in range(2):
        officer.post(f"{place}/action", data={"version": version_of(officer.get(place).text)})
    with world.context("neu") as session:
        action = session.scalars(select(BranchAction)).one()
        assert (action.kind, action.all_day, action.state) == ("motion", True, "submitted")
        assert session.scalars(select(MotionDetail)).one().action_id == action.id
    assert "Motion: Alderwick branch" in officer.get("/calendar?view=list").text
    officer.post(f"{place}/action/removal", data={"version": version_of(officer.get(place).text)})
    assert "It stands there already" in officer.get(place).text
    linked = {"action": str(action.id), "version": version_of(officer.get(place).text)}
    officer.post(f"{place}/action/link", data=linked)
    assert "Undo the link" in officer.get(place).text
    # Told on the motion's page, the outcome is read on the action's too, before anybody reports.
    branch.do(
        branch.officer,
        outcomes.tell_outcome,
        motion_id,
        branch.version(motion_id),
        Told("carried_as_amended", today()),
    )
    assert "<b>Carried as amended</b>" in officer.get(f"/actions/{action.id}").text
