"""What an organisation says inside stays there, no organisation writes another's sign-on, and the list is a plain recount."""

from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from organising.platform.db import new_id
from organising.platform.errors import DomainError
from organising.platform.keys import derive
from organising.platform.tenancy import Context
from tests.conftest import INSTALLATION_KEY
from tests.support.pledges import open_a_drive
from tests.support.sign_ons import Signing, published, rows_of, set_status

KEY = derive(INSTALLATION_KEY, "context")
REFUSED = psycopg.errors.InsufficientPrivilege
CANARY = "Canary in a note"
SLUGS = ("liberty", "neu", "praxis")
STATUSES = ("prospect", "contributor", "invited", "member", "left")
HASH = "0" * 64


@pytest.fixture
def signing(world):
    return Signing(world, open_a_drive(world))


def speak(connection, actor=None, role="organising_runtime"):
    connection.rollback()
    connection.execute(f"SET ROLE {role}")
    signed = Context(organisation_id=actor.organisation_id, user_id=actor.user_id).sign(KEY) if actor else ""
    connection.execute("SELECT set_config('app.context', %s, true)", [signed])


def test_nobody_else_reads_a_note_and_partners_read_no_state(world, client, signing, raw_login):
    asked = signing.ask("neu", "NEU", note=CANARY)
    signing.press("neu", "decline", asked)
    waiting = signing.ask("neu", "NEU", note=CANARY)
    for slug, role in (("liberty", "coordinator"), ("praxis", "admin"), ("neu", "analyst")):
        browser = world.browser(world.user(slug, role))
        for path in ("/pledges/organisations", f"/pledges/drives/{signing.drive_id}/sign-on", "/"):
            assert CANARY not in browser.get(path).text, (slug, path)
        for verb in ("approval", "refusal", "taking-back", "withdrawal"):
            foreign = browser.post(f"/pledges/sign-ons/{waiting}/{verb}")
            absent = browser.post(f"/pledges/sign-ons/{uuid4()}/{verb}")
            if slug != "neu":
                assert (foreign.status_code, foreign.data) == (absent.status_code, absent.data), (slug, verb)
    assert (
        CANARY
        in world.browser(signing.pair("neu")[1]).get(f"/pledges/drives/{signing.drive_id}/sign-on").text
    )
    assert CANARY not in client.get("/pledge/care-dont-share/organisations").text
    # Whoever made the drive reads where NEU stands; another partner reads nothing, and nobody another's inside.
    assert [len(rows_of(world, slug, signing.drive_id)) for slug in SLUGS] == [2, 2, 0]
    connection = raw_login()
    for slug, n in (("liberty", 0), ("neu", 2), ("praxis", 0)):
        speak(connection, world.user(slug, "admin"))
        assert connection.execute("SELECT count(*) FROM pledge_sign_on_inside").fetchone() == (n,), slug
    for table in ("pledge_sign_on", "pledge_sign_on_inside", "pledge_sign_on_invitation"):
        speak(connection, role="organising_public")
        with pytest.raises(REFUSED):
            connection.execute(f"SELECT * FROM {table}")


def insert(connection, world, drive_id, slug, state="internal_approval"):
    row = {
        "id": uuid4(), "campaign_id": world.campaign, "organisation_id": world.organisations[slug], "author_label": "x",
        "drive_id": drive_id, "wording_version": 1, "wording_hash": HASH, "state": state, "name": "Forged",
    }  # fmt: skip
    names = ", ".join(row)
    connection.execute(
        f"INSERT INTO pledge_sign_on ({names}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values())
    )
    return row["id"]


def test_the_database_refuses_what_crosses_and_what_one_person_does_alone(world, client, signing, raw_login):
    connection, admin = raw_login(), world.user("neu", "admin")
    theirs = signing.ask("liberty", "Liberty")
    speak(connection, admin)
    with pytest.raises(REFUSED):
        insert(connection, world, signing.drive_id, "liberty")
    speak(connection, admin)
    assert (
        connection.execute("UPDATE pledge_sign_on SET state = 'signed' WHERE id = %s", [theirs]).rowcount == 0
    )
    # The drive is Liberty's: NEU invites nobody to it.
    speak(connection, admin)
    with pytest.raises(REFUSED):
        connection.execute(
            "INSERT INTO pledge_sign_on_invitation (id, campaign_id, organisation_id, author_label, drive_id, invited_id) "
            "VALUES (%s, %s, %s, 'x', %s, %s)",
            [uuid4(), world.campaign, admin.organisation_id, signing.drive_id, world.organisations["praxis"]],
        )
    speak(connection, admin)
    with pytest.raises(REFUSED):
        insert(connection, world, signing.drive_id, "neu", "signed")
    # Alone: asked and approved by the same person, by a forged colleague, and without the right.
    mine = signing.ask("neu", "NEU", by=admin)
    sign = "UPDATE pledge_sign_on SET state = 'signed', decided_at = now(), decided_label = 'x' WHERE id = %s"
    decide = "UPDATE pledge_sign_on_inside SET decided_by = %s WHERE sign_on_id = %s"
    speak(connection, admin)
    with pytest.raises(REFUSED):
        connection.execute(sign, [mine])
    speak(connection, admin)
    with pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(decide, [admin.user_id, mine])
    speak(connection, admin)
    with pytest.raises(REFUSED):
        connection.execute(decide, [uuid4(), mine])
    speak(connection, admin)
    with pytest.raises(REFUSED):
        connection.execute("UPDATE pledge_sign_on_inside SET asked_by = NULL WHERE sign_on_id = %s", [mine])
    speak(connection, admin)
    with pytest.raises(REFUSED):
        connection.execute("DELETE FROM pledge_sign_on_inside WHERE sign_on_id = %s", [mine])
    organiser = world.user("neu", "organiser")
    speak(connection, organiser)
    connection.execute(decide, [organiser.user_id, mine])
    with pytest.raises(REFUSED):
        connection.execute(sign, [mine])
    assert published(client) == (0, [])
    other = world.user("neu", "deputy")
    speak(connection, other)
    connection.execute(decide, [other.user_id, mine])
    connection.execute(sign, [mine])
    connection.commit()
    assert published(client) == (1, ["NEU"])
    for change in ("name = 'Another'", "wording_version = 2", "state = 'internal_approval', ended_at = NULL"):
        speak(connection, other)
        with pytest.raises(psycopg.errors.RaiseException):
            connection.execute(f"UPDATE pledge_sign_on SET {change} WHERE id = %s", [mine])


