"""The allocation grid: who leads on whom, changed one by one or many at once, with everyone told once."""

import csv
import io
import re
from datetime import date

import pytest
from sqlalchemy import select, text

from organising.lobbying import services
from organising.lobbying.models import AllocationChange, Notice
from organising.platform.audit import AuditEvent
from organising.platform.db import db
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import Affiliation, Area, AreaOverlap, Body, Institution
from tests.unit.lobbying.seeds import ask_id, draft, position
from tests.web.test_lobbying_lists import counted_queries

MOST_QUERIES = 20


@pytest.fixture
def force(world):
    """An invented police force of North Vale."""
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        area = Area(kind="police_force", name="North Vale", sort_key="north vale", region="North Vale")
        session.add(area)
        session.flush()
        made = Institution(
            kind="police_force", name="Vale Police", sort_key="vale police", area_id=area.id, source="test"
        )
        session.add(made)
        session.commit()
        return made.id


@pytest.fixture
def coordinator(world):
    return world.user("liberty", "coordinator")


@pytest.fixture
def browser(world, coordinator):
    return world.browser(coordinator)


def ticked(*person_ids):
    return [f"p.{one}" for one in person_ids]


def agree(browser, **fields):
    """Ask what a change would do, agree, and answer what came of it."""
    asked = browser.post("/targets/plans", data=fields)
    assert asked.status_code == 200, asked.text
    return browser.post("/targets/changes", data=fields | {"seen": seen(asked)})


def seen(page):
    return re.search(r'name="seen" value="(\w+)"', page.text).group(1)


def leads(world):
    """By person, the short name of who leads."""
    with world.context("liberty"):
        rows = db.session.execute(
            text(
                "SELECT p.name, o.short_name FROM target t JOIN person p ON p.id = t.person_id "
                "LEFT JOIN organisation o ON o.id = t.lead_organisation_id"
            )
        )
        return dict(rows.all())


def notices(world, slug):
    with world.context(slug):
        return [
            (one.kind, one.words)
            for one in db.session.scalars(
                select(Notice)
                .where(Notice.to_organisation_id == world.organisations[slug])
                .order_by(Notice.created_at)
            )
        ]


def lead(world, browser, members, name="Ada", slug="neu"):
    """Make an organisation lead on one of the members."""
    answer = agree(browser, target=ticked(members[name]), scope="ticked", lead=str(world.organisations[slug]))
    assert answer.status_code == 303
    return answer.location.rpartition("/")[2]


# The grid


def test_everyone_in_office_is_there_whether_allocated_or_not(world, browser, members, force):
    page = browser.get("/targets").text
    assert "3 targets" in page
    assert page.count("Nobody yet</span>") == 3
    assert "Dora Quell" not in page
    assert "Vale Police" not in page
    assert "Vale Police" in browser.get("/targets?kind=police_force").text
    everyone = browser.get("/targets?kind=").text
    assert "4 targets" in everyone
    assert "Vale Police" in everyone


def test_filters_leave_those_that_match(world, browser, members, force):
    lead(world, browser, members, "Ada", "neu")
    agree(browser, target=ticked(members["Bruno"]), scope="ticked", priority="A", tactic="persuade")
    neu = world.organisations["neu"]
    for query, expected in (
        ("q=wex", {"Ada", "Cleo"}),
        ("q=otter", {"Cleo"}),
        ("party=harbour party", {"Bruno", "Cleo"}),
        ("party=nonsense", set()),
        ("region=South Vale", {"Bruno"}),
        (f"lead={neu}", {"Ada"}),
        ("lead=none", {"Bruno", "Cleo"}),
        ("lead=nonsense", set()),
        ("priority=A", {"Bruno"}),
        ("priority=none", {"Ada", "Cleo"}),
        ("tactic=persuade", {"Bruno"}),
        ("tactic=none&lead=none", {"Cleo"}),
        ("kind=peer", set()),
        ("kind=&region=North Vale", {"Ada", "Cleo", "Vale Police"}),
        ("kind=police_force&q=police", {"Vale Police"}),
        ("kind=police_force&q=olice", set()),
        ("kind=nonsense", set()),
    ):
        page = browser.get(f"/targets?{query}")
        assert page.status_code == 200, query
        found = {
            name for name in (*members, "Vale Police") if f">{name}" in page.text.partition('id="found"')[2]
        }
        assert found == expected, query


