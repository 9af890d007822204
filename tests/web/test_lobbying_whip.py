"""The whip count, disputes and who may settle them: pages and the database's own refusals."""

import csv
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from organising.lobbying import queries, services
from organising.lobbying.models import DisputeResolution, DisputeResolver, Notice, PositionClaim
from organising.organisations.models import Ask
from organising.platform.clock import now, today
from organising.platform.db import db
from organising.platform.permissions import Role
from tests.unit.lobbying.seeds import ask_id, position
from tests.web.test_lobbying_lists import counted_queries

SETTLERS = (Role.DEPUTY, Role.ADMIN, Role.ORGANISER)


@pytest.fixture
def people(world):
    """One person a role at NEU, and neighbours."""
    made = {role: world.user("neu", role) for role in Role if role is not Role.COORDINATOR}
    made[Role.COORDINATOR] = world.user("liberty", Role.COORDINATOR)
    made["praxis"] = world.user("praxis", "organiser")
    return made


def slug_of(actor):
    return actor.organisation_name.split()[0].lower()


def claim(world, actor, person_id, stand, **changes):
    with world.context(slug_of(actor), actor):
        kept = services.claim_position(actor, person_id, position(ask_id(world), position=stand, **changes))
        db.session.commit()
        return kept.id


@pytest.fixture
def dispute(world, members, people):
    """NEU sees Ada opposed to DP-1, Praxis sees her in support."""
    claim(world, people["praxis"], members["Ada"], "supporter")
    claim(world, people[Role.ORGANISER], members["Ada"], "opposed")
    return f"/representatives/{members['Ada']}/disputes/{ask_id(world)}"


def board(world, actor):
    with world.context(slug_of(actor), actor):
        ask = db.session.scalars(select(Ask).where(Ask.code == "DP-1")).one()
        return queries.get_board(actor, ask)


def notices(world, actor):
    with world.context(slug_of(actor), actor):
        return db.session.scalars(
            select(Notice.words).where(Notice.to_organisation_id == actor.organisation_id)
        ).all()


def settlement(browser, dispute, **changes):
    page = browser.get(dispute).text
    seen = page.partition('name="seen" type="hidden" value="')[2].partition('"')[0]
    return {"position": "undecided", "reason": "Her own words in the chamber", "seen": seen} | changes


def test_the_counts_are_of_members_in_office_and_the_others_stand_apart(world, members, people):
    claim(world, people[Role.ORGANISER], members["Ada"], "champion")
    claim(world, people[Role.ORGANISER], members["Bruno"], "opposed")
    claim(world, people[Role.ORGANISER], members["Dora"], "supporter")
    browser = world.browser(people[Role.ANALYST])
    overview = browser.get("/whip").text
    assert "1 not in office" in overview
    assert "2 of 3 known" in overview
    page = browser.get(f"/whip/{ask_id(world)}").text
    assert "A missing signature or vote is never opposition" in page
    before, _, former = page.partition('id="former"')
    assert "Dora Quell" in former
    assert "Dora Quell" not in before
    count = board(world, people[Role.ORGANISER]).count
    assert (count.total, count.for_the_ask, count.against_the_ask, count.not_in_office) == (3, 1, 1, 1)


def test_a_bar_and_tables_by_party_and_region_add_up(world, members, people):
    claim(world, people[Role.ORGANISER], members["Ada"], "champion")
    claim(world, people[Role.ORGANISER], members["Cleo"], "leaning_support")
    found = board(world, people[Role.ORGANISER])
    assert {one.name: dict(one.counts) for one in found.by_party()} == {
        "Harbour Party": {"unknown": 1, "leaning_support": 1},
        "Orchard Party": {"champion": 1},
    }
    assert {one.name: one.total for one in found.by_region()} == {"North Vale": 2, "South Vale": 1}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"Ada Wexcombe", "Bruno Tallis", "Cleo Wexford"}),
        ("position=champion", {"Ada Wexcombe"}),
        ("position=unknown&region=North+Vale", {"Cleo Wexford"}),
        ("region=South+Vale", {"Bruno Tallis"}),
        ("position=nonsense&party=nobody", {"Ada Wexcombe", "Bruno Tallis", "Cleo Wexford"}),
        ("position=opposed", set()),
    ],
)
def test_a_cell_lists_its_people_on_the_page_and_as_csv(world, members, people, query, expected):
    claim(world, people[Role.ORGANISER], members["Ada"], "champion")
    browser = world.browser(people[Role.ORGANISER])
    names = {"Ada Wexcombe", "Bruno Tallis", "Cleo Wexford"}
    page = (
        browser.get(f"/whip/{ask_id(world)}?{query}")
        .text.partition('id="people"')[2]
        .partition("</section>")[0]
    )
    assert {name for name in names if name in page} == expected
    rows = csv.DictReader(
        io.StringIO(browser.get(f"/whip/{ask_id(world)}.csv?{query}").text.removeprefix("\ufeff"))
    )
    assert {row["Representative"] for row in rows} == expected


