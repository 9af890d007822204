"""Invitations from the mail to the first page."""

from uuid import uuid4

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.pool import NullPool

from organising.accounts.links import INVITATION, make_link
from organising.organisations.jobs import send_waiting_invitations
from organising.organisations.models import Invitation, Membership
from organising.platform.audit import AuditEvent

NEW = "another staple altogether"
ADDRESS = "newcomer@neu.example"


@pytest.fixture
def admin(world):
    return world.user("neu", "admin")


@pytest.fixture
def invite(world, admin):
    """Send an invitation through the page and return its link's path."""

    def send(email=ADDRESS, role="organiser", **more):
        answer = world.browser(admin).post(
            "/organisation/members/invitations", data={"email": email, "role": role, **more}
        )
        assert answer.status_code == 303, answer.text
        return link(world, "neu", email)

    return send


def link(world, slug, email):
    with world.context(slug) as session:
        found = next(i for i in session.scalars(select(Invitation)) if i.email == email)
        return make_link(INVITATION, found.id).removeprefix("http://localhost")


def as_owner(world, databases, statement):
    url = databases.owner_of(world.app.config["SETTINGS"].database_url)
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("SET app.maintenance = 'on'"))
        connection.execute(text(statement))


def accept(client, path, **data):
    return client.post(path, data={"display_name": "Nia New", "password": NEW} | data)


def test_the_mail_says_who_invites_to_what_and_comes_once(world, admin, invite, run_jobs, smtp_sink):
    path = invite()
    run_jobs()
    run_jobs()
    (message,) = smtp_sink.messages
    assert message["To"] == ADDRESS
    assert message["Subject"] == "NEU invites you"
    words = message.get_content()
    assert path in words
    assert admin.display_name in words
    assert "organiser" in words


def test_without_a_bell_the_sweep_sends_it_once(world, invite, run_jobs, smtp_sink, databases):
    from redis import Redis

    invite()
    Redis.from_url(databases.redis_url).flushdb()
    for _ in range(2):
        with world.app.app_context():
            send_waiting_invitations()
    assert len(smtp_sink.messages) == 1


