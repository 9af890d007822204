"""The organisation's own mail server: only where it is allowed, tested first, sealed, and never left silently."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from organising.config import SmtpServer
from organising.mailings.models import Mailing, MailServer, SenderIdentity
from organising.mailings.services import identities, mail_servers
from organising.mailings.services.identities import Sender
from organising.platform.audit import AuditEvent
from organising.platform.clock import now
from organising.platform.mail import Refused, try_server
from tests.support.mail import Sink
from tests.support.mailings import Campaigners, seat_members
from tests.support.world import World

SECRET = "a very secret password"


@dataclass
class OwnServer(Sink):
    """A partner's server, that wants a name and a password."""

    seen: list[LoginPassword] = field(default_factory=list)
    senders_refused: bool = False

    def authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, given: Any
    ) -> AuthResult:
        self.seen.append(given)
        return AuthResult(success=given.password == SECRET.encode(), handled=False)

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if not session.authenticated:
            return "530 5.7.0 sign in first"
        envelope.mail_from = address
        return "553 5.7.1 not an address of yours" if self.senders_refused else "250 2.1.0 sender fine"


class _Listening(Controller):
    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def own_server() -> Iterator[OwnServer]:
    server = OwnServer()
    controller = _Listening(
        server,
        hostname="127.0.0.1",
        port=0,
        authenticator=server.authenticate,
        auth_require_tls=False,
    )
    controller.start()
    server.port = controller.port
    yield server
    controller.stop()


@pytest.fixture
def environment(environment: dict[str, str], own_server: OwnServer) -> dict[str, str]:
    return environment | {"MAIL_HOSTS": f"127.0.0.1:{own_server.port} .praxis.example"}


@pytest.fixture
def people(app: Flask, world: World) -> Campaigners:
    seat_members(app, 4)
    return Campaigners.at(world)


@pytest.fixture
def admin(people: Campaigners) -> FlaskClient:
    return people.world.browser(people.admin)


def typed(own_server: OwnServer, **changes: object) -> dict[str, object]:
    given = {
        "host": "127.0.0.1", "port": own_server.port, "security": "none", "username": "neu", "password": SECRET, "connections": 2,
    }  # fmt: skip
    return given | changes


def used(people: Campaigners, admin: FlaskClient, own_server: OwnServer) -> None:
    """The server set, tested and used."""
    admin.post("/mailings/senders/server", data=typed(own_server))
    assert "250 2.1.0 sender fine" in admin.post("/mailings/senders/server/test", follow_redirects=True).text
    assert admin.post("/mailings/senders/server/use").status_code == 303


def from_own_address(people: Campaigners) -> UUID:
    """A mailing on its way, from an address of the organisation's own."""
    mailing = people.draft()
    with people.world.context("neu", people.admin) as session:
        identity = identities.add_identity(
            people.admin, Sender("NEU", "campaigns@neu.example", "campaigns@neu.example")
        )
        identity.confirm("campaigns@neu.example", now())
        identity_id = identity.id
        session.commit()
    with people.world.context("neu", people.organiser) as session:
        version = session.get_one(Mailing, (people.organiser.organisation_id, mailing)).version
        identities.choose_sender(people.organiser, mailing, identity_id, version)
        session.commit()
    return people.release(people.approve(people.ask(mailing)))


def to_members(sink: Sink) -> int:
    return sum("parliament.example" in recipient for _, recipient in sink.envelopes)


def test_mailings_from_own_addresses_leave_through_it_and_others_do_not(
    people: Campaigners,
    admin: FlaskClient,
    own_server: OwnServer,
    smtp_sink: Sink,
    run_jobs: Callable[[], None],
) -> None:
    used(people, admin, own_server)
    own = from_own_address(people)
    default = people.sending(title="From the installation’s address")
    run_jobs()
    assert people.counts(own) == people.counts(default) == {"accepted": 4}
    assert to_members(own_server) == 4
    assert to_members(smtp_sink) == 4
    assert {sender for sender, _ in own_server.envelopes} == {"campaigns@neu.example"}
    assert {one.login for one in own_server.seen} == {b"neu"}


def test_it_has_to_answer_well_before_it_is_used(
    people: Campaigners, admin: FlaskClient, own_server: OwnServer
) -> None:
    admin.post("/mailings/senders/server", data=typed(own_server, password="wrong"))
    assert admin.post("/mailings/senders/server/use").status_code == 409
    answer = admin.post("/mailings/senders/server/test", follow_redirects=True).text
    assert "It did not work. It answered: 535" in answer
    assert "Did not work" in answer
    assert admin.post("/mailings/senders/server/use").status_code == 409
    own_server.senders_refused = True
    admin.post("/mailings/senders/server", data=typed(own_server))
    assert (
        "553 5.7.1 not an address of yours"
        in admin.post("/mailings/senders/server/test", follow_redirects=True).text
    )
    own_server.senders_refused = False
    assert "Answered well" in admin.post("/mailings/senders/server/test", follow_redirects=True).text
    assert own_server.messages == []