def test_what_changed_this_week_is_what_was_learnt_in_it(world, members, people):
    organiser = people[Role.ORGANISER]
    with world.context("neu", organiser):
        for stand, days in (("undecided", 30), ("supporter", 2)):
            db.session.add(
                PositionClaim(
                    campaign_id=world.campaign, author_label="x", person_id=members["Ada"], ask_id=ask_id(world),
                    position=stand, confidence="high", basis="letter", held_on=today() - timedelta(days=days),
                    created_at=now() - timedelta(days=days),
                )
            )  # fmt: skip
        db.session.commit()
    claim(world, organiser, members["Bruno"], "supporter")
    (*changed,) = board(world, organiser).changed
    assert {(one.name, one.before.state, one.current.state) for one in changed} == {
        ("Ada Wexcombe", "undecided", "supporter"),
        ("Bruno Tallis", "unknown", "supporter"),
    }
    part = world.browser(organiser).get(f"/whip/{ask_id(world)}").text.partition('id="changed"')[2]
    assert "a letter or an email" in part.partition("</section>")[0]


def test_a_dispute_is_listed_its_partners_are_told_and_it_counts_apart(world, members, people, dispute):
    page = world.browser(people[Role.ANALYST]).get("/whip").text.partition('id="disputes"')[2]
    assert dispute in page
    assert "The coordinator" in page
    assert any("other side of DP-1" in words for words in notices(world, people["praxis"]))
    assert any("yours to settle" in words for words in notices(world, people[Role.COORDINATOR]))
    count = board(world, people["praxis"]).count
    assert (count.disputed, count.for_the_ask, count.against_the_ask) == (1, 0, 0)
    target = world.browser(people["praxis"]).get(f"/representatives/{members['Ada']}").text
    assert "Disputed" in target
    assert "the coordinator settles it" in target


def test_the_coordinator_settles_it_and_both_partners_are_told(world, members, people, dispute):
    browser = world.browser(people[Role.COORDINATOR])
    answer = browser.post(f"{dispute}/settlements", data=settlement(browser, dispute))
    assert answer.status_code == 303
    assert board(world, people["praxis"]).count.of("undecided") == 1
    for partner in (people["praxis"], people[Role.ORGANISER]):
        assert any("Her own words in the chamber" in words for words in notices(world, partner))
        page = world.browser(partner).get(f"/representatives/{members['Ada']}").text
        assert "Settled by Liberty coordinator" in page
        assert "Her own words in the chamber" in page
    claim(world, people["praxis"], members["Ada"], "champion")
    assert board(world, people["praxis"]).count.disputed == 1
    assert "no longer stands" in browser.get(dispute).text


def test_nothing_typed_is_lost_and_a_newer_claim_stops_a_settlement(world, members, people, dispute):
    browser = world.browser(people[Role.COORDINATOR])
    opened = settlement(browser, dispute)
    assert browser.post(f"{dispute}/settlements", data=opened | {"reason": " "}).status_code == 422
    claim(world, people["praxis"], members["Ada"], "leaning_support")
    answer = browser.post(f"{dispute}/settlements", data=opened)
    assert answer.status_code == 422
    assert "A partner added something" in answer.text
    assert "Her own words in the chamber" in answer.text
    details = settlement(browser, dispute, reason="Ring ada on 020 7946 0000")
    assert "details" in browser.post(f"{dispute}/settlements", data=details).text
    assert browser.post(f"{dispute}/settlements", data=settlement(browser, dispute)).status_code == 303


