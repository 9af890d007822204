"""The second factor, from outside: set up, asked for, used once, lost, reset and demanded."""

import base64
import json
import re
from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import select, text

from organising.accounts.cli import command
from organising.organisations.models import Membership
from organising.organisations.queries import list_without_second_factor
from organising.platform.audit import AuditEvent
from organising.platform.clock import now
from organising.platform.migrations import maintenance

PASSWORD = "correct horse battery"
STEP = "/account/second-step"
CODE = re.compile(r"<li><code>([0-9a-z]{5}-[0-9a-z]{5})</code></li>")


class Phone:
    """An authenticator app that has taken the key in from the page."""

    def __init__(self, page: str) -> None:
        key = re.search(r'data-copy="([A-Z2-7 ]{32,})"', page)
        assert key, "the page shows the key"
        self.secret = key[1].replace(" ", "")
        self.totp = TOTP(base64.b32decode(self.secret), 6, SHA1(), 30)

    def code(self, steps: int = 0) -> str:
        return self.totp.generate(int(now().timestamp()) + 30 * steps).decode()


class Owner:
    """A member with a password, and what they do about their second step."""

    def __init__(self, world, slug="neu", role="organiser"):
        self.world, self.actor = world, world.user(slug, role, password=PASSWORD)
        self.email, self.browser = world.email(self.actor), world.browser(self.actor)

    def set_up(self):
        assert self.browser.post(f"{STEP}/beginning", data={"present": PASSWORD}).status_code == 303
        self.phone = Phone(self.browser.get(STEP).text)
        # The code of the half-minute before, so that the present one is still to be used.
        answer = self.browser.post(f"{STEP}/confirmation", data={"code": self.phone.code(-1)})
        assert answer.status_code == 200
        self.codes = CODE.findall(answer.text)
        return answer

    def password(self, wanted=""):
        fresh = self.world.app.test_client()
        answer = fresh.post("/sign-in", data={"email": self.email, "password": PASSWORD, "next": wanted})
        assert answer.status_code == 303
        return fresh, answer.headers["Location"]


@pytest.fixture
def owner(world):
    return Owner(world)


def audited(world, slug="neu"):
    with world.context(slug) as session:
        return [e.action for e in session.scalars(select(AuditEvent).order_by(AuditEvent.created_at))]


def test_setting_up_asks_password_and_code_and_shows_ten_codes_once(world, owner, run_jobs, smtp_sink):
    elsewhere = world.browser(owner.actor)
    wrong = owner.browser.post(f"{STEP}/beginning", data={"present": "not that"})
    assert wrong.status_code == 422
    assert "not your present password" in wrong.text
    page = owner.browser.post(f"{STEP}/beginning", data={"present": PASSWORD}) and owner.browser.get(STEP)
    assert "<svg" in page.text
    phone = Phone(page.text)
    not_it = owner.browser.post(f"{STEP}/confirmation", data={"code": phone.code(7)})
    assert not_it.status_code == 422
    assert "wrong, too old, or was used" in not_it.text
    assert owner.browser.post(f"{STEP}/cancelling").status_code == 303
    assert "data-copy" not in owner.browser.get(STEP).text, "the key that was not confirmed is forgotten"
    shown = owner.set_up()
    assert len(set(owner.codes)) == 10
    again = owner.browser.get(STEP).text
    assert not any(code in again for code in owner.codes)
    assert shown.headers["Cache-Control"] == "no-store"
    assert elsewhere.get("/organisation").status_code == 303, "every other device is signed out"
    file = owner.browser.post(f"{STEP}/codes.txt", data={"code": owner.codes})
    assert "attachment" in file.headers["Content-Disposition"]
    assert all(code in file.text for code in owner.codes)
    assert owner.browser.post(f"{STEP}/codes.txt", data={"code": ["<script>"] * 10}).status_code == 422
    run_jobs()
    assert [m["Subject"] for m in smtp_sink.messages] == ["The second step is on"]
    assert audited(world) == ["account.second_factor_on"]


def test_neither_key_nor_codes_are_readable_in_the_database(world, owner, databases, environment, raw_login):
    owner.set_up()
    secret = owner.phone.secret
    with maintenance(databases.owner_of(environment["DATABASE_URL"])) as connection:
        rows = connection.execute(
            text(
                "SELECT encode(secret_cipher, 'escape') FROM second_factor "
                "UNION ALL SELECT encode(code_hash, 'escape') FROM recovery_code"
            )
        ).scalars()
        found = list(rows)
    assert len(found) == 11
    dump = "".join(found)
    assert secret not in dump
    assert not any(code in dump or code.replace("-", "") in dump for code in owner.codes)
    with raw_login() as connection, pytest.raises(Exception, match="permission denied"):
        connection.execute("SET ROLE organising_runtime; SELECT * FROM second_factor")


