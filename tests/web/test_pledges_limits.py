"""How many sign at once: by address, network and mail domain; who has to wait is told so and loses nothing."""

import re
import time

import pytest
from redis import Redis

from organising.app import create_app
from organising.platform.bursts import PREFIX, Window
from organising.platform.db import db
from organising.pledges.views import limits
from tests.support.pledges import PAGE, Public, open_a_drive

EMBED = f"{PAGE}/neu/embed"
PLENTY = {60: 1_000}
WAIT = {"en": "Please wait", "cy": "Arhoswch", "es": "Espera", "pt": "Aguarde"}


@pytest.fixture
def drive_id(app, world):
    app.config["RATELIMIT_ENABLED"] = True
    return open_a_drive(world)


@pytest.fixture
def public(client, smtp_sink, run_jobs, drive_id):
    return Public(client, smtp_sink, run_jobs)


@pytest.fixture
def at_most(monkeypatch):
    """Take so many at once of what is named, and plenty of all else."""

    def allow(**named):
        for name in ("ADDRESS", "NETWORK", "DOMAIN"):
            monkeypatch.setattr(limits, name, named.get(name.lower(), PLENTY))

    return allow


def sign_from(public, address, email="esi@example.org", path=PAGE, **given):
    public.client.environ_base["REMOTE_ADDR"] = address
    return public.fill(path, email=email, **given)


@pytest.mark.parametrize("language", WAIT)
@pytest.mark.parametrize("path", [f"{PAGE}/neu", EMBED])
def test_who_has_to_wait_is_told_and_what_was_typed_is_kept(
    app, world, public, drive_id, at_most, owner, path, language
):
    admin = world.sign_in(app.test_client(), world.user("neu", "admin"))
    assert (
        admin.post(f"/pledges/drives/{drive_id}/origins", data={"origin": "neu.example"}).status_code == 303
    )
    at_most(address={2: 1})
    path = f"{path}?lang={language}&source=stall"
    typed = {"name": "Zofia Notreal", "postcode": "SW1A 1AA", "updates": "y"}
    answers = [sign_from(public, "192.0.2.1", "zofia@example.org", path, **typed) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 429]
    told = answers[1]
    assert 1 <= int(told.headers["Retry-After"]) <= 2
    assert WAIT[language] in told.text
    for value in ("Zofia Notreal", "zofia@example.org", "SW1A 1AA"):
        assert f'value="{value}"' in told.text
    assert re.search(
        r'<input[^>]*checked[^>]*name="updates"|<input[^>]*name="updates"[^>]*checked', told.text
    )
    assert not re.search(r'<input[^>]*name="lead_updates"[^>]*checked', told.text)
    assert "source=stall" in told.text
    framed = "frame-ancestors https://neu.example" in told.headers["Content-Security-Policy"]
    assert framed is path.startswith(EMBED)
    assert owner.rows("SELECT count(*) FROM pledge") == [(1,)]
    # What the page holds can be sent as it is, once there is room.
    time.sleep(2.1)
    fields = dict(re.findall(r'name="(shown|seen)"[^>]*value="([^"]*)"', told.text))
    again = sign_from(public, "192.0.2.1", "zofia@example.org", path, **typed, **fields)
    assert again.status_code == 303


def test_each_of_address_network_and_domain_is_enough(public, at_most):
    at_most(address={60: 1})
    seen = [
        sign_from(public, address).status_code
        for address in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1")
    ]
    assert seen == [303, 429, 303]
    at_most(network={60: 1})
    addresses = (
        "198.51.100.1",
        "198.51.100.200",
        "198.51.101.1",
        "2001:db8:7::1",
        "2001:db8:7:9::1",
        "::ffff:198.51.100.9",
    )
    assert [sign_from(public, one).status_code for one in addresses] == [303, 429, 303, 303, 429, 429]
    at_most(domain={60: 1})
    emails = (
        "a@mill.example.co.uk",
        "b@Desk.Example.co.uk",
        "c@other.co.uk",
        "d@gmail.com",
        "e@gmail.com",
        "f@nhs.net",
        "g@nhs.net",
    )
    statuses = [sign_from(public, f"203.0.{n}.1", email).status_code for n, email in enumerate(emails)]
    assert statuses == [303, 429, 303, 303, 303, 303, 303]