@pytest.mark.parametrize(
    ("host", "port", "security", "told"),
    [
        ("mail.elsewhere.example", 587, "starttls", "has not allowed mail to leave to mail.elsewhere.example"),
        ("127.0.0.1", 1, "none", "has not allowed mail to leave to 127.0.0.1"),
        ("praxis.example", 587, "starttls", "has not allowed"),
        ("evilpraxis.example", 587, "starttls", "has not allowed"),
        ("mail.praxis.example", 25, "none", "Without encryption, mail leaves to this machine only"),
        ("mail.praxis.example@127.0.0.1", 587, "starttls", "has not allowed"),
        ("", 587, "starttls", "required"),
        ("mail.praxis.example", 0, "starttls", "between 1 and 65535"),
        ("mail.praxis.example", 587, "tcp", "valid choice"),
    ],
)  # fmt: skip
def test_where_mail_may_not_leave_to_is_told_and_nothing_is_kept(
    people: Campaigners,
    admin: FlaskClient,
    own_server: OwnServer,
    host: str,
    port: int,
    security: str,
    told: str,
) -> None:
    answer = admin.post(
        "/mailings/senders/server", data=typed(own_server, host=host, port=port, security=security)
    )
    assert answer.status_code == 422
    assert told in answer.text
    assert SECRET not in answer.text
    with people.world.context("neu") as session:
        assert session.scalars(select(MailServer)).all() == []


def test_a_host_within_an_allowed_domain_is_allowed(
    people: Campaigners, admin: FlaskClient, own_server: OwnServer
) -> None:
    assert (
        admin.post(
            "/mailings/senders/server",
            data=typed(own_server, host="Mail.Praxis.example.", port=587, security="starttls"),
        ).status_code
        == 303
    )
    assert "mail.praxis.example" in admin.get("/mailings/senders/server").text


def test_the_password_is_sealed_and_never_shown(
    people: Campaigners, admin: FlaskClient, own_server: OwnServer
) -> None:
    used(people, admin, own_server)
    with people.world.context("neu") as session:
        server = session.scalars(select(MailServer)).one()
        assert SECRET.encode() not in bytes(server.password_cipher or b"")
        assert server.password == SECRET
        facts = session.scalars(
            select(AuditEvent.facts).where(AuditEvent.subject_type == "mail_server")
        ).all()
        actions = session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.subject_type == "mail_server")
            .order_by(AuditEvent.created_at)
        ).all()
    assert actions == ["mail_server.set", "mail_server.tested", "mail_server.used"]
    assert SECRET not in str(facts)
    for path in ("/mailings/senders", "/mailings/senders/server", "/organisation/audit"):
        assert SECRET not in admin.get(path).text
    # An empty password leaves it; another port needs it anew, so that it never goes elsewhere.
    admin.post("/mailings/senders/server", data=typed(own_server, password="", connections=3))
    with people.world.context("neu") as session:
        assert session.scalars(select(MailServer)).one().password == SECRET
    admin.post(
        "/mailings/senders/server",
        data=typed(own_server, password="", host="mail.praxis.example", security="tls"),
    )
    with people.world.context("neu") as session:
        assert session.scalars(select(MailServer)).one().password is None


def test_changed_and_not_tested_it_stops_the_mailing_and_nothing_leaves_elsewhere(
    people: Campaigners,
    admin: FlaskClient,
    own_server: OwnServer,
    smtp_sink: Sink,
    run_jobs: Callable[[], None],
) -> None:
    used(people, admin, own_server)
    mailing = from_own_address(people)
    admin.post("/mailings/senders/server", data=typed(own_server, password="", connections=1))
    run_jobs()
    assert to_members(smtp_sink) == to_members(own_server) == 0
    assert people.state(mailing) == "paused"
    assert "has not been tested since" in admin.get(f"/mailings/{mailing}").text
    admin.post("/mailings/senders/server/test")
    assert admin.post(f"/mailings/{mailing}/pause/removal").status_code == 303
    run_jobs()
    assert to_members(own_server) == 4


def test_out_of_reach_it_waits_and_nothing_leaves_elsewhere(
    people: Campaigners,
    admin: FlaskClient,
    own_server: OwnServer,
    smtp_sink: Sink,
    run_jobs: Callable[[], None],
) -> None:
    used(people, admin, own_server)
    mailing = from_own_address(people)
    with people.world.context("neu") as session:
        session.scalars(select(MailServer)).one().port = 1
        session.commit()
    people.world.app.config["SETTINGS"] = _allowing(people.world.app, "127.0.0.1")
    run_jobs()
    assert people.counts(mailing) == {"deferred": 1, "queued": 3}
    assert to_members(smtp_sink) == to_members(own_server) == 0


