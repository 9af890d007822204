"""Who may change a target, cell by cell of the permission matrix: the page's answer, and the database's own."""

import pytest
from sqlalchemy import select, text

from organising.lobbying.models import Target
from organising.platform.permissions import Role
from tests.web.test_lobbying_targets import agree, browser, coordinator, lead, leads, ticked

__all__ = ["browser", "coordinator"]

# Who may, cell by cell: row "targets" of the permission matrix, and "lead organisation of a target"


@pytest.mark.parametrize(
    ("slug", "role", "leads_now", "may_edit", "may_lead"),
    [
        ("liberty", Role.COORDINATOR, "praxis", True, True),
        ("neu", Role.ADMIN, "neu", True, False),
        ("neu", Role.DEPUTY, "neu", True, False),
        ("neu", Role.ORGANISER, "neu", True, False),
        ("neu", Role.OFFICER, "neu", False, False),
        ("neu", Role.ANALYST, "neu", False, False),
        ("neu", Role.ADMIN, "praxis", False, False),
        ("neu", Role.ORGANISER, "praxis", False, False),
        ("liberty", Role.ORGANISER, "praxis", False, False),
    ],
)
def test_target_row(world, browser, members, slug, role, leads_now, may_edit, may_lead):
    lead(world, browser, members, "Ada", leads_now)
    actor = world.user(slug, role)
    other = world.browser(actor)
    assert other.get("/targets").status_code == 200
    assert other.get("/targets.csv").status_code == 200
    assert other.get("/segments").status_code == 200
    data = {"subject": f"p.{members['Ada']}", "version": "1", "lead": str(world.organisations[leads_now]),
            "priority": "C", "tactic": "maintain"}  # fmt: skip
    assert other.post("/targets/allocation", data=data).status_code == (303 if may_edit else 403)
    moved = data | {"version": "2" if may_edit else "1", "lead": str(world.organisations["liberty"])}
    other.post("/targets/allocation", data=moved)
    assert leads(world)["Ada Wexcombe"] == (
        "Liberty" if may_lead else {"neu": "NEU", "praxis": "Praxis"}[leads_now]
    )
    # The database itself, past all of the product's own conditions.
    now_leads = world.organisations["liberty" if may_lead else leads_now]
    with world.context(slug, actor) as session:
        changed = session.execute(text("UPDATE target SET priority = 'B', version = version + 1")).rowcount
        assert changed == (1 if may_edit else 0)
        session.commit()
        statement = text("UPDATE target SET lead_organisation_id = :other")
        if may_edit and not may_lead:
            with pytest.raises(Exception, match="who leads is the coordinator"):
                session.execute(statement, {"other": world.organisations["liberty"]})
        else:
            moved_on = session.execute(statement, {"other": now_leads}).rowcount
            assert moved_on == (1 if may_lead else 0)
        session.rollback()
        insert = text(
            "INSERT INTO target (id, campaign_id, organisation_id, author_label, person_id, version, updated_at) "
            "VALUES (gen_random_uuid(), :campaign, :org, 'x', :person, 1, now())"
        )
        values = {"campaign": world.campaign, "org": actor.organisation_id, "person": members["Bruno"]}
        if may_lead:
            assert session.execute(insert, values).rowcount == 1
        else:
            with pytest.raises(Exception, match="row-level security"):
                session.execute(insert, values)
        session.rollback()
        target_id = session.scalar(select(Target.id))
        support = text(
            "INSERT INTO target_supporter (id, campaign_id, organisation_id, author_label, target_id, "
            "supporter_organisation_id) VALUES (gen_random_uuid(), :campaign, :org, 'x', :target, :org)"
        )
        values = {"campaign": world.campaign, "org": actor.organisation_id, "target": target_id}
        if may_edit:
            assert session.execute(support, values).rowcount == 1
            assert session.execute(text("DELETE FROM target_supporter")).rowcount == 1
        else:
            with pytest.raises(Exception, match="row-level security"):
                session.execute(support, values)
        session.rollback()


def test_an_organiser_changes_only_what_their_organisation_leads_on(world, browser, members):
    lead(world, browser, members, "Ada", "neu")
    organiser = world.browser(world.user("neu", "organiser"))
    fields = {"criteria": "", "scope": "all", "priority": "A"}
    page = organiser.post("/targets/plans", data=fields).text
    assert "Change 1 target?" in page
    assert "2 are not led by NEU and stay as they are" in page
    done = agree(organiser, **fields)
    assert done.status_code == 303
    assert "Undo all of it" in organiser.get(done.location).text
    refused = organiser.post("/targets/plans", data=fields | {"lead": str(world.organisations["neu"])})
    assert refused.status_code == 403
    assert browser.get(done.location).status_code == 404
    assert browser.post(f"{done.location}/removal").status_code == 404


def test_a_colleague_cannot_undo_what_only_the_coordinator_may(world, browser, members):
    change_id = lead(world, browser, members, "Ada", "neu")
    colleague = world.browser(world.user("liberty", "organiser"))
    assert "Undo" not in colleague.get(f"/targets/changes/{change_id}").text
    assert colleague.post(f"/targets/changes/{change_id}/removal").status_code == 403
    assert leads(world) == {"Ada Wexcombe": "NEU"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE target SET person_id = (SELECT id FROM person WHERE name = 'Bruno Tallis')",
        "UPDATE target SET campaign_id = gen_random_uuid()",
        "UPDATE target SET author_label = 'somebody else'",
        "UPDATE target SET organisation_id = lead_organisation_id",
    ],
)
def test_a_target_stays_whose_and_whom_it_is(world, browser, coordinator, members, statement):
    lead(world, browser, members, "Ada", "neu")
    with (
        world.context("liberty", coordinator) as session,
        pytest.raises(Exception, match=r"stays whose and whom|row-level security"),
    ):
        session.execute(text(statement))


def test_supporters_and_earlier_states_are_never_rewritten(world, browser, coordinator, members):
    agree(browser, target=ticked(members["Ada"]), scope="ticked", supporters_do="add",
          supporters=[str(world.organisations["neu"])])  # fmt: skip
    with world.context("liberty", coordinator) as session:
        assert session.execute(text("UPDATE target_supporter SET author_label = 'x'")).rowcount == 0
        session.rollback()
        for statement in ("UPDATE allocation_before SET priority = 'A'", "DELETE FROM allocation_before"):
            with pytest.raises(Exception, match="permission denied"):
                session.execute(text(statement))
            session.rollback()


def test_another_campaigns_eyes_see_no_target(world, browser, members, raw_login):
    lead(world, browser, members, "Ada", "neu")
    for context in ("", "1.9999999999.x"):
        with raw_login() as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('role', 'organising_runtime', true), set_config('app.context', %s, true)",
                (context,),
            )
            for table in ("target", "target_supporter", "segment", "allocation_change", "allocation_before"):
                cursor.execute(f"SELECT count(*) FROM {table}")
                assert cursor.fetchone() == (0,), table