def test_being_refused_makes_nobody_wait_longer_and_a_form_with_a_slip_is_not_counted(public, at_most):
    at_most(address={2: 1})
    assert [sign_from(public, "192.0.2.1", name="").status_code for _ in range(3)] == [422] * 3
    began = time.monotonic()
    assert sign_from(public, "192.0.2.1").status_code == 303
    while sign_from(public, "192.0.2.1").status_code == 429:
        assert time.monotonic() - began < 3
        time.sleep(0.2)
    assert time.monotonic() - began > 1.5


def test_the_wait_tells_nobody_who_has_signed(public, at_most, owner):
    at_most(address={60: 1})
    with public.client.application.app_context():
        typed = {"shown": limits_shown(), "name": "Esi Storyborn"}
    sign_from(public, "192.0.2.1", "other@example.org")
    first = sign_from(public, "192.0.2.1", **typed)
    assert sign_from(public, "192.0.2.77", **typed).status_code == 303
    again = sign_from(public, "192.0.2.1", **typed)
    assert (first.status_code, again.status_code) == (429, 429)
    assert first.data == again.data
    # Which limit it was is not said, since that would tell of others at the same workplace.
    at_most(domain={60: 1})
    by_domain = sign_from(public, "192.0.2.1", "a@mill.example", **typed)
    by_domain = sign_from(public, "192.0.2.1", "esi@mill.example", **typed)
    assert by_domain.data == first.data.replace(b"esi@example.org", b"esi@mill.example")


def limits_shown():
    from organising.pledges.forms import SigningForm

    return SigningForm.shown_token(time.time() - 30)


def test_nobody_counts_others_by_filling_up_a_window():
    drawn = {Window("x", 60, 60).draw() for _ in range(2_000)}
    assert (min(drawn), max(drawn)) == (60, 90)
    assert len(drawn) == 31


def test_no_address_and_no_domain_is_kept(public, at_most, databases):
    at_most()
    assert sign_from(public, "198.51.100.7", "esi@mill.example").status_code == 303
    redis = Redis.from_url(databases.redis_url)
    keys = redis.keys(f"{PREFIX}*")
    assert len(keys) == 3
    kept = b" ".join([*keys, *(part for key in keys for pair in redis.hgetall(key).items() for part in pair)])
    assert b"198.51" not in kept
    assert b"mill" not in kept
    assert all(0 < redis.ttl(key) <= 60 for key in keys)


def test_signing_goes_on_while_redis_is_gone_and_the_log_says_so(environment, public, at_most, owner, capsys):
    at_most(address={60: 1})
    without = create_app(environment | {"REDIS_URL": "redis://127.0.0.1:1/0"})
    without.config["RATELIMIT_ENABLED"] = True
    public.client = without.test_client()
    began = time.monotonic()
    assert [sign_from(public, "192.0.2.1", f"n{n}@example.org").status_code for n in range(3)] == [303] * 3
    assert time.monotonic() - began < 5
    with without.app_context():
        db.engine.dispose()
    assert owner.rows("SELECT count(*) FROM pledge") == [(3,)]
    assert capsys.readouterr().err.count("bursts_not_counted") == 1


def test_the_mail_once_more_waits_the_same_way(public, at_most):
    at_most(address={60: 1})
    public.client.environ_base["REMOTE_ADDR"] = "192.0.2.1"
    answers = [public.client.post(f"{PAGE}/mail-again", data={"email": "esi@example.org"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 429]
    assert 'value="esi@example.org"' in answers[1].text
    assert "Nothing is lost" in answers[1].text
