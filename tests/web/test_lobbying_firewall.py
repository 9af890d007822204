"""Who may see and do what, cell by cell of the permission matrix; a note leaves its organisation nowhere."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from organising.lobbying import queries, services
from organising.lobbying.models import Engagement, EngagementNote, FollowUp, PositionClaim
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import FirewallBreach
from organising.platform.permissions import Role
from tests.unit.lobbying.seeds import ask_id, draft, follow_up, position

NOTE = "canary-in-the-private-note"
TASK = "canary-in-the-follow-up"
HEADLINE = "Will ask a written question"


@pytest.fixture
def people(world):
    """One person a role at NEU, officers of two districts, and neighbours at Praxis."""
    made = {role: world.user("neu", role, unit="Camden") for role in Role}
    made["officer elsewhere"] = world.user("neu", "officer", unit="Leeds")
    made["neighbour"] = world.user("praxis", "coordinator")
    made["neighbouring officer"] = world.user("praxis", "officer", unit="Local group")
    return made


def log(world, actor, person_id, **changes):
    """Log a contact as this person; answers its id."""
    slug = "praxis" if actor.organisation_name.startswith("Praxis") else "neu"
    with world.context(slug, actor):
        words = {"headline": HEADLINE, "note": NOTE, "follow_up": follow_up(what=TASK)} | changes
        engagement_id = services.log_engagement(actor, draft(person_id, **words)).engagement.id
        db.session.commit()
    return engagement_id


# Row "engagement headline": all view; coordinator, deputy, admin and organiser edit the organisation's own,
# an officer the own unit's, an analyst none.
@pytest.mark.parametrize(
    ("reader", "edits_organisers", "edits_own_units"),
    [
        (Role.COORDINATOR, 200, 200),
        (Role.DEPUTY, 200, 200),
        (Role.ADMIN, 200, 200),
        (Role.ORGANISER, 200, 200),
        (Role.OFFICER, 403, 200),
        ("officer elsewhere", 403, 403),
        (Role.ANALYST, 403, 403),
        ("neighbour", 404, 404),
        ("neighbouring officer", 404, 404),
    ],
)
def test_headline_row(world, members, people, reader, edits_organisers, edits_own_units):
    organisers = log(world, people[Role.ORGANISER], members["Ada"])
    officers = log(world, people[Role.OFFICER], members["Ada"], headline="At the school gate")
    browser = world.browser(people[reader])
    for address in ("/contact-log", f"/representatives/{members['Ada']}", "/contact-log.csv"):
        page = browser.get(address)
        assert page.status_code == 200, address
        assert HEADLINE in page.text
        assert "At the school gate" in page.text
    for engagement_id, expected in ((organisers, edits_organisers), (officers, edits_own_units)):
        assert browser.get(f"/contact-log/{engagement_id}/edit").status_code == expected
        changed = browser.post(
            f"/contact-log/{engagement_id}/edit",
            data={"version": "1", "kind": "call", "happened_on": today().isoformat(), "attended_by": "member",
                  "headline": "Changed", "note": NOTE},
        )  # fmt: skip
        assert changed.status_code == (303 if expected == 200 else expected)
        withdrawn = browser.post(f"/contact-log/{engagement_id}/withdrawal")
        assert withdrawn.status_code == (303 if expected == 200 else expected)


# Row "engagement note": coordinator, deputy, admin and organiser the organisation's, an officer the own
# unit's, an analyst and other organisations none.
@pytest.mark.parametrize(
    ("reader", "sees_organisers", "sees_own_units"),
    [
        (Role.COORDINATOR, True, True),
        (Role.DEPUTY, True, True),
        (Role.ADMIN, True, True),
        (Role.ORGANISER, True, True),
        (Role.OFFICER, False, True),
        ("officer elsewhere", False, False),
        (Role.ANALYST, False, False),
        ("neighbour", False, False),
        ("neighbouring officer", False, False),
    ],
)
def test_note_row(world, members, people, reader, sees_organisers, sees_own_units):
    log(
        world,
        people[Role.ORGANISER],
        members["Ada"],
        note="note of the organiser",
        follow_up=follow_up(what="task of the organiser"),
    )
    log(world, people[Role.OFFICER], members["Ada"], note="note of the officer", headline="Other",
        follow_up=follow_up(what="task of the officer"))  # fmt: skip
    browser = world.browser(people[reader])
    pages = [
        f"/representatives/{members['Ada']}",
        "/contact-log",
        "/contact-log?q=note",
        "/follow-ups?whose=ours",
    ]
    seen = "".join(browser.get(page).text for page in pages)
    assert ("note of the organiser" in seen) == sees_organisers
    assert ("note of the officer" in seen) == sees_own_units
    assert ("task of the organiser" in seen) == sees_organisers
    assert ("task of the officer" in seen) == sees_own_units
    slug = "praxis" if "neighbour" in reader else "neu"
    with world.context(slug, people[reader]):
        # The database itself, past the product's own conditions.
        for table in (EngagementNote, FollowUp):
            units = {None: sees_organisers, people[Role.OFFICER].unit_id: sees_own_units}
            found = db.session.scalars(select(table.unit_id)).all()
            assert {unit: unit in found for unit in units} == units, table


# Row "targets, positions": an officer suggests, an analyst views, the others claim for their organisation.
@pytest.mark.parametrize(
    ("claimant", "status", "counts"),
    [
        (Role.COORDINATOR, 303, True),
        (Role.DEPUTY, 303, True),
        (Role.ADMIN, 303, True),
        (Role.ORGANISER, 303, True),
        (Role.OFFICER, 303, False),
        (Role.ANALYST, 403, False),
    ],
)
def test_position_row(world, members, people, claimant, status, counts):
    browser = world.browser(people[claimant])
    answer = browser.post(
        f"/representatives/{members['Ada']}/positions/new",
        data={"ask_id": str(ask_id(world)), "position": "opposed", "basis": "meeting", "confidence": "low",
              "held_on": today().isoformat()},
    )  # fmt: skip
    assert answer.status_code == status
    for reader in (people["neighbour"], people[claimant]):
        slug = "praxis" if reader is people["neighbour"] else "neu"
        with world.context(slug, reader):
            (dp1,) = [one for one in queries.list_positions(reader, members["Ada"]) if one.ask.code == "DP-1"]
            assert (dp1.current.position == "opposed") == counts
            assert len(dp1.suggestions) == (claimant is Role.OFFICER)
    assert (
        "Where they stand"
        in world.browser(people[Role.ANALYST]).get(f"/representatives/{members['Ada']}").text
    )


def test_an_organiser_takes_up_a_branchs_suggestion(world, members, people):
    with world.context("neu", people[Role.OFFICER]):
        services.claim_position(people[Role.OFFICER], members["Ada"], position(ask_id(world)))
        db.session.commit()
    with world.context("neu", people[Role.ORGANISER]):
        services.claim_position(people[Role.ORGANISER], members["Ada"], position(ask_id(world)))
        db.session.commit()
        (dp1,) = [
            one
            for one in queries.list_positions(people[Role.ORGANISER], members["Ada"])
            if one.ask.code == "DP-1"
        ]
        assert (dp1.current.position, dp1.suggestions) == ("leaning_support", ())


def test_the_database_takes_no_claim_but_a_suggestion_from_an_officer(world, members, people):
    officer = people[Role.OFFICER]
    with world.context("neu", officer):
        db.session.add(
            PositionClaim(
                campaign_id=world.campaign, author_label="x", person_id=members["Ada"], ask_id=ask_id(world),
                position="opposed", confidence="high", basis="meeting", held_on=today(),
            )
        )  # fmt: skip
        with pytest.raises(Exception, match="row-level security"):
            db.session.flush()


def test_claims_are_never_changed_nor_deleted(world, members, people):
    with world.context("neu", people[Role.ORGANISER]):
        services.claim_position(people[Role.ORGANISER], members["Ada"], position(ask_id(world)))
        db.session.commit()
        for statement in ("UPDATE position_claim SET position = 'opposed'", "DELETE FROM position_claim"):
            with pytest.raises(Exception, match="permission denied"):
                db.session.execute(text(statement))
            db.session.rollback()


def test_a_foreign_id_and_none_at_all_answer_the_same_bytes(world, members, people):
    engagement_id = log(world, people[Role.ORGANISER], members["Ada"])
    with world.context("neu", people[Role.ORGANISER]):
        follow_up_id = db.session.scalars(select(FollowUp.id)).one()
    browser = world.browser(people["neighbour"])
    for method, address, foreign in (
        ("get", "/contact-log/{}/edit", engagement_id),
        ("post", "/contact-log/{}/edit", engagement_id),
        ("post", "/contact-log/{}/withdrawal", engagement_id),
        ("post", "/contact-log/{}/withdrawal/removal", engagement_id),
        ("post", "/follow-ups/{}/completion", follow_up_id),
        ("post", "/follow-ups/{}/completion/removal", follow_up_id),
    ):
        theirs = getattr(browser, method)(address.format(foreign))
        nobodys = getattr(browser, method)(address.format(uuid4()))
        assert theirs.status_code == 404, address
        assert (theirs.status_code, theirs.data) == (nobodys.status_code, nobodys.data), address
    for address in (
        "/representatives/{}",
        "/representatives/{}/positions/new",
        "/representatives/{}/follow-ups/new",
    ):
        assert browser.get(address.format(uuid4())).status_code == 404


def test_an_officer_of_another_unit_gets_no_follow_up_by_id(world, members, people):
    log(world, people[Role.ORGANISER], members["Ada"])
    with world.context("neu", people[Role.ORGANISER]):
        follow_up_id = db.session.scalars(select(FollowUp.id)).one()
    for officer in (Role.OFFICER, "officer elsewhere"):
        browser = world.browser(people[officer])
        theirs = browser.post(f"/follow-ups/{follow_up_id}/completion")
        nobodys = browser.post(f"/follow-ups/{uuid4()}/completion")
        assert (theirs.status_code, theirs.data) == (404, nobodys.data)


def test_a_withdrawn_headline_leaves_every_partners_pages(world, members, people):
    engagement_id = log(world, people[Role.ORGANISER], members["Ada"])
    world.browser(people[Role.ORGANISER]).post(f"/contact-log/{engagement_id}/withdrawal")
    neighbour = world.browser(people["neighbour"])
    for address in (f"/representatives/{members['Ada']}", "/contact-log", "/contact-log.csv"):
        assert HEADLINE not in neighbour.get(address).text
    with world.context("praxis", people["neighbour"]):
        assert db.session.scalar(select(func.count(Engagement.id))) == 0


RAW = (
    "SELECT count(*) FROM engagement_note",
    "SELECT count(*) FROM follow_up",
    "SELECT count(*) FROM engagement_note n JOIN engagement e ON e.id = n.engagement_id",
    "SELECT count(body_cipher) FROM engagement_note WHERE true OR organisation_id IS NOT NULL",
)


def test_raw_sql_reaches_no_note_with_own_forged_or_no_context(world, members, people, raw_login):
    log(world, people[Role.ORGANISER], members["Ada"])
    with world.context("praxis", people["neighbour"]) as session:
        signed = session.execute(text("SELECT current_setting('app.context')")).scalar_one()
        forged = signed.replace(
            str(people["neighbour"].organisation_id), str(people[Role.ORGANISER].organisation_id)
        )
        for statement in RAW:
            assert session.execute(text(statement)).scalar_one() == 0
    assert forged != signed
    for context in (signed, forged, ""):
        with raw_login() as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('role', 'organising_runtime', true), set_config('app.context', %s, true)",
                (context,),
            )
            for statement in RAW:
                cursor.execute(statement)
                assert cursor.fetchone() == (0,), (statement, context)
            cursor.execute("SELECT count(*) FROM engagement")
            assert cursor.fetchone() == ((1,) if context == signed else (0,))


def test_nothing_private_stands_in_clear_in_the_database(world, members, people):
    log(world, people[Role.ORGANISER], members["Ada"])
    with world.context("neu", people[Role.ORGANISER]) as session:
        for table in ("engagement_note", "follow_up", "engagement", "audit_event", "position_claim"):
            kept = " ".join(session.scalars(text(f'SELECT t::text FROM "{table}" t')))
            assert NOTE not in kept
            assert TASK not in kept


def test_a_note_cannot_be_moved_nor_written_for_another(world, members, people):
    log(world, people[Role.ORGANISER], members["Ada"])
    with world.context("praxis", people["neighbour"]):
        foreign = db.session.scalars(select(Engagement)).one()
        foreign.headline = "Stolen"
        with pytest.raises(FirewallBreach):
            db.session.flush()
        db.session.rollback()
        db.session.execute(text("UPDATE engagement SET headline = 'Stolen'"))
        db.session.commit()
    with world.context("neu", people[Role.ORGANISER]):
        assert db.session.scalars(select(Engagement.headline)).one() == HEADLINE