def test_former_members_stay_only_while_they_are_allocated(world, browser, members):
    assert "Dora" not in browser.get("/targets?kind=former").text
    answer = agree(browser, target=ticked(members["Dora"]), scope="ticked", priority="C")
    assert answer.status_code == 303
    page = browser.get("/targets?kind=former").text
    assert "Dora Quell" in page
    assert "Not in office" in page


def test_positions_are_filtered_by_the_rules_of_positions(world, browser, members):
    ask, organiser, praxis = ask_id(world), world.user("neu"), world.user("praxis")
    for slug, actor, name, held in (
        ("neu", organiser, "Ada", "opposed"),
        ("praxis", praxis, "Ada", "supporter"),
        ("neu", organiser, "Bruno", "champion"),
    ):
        with world.context(slug, actor):
            services.claim_position(actor, members[name], position(ask, position=held))
            db.session.commit()
    for chosen, expected in (
        ("disputed", {"Ada"}),
        ("champion", {"Bruno"}),
        ("supporter", set()),
        ("unknown", {"Cleo"}),
    ):
        page = browser.get(f"/targets?ask={ask}&position={chosen}").text.partition('id="found"')[2]
        assert {name for name in members if f">{name}" in page} == expected, chosen
    refused = browser.get("/targets?position=champion")
    assert refused.status_code == 422
    assert "Choose the ask that the position is on" in refused.text


def test_committees_and_areas_that_share_ground(world, browser, members, force):
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        committee = Body(
            kind="committee", key="home", name="Home Affairs", sort_key="home affairs", source="test"
        )
        session.add(committee)
        seats = dict(session.execute(select(Area.name, Area.id).where(Area.kind == "westminster")).all())
        vale = session.scalar(select(Area.id).where(Area.kind == "police_force"))
        session.flush()
        for name, number, end in (("Ada", 1, None), ("Bruno", 2, date(2020, 1, 1))):
            session.add(
                Affiliation(
                    person_id=members[name],
                    holder_scheme="x",
                    holder_value=name,
                    kind="committee",
                    body_id=committee.id,
                    source="test",
                    source_id=str(number),
                    source_statement="x",
                    end_on=end,
                )
            )
        for name, share, ended in (
            ("Fablewick", 0.4, None),
            ("Marlow Sands", 0.001, None),
            ("Otterhithe", 0.5, date(2020, 1, 1)),
        ):
            session.add(
                AreaOverlap(
                    source="test",
                    from_area_id=seats[name],
                    to_area_id=vale,
                    population_share=share,
                    ended_on=ended,
                )
            )
        committee_id = committee.id
        session.commit()
    for query, expected in (
        (f"committee={committee_id}", {"Ada"}),
        (f"kind=&committee={committee_id}", {"Ada"}),
        ("committee=nonsense", set()),
        (f"area={vale}", {"Ada"}),
        (f"kind=&area={vale}", {"Ada", "Vale Police"}),
        ("area=nonsense", set()),
    ):
        page = browser.get(f"/targets?{query}").text
        assert "Police force: North Vale" in page
        assert "Home Affairs" in page
        found = {name for name in (*members, "Vale Police") if f">{name}" in page.partition('id="found"')[2]}
        assert found == expected, query


def test_the_last_contact_of_any_partner_stands_beside_the_name(world, browser, members):
    organiser = world.user("praxis")
    with world.context("praxis", organiser):
        services.log_engagement(organiser, draft(members["Ada"]))
        db.session.commit()
    row = browser.get("/targets").text.partition("Ada Wexcombe</a>")[2].partition("</tr>")[0]
    assert "Praxis" in row


