"""Officers sign in by a mailed link: opened by scanners without being spent, used once, ended at any time."""

import re

import pytest
from sqlalchemy import text

from organising.accounts.jobs import send_waiting_officer_links


@pytest.fixture
def officer(world):
    return world.user("neu", "officer", unit="Leeds")


def ask(client, email):
    return client.post("/sign-in/link", data={"email": email})


def parts(message):
    words = message.get_content()
    link = re.search(r"http://localhost(/sign-in/officer/\S+)", words)
    code = re.search(r"^(\d{3} \d{3})\s*$", words, re.MULTILINE)
    return link[1], code[1]


@pytest.fixture
def mailed(client, world, officer, run_jobs, smtp_sink):
    """Ask for this officer in ``client``; answers the link and the code that were mailed."""

    def get(browser=client, person=officer):
        ask(browser, world.email(person))
        run_jobs()
        return parts(smtp_sink.messages[-1])

    return get


def is_in(browser):
    return browser.get("/organisation/units").status_code == 200


def fresh(world):
    return world.app.test_client()


def test_asking_answers_alike_for_anybody_and_mails_only_present_officers(
    client, world, officer, run_jobs, smtp_sink
):
    organiser = world.user("neu", "organiser")
    answers = [
        ask(client, email) for email in (world.email(officer), world.email(organiser), "no@neu.example")
    ]
    assert {(a.status_code, a.headers["Location"]) for a in answers} == {(303, "/sign-in/link/code")}
    run_jobs()
    assert [m["To"] for m in smtp_sink.messages] == [world.email(officer)]
    assert "Leeds" in smtp_sink.messages[0].get_content()


def test_a_scanner_that_follows_the_link_spends_nothing_and_the_button_spends_it_once(world, mailed):
    link, _code = mailed()
    for _ in range(20):
        scanner = fresh(world)
        assert scanner.get(link).status_code == 200
        assert scanner.head(link).status_code == 200
        assert not is_in(scanner)
    phone = fresh(world)
    answer = phone.post(link)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert "Expires=" in answer.headers["Set-Cookie"], "for thirty days, not until the browser closes"
    assert is_in(phone)
    for again in (fresh(world).post(link), fresh(world).get(link)):
        assert again.status_code == 410
        assert "Mail me a new link" in again.text


def test_the_code_works_in_the_browser_that_asked_and_nowhere_else(client, world, mailed):
    link, code = mailed()
    other = fresh(world)
    ask(other, "nobody@neu.example")
    assert other.post("/sign-in/link/code", data={"code": code}).status_code == 422
    assert not is_in(other)
    never_asked = fresh(world)
    assert never_asked.post("/sign-in/link/code", data={"code": code}).headers["Location"] == "/sign-in/link"
    assert client.post("/sign-in/link/code", data={"code": code}).status_code == 303
    assert is_in(client)
    assert fresh(world).post(link).status_code == 410, "the link went with its code"


def test_five_wrong_codes_close_the_request_and_its_link(client, world, mailed):
    link, code = mailed()
    wrong = "000000" if code != "000 000" else "000001"
    for _ in range(5):
        answer = client.post("/sign-in/link/code", data={"code": wrong})
        assert answer.status_code == 422
        assert "ask for a new one" in answer.text
    assert client.post("/sign-in/link/code", data={"code": code}).status_code == 422
    assert fresh(world).post(link).status_code == 410
    assert not is_in(client)


def test_no_more_than_three_an_hour_are_mailed_to_one_address(client, world, officer, run_jobs, smtp_sink):
    for _ in range(6):
        assert ask(client, world.email(officer)).status_code == 303
    run_jobs()
    assert len(smtp_sink.messages) == 3


def test_codes_are_kept_as_keyed_hashes_alone(world, mailed, as_owner):
    _, code = mailed()
    rows = as_owner("SELECT * FROM officer_link")
    assert len(rows) == 1
    assert code.replace(" ", "") not in str(rows)
    assert len(rows[0].code_hash) == 32


def test_an_old_a_made_up_and_another_kinds_link_are_refused(world, mailed, as_owner):
    link, _ = mailed()
    assert fresh(world).get(link + "x").status_code == 404
    assert fresh(world).post(link.replace("/sign-in/officer/", "/password-reset/")).status_code == 404
    as_owner("UPDATE officer_link SET expires_at = now() - interval '1 second'")
    assert fresh(world).get(link).status_code == 410
    assert fresh(world).post(link).status_code == 410


def test_a_session_is_ended_at_once_by_its_officer_from_another_device(world, mailed, officer, as_owner):
    phone, laptop = fresh(world), fresh(world)
    phone.post(mailed()[0], headers={"User-Agent": "Mozilla/5.0 (Android 14; Mobile) Firefox/121.0"})
    laptop.post(mailed()[0])
    page = laptop.get("/account").text
    assert "Firefox, Android" in page
    rows = as_owner("SELECT id FROM officer_session ORDER BY created_at")
    assert laptop.post(f"/account/devices/{rows[0].id}/ending").status_code == 303
    assert not is_in(phone)
    assert phone.get("/account").status_code == 303, "it is nobody's any more"
    assert is_in(laptop)
    assert laptop.post("/sign-out").status_code == 303
    assert as_owner("SELECT 1 FROM officer_session WHERE revoked_at IS NULL") == []


