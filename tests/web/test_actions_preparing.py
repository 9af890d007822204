"""What is prepared before an action, as planners and approvers meet it: risks, lists, tasks, series, templates, the queue."""

import re
from datetime import date, datetime, time, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from organising.actions import services
from organising.actions.models import (
    ActionArea,
    ActionCheck,
    ActionDetail,
    ActionEvent,
    ActionRisk,
    ActionRole,
    ActionTemplate,
    BranchAction,
    Every,
)
from organising.actions.services import Plan, list_days
from organising.actions.services.keeping import forget_names
from organising.actions.services.series import on_day
from organising.platform.clock import LONDON
from organising.safeguards.models import PeopleStorageOff
from tests.web.test_actions import a_plan, plan_fields, planned, state_of, version_of


def rows_of(world, model, action_id, slug="neu"):
    with world.context(slug) as session:
        found = session.scalars(select(model).where(model.action_id == action_id)).all()
        session.expunge_all()
        return found


def a_meeting(world, officer, **changes) -> UUID:
    return planned(world, officer, kind="public_meeting", title="Open meeting", is_public=True, **changes)


def approve(world, admin, action_id):
    page = world.browser(admin).get(f"/actions/{action_id}").text
    return world.browser(admin).post(f"/actions/{action_id}/approval", data={"version": version_of(page)})


def test_a_private_stall_needs_no_risk_assessment_and_a_public_meeting_is_not_approved_without(world):
    officer, admin = world.user("neu", "officer"), world.user("neu", "admin")
    stall = planned(world, officer)
    assert rows_of(world, ActionRisk, stall) == []
    assert state_of(world, stall) == "scheduled"
    assert "Not needed" in world.browser(officer).get(f"/actions/{stall}").text

    meeting = a_meeting(world, officer)
    browser = world.browser(officer)
    assert "More people come than the room holds" in browser.get(f"/actions/{meeting}/preparation").text
    page = world.browser(admin).get(f"/actions/{meeting}").text
    assert "nobody has changed them yet" in page
    emptied = browser.post(f"/actions/{meeting}/risks", data={"version": version_of(page)})
    assert emptied.status_code == 303
    refused = approve(world, admin, meeting)
    assert refused.status_code == 422
    assert "The risk assessment comes first" in refused.text
    assert state_of(world, meeting) == "submitted"

    page = browser.get(f"/actions/{meeting}/risks").text
    row = {
        "rows-0-hazard": "The hall is up a flight of stairs",
        "rows-0-likelihood": "5",
        "rows-0-severity": "3",
        "rows-0-control": "Meet on the ground floor",
        "rows-0-owner": "Rosa",
    }
    answer = browser.post(f"/actions/{meeting}/risks", data=row | {"version": version_of(page)})
    assert answer.status_code == 303, answer.text
    shown = browser.get(f"/actions/{meeting}/preparation").text
    assert "Very high (15 / 25)" in shown
    assert approve(world, admin, meeting).status_code == 303
    assert state_of(world, meeting) == "approved"

    page = browser.get(f"/actions/{meeting}/risks").text
    changed = row | {"rows-0-likelihood": "1", "version": version_of(page)}
    assert browser.post(f"/actions/{meeting}/risks", data=changed).status_code == 303
    assert state_of(world, meeting) == "submitted"
    stale = browser.post(f"/actions/{meeting}/risks", data=changed | {"rows-0-owner": "Ali"})
    assert stale.status_code == 409
    assert "Ali" in stale.text


def test_the_checklist_keeps_ticks_of_what_stays_and_a_colleague_s_tick_of_meanwhile(world):
    officer, colleague = world.user("neu", "officer"), world.user("neu", "admin")
    action = planned(world, officer)
    ours, theirs = world.browser(officer), world.browser(colleague)
    lines = "Book the pitch\nPens\nBanner"
    ours.post(f"/actions/{action}/checklist", data={"lines": lines})
    boxes = re.findall(r'name="ticked" value="([^"]+)"', ours.get(f"/actions/{action}/preparation").text)
    theirs.post(f"/actions/{action}/checklist/ticks", data={"ticked": boxes[0]})
    # The officer's page was loaded before the colleague ticked.
    ours.post(f"/actions/{action}/checklist/ticks", data={"ticked": boxes[2]})
    ours.post(f"/actions/{action}/checklist", data={"lines": "Book the pitch\nGazebo\nBanner"})
    with world.context("neu") as session:
        rows = session.scalars(
            select(ActionCheck).where(ActionCheck.action_id == action).order_by(ActionCheck.rank)
        ).all()
        assert [(row.wording, row.ticked_at is not None) for row in rows] == [
            ("Book the pitch", True),
            ("Gazebo", False),
            ("Banner", True),
        ]