def test_no_longer_allowed_it_stops_the_mailing(
    people: Campaigners,
    admin: FlaskClient,
    own_server: OwnServer,
    smtp_sink: Sink,
    run_jobs: Callable[[], None],
) -> None:
    used(people, admin, own_server)
    mailing = from_own_address(people)
    people.world.app.config["SETTINGS"] = _allowing(people.world.app)
    run_jobs()
    assert people.state(mailing) == "paused"
    assert to_members(smtp_sink) == to_members(own_server) == 0
    assert "has not allowed mail to leave to 127.0.0.1" in admin.get(f"/mailings/{mailing}").text


def _allowing(app: Flask, *hosts: str) -> object:
    from dataclasses import replace

    return replace(app.config["SETTINGS"], mail_hosts=hosts)


def test_an_administrator_says_that_the_installations_is_used_again(
    people: Campaigners,
    admin: FlaskClient,
    own_server: OwnServer,
    smtp_sink: Sink,
    run_jobs: Callable[[], None],
) -> None:
    used(people, admin, own_server)
    admin.post("/mailings/senders/server/use/removal")
    mailing = from_own_address(people)
    run_jobs()
    assert people.counts(mailing) == {"accepted": 4}
    assert to_members(smtp_sink) == 4
    with people.world.context("neu") as session:
        assert "mail_server.unused" in session.scalars(select(AuditEvent.action)).all()
    assert admin.post("/mailings/senders/server/removal").status_code == 303
    assert admin.post("/mailings/senders/server/removal").status_code == 404


def test_a_test_message_goes_the_way_of_the_mailing(
    people: Campaigners, admin: FlaskClient, own_server: OwnServer, smtp_sink: Sink
) -> None:
    used(people, admin, own_server)
    mailing = people.draft()
    with people.world.context("neu", people.admin) as session:
        row = session.get_one(Mailing, (people.organiser.organisation_id, mailing))
        identity = identities.add_identity(
            people.admin, Sender("NEU", "campaigns@neu.example", "campaigns@neu.example")
        )
        identity.confirm("campaigns@neu.example", now())
        row.identity_id = identity.id
        session.commit()
    people.world.browser(people.organiser).post(f"/mailings/{mailing}/messages/1/test")
    (message,) = own_server.messages
    assert message["From"] == "NEU <campaigns@neu.example>"
    assert smtp_sink.messages == []


def test_where_none_is_allowed_the_page_says_so(app: Flask, people: Campaigners, admin: FlaskClient) -> None:
    app.config["SETTINGS"] = _allowing(app)
    assert "has allowed no other" in admin.get("/mailings/senders").text
    page = admin.get("/mailings/senders/server").text
    assert "has allowed no other mail server" in page
    assert 'name="password"' not in page


def test_other_organisations_and_roles_reach_none_of_it(
    people: Campaigners, admin: FlaskClient, own_server: OwnServer
) -> None:
    used(people, admin, own_server)
    theirs = people.world.browser(people.world.user("liberty", "coordinator"))
    assert "neu" not in theirs.get("/mailings/senders/server").text.split("<main")[1].split("</main>")[
        0
    ].replace("menu", "")
    for path in ("test", "use", "removal"):
        assert theirs.post(f"/mailings/senders/server/{path}").status_code == 404
    officer = people.world.browser(people.world.user("neu", "officer"))
    assert officer.get("/mailings/senders/server").status_code == 403
    with people.world.context("neu") as session:
        assert session.scalars(select(MailServer.is_used)).all() == [True]


def test_a_server_that_is_not_there_is_told_in_time(own_server: OwnServer) -> None:
    with pytest.raises(Refused, match="ConnectionRefusedError"):
        try_server(SmtpServer("127.0.0.1", 1, None, None, "none", 1), "a@neu.example", seconds=2)
    with pytest.raises(Refused, match=r"SMTPNotSupportedError|STARTTLS"):
        try_server(
            SmtpServer("127.0.0.1", own_server.port, None, None, "starttls", 1), "a@neu.example", seconds=2
        )
    with pytest.raises(Refused, match="SSLError"):
        try_server(SmtpServer("127.0.0.1", own_server.port, None, None, "tls", 1), "a@neu.example", seconds=2)


def test_no_confirmed_sender_is_needed_to_test(
    people: Campaigners, admin: FlaskClient, own_server: OwnServer
) -> None:
    with people.world.context("neu") as session:
        assert session.scalars(select(SenderIdentity)).all() == []
    used(people, admin, own_server)
    with people.world.context("neu", people.admin):
        assert mail_servers.check_server(people.admin).test_passed