def test_signing_in_asks_for_the_code_and_takes_each_once(world, owner):
    owner.set_up()
    browser, location = owner.password(wanted="/organisation/units")
    assert location == "/sign-in/code"
    assert browser.get("/organisation").status_code == 303, "the password alone opens nothing"
    code = owner.phone.code()
    assert browser.post(location, data={"code": ""}).status_code == 422
    passed = browser.post(location, data={"code": f"{code[:3]} {code[3:]}"})
    assert (passed.status_code, passed.headers["Location"]) == (303, "/organisation/units")
    assert browser.get("/organisation").status_code == 200
    second, location = owner.password()
    replayed = second.post(location, data={"code": code})
    assert replayed.status_code == 422
    assert "was used before" in replayed.text
    assert second.post(location, data={"code": owner.phone.code(1)}).status_code == 303, (
        "a clock half a minute ahead"
    )
    third, location = owner.password()
    assert third.post(location, data={"code": code}).status_code == 422, "none before the last one is taken"
    with time_machine.travel(now() + timedelta(minutes=2)):
        assert third.post(location, data={"code": owner.phone.code(-2)}).status_code == 422
        assert third.post(location, data={"code": owner.phone.code(-1)}).status_code == 303


def test_the_page_for_the_code_is_for_those_who_gave_the_password_just_now(world, owner, client):
    assert client.get("/sign-in/code").headers["Location"] == "/sign-in"
    owner.set_up()
    browser, location = owner.password()
    with time_machine.travel(now() + timedelta(minutes=11)):
        late = browser.post(location, data={"code": owner.phone.code()})
    assert (late.status_code, late.headers["Location"]) == (303, "/sign-in")
    assert browser.get("/organisation").status_code == 303


def test_guessing_is_counted_for_all_browsers_together_and_a_recovery_code_still_works(world, owner):
    owner.set_up()
    for _ in range(5):
        browser, location = owner.password()
        assert browser.post(location, data={"code": owner.phone.code(9)}).status_code == 422
    browser, location = owner.password()
    right = browser.post(location, data={"code": owner.phone.code()})
    assert right.status_code == 422
    assert "tried too often" in right.text
    assert browser.post(location, data={"recovery": owner.codes[0]}).status_code == 303
    browser, location = owner.password()
    assert browser.post(location, data={"code": owner.phone.code()}).status_code == 303, "and ends the wait"


def test_a_recovery_code_works_once_however_it_is_copied(world, owner, run_jobs, smtp_sink):
    owner.set_up()
    browser, location = owner.password()
    copied = owner.codes[3].upper().replace("-", " ").replace("0", "O").replace("1", "I")
    answer = browser.post(location, data={"code": "", "recovery": copied})
    assert answer.status_code == 303
    assert "9 are left" in browser.get("/organisation").text
    # Typed where the code from the phone goes, as one does in a hurry.
    hurried, location = owner.password()
    assert hurried.post(location, data={"code": owner.codes[4]}).status_code == 303
    other, location = owner.password()
    again = other.post(location, data={"recovery": owner.codes[3]})
    assert again.status_code == 422
    assert "used before" in again.text
    run_jobs()
    assert [m["Subject"] for m in smtp_sink.messages][-1] == "A recovery code was used"
    assert audited(world)[-1] == "account.recovery_code_used"
    proof = {"new-present": PASSWORD, "new-code": owner.phone.code()}
    renewed = owner.browser.post(f"{STEP}/codes", data=proof)
    fresh = CODE.findall(renewed.text)
    assert len(fresh) == 10
    assert not set(fresh) & set(owner.codes)
    assert other.post(location, data={"recovery": owner.codes[0]}).status_code == 422
    assert other.post(location, data={"recovery": fresh[0]}).status_code == 303


@pytest.mark.parametrize("by", ["code", "recovery"])
def test_turning_it_off_needs_password_and_code(world, owner, by):
    owner.set_up()
    right = owner.phone.code() if by == "code" else owner.codes[0]
    ending = f"{STEP}/ending"
    assert owner.browser.post(ending, data={"off-present": "not that", f"off-{by}": right}).status_code == 422
    assert (
        owner.browser.post(
            ending, data={"off-present": PASSWORD, "off-code": owner.phone.code(9)}
        ).status_code
        == 422
    )
    assert owner.browser.post(ending, data={"off-present": PASSWORD}).status_code == 422
    assert owner.browser.post(ending, data={"off-present": PASSWORD, f"off-{by}": right}).status_code == 303
    _, location = owner.password()
    assert location == "/"
    assert audited(world)[-1] == "account.second_factor_off"


