"""Units: looked at, found, moved, closed with what is open, and put back; who sees their officers."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from organising.organisations import queries
from organising.organisations.models import Unit, UnitChange
from organising.platform.clock import today
from tests.support.units import make_officer, make_unit

ROLES = ("coordinator", "deputy", "admin", "organiser", "officer", "analyst")


@pytest.fixture
def admin(world):
    return world.user("neu", "admin")


@pytest.fixture
def tree(world, admin):
    """Two regions; Leeds and Bradford below the first, a branch below Leeds."""
    north = make_unit(world, admin, "North", kind="region")
    south = make_unit(world, admin, "South", kind="region")
    leeds = make_unit(world, admin, "Leeds", north, code="D42")
    return {
        "north": north,
        "south": south,
        "leeds": leeds,
        "bradford": make_unit(world, admin, "Bradford", north),
        "branch": make_unit(world, admin, "Leeds schools", leeds, kind="branch"),
    }


def path(unit_id, more=""):
    return f"/organisation/units/{unit_id}{more}"


def test_both_fields_called_kind_answer_to_their_own_label(world, admin, tree):
    page = world.browser(admin).get("/organisation/units").text
    ids = re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', page)
    assert len(ids) == len(set(ids)), "a label leads to the first element of its id"
    kinds = re.findall(r'<select[^>]* name="kind"[^>]*>', page)
    assert len(kinds) == 2
    for kind in kinds:
        own = re.search(r' id="([^"]+)"', kind)[1]
        assert f'for="{own}"' in page


def test_units_are_found_by_every_word_in_name_code_or_officer(world, admin, tree):
    make_officer(world, admin, tree["bradford"], "Zadie Unusual")
    browser = world.browser(admin)

    def found(words):
        return set(
            re.findall(
                r'units/[0-9a-f-]{36}">([^<]+)</a>', browser.get(f"/organisation/units?q={words}").text
            )
        )

    assert found("leeds") == {"Leeds", "Leeds schools"}
    assert found("d42") == {"Leeds"}
    assert found("unusual zadie") == {"Bradford"}
    assert found("nowhere") == set()
    analyst = world.browser(world.user("neu", "analyst"))
    assert "Bradford" not in analyst.get("/organisation/units?q=unusual").text, (
        "a name finds nothing for them"
    )


def test_a_unit_moves_with_all_below_it_and_never_below_itself(world, admin, tree):
    browser = world.browser(admin)
    refused = browser.post(path(tree["north"], "/place"), data={"parent_id": str(tree["branch"])})
    assert refused.status_code == 422
    assert (
        browser.post(path(tree["leeds"], "/place"), data={"parent_id": str(tree["south"])}).status_code == 303
    )
    with world.context("neu", admin):
        assert queries.list_subtree_ids(tree["south"]) == {tree["south"], tree["leeds"], tree["branch"]}
    undo(world, browser, tree["leeds"])
    with world.context("neu", admin):
        assert queries.list_subtree_ids(tree["south"]) == {tree["south"]}


def undo(world, browser, unit_id, status=303):
    text = browser.get(path(unit_id)).text
    change = re.search(r"/history/([0-9a-f-]{36})/undoing", text)[1]
    answer = browser.post(path(unit_id, f"/history/{change}/undoing"))
    assert answer.status_code == status
    return change


def test_a_name_is_changed_and_the_change_undone_once_by_those_in_charge(world, admin, tree):
    browser = world.browser(admin)
    data = {"name": "Leeds and Wetherby", "kind": "local_group", "code": "D43"}
    assert browser.post(path(tree["leeds"], "/name"), data=data).status_code == 303
    assert "Leeds → Leeds and Wetherby" in browser.get(path(tree["leeds"])).text
    taken = browser.post(
        path(tree["bradford"], "/name"), data={"name": "Bradford", "kind": "district", "code": "D43"}
    )
    assert taken.status_code == 422
    assert "code of its own" in taken.text or "has this code" in taken.text
    for role in ("deputy", "organiser", "officer", "analyst"):
        other = world.browser(world.user("neu", role))
        assert "/undoing" not in other.get(path(tree["leeds"])).text
        gone = "00000000-0000-4000-8000-000000000000"
        assert other.post(path(tree["leeds"], f"/history/{gone}/undoing")).status_code == 403
    change = undo(world, browser, tree["leeds"])
    assert browser.post(path(tree["leeds"], f"/history/{change}/undoing")).status_code == 409
    with world.context("neu", admin) as session:
        unit = session.scalars(select(Unit).where(Unit.id == tree["leeds"])).one()
        assert (unit.name, unit.kind, unit.code) == ("Leeds", "district", "D42")


def test_closing_says_what_is_open_ends_terms_today_and_is_undone_whole(world, admin, tree):

    officer = world.user("neu", "officer", unit="Camden")
    camden = world.unit("neu", "Camden")
    browser = world.browser(admin)
    assert browser.post(path(camden, "/place"), data={"parent_id": str(tree["leeds"])}).status_code == 303
    make_officer(world, admin, camden, "Ben Long", "ben@branch.example", ends=today() + timedelta(days=400))
    page = browser.get(path(tree["leeds"], "/closure")).text
    for words in ("Leeds schools", "Camden", officer.display_name, "Ben Long", "Nothing is open"):
        assert words in page
    assert browser.post(path(tree["leeds"], "/closure")).status_code == 303
    assert "Camden" not in browser.get("/organisation/units").text
    assert "Camden" in browser.get("/organisation/units?closed=1").text
    assert (
        browser.post(path(camden, "/officers/new"), data=entry("Late", "late@branch.example")).status_code
        == 422
    )
    assert world.browser(officer).get("/organisation/units").status_code == 200, "access ends with the day"
    undo(world, browser, tree["leeds"])
    with world.context("neu", admin):
        ends = {one.name: one.ends_on for one in queries.list_present_officers([camden])}
    assert ends == {officer.display_name: None, "Ben Long": today() + timedelta(days=400)}


def entry(name, email, **more):
    return {"name": name, "email": email, "role": "secretary", "starts_on": today().isoformat(), **more}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_exactly_the_officers_it_works_with(world, admin, role):
    own, other = world.unit("neu", "Camden"), world.unit("neu", "Hackney")
    for unit_id, name in ((own, "Own Secretary"), (other, "Other Secretary")):
        make_officer(world, admin, unit_id, name, f"{name.split()[0].lower()}@branch.example")
    browser = world.browser(world.user("neu", role, unit="Camden"))
    seen = {
        name
        for unit, name in ((own, "Own"), (other, "Other"))
        if f"{name} Secretary" in browser.get(path(unit)).text
    }
    assert seen == {"analyst": set(), "officer": {"Own"}}.get(role, {"Own", "Other"})
    if role != "officer":
        return
    with world.context("neu", world.user("neu", role, unit="Camden")):
        assert {one.unit_id for one in queries.list_present_officers()} == {own}, (
            "whatever is asked of the database"
        )


def test_an_organiser_limited_to_a_subtree_reaches_it_and_no_more(world, admin, tree):
    organiser = world.user("neu", "organiser")
    for unit in ("leeds", "south"):
        make_officer(world, admin, tree[unit], f"{unit.title()} Secretary", f"{unit}@branch.example")
    browser, boss = world.browser(organiser), world.browser(admin)
    assert "South Secretary" in browser.get(path(tree["south"])).text
    member = re.search(
        r"members/([0-9a-f-]{36})/role[^>]*of " + organiser.display_name,
        boss.get("/organisation/members").text,
    )[1]
    data = {"role": "organiser", "unit_id": "", "subtree_id": str(tree["north"])}
    assert boss.post(f"/organisation/members/{member}/role", data=data).status_code == 303
    assert "North and below" in boss.get("/organisation/members").text
    assert "South Secretary" not in browser.get(path(tree["south"])).text
    assert "Leeds Secretary" in browser.get(path(tree["leeds"])).text
    from dataclasses import replace

    limited = replace(organiser, subtree_id=tree["north"])
    with world.context("neu", limited):
        reach = {tree[name] for name in ("north", "leeds", "bradford", "branch")}
        assert queries.list_reach(limited) == reach
        assert [queries.in_reach(limited, key) for key in (tree["branch"], tree["south"], None)] == [
            True,
            False,
            False,
        ]
        assert [one.unit.name for one in queries.list_units_in_reach(limited)] == [
            "North",
            "Bradford",
            "Leeds",
            "Leeds schools",
        ]
        assert {one.unit_id for one in queries.list_present_officers()} == {tree["leeds"]}, (
            "the database holds it too"
        )


def test_another_organisation_sees_neither_units_nor_officers_nor_history(world, admin, tree):
    officer = make_officer(world, admin, tree["leeds"], "Very Private", "private@branch.example")
    stranger = world.user("praxis", "admin")
    browser = world.browser(stranger)
    for address in (
        path(tree["leeds"]),
        path(tree["leeds"], f"/officers/{officer}"),
        path(tree["leeds"], "/hand-over"),
    ):
        assert browser.get(address).status_code == 404
    assert "Very Private" not in browser.get("/organisation/units?q=private").text
    with world.context("praxis", stranger) as session:
        assert queries.list_present_officers([tree["leeds"]]) == []
        assert queries.list_subtree(tree["north"]) == []
        assert session.scalars(select(UnitChange)).all() == []
        assert queries.find_officer(officer) is None