def test_tasks_go_to_colleagues_or_names_and_partners_see_none_of_it(world):
    officer, partner = world.user("neu", "officer"), world.user("praxis", "admin")
    action = planned(world, officer)
    browser = world.browser(officer)
    both = {"part": "steward", "name": "Nadia Example", "user": str(officer.user_id)}
    assert browser.post(f"/actions/{action}/roles", data=both).status_code == 422
    neither = browser.post(f"/actions/{action}/roles", data={"part": "steward"})
    assert neither.status_code == 422
    named = {"part": "steward", "name": "Nadia Example", "note": "from 11"}
    assert browser.post(f"/actions/{action}/roles", data=named).status_code == 303
    page = browser.get(f"/actions/{action}").text
    assert "Steward: Nadia Example" in page
    [role] = rows_of(world, ActionRole, action)
    assert b"Nadia" not in role.name_cipher
    theirs = world.browser(partner)
    assert "Nadia" not in theirs.get(f"/actions/{action}").text
    assert theirs.get(f"/actions/{action}/preparation").status_code == 404
    removal = f"/actions/{action}/roles/{role.id}/removal"
    assert theirs.post(removal).status_code == 404
    assert browser.post(removal).status_code == 303
    assert rows_of(world, ActionRole, action) == []


def test_a_material_keeps_its_versions_and_takes_no_other_address_than_the_web_s(world):
    officer = world.user("neu", "officer")
    action = planned(world, officer)
    browser = world.browser(officer)
    bad = browser.post(
        f"/actions/{action}/materials", data={"title": "Leaflet", "link": "javascript:alert(1)"}
    )
    assert bad.status_code == 422
    assert "Leaflet" in bad.text
    good = {"title": "Leaflet", "link": "https://example.org/v1.pdf"}
    assert browser.post(f"/actions/{action}/materials", data=good).status_code == 303
    page = browser.get(f"/actions/{action}/preparation").text
    address = re.search(r'action="(/actions/[^"]+/versions)"', page).group(1)
    assert browser.post(address, data={"link": "https://example.org/v2.pdf"}).status_code == 303
    page = browser.get(f"/actions/{action}/preparation").text
    assert page.index("v2.pdf") < page.index("v1.pdf")
    assert "Version 2" in page


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


def test_a_series_is_rows_of_their_own_changed_one_by_one_or_all_that_follow(world):
    officer = world.user("neu", "officer")
    browser = world.browser(officer)
    answer = browser.post("/actions/new", data=plan_fields(repeat="week", occurrences="4"))
    assert answer.status_code == 303, answer.text
    first = answer.location.split("?")[0]
    assert "3 more come after it" in browser.get(first).text
    with world.context("neu") as session:
        actions = list(session.scalars(select(BranchAction).order_by(BranchAction.starts_at)))
        days = [one.starts_at.astimezone(LONDON).date() for one in actions]
        assert [(day - days[0]).days for day in days] == [0, 7, 14, 21]
        assert {one.state for one in actions} == {"scheduled"}
        assert len({row.series_id for row in session.scalars(select(ActionDetail))}) == 1
        second = actions[1].id
    page = browser.get(f"/actions/{second}/edit").text
    moved = plan_fields(
        title="By the fountain",
        day=(days[1] + timedelta(days=1)).isoformat(),
        starts="10:00",
        version=version_of(page),
    )
    assert browser.post(f"/actions/{second}/edit", data=moved | {"follow": "following"}).status_code == 303
    with world.context("neu") as session:
        actions = list(session.scalars(select(BranchAction).order_by(BranchAction.starts_at)))
        assert [one.title for one in actions] == ["Stall at the market", *["By the fountain"] * 3]
        starts = [one.starts_at.astimezone(LONDON) for one in actions]
        assert [(one.date() - days[0]).days for one in starts] == [0, 8, 15, 22]
        assert [one.hour for one in starts] == [11, 10, 10, 10]
        last, third = actions[3].id, actions[2]
        version = str(third.version)
    off = {"version": version, "follow": "y", "comment": "Snow"}
    assert browser.post(f"/actions/{third.id}/cancellation", data=off).status_code == 303
    assert (state_of(world, third.id), state_of(world, last), state_of(world, second)) == (
        "cancelled",
        "cancelled",
        "scheduled",
    )
    wrong = browser.post("/actions/new", data=plan_fields(repeat="week", occurrences="53"))
    assert wrong.status_code == 422


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    first=st.dates(date(2025, 1, 1), date(2028, 12, 31)),
    every=st.sampled_from(Every),
    start=st.times(),
    minutes=st.integers(1, 2_000),
)
def test_a_series_keeps_the_time_of_day_by_london_s_clock(first, every, start, minutes):
    begins = datetime.combine(first, start.replace(tzinfo=None, microsecond=0), LONDON)
    plan = Plan("stall", "Stall", begins, begins + timedelta(minutes=minutes), "Alderwick")
    days = list_days(first, every, 14)
    assert days[0] == first
    assert days == sorted(set(days))
    if every is Every.MONTH:
        assert all(day.day == first.day or (day + timedelta(days=1)).day == 1 for day in days)
    else:
        assert {day.weekday() for day in days} == {first.weekday()}
    if every.startswith("month"):
        assert len({(day.year, day.month) for day in days}) == 14
    for day in days:
        moved = on_day(plan, day)
        shown = moved.starts_at.astimezone(LONDON)
        assert moved.ends_at > moved.starts_at
        # But for the night in which the clocks change, when that time may not be.
        there = datetime.combine(day, time(4), LONDON).utcoffset()
        before = datetime.combine(day, time(0), LONDON).utcoffset()
        if there == before:
            assert (shown.date(), shown.time()) == (day, plan.starts_at.astimezone(LONDON).time())