def membership(world, actor, slug="neu"):
    with world.context(slug) as session:
        return session.scalar(
            select(Membership.id).where(
                Membership.user_id == actor.user_id, Membership.organisation_id == world.organisations[slug]
            )
        )


def test_an_admin_resets_a_colleagues_who_is_told(world, owner, run_jobs, smtp_sink):
    owner.set_up()
    path = f"/organisation/members/{membership(world, owner.actor)}/second-step"
    admin = Owner(world, role="admin")
    elsewhere = world.browser(world.user("praxis", "admin"))
    assert elsewhere.post(path).status_code == elsewhere.get(path).status_code == 404
    assert world.browser(world.user("neu", "organiser")).post(path).status_code == 403
    assert "Is it really they" in admin.browser.get(path).text
    assert admin.browser.post(path).status_code == 303
    assert admin.browser.post(path).status_code == 409, "there is none left"
    assert owner.browser.get("/organisation").status_code == 303, "signed out everywhere"
    assert owner.password()[1] == "/"
    run_jobs()
    told = smtp_sink.messages[-1]
    assert (told["To"], told["Subject"]) == (owner.email, "Your second step was reset")
    assert "NEU reset the second step" in told.get_content()
    assert audited(world)[-1] == "member.second_factor_reset"
    admin.set_up()
    own = f"/organisation/members/{membership(world, admin.actor)}/second-step"
    assert admin.browser.post(own).status_code == 403, "nobody resets their own"


def test_the_database_itself_refuses_to_reset_for_who_is_not_in_charge(world, owner):
    owner.set_up()
    for slug, role in (
        ("neu", "organiser"),
        ("neu", "analyst"),
        ("praxis", "admin"),
        ("liberty", "coordinator"),
    ):
        with world.context(slug, world.user(slug, role)) as session:
            done = session.scalar(
                text("SELECT app.reset_second_factor(:u, gen_random_uuid())"), {"u": owner.actor.user_id}
            )
            session.commit()
        assert done is False, (slug, role)
    assert owner.password()[1] == "/sign-in/code"


def test_an_organisation_demands_it_after_a_time_of_grace(world, owner):
    admin, analyst = Owner(world, role="admin"), world.browser(world.user("neu", "analyst"))
    settings = "/organisation/second-step"
    with world.context("neu") as session:
        without = [m.display_name for m in list_without_second_factor(owner.actor.organisation_id)]
        assert without == sorted([admin.actor.display_name, owner.actor.display_name], key=str.lower)
        assert session.scalar(text("SELECT count(*) FROM second_factor_demand")) == 0
    assert owner.browser.get(settings).status_code == 403
    assert admin.browser.post(settings, data={"roles": ["emperor"], "grace": "14"}).status_code == 422
    data = {"roles": ["organiser", "admin"], "grace": "14"}
    assert admin.browser.post(settings, data=data).status_code == 303
    assert "asks everybody in your role" in owner.browser.get("/organisation").text
    assert "asks everybody in your role" not in analyst.get("/organisation").text
    with time_machine.travel(now() + timedelta(days=15)):
        for path in ("/organisation", "/contact-log", "/"):
            stopped = owner.browser.get(path)
            assert (stopped.status_code, stopped.headers["Location"]) == (303, STEP), path
        assert owner.browser.post("/account/name", data={"display_name": "No"}).headers["Location"] == STEP
        assert "Set up the second step to go on" in owner.browser.get(STEP).text
        assert owner.browser.get("/account").status_code == 200
        assert analyst.get("/organisation").status_code == 200
        owner.set_up()
        assert owner.browser.get("/organisation").status_code == 200
        admin.set_up()
        assert admin.browser.post(settings, data={"grace": "0"}).status_code == 303
    assert "second_factor.no_longer_demanded" in audited(world)
    with world.context("neu"):
        assert list_without_second_factor(owner.actor.organisation_id) == []


def test_whoever_runs_the_server_lets_the_only_admin_in_again(world, run_jobs, smtp_sink):
    admin = Owner(world, role="admin")
    admin.set_up()

    def ask(*arguments):
        return CliRunner().invoke(
            command, ["reset", *arguments], obj=lambda _: world.app, catch_exceptions=False
        )

    assert ask("nobody@neu.example").exit_code == 2
    assert "nothing changed" in ask(admin.email, "--dry-run").output
    assert admin.password()[1] == "/sign-in/code"
    assert json.loads(ask(admin.email, "--json").output) == {"email": admin.email, "reset": True}
    assert ask(admin.email).exit_code == 2
    assert admin.password()[1] == "/"
    run_jobs()
    assert "Whoever runs this installation reset" in smtp_sink.messages[-1].get_content()