def test_a_new_person_accepts_with_name_and_password(world, admin, invite, client):
    path = invite()
    page = client.get(path)
    assert page.status_code == 200
    for words in ("NEU", "Organiser", admin.display_name, ADDRESS):
        assert words in page.text
    answer = accept(client, path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert "Nia New" in client.get("/account").text
    fresh = world.app.test_client()
    assert fresh.post("/sign-in", data={"email": ADDRESS, "password": NEW}).status_code == 303
    assert "Nia New" in world.browser(admin).get("/organisation/members").text
    with world.context("neu") as session:
        actions = [(e.action, e.user_id is not None) for e in session.scalars(select(AuditEvent))]
    assert sorted(actions) == [("invitation.accepted", True), ("invitation.made", True)]


def test_opening_the_link_accepts_nothing(world, invite, client):
    path = invite()
    client.get(path)
    client.head(path)
    with world.context("neu") as session:
        assert session.scalars(select(Invitation.accepted_at)).one() is None


def test_asking_for_its_head_accepts_nothing_for_who_is_signed_in(world, invite):
    person = world.user("praxis", "organiser")
    path, visitor = invite(world.email(person)), world.browser(person)
    answer = visitor.head(path)
    assert (answer.status_code, answer.data) == (200, b"")
    assert "You are signed in with this address" in visitor.get(path).text
    with world.context("neu") as session:
        (waiting,) = session.scalars(select(Invitation))
        assert waiting.accepted_at is None
    assert "<h1>NEU</h1>" not in visitor.get("/organisation").text


def test_a_link_works_once(invite, client, world):
    path = invite()
    accept(client, path)
    for again in (client.get(path), accept(world.app.test_client(), path)):
        assert again.status_code == 410
        assert "has been accepted" in again.text


def test_withdrawn_and_expired_are_told_plainly(world, admin, invite, client, databases):
    path = invite()
    with world.context("neu") as session:
        invitation_id = session.scalars(select(Invitation.id)).one()
    world.browser(admin).post(f"/organisation/members/invitations/{invitation_id}/withdrawal")
    for answer in (client.get(path), accept(client, path)):
        assert answer.status_code == 410
        assert "was withdrawn" in answer.text
    later = invite("late@neu.example")
    as_owner(world, databases, "UPDATE invitation SET expires_at = now() - interval '1 second'")
    for answer in (client.get(later), accept(client, later)):
        assert answer.status_code == 410
        assert "has expired" in answer.text


def test_a_made_up_link_is_nobodys(client, world, invite):
    invite()
    with world.app.app_context():
        unknown = make_link(INVITATION, uuid4()).removeprefix("http://localhost")
    made_up, absent = client.get("/invitations/made.up"), client.get(unknown)
    assert made_up.status_code == absent.status_code == 404
    assert made_up.data == absent.data


def test_a_form_with_errors_keeps_the_name_and_the_link(client, invite):
    path = invite()
    answer = accept(client, path, password="short")
    assert answer.status_code == 422
    assert "Nia New" in answer.text
    assert "short" not in answer.text
    assert accept(client, path).status_code == 303


def test_who_has_an_account_must_sign_in_as_that_address(world, invite):
    person = world.user("praxis", "organiser", password=NEW)
    path = invite(world.email(person))
    visitor = world.app.test_client()
    page = visitor.get(path).text
    assert f"/sign-in?next={path}" in page
    assert "password" not in page.replace("autocomplete", "")
    assert accept(visitor, path).status_code == 403
    stranger = world.browser(world.user("liberty", "admin"))
    assert "signed in with another address" in stranger.get(path).text
    assert accept(stranger, path).status_code == 403
    answer = visitor.post("/sign-in", data={"email": world.email(person), "password": NEW, "next": path})
    assert answer.headers["Location"] == path
    assert "You are signed in with this address" in visitor.get(path).text
    assert visitor.post(path).headers["Location"] == "/"
    assert "<h1>NEU</h1>" in visitor.get("/organisation").text
    with world.context("neu", person) as session:
        theirs = select(Membership).where(Membership.user_id == person.user_id)
        assert {m.organisation_id for m in session.scalars(theirs)} == {
            world.organisations["neu"],
            world.organisations["praxis"],
        }


def test_an_ended_member_may_be_invited_back(world, admin, invite):
    person = world.user("neu", "organiser", password=NEW)
    with world.context("neu") as session:
        membership = session.scalar(select(Membership.id).where(Membership.user_id == person.user_id))
    world.browser(admin).post(f"/organisation/members/{membership}/ending")
    path = invite(world.email(person), role="analyst")
    browser = world.app.test_client()
    answer = browser.post("/sign-in", data={"email": world.email(person), "password": NEW, "next": path})
    assert answer.headers["Location"] == path
    assert browser.post(path).status_code == 303
    assert browser.get("/organisation").status_code == 200


def test_an_officers_invitation_names_the_unit(world, invite, client):
    unit = world.unit("neu", "Northmoor District")
    path = invite(role="officer", unit_id=str(unit))
    assert "Northmoor District" in client.get(path).text
    accept(client, path)
    with world.context("neu") as session:
        assert session.scalars(select(Membership.unit_id).where(Membership.role == "officer")).one() == unit


def test_a_refused_address_is_shown_and_not_tried_again(world, admin, invite, run_jobs, smtp_sink):
    smtp_sink.refuse[ADDRESS] = "550 no such user"
    invite()
    run_jobs()
    assert "by their mail server, code 550" in world.browser(admin).get("/organisation/members").text
    smtp_sink.refuse.clear()
    with world.app.app_context():
        send_waiting_invitations()
    assert smtp_sink.messages == []
    with world.context("neu") as session:
        invitation_id = session.scalars(select(Invitation.id)).one()
    world.browser(admin).post(f"/organisation/members/invitations/{invitation_id}/resending")
    run_jobs()
    assert len(smtp_sink.messages) == 1


@pytest.mark.parametrize("at_the_dot", [False, True])
def test_a_busy_mail_server_is_tried_again(world, invite, run_jobs, smtp_sink, at_the_dot):
    if at_the_dot:
        smtp_sink.at_the_dot.append("451 later")
    else:
        smtp_sink.refuse[ADDRESS] = "451 later"
    invite()
    run_jobs()
    assert smtp_sink.messages == []
    smtp_sink.refuse.clear()
    for _ in range(2):
        with world.app.app_context():
            send_waiting_invitations()
    assert len(smtp_sink.messages) == 1