@pytest.mark.parametrize("role", list(Role))
def test_who_may_settle_with_and_without_being_named(world, members, people, dispute, role):
    browser, coordinator = world.browser(people[role]), world.browser(people[Role.COORDINATOR])
    seen = settlement(coordinator, dispute)
    is_coordinator = role is Role.COORDINATOR
    assert browser.get(dispute).status_code == 200
    answer = browser.post(f"{dispute}/settlements", data=seen)
    assert answer.status_code == (303 if is_coordinator else 403)
    named = browser.post(f"{dispute}/resolver", data={"organisation": str(people[role].organisation_id)})
    assert named.status_code == (303 if is_coordinator else 403)
    neu = str(people[Role.ORGANISER].organisation_id)
    assert coordinator.post(f"{dispute}/resolver", data={"organisation": neu}).status_code == 303
    seen = settlement(coordinator, dispute)
    answer = browser.post(f"{dispute}/settlements", data=seen)
    assert answer.status_code == (303 if is_coordinator or role in SETTLERS else 403)


def raw_resolution(world, person_id):
    return DisputeResolution(
        campaign_id=world.campaign, author_label="x", person_id=person_id, ask_id=ask_id(world),
        position="supporter", reason="Because", claim_ids=[],
    )  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_the_database_itself_lets_only_the_resolver_settle(world, members, people, dispute, role):
    actor, coordinator = people[role], people[Role.COORDINATOR]
    is_coordinator = role is Role.COORDINATOR

    def tries(made):
        with world.context(slug_of(actor), actor) as session:
            session.add(made)
            try:
                session.flush()
            except ProgrammingError:
                session.rollback()
                return False
            session.commit()
            return True

    assert tries(raw_resolution(world, members["Ada"])) == is_coordinator
    named = DisputeResolver(
        campaign_id=world.campaign, author_label="x", person_id=members["Ada"], ask_id=ask_id(world),
        resolver_organisation_id=actor.organisation_id,
    )  # fmt: skip
    assert tries(named) == is_coordinator
    with world.context("liberty", coordinator):
        services.name_resolver(
            coordinator, members["Ada"], ask_id(world), people[Role.ORGANISER].organisation_id
        )
        db.session.commit()
    assert tries(raw_resolution(world, members["Ada"])) == (is_coordinator or role in SETTLERS)
    # Named for this person only.
    assert tries(raw_resolution(world, members["Bruno"])) == is_coordinator


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.COORDINATOR])
def test_the_database_takes_a_claim_from_who_may_make_it(world, members, people, role):
    for is_suggestion in (False, True):
        with world.context("neu", people[role]) as session:
            session.add(
                PositionClaim(
                    campaign_id=world.campaign, author_label="x", person_id=members["Ada"], ask_id=ask_id(world),
                    position="opposed", confidence="high", basis="meeting", held_on=today(),
                    is_suggestion=is_suggestion,
                )
            )  # fmt: skip
            allowed = role is not Role.ANALYST and (role is not Role.OFFICER or is_suggestion)
            if allowed:
                session.flush()
            else:
                with pytest.raises(Exception, match="row-level security"):
                    session.flush()
            session.rollback()


def test_resolutions_are_never_changed(world, members, people, dispute):
    from sqlalchemy import text

    with world.context("liberty", people[Role.COORDINATOR]) as session:
        for table in ("dispute_resolution", "dispute_resolver"):
            for statement in (f"UPDATE {table} SET author_label = 'y'", f"DELETE FROM {table}"):
                with pytest.raises(Exception, match="permission denied"):
                    session.execute(text(statement))
                session.rollback()


def test_no_such_ask_or_person(world, members, people):
    browser = world.browser(people[Role.ORGANISER])
    for address in (
        f"/whip/{uuid4()}",
        f"/whip/{uuid4()}.csv",
        f"/representatives/{uuid4()}/disputes/{ask_id(world)}",
    ):
        assert browser.get(address).status_code == 404


def test_pages_take_a_constant_number_of_queries(app, world, members, people, dispute):
    browser = world.browser(people[Role.ORGANISER])
    addresses = ("/whip", f"/whip/{ask_id(world)}", f"/whip/{ask_id(world)}.csv", dispute)
    counts = []
    for _round in range(2):
        for address in addresses:
            with counted_queries(app) as sent:
                assert browser.get(address).status_code == 200
            counts.append(len(sent))
        claim(world, people["praxis"], members["Cleo"], "champion")
        claim(world, people["praxis"], members["Bruno"], "opposed")
    assert counts[: len(addresses)] == counts[len(addresses) :]
    assert max(counts) <= 20
