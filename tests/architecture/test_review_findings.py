"""What a review found, each kept shut by the attack that showed it."""

import re

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from organising.accounts.links import INVITATION, make_link
from organising.organisations import founding
from organising.organisations.models import Invitation, Membership, Unit
from organising.platform.context import Context
from organising.platform.keys import derive
from organising.platform.permissions import Role
from organising.platform.tenancy import use_context

KEY = derive(bytes(range(32)), "context")
REFUSED = psycopg.errors.InsufficientPrivilege


@pytest.fixture
def enter(raw_login):
    """A connection of the runtime login's in this person's context, as injected SQL finds it."""

    def begin(actor, purpose=""):
        context = Context(organisation_id=actor.organisation_id, user_id=actor.user_id, purpose=purpose)
        connection = raw_login()
        connection.execute(
            "SELECT set_config('role', 'organising_runtime', true), set_config('app.context', %s, true)",
            [context.sign(KEY)],
        )
        return connection

    return begin


def test_a_type_of_the_callers_does_not_answer_for_the_context(world, enter):
    liberty = world.organisation("liberty")
    world.unit("liberty", "Secret office")
    actor = world.user("neu")
    connection = enter(actor)
    try:
        connection.execute("CREATE TYPE pg_temp.uuid AS (v text)")
    except REFUSED:
        return  # a prepared database lets the login make none at all
    for statement in (
        f"CREATE FUNCTION pg_temp.f1(text) RETURNS pg_temp.uuid LANGUAGE sql AS $$ SELECT row('{liberty}')::pg_temp.uuid $$",
        "CREATE FUNCTION pg_temp.f2(pg_temp.uuid) RETURNS pg_catalog.uuid LANGUAGE sql "
        f"AS $$ SELECT '{liberty}'::pg_catalog.uuid $$",
        "CREATE CAST (text AS pg_temp.uuid) WITH FUNCTION pg_temp.f1(text)",
        "CREATE CAST (pg_temp.uuid AS pg_catalog.uuid) WITH FUNCTION pg_temp.f2(pg_temp.uuid) AS ASSIGNMENT",
    ):
        connection.execute(statement)
    assert connection.execute("SELECT app.org()").fetchone() == (actor.organisation_id,)
    assert connection.execute("SELECT count(*) FROM unit").fetchone() == (0,)


def test_no_function_of_the_firewall_is_read_again_with_the_callers_path(raw_login):
    """A body in quotes is parsed at each call: it needs a path of its own, or to be resolved beforehand."""
    loose = raw_login().execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE n.nspname = 'app' AND p.prosqlbody IS NULL AND NOT EXISTS "
        "(SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'search_path=%')"
    )
    assert loose.fetchall() == []


def test_what_is_left_in_a_pooled_connection_stands_before_no_table(world):
    """Injected SQL leaves a table of the product's name behind; the next request writes to the product's own."""
    with world.context("neu") as session:
        try:
            session.execute(text("CREATE TEMP TABLE unit (LIKE public.unit INCLUDING DEFAULTS)"))
        except ProgrammingError:
            return  # a prepared database lets the login make none at all
        session.execute(text("SELECT set_config('search_path', 'pg_temp, public', false)"))
        session.commit()
    with world.context("praxis") as session:
        session.add(Unit(name="Hackney", kind="branch"))
        session.commit()
        assert session.scalar(text("SELECT count(*) FROM public.unit")) == 1


def test_no_statement_waits_in_a_pooled_connection_for_the_next_user(world):
    """Prepared again by injected SQL, the one that announces a context would hand that context over."""
    for _ in range(12):
        with world.context("neu") as session:
            session.scalar(select(Unit.id))
            session.commit()
    with world.context("praxis") as session:
        assert session.execute(text("SELECT name FROM pg_prepared_statements")).all() == []


@pytest.mark.parametrize("role", ["organiser", "analyst", "deputy", "admin"])
def test_nobody_raises_their_own_role_whatever_sql_they_send(world, enter, role):
    actor = world.user("neu", role)
    connection = enter(actor)
    with pytest.raises(REFUSED):
        connection.execute("UPDATE membership SET role = 'coordinator' WHERE user_id = app.usr()")


def test_an_admin_makes_no_coordinator_of_a_colleague(world, enter):
    admin, colleague = world.user("liberty", "admin"), world.user("liberty", "organiser")
    connection = enter(admin)
    with pytest.raises(REFUSED):
        connection.execute(
            "UPDATE membership SET role = 'coordinator' WHERE user_id = %s", [colleague.user_id]
        )