def test_pages_follow_each_other(world, browser, members, monkeypatch):
    monkeypatch.setattr("organising.lobbying.views.targets.PAGE", 2)
    first = browser.get("/targets").text
    assert "Next page" in first
    following = re.search(r'href="(/targets\?[^"]*cursor=[^"]+)"', first).group(1).replace("&amp;", "&")
    second = browser.get(following).text
    names = ("Ada Wexcombe", "Bruno Tallis", "Cleo Wexford")
    assert sorted(n for n in names if f"{n}</a>" in first) + sorted(n for n in names if f"{n}</a>" in second) == [
        "Ada Wexcombe", "Bruno Tallis", "Cleo Wexford",
    ]  # fmt: skip
    assert browser.get("/targets?cursor=nonsense").status_code == 422


# One target


def form(page):
    """The hidden fields of the form on an allocation page."""
    return dict(re.findall(r'type="hidden" name="(subject|version|back|lead)" value="([^"]*)"', page.text))


def test_one_target_is_changed_and_the_way_back_followed(world, browser, members):
    page = browser.get(f"/targets/allocation?subject=p.{members['Ada']}&back=/targets?q=ada")
    assert page.status_code == 200
    data = form(page) | {"lead": str(world.organisations["neu"]), "priority": "B", "tactic": "champion",
                         "supporters": [str(world.organisations["praxis"])]}  # fmt: skip
    answer = browser.post("/targets/allocation", data=data)
    assert (answer.status_code, answer.location) == (303, "/targets?q=ada")
    assert leads(world) == {"Ada Wexcombe": "NEU"}
    assert notices(world, "neu") == [("allocated", "You now lead on Ada Wexcombe.")]
    assert notices(world, "praxis") == [("allocated", "You now support the work on Ada Wexcombe.")]
    foreign = browser.post(
        "/targets/allocation", data=data | {"version": "1", "back": "https://evil.example"}
    )
    assert foreign.location == "/targets"


def test_the_second_of_two_editors_sees_the_difference_and_loses_nothing(world, browser, members):
    opened = form(browser.get(f"/targets/allocation?subject=p.{members['Ada']}"))
    lead(world, browser, members, "Ada", "praxis")
    neu = str(world.organisations["neu"])
    answer = browser.post("/targets/allocation", data=opened | {"lead": neu, "priority": "A", "tactic": ""})
    assert answer.status_code == 409
    assert "Somebody changed this while you were editing" in answer.text
    assert re.search(rf'<option selected value="{neu}">', answer.text)
    assert "Praxis" in answer.text.partition("Now kept are")[2].partition("</dl>")[0]
    assert leads(world) == {"Ada Wexcombe": "Praxis"}
    again = browser.post(
        "/targets/allocation", data=form(answer) | {"lead": neu, "priority": "A", "tactic": ""}
    )
    assert again.status_code == 303
    assert leads(world) == {"Ada Wexcombe": "NEU"}


def test_an_institution_is_a_target_like_a_person(world, browser, force):
    opened = form(browser.get(f"/targets/allocation?subject=i.{force}"))
    answer = browser.post("/targets/allocation", data=opened | {"lead": str(world.organisations["neu"])})
    assert answer.status_code == 303
    assert "NEU" in browser.get("/targets?kind=police_force").text.partition("Vale Police")[2]
    assert notices(world, "neu") == [("allocated", "You now lead on Vale Police.")]


@pytest.mark.parametrize("subject", ["", "p.x", "x.00000000-0000-0000-0000-000000000000",
                                     "p.00000000-0000-0000-0000-000000000000",
                                     "i.00000000-0000-0000-0000-000000000000"])  # fmt: skip