def test_an_action_is_planned_like_another_and_a_partner_s_gives_its_headline_alone(world):
    officer, partner = world.user("neu", "officer"), world.user("praxis", "organiser")
    source = planned(world, officer, notes="Ask Rosa for the table")
    world.browser(officer).post(f"/actions/{source}/checklist", data={"lines": "Our own list"})
    page = world.browser(officer).get(f"/actions/new?like={source}").text
    assert "Ask Rosa for the table" in page
    answer = world.browser(officer).post("/actions/new", data=plan_fields(like=str(source)))
    copy = UUID(answer.location.split("?")[0].rsplit("/", 1)[1])
    assert _opened(world, "neu", copy) == ["Our own list"]
    page = world.browser(partner).get(f"/actions/new?like={source}").text
    assert "Stall outside the library" in page
    assert "Rosa" not in page
    answer = world.browser(partner).post("/actions/new", data=plan_fields(like=str(source)))
    copy = UUID(answer.location.split("?")[0].rsplit("/", 1)[1])
    assert "Our own list" not in _opened(world, "praxis", copy)


def _opened(world, slug, action_id):
    with world.context(slug) as session:
        rows = session.scalars(
            select(ActionCheck).where(ActionCheck.action_id == action_id).order_by(ActionCheck.rank)
        ).all()
        return [row.wording for row in rows]


def test_a_template_is_one_s_own_or_the_lead_s_for_all_and_a_plan_takes_what_it_has(world):
    coordinator, admin, officer = (
        world.user("liberty", "coordinator"),
        world.user("neu", "admin"),
        world.user("praxis", "organiser"),
    )
    fields = {
        "kind": "stall",
        "name": "Stall in a market town",
        "summary": "Come and sign",
        "checklist": "Ask the council\nPens",
        "materials": "Leaflet, A5 https://example.org/leaflet.pdf",
        "for_coalition": "y",
    }
    refused = world.browser(admin).post("/actions/templates/new", data=fields)
    assert refused.status_code == 403
    own = world.browser(admin).post(
        "/actions/templates/new", data=fields | {"for_coalition": "", "name": "Our own"}
    )
    assert own.status_code == 303, own.text
    shared = world.browser(coordinator).post("/actions/templates/new", data=fields)
    assert shared.status_code == 303, shared.text
    page = world.browser(officer).get("/actions/templates").text
    assert "Stall in a market town" in page
    assert "Our own" not in page
    assert world.browser(officer).get(own.location).status_code == 404
    assert world.browser(officer).get(shared.location + "/edit").status_code == 404
    template_id = shared.location.rsplit("/", 1)[1]
    assert "Come and sign" in world.browser(officer).get(f"/actions/new?template={template_id}").text
    answer = world.browser(officer).post("/actions/new", data=plan_fields(template=template_id))
    action_id = UUID(answer.location.split("?")[0].rsplit("/", 1)[1])
    shown = world.browser(officer).get(f"/actions/{action_id}/preparation").text
    assert "Ask the council" in shown
    assert "https://example.org/leaflet.pdf" in shown
    with world.context("neu") as session:
        kept = session.scalars(select(ActionTemplate).where(ActionTemplate.name == "Our own")).one()
        kept.for_coalition = True
        with pytest.raises(DBAPIError, match="row-level security"):
            session.flush()
        session.rollback()


