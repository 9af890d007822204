"""Saved segments: a filter under a name, for every partner; its author's organisation alone takes it away."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from organising.lobbying.models import Segment
from organising.lobbying.queries.grid import TargetCriteria, select_people
from organising.lobbying.queries.segments import list_segments, read_criteria
from organising.platform.db import db
from organising.platform.permissions import Role


def save(browser, name="Harbour in the south", criteria="party=harbour+party&region=South+Vale"):
    return browser.post("/segments/new", data={"name": name, "criteria": criteria})


def segment_id(world):
    with world.context("neu") as session:
        return session.scalars(select(Segment.id)).one()


def test_the_filters_of_the_grid_are_saved_and_opened_again_by_a_partner(world, browser, members):
    grid = browser.get("/targets?party=harbour+party&region=South+Vale")
    link = re.search(r'href="(/segments/new\?[^"]+)"', grid.text).group(1).replace("&amp;", "&")
    page = browser.get(link)
    assert "Party: Harbour Party" in page.text
    assert "coalition" in page.text
    criteria = re.search(r'name="criteria" value="([^"]*)"', page.text).group(1).replace("&amp;", "&")
    answer = save(browser, criteria=criteria)
    assert answer.status_code == 303
    assert "region=South+Vale" in answer.location
    partner = world.browser(world.user("praxis", "analyst"))
    listed = partner.get("/segments").text
    assert "MPs · Party: Harbour Party · Region: South Vale" in listed
    assert "/removal" not in listed
    address = (
        re.search(r'href="(/targets\?[^"]+)">Harbour in the south', listed).group(1).replace("&amp;", "&")
    )
    found = partner.get(address).text
    assert "Bruno Tallis" in found
    assert "Cleo Wexford" not in found


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_segment_needs_a_name(world, browser, members, name):
    answer = save(browser, name)
    assert answer.status_code == 422
    assert "Give it a name" in answer.text
    assert "Region: South Vale" in answer.text


def test_one_name_means_one_segment(world, browser, members):
    assert save(browser).status_code == 303
    assert save(browser).status_code == 303
    answer = save(browser, "HARBOUR in the south", "party=orchard+party")
    assert answer.status_code == 422
    assert "Take another" in answer.text
    with world.context("neu") as session:
        assert len(session.scalars(select(Segment)).all()) == 1


def test_a_name_that_looks_like_a_persons_details_is_asked_about(browser, members):
    answer = save(browser, "Friends of ana@example.org")
    assert answer.status_code == 422
    key = re.search(r'name="confirmed" value="([^"]+)"', answer.text).group(1)
    again = browser.post(
        "/segments/new", data={"name": "Friends of ana@example.org", "criteria": "", "confirmed": key}
    )
    assert again.status_code == 303


def test_a_segment_is_removed_and_put_back(world, browser, members):
    save(browser)
    number = segment_id(world)
    answer = browser.post(f"/segments/{number}/removal", follow_redirects=True)
    assert ">Harbour in the south</a>" not in answer.text
    assert "Put it back" in answer.text
    assert (
        "Harbour in the south" in browser.post(f"/segments/{number}/restoration", follow_redirects=True).text
    )


@pytest.mark.parametrize(
    ("slug", "role", "may_save", "status_of_removal"),
    [
        ("neu", Role.COORDINATOR, True, 303),
        ("neu", Role.DEPUTY, True, 303),
        ("neu", Role.ADMIN, True, 303),
        ("neu", Role.ORGANISER, True, 303),
        ("neu", Role.OFFICER, False, 403),
        ("neu", Role.ANALYST, False, 403),
        ("praxis", Role.COORDINATOR, True, 404),
        ("praxis", Role.ORGANISER, True, 404),
    ],
)
def test_who_may(world, browser, members, slug, role, may_save, status_of_removal):
    save(browser)
    number = segment_id(world)
    actor = world.user(slug, role)
    other = world.browser(actor)
    assert "Harbour in the south" in other.get("/segments").text
    assert save(other, "Another").status_code == (303 if may_save else 403)
    removal = other.post(f"/segments/{number}/removal")
    assert removal.status_code == status_of_removal
    if status_of_removal == 404:
        assert removal.data == other.post(f"/segments/{uuid4()}/removal").data
        assert other.post(f"/segments/{number}/restoration").status_code == 404
    # The database itself.
    with world.context(slug, actor) as session:
        changed = session.execute(
            text("UPDATE segment SET name = 'Taken' WHERE id = :id"), {"id": number}
        ).rowcount
        assert changed == (1 if status_of_removal == 303 else 0)
        deleted = session.execute(text("DELETE FROM segment WHERE id = :id"), {"id": number}).rowcount
        assert deleted == (1 if status_of_removal == 303 else 0)
        session.rollback()
        insert = text(
            "INSERT INTO segment (id, campaign_id, organisation_id, author_label, name, criteria) "
            "VALUES (gen_random_uuid(), :campaign, :org, 'x', 'x', '')"
        )
        values = {"campaign": world.campaign, "org": actor.organisation_id}
        if may_save:
            assert session.execute(insert, values).rowcount == 1
        else:
            with pytest.raises(Exception, match="row-level security"):
                session.execute(insert, values)
        session.rollback()


def test_a_segment_is_an_audience(world, browser, organiser, members):
    save(browser)
    with world.context("neu", organiser):
        (segment,) = list_segments(organiser)
        criteria = read_criteria(segment)
        assert set(db.session.scalars(select_people(organiser, criteria))) == {members["Bruno"]}
        assert criteria == TargetCriteria(party="harbour party", region="South Vale")


def test_what_a_segment_named_and_is_gone_finds_nobody_and_is_said(world, browser, organiser, members):
    save(browser, "Gone", "party=a+party+that+merged")
    assert "Party: Gone" in browser.get("/segments").text
    page = browser.get("/targets?party=a+party+that+merged").text
    assert "Nobody found" in page
    with world.context("neu", organiser):
        criteria = read_criteria(list_segments(organiser)[0])
        assert db.session.scalars(select_people(organiser, criteria)).all() == []


def test_everyone_stays_everyone(world, browser, organiser, members):
    save(browser, "Everyone", "kind=&lead=none")
    with world.context("neu", organiser):
        assert read_criteria(list_segments(organiser)[0]) == TargetCriteria(kind="", lead="none")
    assert "Everyone · Leads: Nobody yet" in browser.get("/segments").text
