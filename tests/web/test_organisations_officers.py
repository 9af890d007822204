"""Officers: entered, invited, handed over; access ends with the term, and open work follows."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from organising.organisations import queries
from organising.organisations.jobs import end_past_terms
from organising.organisations.models import Membership, UnitChange
from organising.organisations.open_work import list_open_work
from organising.organisations.unit_history import note_acted_for
from organising.platform.audit import AuditEvent
from organising.platform.clock import today
from tests.support.units import make_officer


@pytest.fixture
def admin(world):
    return world.user("neu", "admin")


def entry(name, email, starts=0, **more):
    day = today() + timedelta(days=starts)
    return {"name": name, "email": email, "role": "secretary", "starts_on": day.isoformat(), **more}


def path(unit_id, more=""):
    return f"/organisation/units/{unit_id}{more}"


def test_an_officer_comes_in_by_invitation_without_a_password_for_as_long_as_the_term(
    world, admin, run_jobs, smtp_sink
):
    unit, browser = world.unit("neu", "Leeds"), world.browser(admin)
    last = today() + timedelta(days=90)
    data = entry("Ada Okafor", "ada@branch.example", invite="y", ends_on=last.isoformat())
    assert browser.post(path(unit, "/officers/new"), data=data).status_code == 303
    assert browser.post(path(unit, "/officers/new"), data=data).status_code == 422, "entered once"
    assert "Invited" in browser.get(path(unit)).text
    run_jobs()
    mail = smtp_sink.messages[-1].get_content()
    assert "as branch officer of Leeds" in mail
    link = re.search(r"http://localhost(/invitations/\S+)", mail)[1]
    phone = world.app.test_client()
    assert phone.get(link).status_code == 200
    assert phone.post(link, data={"display_name": "Ada O."}).status_code == 303
    assert phone.get("/organisation/units").status_code == 200
    assert "Ada O." in browser.get(path(unit)).text, "the account says the name now"
    with world.context("neu", admin) as session:
        found = session.scalars(select(Membership).where(Membership.role == "officer")).one()
        assert (found.unit_id, found.ends_on) == (unit, last)


def test_the_role_ends_with_the_term_at_the_next_request(world, admin):
    officer = world.user("neu", "officer", unit="Leeds")
    unit, phone = world.unit("neu", "Leeds"), world.browser(officer)
    with world.context("neu", admin):
        office = queries.list_present_officers([unit])[0]
    ending = path(unit, f"/officers/{office.id}/ending")
    browser = world.browser(admin)
    assert browser.post(ending, data={"ends_on": today().isoformat()}).status_code == 303
    assert phone.get("/actions/new").status_code == 200, "the last day counts"
    with world.context("neu", admin) as session:
        kept = session.scalars(select(Membership).where(Membership.user_id == officer.user_id)).one()
        kept.ends_on = today() - timedelta(days=1)
        session.commit()
    assert phone.get("/actions/new").status_code == 403
    for _ in range(2):
        with world.app.app_context():
            end_past_terms()
    with world.context("neu", admin) as session:
        assert session.scalars(select(Membership.ended_at).where(Membership.user_id == officer.user_id)).one()
        told = select(AuditEvent).where(AuditEvent.action == "member.term_ended")
        assert len(session.scalars(told).all()) == 1


def test_a_hand_over_is_one_form_and_is_undone_whole(world, admin, run_jobs, smtp_sink):
    unit, browser = world.unit("neu", "Leeds"), world.browser(admin)
    leaver = make_officer(world, admin, unit)
    data = entry("Ben Long", "ben@branch.example", starts=1, invite="y", leaver_id=str(leaver))
    assert browser.post(path(unit, "/hand-over"), data=data).status_code == 303
    run_jobs()
    assert [m["To"] for m in smtp_sink.messages] == ["ben@branch.example"]
    with world.context("neu", admin):
        terms = {one.name: (one.starts_on, one.ends_on) for one in queries.list_unit_officers(unit)}
    assert terms["Ada Okafor"][1] == today()
    assert terms["Ben Long"] == (today() + timedelta(days=1), None)
    change = re.search(r"/history/([0-9a-f-]{36})/undoing", browser.get(path(unit)).text)[1]
    assert browser.post(path(unit, f"/history/{change}/undoing")).status_code == 303
    with world.context("neu", admin):
        assert [(one.name, one.ends_on) for one in queries.list_unit_officers(unit)] == [("Ada Okafor", None)]
    link = re.search(r"http://localhost(/invitations/\S+)", smtp_sink.messages[-1].get_content())[1]
    assert world.app.test_client().get(link).status_code == 410


def test_what_was_done_for_a_unit_is_told_with_who_and_for_whom(world, admin):
    unit = world.unit("neu", "Leeds")
    officer_id = make_officer(world, admin, unit)
    organiser, officer = world.user("neu", "organiser"), world.user("neu", "officer", unit="Leeds")
    with world.context("neu", organiser) as session:
        assert note_acted_for(organiser, unit, "action_planned", "branch_action", None)
        session.commit()
    with world.context("neu", officer) as session:
        assert not note_acted_for(officer, unit, "action_planned", "branch_action", None)
    page = world.browser(admin).get(path(unit)).text
    assert "planned an action (for Ada Okafor)" in page
    with world.context("neu", admin) as session:
        change = session.scalars(select(UnitChange).where(UnitChange.kind == "acted_for")).one()
        assert (change.author_user_id, change.officer_id) == (organiser.user_id, officer_id)
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "unit.acted_for")).one()
        assert (event.user_id, event.subject_id) == (organiser.user_id, unit)
        assert list_open_work(admin, [unit]) == []


def test_what_the_leaver_leads_is_shown_and_goes_to_a_successor_who_is_here(world, admin):
    from organising.actions.models import ActionDetail
    from organising.tasks.models import Task
    from organising.tasks.services import TaskDraft, add_task
    from tests.support.actions import planned

    leaver, unit = world.user("neu", "officer", unit="Leeds"), world.unit("neu", "Leeds")
    successor = world.user("neu", "officer", unit="Leeds")
    action_id = planned(world, leaver, lead_user_id=leaver.user_id)
    with world.context("neu", leaver) as session:
        task = add_task(leaver, uuid4(), TaskDraft("Book the hall", assignee_user_id=leaver.user_id))
        task_id = task.id
        session.commit()
    browser = world.browser(admin)
    with world.context("neu", admin):
        office = next(one for one in queries.list_present_officers([unit]) if one.user_id == leaver.user_id)
        email = next(o.email for o in queries.list_present_officers([unit]) if o.user_id == successor.user_id)
    closing = browser.get(path(unit, "/closure")).text
    assert str(action_id) in closing
    assert "Task: Book the hall" in closing
    with world.context("neu", admin) as session:
        from organising.organisations.models import UnitOfficer

        entered = session.get_one(UnitOfficer, (admin.organisation_id, office.id))
        entered.starts_on = today() - timedelta(days=30)
        session.commit()
    data = entry("Sue Cessor", email, leaver_id=str(office.id))
    answer = browser.post(path(unit, "/hand-over"), data=data)
    assert answer.status_code == 303
    assert "2 things that were open" in browser.get(path(unit)).text
    with world.context("neu", admin) as session:
        lead = session.scalars(
            select(ActionDetail.lead_user_id).where(ActionDetail.action_id == action_id)
        ).one()
        assert lead == successor.user_id
        assert session.get_one(Task, (admin.organisation_id, task_id)).assignee_user_id == successor.user_id
    assert "asks you to do" in world.browser(successor).get("/tasks").text
    assert world.browser(leaver).get("/actions/new").status_code == 403, "the term is over"