def test_a_postcode_leads_to_areas_and_one_that_nobody_knows_is_kept_and_says_so(world):
    officer = world.user("neu", "officer")
    browser = world.browser(officer)
    bad = browser.post("/actions/new", data=plan_fields(postcode="nowhere at all"))
    assert bad.status_code == 422
    assert "nowhere at all" in bad.text
    answer = browser.post("/actions/new", data=plan_fields(postcode="e1 9zz", summary="Come"))
    assert answer.status_code == 303, answer.text
    page = browser.get(answer.location).text
    assert "E1 9ZZ" in page
    assert "table of postcodes" in page
    action_id = UUID(answer.location.split("?")[0].rsplit("/", 1)[1])
    assert rows_of(world, ActionArea, action_id) == []


def test_history_says_what_was_prepared(world):
    officer = world.user("neu", "officer")
    action = planned(world, officer)
    world.browser(officer).post(f"/actions/{action}/roles", data={"part": "speaker", "name": "Ines Example"})
    with world.context("neu") as session:
        last = session.scalars(
            select(ActionEvent).where(ActionEvent.action_id == action).order_by(ActionEvent.created_at.desc())
        ).first()
        assert (last.what, last.fields, last.user_id) == ("prepared", ["roles"], officer.user_id)


def test_names_go_ninety_days_after_and_an_organisation_that_keeps_nobody_takes_none(world):
    officer = world.user("neu", "officer")
    action = planned(world, officer)
    browser = world.browser(officer)
    browser.post(f"/actions/{action}/roles", data={"part": "speaker", "name": "Ines Example"})
    browser.post(f"/actions/{action}/roles", data={"part": "steward", "user": str(officer.user_id)})
    with world.context("neu", officer) as session:
        ends_at = session.get_one(BranchAction, action).ends_at
        assert forget_names(ends_at + timedelta(days=89)) == 0
        assert forget_names(ends_at + timedelta(days=90)) == 1
        assert forget_names(ends_at + timedelta(days=90)) == 0
        session.commit()
    assert [row.part for row in rows_of(world, ActionRole, action)] == ["steward"]

    admin = world.user("neu", "admin")
    with world.context("neu", admin) as session:
        session.add(PeopleStorageOff(campaign_id=world.campaign, author_label="x"))
        session.commit()
    refused = browser.post(f"/actions/{action}/roles", data={"part": "speaker", "name": "Ines Example"})
    assert refused.status_code == 422
    assert "keeps no people" in refused.text
    with world.context("neu", officer) as session:
        session.add(ActionRole(action_id=action, part="press", person_key=b"k", name="Ines"))
        with pytest.raises(DBAPIError, match="keeps no person"):
            session.flush()
        session.rollback()


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


def test_a_material_can_be_a_file_that_those_open_who_see_the_preparation(world):
    officer, partner = world.user("neu", "officer"), world.user("praxis", "admin")
    action = planned(world, officer)
    browser = world.browser(officer)
    material = {"title": "Speech", "file": (BytesIO(b"Friends, a word about trust."), "speech.txt")}
    answer = browser.post(f"/actions/{action}/materials", data=material)
    assert answer.status_code == 303, answer.text
    page = browser.get(f"/actions/{action}/preparation").text
    address = re.search(r'href="(/files/[^"]+)">Speech', page).group(1)
    assert browser.get(address).status_code in (200, 302, 303)
    colleague = world.browser(world.user("neu", "organiser"))
    assert colleague.get(address).status_code in (200, 302, 303)
    assert world.browser(partner).get(address).status_code == 404
    neither = browser.post(f"/actions/{action}/materials", data={"title": "Nothing"})
    assert neither.status_code == 422
    harmful = {"title": "Picture", "file": (BytesIO(b"<svg onload='alert(1)'/>"), "picture.png")}
    assert browser.post(f"/actions/{action}/materials", data=harmful).status_code == 422