def test_no_membership_is_turned_to_a_person_of_another_organisation(world, enter):
    """It would make their name and address readable as a colleague's."""
    admin, colleague = world.user("neu", "admin"), world.user("neu", "organiser")
    stranger = world.user("liberty", "coordinator")
    connection = enter(admin)
    with pytest.raises(REFUSED):
        connection.execute(
            "UPDATE membership SET user_id = %s WHERE user_id = %s", [stranger.user_id, colleague.user_id]
        )


@pytest.mark.parametrize(("role", "given"), [("organiser", "admin"), ("admin", "coordinator")])
def test_nobody_writes_an_invitation_to_a_role_they_may_not_give(world, enter, role, given):
    connection = enter(world.user("neu", role))
    with pytest.raises(REFUSED):
        connection.execute(
            "INSERT INTO invitation (organisation_id, id, email_key, email_cipher, role, invited_by, expires_at) "
            "VALUES (app.org(), gen_random_uuid(), '\\x01', '\\x01', %s, 'x', now() + interval '1 day')",
            [given],
        )


def test_founding_reaches_no_organisation_that_has_people(world, enter):
    """The purpose that founds partners neither invites into one with members nor replaces its key."""
    coordinator, partner = world.user("liberty", "coordinator"), world.user("neu", "admin")
    for statement in (
        "INSERT INTO invitation (organisation_id, id, email_key, email_cipher, role, invited_by, expires_at) "
        "VALUES (%s, gen_random_uuid(), '\\x01', '\\x01', 'admin', 'x', now() + interval '1 day')",
        "INSERT INTO organisation_key (organisation_id, id, wrapped) VALUES (%s, gen_random_uuid(), '\\x01')",
    ):
        connection = enter(coordinator, "coalition")
        with pytest.raises(REFUSED):
            connection.execute(statement, [partner.organisation_id])


def test_who_comes_first_ends_what_others_invited_for_the_organisation(world, app):
    """The lead may invite a partner's first admin, and no second one for itself behind the first's back."""
    coordinator = world.user("liberty", "coordinator")
    partner = world.organisation("refuge")
    browser = world.browser(coordinator)
    for address in ("own@liberty.example", "admin@refuge.example"):
        answer = browser.post(f"/coalition/partners/{partner}/invitations", data={"email": address})
        assert answer.status_code == 303
    with world.context("refuge") as session:
        links = {i.email: make_link(INVITATION, i.id) for i in session.scalars(select(Invitation))}
    new = {"display_name": "Somebody", "password": "another staple altogether"}
    assert app.test_client().post(links["admin@refuge.example"], data=new).status_code == 303
    assert app.test_client().post(links["own@liberty.example"], data=new).status_code == 410
    with world.context("refuge") as session:
        assert session.scalar(text("SELECT count(*) FROM membership WHERE organisation_id = app.org()")) == 1


@pytest.fixture
def two_places(world):
    """A coordinator-free person of two organisations, who works at NEU now."""
    actor = world.user("neu", "admin")
    with world.app.app_context(), use_context(Context(purpose="setup")) as session:
        founding.found_membership(actor.user_id, world.organisation("liberty"), Role.ADMIN)
        session.commit()
    return actor


def test_what_was_written_for_an_organisation_one_has_left_goes_to_no_other(world, two_places):
    colleague, browser = world.user("neu", "admin"), world.browser(two_places)
    browser.get("/organisation/units")
    with world.context("neu", colleague) as session:
        found = session.scalars(select(Membership.id).where(Membership.user_id == two_places.user_id))
        membership = found.first()
    ended = world.browser(colleague).post(f"/organisation/members/{membership}/ending")
    assert ended.status_code == 303
    answer = browser.post("/organisation/units", data={"name": "Of NEU", "kind": "branch", "parent_id": ""})
    assert answer.status_code == 403
    with world.context("liberty") as session:
        assert session.scalars(select(Unit.name)).all() == []
    assert browser.get("/organisation/units").status_code == 200


def test_a_form_left_open_in_another_tab_is_not_sent_for_the_organisation_switched_to(app, world, two_places):
    app.config["WTF_CSRF_ENABLED"] = True
    browser = world.browser(two_places)

    def token():
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get("/organisation/units").text)
        assert found
        return found.group(1)

    first_tab = token()
    liberty = {"organisation_id": str(world.organisation("liberty")), "csrf_token": first_tab}
    assert browser.post("/account/organisation", data=liberty).status_code == 303
    unit = {"name": "Of NEU", "kind": "branch", "parent_id": ""}
    assert browser.post("/organisation/units", data=unit | {"csrf_token": first_tab}).status_code == 400
    assert browser.post("/organisation/units", data=unit | {"csrf_token": token()}).status_code == 303
    with world.context("neu") as session:
        assert session.scalars(select(Unit.name)).all() == []