def test_an_admin_sees_and_ends_officers_sessions_and_another_organisation_sees_none(
    world, mailed, officer, as_owner
):
    phone = fresh(world)
    phone.post(mailed()[0])
    session_id = as_owner("SELECT id FROM officer_session")[0].id
    path = f"/organisation/devices/{session_id}/ending"
    stranger = world.browser(world.user("praxis", "admin"))
    assert officer.display_name not in stranger.get("/organisation/devices").text
    assert stranger.post(path).status_code == 404
    for role in ("organiser", "deputy", "analyst", "officer"):
        assert world.browser(world.user("neu", role)).post(path).status_code == 403
    assert is_in(phone)
    admin = world.browser(world.user("neu", "admin"))
    page = admin.get("/organisation/devices").text
    assert officer.display_name in page
    assert "Leeds" in page
    assert admin.post(path).status_code == 303
    assert not is_in(phone)


def test_a_session_by_link_is_an_officers_whatever_else_the_person_is(world, officer, mailed):
    from organising.organisations import founding
    from organising.platform.tenancy import Context, use_context

    with world.app.app_context(), use_context(Context(purpose="setup")) as session:
        founding.found_membership(officer.user_id, world.organisation("praxis"), "admin")
        session.commit()
    phone = fresh(world)
    phone.post(mailed()[0])
    assert "Praxis" not in phone.get("/account").text
    switched = phone.post(
        "/account/organisation", data={"organisation_id": str(world.organisation("praxis"))}
    )
    assert switched.status_code == 404
    assert phone.get("/organisation/members").status_code == 403
    assert world.browser(officer).get("/account").text.count("Praxis") > 0, "by password both are there"


def test_the_session_ends_after_thirty_days_and_with_the_term(world, mailed, officer, as_owner):
    phone, tablet = fresh(world), fresh(world)
    phone.post(mailed()[0])
    as_owner("UPDATE officer_session SET expires_at = now() - interval '1 second'")
    assert not is_in(phone)
    tablet.post(mailed()[0])
    assert is_in(tablet)
    as_owner("UPDATE membership SET ends_on = CURRENT_DATE - 1 WHERE role = 'officer'")
    assert not is_in(tablet)
    assert fresh(world).post(mailed()[0]).status_code in (410, 404), "and no new link opens anything"


def test_the_second_step_is_asked_after_the_link_too(world, mailed, officer, as_owner, client):
    as_owner(
        f"INSERT INTO second_factor (id, secret_cipher, confirmed_at) VALUES ('{officer.user_id}', 'x', now())"
    )
    phone = fresh(world)
    answer = phone.post(mailed()[0])
    assert answer.headers["Location"] == "/sign-in/code"
    assert "The link is right" in phone.get("/sign-in/code").text
    assert not is_in(phone)
    kept = as_owner("SELECT * FROM officer_session")[0]
    assert kept.confirmed_at is None
    with phone.session_transaction() as session:
        session["_user_id"] = f"{officer.user_id}:0:{kept.id}"
    assert not is_in(phone), "an unconfirmed session opens nothing, whatever the cookie says"


def test_without_a_bell_the_sweep_mails_it_once_and_a_refusal_at_the_dot_again(
    client, world, officer, run_jobs, smtp_sink, databases
):
    from redis import Redis

    smtp_sink.at_the_dot.append("451 4.3.0 disk full")
    ask(client, world.email(officer))
    Redis.from_url(databases.redis_url).flushdb()
    for _ in range(3):
        with world.app.app_context():
            send_waiting_officer_links()
    run_jobs()
    assert len(smtp_sink.messages) == 1
    assert (
        client.post("/sign-in/link/code", data={"code": parts(smtp_sink.messages[0])[1]}).status_code == 303
    )


def test_its_forms_carry_the_token(world, mailed):
    link, _ = mailed()
    world.app.config["WTF_CSRF_ENABLED"] = True
    try:
        phone = fresh(world)
        assert phone.post(link).status_code == 400
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', phone.get(link).text)[1]
        assert phone.post(link, data={"csrf_token": token}).status_code == 303
        other = fresh(world)
        assert other.post("/sign-in/link", data={"email": "a@b.example"}).status_code == 400
    finally:
        world.app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def as_owner(world, databases):
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    def run(statement):
        engine = create_engine(
            databases.owner_of(world.app.config["SETTINGS"].database_url), poolclass=NullPool
        )
        with engine.begin() as connection:
            connection.execute(text("SET app.maintenance = 'on'"))
            answer = connection.execute(text(statement))
            return answer.all() if answer.returns_rows else []

    return run