def machine(app, world, client):
    """Three organisations press anything at any time, and the coordinator changes their standing."""

    class SignOns(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.slug = f"drive-{new_id().hex[:8]}"
            self.signing = Signing(world, open_a_drive(world, self.slug))
            self.signing.people = PEOPLE.setdefault(id(world), {})
            self.version = 1
            self.status = {"liberty": "lead", "neu": "member", "praxis": "contributor"}
            for slug in ("neu", "praxis"):
                set_status(world, slug, self.status[slug])
            self.asked, self.signed, self.names = {}, {}, {}

        slug = st.sampled_from(SLUGS)

        @rule(slug=slug, name=st.sampled_from(("Alpha", "Élan", "zeta")))
        def ask(self, slug, name):
            if self.status[slug] == "left":
                return
            waits, stands = self.asked.get(slug), self.signed.get(slug)
            allowed = waits is None or waits[1] != self.version
            allowed = allowed and (stands is None or stands[1:] != (self.version, f"{name} {slug}"))
            made = self.tried(allowed, lambda: self.signing.ask(slug, f"{name} {slug}"))
            if allowed:
                self.asked[slug] = (made, self.version, f"{name} {slug}")

        @initialize(slugs=st.sets(slug, min_size=2))
        def some_have_signed(self, slugs):
            for slug in slugs:
                self.signed[slug] = (self.signing.sign(slug, f"Beta {slug}"), self.version, f"Beta {slug}")

        @precondition(lambda self: len(self.signed) < 2)
        @rule(slug=slug, name=st.sampled_from(("Beta", "gamma")))
        def sign(self, slug, name):
            self.ask(slug, name)
            if slug in self.asked:
                self.approve(slug, False)

        @rule(slug=slug, by_asker=st.booleans())
        def approve(self, slug, by_asker):
            waits = self.asked.get(slug)
            if waits is None or self.status[slug] == "left":
                return
            by = self.signing.pair(slug)[0 if by_asker else 1]
            allowed = not by_asker and waits[1] == self.version
            self.tried(allowed, lambda: self.signing.approve(slug, waits[0], by=by))
            if allowed:
                self.signed[slug] = self.asked.pop(slug)

        @precondition(lambda self: self.asked)
        @rule(slug=slug, verb=st.sampled_from(("decline", "take_back")))
        def end(self, slug, verb):
            waits = self.asked.pop(slug, None)
            if waits is not None:
                self.tried(True, lambda: self.signing.press(slug, verb, waits[0]))

        @precondition(lambda self: len(self.signed) > 1)
        @rule(slug=slug)
        def withdraw(self, slug):
            stands = self.signed.pop(slug, None)
            if stands is not None:
                self.tried(True, lambda: self.signing.press(slug, "withdraw", stands[0]))

        @rule(slug=st.sampled_from(("neu", "praxis")), status=st.sampled_from(STATUSES))
        def change_standing(self, slug, status):
            set_status(world, slug, status)
            if status == "left" and self.status[slug] != "left":
                self.asked.pop(slug, None)
                self.signed.pop(slug, None)
            self.status[slug] = status

        @rule()
        def reword(self):
            self.version += 1
            self.signing.reword(f"Text number {self.version}.")

        @invariant()
        def the_list_is_a_recount(self):
            public = [
                name for slug, (_, _, name) in self.signed.items() if self.status[slug] in ("member", "lead")
            ]
            count, names = published(client, f"/pledge/{self.slug}/organisations")
            assert sorted(names) == sorted(public)
            assert count == len(public)

        def tried(self, allowed, press):
            try:
                made = press()
            except DomainError:
                assert not allowed
                return None
            assert allowed
            return made

    return SignOns


PEOPLE = {}


@pytest.mark.parametrize("examples", [20, pytest.param(200, marks=pytest.mark.slow)])
def test_the_published_list_is_a_recount_whatever_happens(app, world, client, examples):
    bounded = settings(
        max_examples=examples, stateful_step_count=20, deadline=None, database=None, print_blob=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(machine(app, world, client), settings=bounded)