def test_nobody_is_no_target(browser, subject):
    assert browser.get(f"/targets/allocation?subject={subject}").status_code == 404
    assert browser.post("/targets/allocation", data={"subject": subject, "version": "0"}).status_code == 404
    assert browser.post("/targets/lead-requests", data={"subject": subject}).status_code == 404


# Asking for the lead, and notices


def test_a_partner_asks_for_the_lead_and_the_coordinator_reads_it(world, browser, members):
    organiser = world.user("neu", "organiser")
    asker = world.browser(organiser)
    for _twice in range(2):
        assert (
            asker.post("/targets/lead-requests", data={"subject": f"p.{members['Ada']}"}).status_code == 303
        )
    assert notices(world, "liberty") == [("join_asked", "NEU would like to lead on Ada Wexcombe.")]
    page = browser.get("/").text
    assert "For your organisation" in page
    assert f'href="/representatives/{members["Ada"]}">NEU would like to lead' in page
    assert browser.post("/notices/reading").status_code == 303
    assert "For your organisation" not in browser.get("/").text
    # Seen by one is not seen by all.
    assert "For your organisation" in world.browser(world.user("liberty", "organiser")).get("/").text


def test_a_notice_of_a_bulk_change_leads_to_what_one_leads_on(world, browser, members):
    agree(browser, criteria="", scope="all", lead=str(world.organisations["neu"]))
    reader = world.browser(world.user("neu", "organiser"))
    page = reader.get("/").text
    where = re.search(r'href="([^"]+)">You now lead on 3 targets', page).group(1).replace("&amp;", "&")
    assert "3 targets" in reader.get(where).text


# Download and speed


def test_the_download_holds_the_grid(world, browser, members, coordinator):
    lead(world, browser, members, "Ada", "neu")
    answer = browser.get(f"/targets.csv?region=North+Vale&ask={ask_id(world)}")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [(row["Name"], row["Area"], row["Leads"], row["Position on DP-1"]) for row in rows] == [
        ("Ada Wexcombe", "Fablewick", "NEU", "Unknown"),
        ("Cleo Wexford", "Otterhithe", "", "Unknown"),
    ]
    with world.context("liberty", coordinator) as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "targets.exported")).one()
        assert event.facts == {"rows": 2}


@pytest.mark.parametrize("address", ["/targets", "/targets?kind=&ask={ask}&position=unknown&q=e", "/targets.csv",
                                     "/segments", "/targets/allocation?subject=p.{ada}"])  # fmt: skip
def test_pages_take_few_queries(app, world, browser, members, force, address):
    for place in range(4):
        lead(world, browser, members, ("Ada", "Bruno", "Cleo", "Dora")[place], "neu")
        browser.post("/segments/new", data={"name": f"Segment {place}", "criteria": f"q={place}"})
    agree(browser, criteria="kind=", scope="all", supporters_do="add",
          supporters=[str(world.organisations["praxis"])])  # fmt: skip
    address = address.format(ask=ask_id(world), ada=members["Ada"])
    browser.get(address)
    with counted_queries(app) as sent:
        assert browser.get(address).status_code == 200
    assert len(sent) < MOST_QUERIES, "\n".join(sent)


def test_a_bulk_change_takes_as_many_statements_for_three_as_for_one(app, world, browser, members):
    numbers = []
    everyone = tuple(members.values())[:3]
    agree(browser, target=ticked(*everyone), scope="ticked", priority="C")
    for chosen in (everyone[:1], everyone):
        fields = {"target": ticked(*chosen), "scope": "ticked", "priority": "A" if len(chosen) == 1 else "B"}
        asked = browser.post("/targets/plans", data=fields)
        with counted_queries(app) as sent:
            assert browser.post("/targets/changes", data=fields | {"seen": seen(asked)}).status_code == 303
        numbers.append(len(sent))
    assert numbers[0] == numbers[1]
    with world.context("liberty") as session:
        assert session.scalars(
            select(AllocationChange.changed).order_by(AllocationChange.created_at)
        ).all() == [3, 1, 3]
