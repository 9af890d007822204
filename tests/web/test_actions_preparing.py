"""What is prepared before an action, as planners meet it: risks, lists, tasks, materials, templates, places."""

import re
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from organising.actions.models import (
    ActionArea,
    ActionCheck,
    ActionEvent,
    ActionRisk,
    ActionRole,
    ActionTemplate,
    BranchAction,
)
from organising.actions.services.keeping import forget_names
from organising.actions.services.preparing import put_risks, suggested_risks
from organising.safeguards.models import PeopleStorageOff
from tests.support.actions import a_meeting, approve, plan_fields, planned, rows_of, state_of, version_of


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
    assert "nobody has gone through them yet" in page
    with world.context("neu", officer) as session:
        version = session.get_one(BranchAction, meeting).version
        put_risks(officer, meeting, version, suggested_risks("public_meeting"))
        session.commit()
    page = world.browser(admin).get(f"/actions/{meeting}").text
    assert "nobody has gone through" not in page, "saved as they are, they have been read"
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
    removal = address.replace("/versions", "/removal")
    assert "v2.pdf" not in browser.post(removal, follow_redirects=True).text
    assert "v2.pdf" in browser.post(f"{removal}/removal", follow_redirects=True).text


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


def test_a_material_can_be_a_file_that_those_open_who_see_the_preparation(world):
    officer, partner = world.user("neu", "officer"), world.user("praxis", "admin")
    action = planned(world, officer)
    browser = world.browser(officer)
    material = {"file": (BytesIO(b"Friends, a word about trust."), "Speech.txt")}
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
