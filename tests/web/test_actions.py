"""Actions as their users meet them: planned, approved, changed, reported; partners see the headline."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select

from organising.actions import queries, services
from organising.actions.models import ActionEvent, ActionReport, BranchAction
from organising.actions.services import Outcome
from organising.platform.audit import AuditEvent
from organising.platform.clock import now, today
from tests.support.actions import (
    a_past,
    a_plan,
    happened,
    plan_fields,
    planned,
    state_of,
    version_of,
)


def test_a_branch_officer_plans_changes_and_reports_and_partners_see_the_headline(world):
    officer, partner = world.user("neu", "officer"), world.user("praxis", "organiser")
    browser = world.browser(officer)
    answer = browser.post("/actions/new", data=plan_fields())
    assert answer.status_code == 303, answer.text
    address = answer.location.split("?")[0]
    page = browser.get(address).text
    assert "In the diary" in page
    assert "12 Secret Passage" in page
    assert "standing approval" in page.lower()

    edit = browser.get(address + "/edit").text
    answer = browser.post(
        address + "/edit", data=plan_fields(title="Stall by the fountain", version=version_of(edit))
    )
    assert answer.status_code == 303
    action_id = UUID(address.rsplit("/", 1)[1])
    happened(world, officer, action_id)

    form = browser.get(address + "/report").text
    key = re.search(r'name="submission_key" type="hidden" value="([^"]+)"', form).group(1)
    report = {
        "submission_key": key,
        "paper_pledges": "41",
        "attendance": "1,204",
        "outcome": "Queues round the block",
        "incidents": "A man shouted",
        "representatives_met": "2",
    }
    for _twice in range(2):
        answer = browser.post(address + "/report", data=report)
        assert answer.status_code == 303, answer.text
    page = browser.get(address + "?saved=report").text
    assert "A man shouted" in page
    assert f'data-draft-done="action-report-{action_id}"' in page

    theirs = world.browser(partner)
    listed = theirs.get("/actions?when=past").text
    assert "Stall by the fountain" in listed
    assert ">41<" in listed
    assert "1,204" in listed
    page = theirs.get(address).text
    for shown in ("Stall by the fountain", "Camden", "Queues round the block", "41", "1,204", "Alderwick"):
        assert shown in page
    for private in ("12 Secret Passage", "A man shouted", "Bring the banner", "History", "standing approval"):
        assert private not in page
    with world.context("neu") as session:
        assert session.scalar(select(func.count(ActionReport.id))) == 1
        events = session.scalars(select(ActionEvent.what).order_by(ActionEvent.created_at)).all()
        assert events == ["created", "scheduled_standing", "edited", "reported"]
        audited = set(session.scalars(select(AuditEvent.action)))
        assert {"action.created", "action.scheduled_standing", "action.edited", "action.reported"} <= audited


def test_the_organiser_of_a_local_group_reports_what_already_happened_in_one_form(world):
    organiser = world.user("praxis", "organiser")
    unit_id = world.unit("praxis", "Saffron group", "local_group")
    browser = world.browser(organiser)
    page = browser.get("/actions/report").text
    key = re.search(r'name="submission_key" type="hidden" value="([^"]+)"', page).group(1)
    fields = {
        "kind": "workplace_signing",
        "day": today().isoformat(),
        "area": "Fernmouth",
        "unit": str(unit_id),
        "paper_pledges": "17",
        "submission_key": key,
    }
    first = browser.post("/actions/report", data=fields)
    second = browser.post("/actions/report", data=fields)
    assert first.status_code == 303, first.text
    assert first.location == second.location
    # The answer was lost, the form opened anew: another key, the same words.
    third = browser.post("/actions/report", data=fields | {"submission_key": str(uuid4())})
    assert third.location == first.location
    partner = world.browser(world.user("neu", "analyst")).get(first.location).text
    assert "Signing at work" in partner
    assert "Saffron group" in partner
    assert "17" in partner
    assert state_of(world, UUID(first.location.split("?")[0].rsplit("/", 1)[1]), "praxis") == "reported"


def test_the_same_report_sent_eight_times_at_once_is_one_report(world):
    officer = world.user("neu", "officer")
    action_id = planned(world, officer)
    happened(world, officer, action_id)
    told = {"paper_pledges": "41", "submission_key": str(uuid4())}
    past = told | {
        "kind": "stall",
        "day": today().isoformat(),
        "area": "Alderwick",
        "submission_key": str(uuid4()),
    }
    browsers = [world.browser(officer) for _ in range(16)]
    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(b.post, f"/actions/{action_id}/report", data=told) for b in browsers[:8]]
        sent += [pool.submit(b.post, "/actions/report", data=past) for b in browsers[8:]]
        answers = [one.result() for one in sent]
    assert {a.status_code for a in answers} == {303}
    assert len({a.location for a in answers[8:]}) == 1
    with world.context("neu") as session:
        assert session.scalar(select(func.count(ActionReport.id))) == 2
        assert session.scalar(select(func.sum(BranchAction.paper_pledges))) == 82


def test_a_public_meeting_needs_a_colleague_and_nobody_approves_their_own(world):
    officer, admin, other = (
        world.user("neu", "officer"),
        world.user("neu", "admin"),
        world.user("neu", "admin"),
    )
    in_a_month = now() + timedelta(days=30)
    action_id = planned(
        world,
        officer,
        kind="public_meeting",
        is_public=True,
        starts_at=in_a_month,
        ends_at=in_a_month + timedelta(hours=2),
    )
    assert state_of(world, action_id) == "submitted"
    assert "Proposed" in world.browser(world.user("praxis", "analyst")).get(f"/actions/{action_id}").text

    browser = world.browser(admin)
    assert "Waiting for your approval" in browser.get("/actions").text
    page = browser.get(f"/actions/{action_id}").text
    answer = browser.post(
        f"/actions/{action_id}/changes-request", data={"version": version_of(page), "comment": " "}
    )
    assert answer.status_code == 422
    assert "Say what should change" in answer.text
    assert "One thing to put right" in answer.text
    answer = browser.post(
        f"/actions/{action_id}/changes-request",
        data={"version": version_of(page), "comment": "Book the hall first"},
    )
    assert answer.status_code == 303
    own = world.browser(officer)
    page = own.get(f"/actions/{action_id}").text
    assert "asks for changes" in page
    assert page.index("Book the hall first") < page.index("The headline")
    assert "changes asked for" in own.get("/").text
    assert "Changes asked for" in own.get("/actions").text
    assert (
        "Book the hall first"
        not in world.browser(world.user("praxis", "admin")).get(f"/actions/{action_id}").text
    )
    assert own.post(f"/actions/{action_id}/submission", data={"version": version_of(page)}).status_code == 303

    page = browser.get(f"/actions/{action_id}").text
    for _twice in range(2):
        assert (
            browser.post(f"/actions/{action_id}/approval", data={"version": version_of(page)}).status_code
            == 303
        )
    assert state_of(world, action_id) == "approved"
    assert "approved: does it go ahead?" in own.get("/").text
    page = own.get(f"/actions/{action_id}").text
    assert "asks for changes" not in page
    assert own.post(f"/actions/{action_id}/schedule", data={"version": version_of(page)}).status_code == 303
    assert "does it go ahead" not in own.get("/").text

    # A changed headline is not what was approved; the admin who changes it may not approve it again.
    with world.context("neu", admin) as session:
        action = session.get_one(BranchAction, action_id)
        services.edit_action(
            admin, action_id, action.version, a_plan(kind="public_meeting", is_public=True, title="Rally")
        )
        session.commit()
    assert state_of(world, action_id) == "submitted"
    page = browser.get(f"/actions/{action_id}").text
    assert "Your decision" not in page
    answer = browser.post(f"/actions/{action_id}/approval", data={"version": version_of(page)})
    assert answer.status_code == 403
    assert "someone else has to approve" in answer.text
    second = world.browser(other)
    page = second.get(f"/actions/{action_id}").text
    assert (
        second.post(f"/actions/{action_id}/approval", data={"version": version_of(page)}).status_code == 303
    )


def test_an_approver_approves_what_they_saw(world):
    officer, admin = world.user("neu", "officer"), world.user("neu", "admin")
    action_id = planned(world, officer, kind="motion")
    with world.context("neu", officer) as session:
        seen = session.get_one(BranchAction, action_id).version
        services.edit_action(officer, action_id, seen, a_plan(kind="motion", title="Another motion"))
        session.commit()
    answer = world.browser(admin).post(f"/actions/{action_id}/approval", data={"version": seen})
    assert answer.status_code == 409
    assert state_of(world, action_id) == "submitted"


def test_a_conflicting_edit_keeps_what_was_typed_and_shows_what_stands(world):
    officer, organiser = world.user("neu", "officer"), world.user("neu", "organiser")
    action_id = planned(world, officer)
    mine, theirs = world.browser(officer), world.browser(organiser)
    version = version_of(mine.get(f"/actions/{action_id}/edit").text)
    unit = str(world.unit("neu"))
    answer = theirs.post(
        f"/actions/{action_id}/edit", data=plan_fields(title="Theirs", version=version, unit=unit)
    )
    assert answer.status_code == 303
    answer = mine.post(f"/actions/{action_id}/edit", data=plan_fields(title="Mine", version=version))
    assert answer.status_code == 409
    assert 'value="Mine"' in answer.text
    assert "It now reads: Theirs" in answer.text
    answer = mine.post(
        f"/actions/{action_id}/edit", data=plan_fields(title="Mine", version=version_of(answer.text))
    )
    assert answer.status_code == 303


def test_calling_off_is_undone_and_pressing_twice_changes_nothing(world):
    officer = world.user("neu", "officer")
    action_id = planned(world, officer)
    browser = world.browser(officer)
    version = version_of(browser.get(f"/actions/{action_id}").text)
    for _twice in range(2):
        answer = browser.post(
            f"/actions/{action_id}/cancellation", data={"version": version, "comment": "Rain"}
        )
        assert answer.status_code == 303
    assert "Stall outside" not in browser.get("/actions").text
    assert "Stall outside" in browser.get("/actions?state=cancelled").text
    page = browser.get(f"/actions/{action_id}").text
    assert "Undo" in page
    assert "Rain" in page
    for _twice in range(2):
        answer = browser.post(
            f"/actions/{action_id}/cancellation/removal", data={"version": version_of(page)}
        )
        assert answer.status_code == 303
    assert state_of(world, action_id) == "scheduled"


def test_a_report_is_corrected_until_a_colleague_has_checked_it(world):
    officer, admin = world.user("neu", "officer"), world.user("neu", "admin")
    with world.context("neu", officer) as session:
        action = services.report_past_action(officer, a_past(), Outcome(paper_pledges=14), uuid4())
        action_id = action.id
        session.commit()
    own, checker = world.browser(officer), world.browser(admin)
    page = own.get(f"/actions/{action_id}/report/correction").text
    assert 'value="14"' in page
    answer = own.post(
        f"/actions/{action_id}/report/correction", data={"paper_pledges": "41", "version": version_of(page)}
    )
    assert answer.status_code == 303
    answer = own.post(f"/actions/{action_id}/report/check", data={"version": "2"})
    assert answer.status_code == 403
    page = checker.get(f"/actions/{action_id}/report/check").text
    assert (
        checker.post(f"/actions/{action_id}/report/check", data={"version": version_of(page)}).status_code
        == 303
    )
    page = checker.get(f"/actions/{action_id}").text
    assert (
        checker.post(f"/actions/{action_id}/closure", data={"version": version_of(page)}).status_code == 303
    )
    assert own.get(f"/actions/{action_id}/report/correction").status_code == 303
    with world.context("neu") as session:
        facts = session.scalars(select(AuditEvent.facts).where(AuditEvent.action == "action.corrected")).one()
        assert (facts["was_paper_pledges"], facts["paper_pledges"]) == (14, 41)


def test_someone_elses_report_of_the_same_action_is_refused_not_overwritten(world):
    officer, organiser = world.user("neu", "officer"), world.user("neu", "organiser")
    action_id = planned(world, officer)
    happened(world, officer, action_id)
    for actor, status in ((officer, 303), (organiser, 409)):
        answer = world.browser(actor).post(
            f"/actions/{action_id}/report", data={"paper_pledges": "5", "submission_key": str(uuid4())}
        )
        assert answer.status_code == status
    assert world.browser(organiser).get(f"/actions/{action_id}/report").status_code == 303


def test_the_sweep_marks_what_is_over_and_the_first_page_asks_for_reports(world, app):
    from organising.actions.jobs import finish_past

    officer = world.user("neu", "officer")
    over, still = planned(world, officer), planned(world, officer, title="Still to come")
    happened(world, officer, over)
    for _twice in range(2):
        with app.app_context():
            finish_past()
    assert (state_of(world, over), state_of(world, still)) == ("done", "scheduled")
    with world.context("neu", officer):
        items = queries.today_items(officer)
        assert [a.id for a in items.to_report] == [over]
        assert [a.id for a in items.this_week] == [still]
        assert (list(items.to_approve), list(items.of_partners)) == ([], [])
