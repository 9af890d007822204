"""A lot at once: told to who collected it and to nobody else, once, with a way to look and to dismiss."""

import re
from datetime import timedelta

import pytest
import time_machine

from organising.platform.clock import now
from organising.pledges import alert_jobs
from tests.support.pledges import PAGE, Public, open_a_drive


@pytest.fixture
def drive_id(app, world):
    app.config["RATELIMIT_ENABLED"] = True
    return open_a_drive(world)


@pytest.fixture
def public(client, smtp_sink, run_jobs, drive_id):
    return Public(client, smtp_sink, run_jobs)


@pytest.fixture
def sign_many(public):
    """So many people, each from a network and at a domain of their own unless one is named."""
    made = iter(range(10_000))

    def sign(number, path=f"{PAGE}/neu", domain=None, network=None):
        for one in (next(made) for _ in range(number)):
            public.client.environ_base["REMOTE_ADDR"] = f"{network or f'10.0.{one % 250}'}.{one % 250 + 1}"
            email = f"n{one}@{domain or f'mill{one}.example'}"
            assert public.fill(path, email=email, name=f"Signer {one}").status_code == 303

    return sign


@pytest.fixture
def sweep(app, run_jobs):
    def run():
        with app.app_context():
            alert_jobs.sweep_alerts()
        run_jobs()

    return run


def told(sink):
    return sorted(one["To"] for one in sink.messages if "many signatures at once" in one["Subject"])


def pledge_page(app, world, slug, role, drive_id):
    return world.sign_in(app.test_client(), world.user(slug, role)).get(f"/pledges?drive={drive_id}").text


def test_many_at_one_domain_are_told_once_and_lead_to_the_filter(
    app, world, drive_id, sign_many, sweep, smtp_sink, owner
):
    admin = world.user("neu", "admin")
    world.user("praxis", "admin")
    sign_many(30)
    owner.rows("UPDATE pledge SET created_at = created_at - interval '2 days'")
    sign_many(30)
    sign_many(25, domain="Spam.example")
    owner.rows("UPDATE pledge SET state = 'confirmed', confirmed_at = now()")
    sweep()
    sweep()
    assert told(smtp_sink) == [world.email(admin)]
    mail = next(one for one in smtp_sink.messages if "many signatures" in one["Subject"]).get_content()
    assert "spam" not in mail
    assert not re.search(r"\b25\b", mail)
    browser = world.sign_in(app.test_client(), admin)
    page = browser.get(f"/pledges?drive={drive_id}").text
    assert "25 of your 55 newest signatures have an email address at spam.example" in page
    assert "Usually it is 0 in a hundred." in page
    address = re.search(r'href="(/pledges/drives/[^"]+/invalidations\?[^"]+domain=spam.example[^"]*)"', page)[
        1
    ]
    found = browser.get(address.replace("&amp;", "&"))
    assert "25 signatures of yours are meant" in found.text
    # Partners read nothing of it, and neither does who may not see signers.
    for slug, role in (
        ("praxis", "admin"),
        ("liberty", "coordinator"),
        ("neu", "analyst"),
        ("neu", "officer"),
    ):
        other = pledge_page(app, world, slug, role, drive_id)
        assert "spam.example" not in other, (slug, role)
        assert "A lot at once" not in other, (slug, role)
    seen = pledge_page(app, world, "neu", "organiser", drive_id)
    assert "spam.example" in seen
    assert "Dismiss" not in seen
    assert owner.rows(
        "SELECT count(*) FROM pledge_alert WHERE position('spam'::bytea IN subject_cipher) > 0"
    ) == [(0,)]


def test_dismissing_is_the_admins_noted_and_lasts_while_it_goes_on(
    app, world, drive_id, sign_many, sweep, owner, smtp_sink
):
    sign_many(25, domain="spam.example")
    sweep()
    ((alert,),) = owner.rows("SELECT id FROM pledge_alert WHERE kind = 'domain'")
    address = f"/pledges/alerts/{alert}/dismissal"
    for slug, role, status in (
        ("neu", "organiser", 403),
        ("praxis", "admin", 404),
        ("neu", "admin", 303),
        ("neu", "admin", 303),
    ):
        browser = world.sign_in(app.test_client(), world.user(slug, role))
        assert browser.post(address).status_code == status
    assert "spam.example" not in pledge_page(app, world, "neu", "admin", drive_id)
    noted = owner.rows("SELECT action FROM audit_event WHERE subject_id = %s ORDER BY created_at", alert)
    assert noted == [("pledge_alert.raised",), ("pledge_alert.dismissed",)]
    before = len(told(smtp_sink))
    sign_many(25, domain="spam.example")
    sweep()
    assert "spam.example" not in pledge_page(app, world, "neu", "admin", drive_id)
    assert len(told(smtp_sink)) == before


def test_time_clears_an_alert_and_it_is_forgotten(app, world, drive_id, sign_many, sweep, owner):
    sign_many(25, domain="spam.example")
    sweep()
    assert "spam.example" in pledge_page(app, world, "neu", "admin", drive_id)
    with time_machine.travel(now() + timedelta(hours=25), tick=True):
        assert "spam.example" not in pledge_page(app, world, "neu", "admin", drive_id)
    with time_machine.travel(now() + timedelta(days=32), tick=True):
        sweep()
    assert owner.rows("SELECT count(*) FROM pledge_alert") == [(0,)]


def test_one_network_is_told_of_and_never_named(app, world, drive_id, sign_many, sweep, owner):
    sign_many(12)
    sign_many(25, network="198.51.100")
    owner.rows("UPDATE pledge SET state = 'confirmed', confirmed_at = now()")
    sweep()
    page = pledge_page(app, world, "neu", "admin", drive_id)
    assert "25 of your 37 newest signatures came from one part of the internet" in page
    assert "too early to say what is usual" in page
    assert "198.51" not in page
    kept = owner.rows("SELECT kind, subject_cipher, subject_key FROM pledge_alert")
    assert [(kind, cipher) for kind, cipher, _ in kept] == [("network", None)]
    address = re.search(r'href="(/pledges/drives/[^"]+/invalidations\?since[^"]+)"', page)[1]
    browser = world.sign_in(app.test_client(), world.user("neu", "admin"))
    assert "37 signatures of yours are meant" in browser.get(address.replace("&amp;", "&")).text


def test_by_a_link_against_what_is_usual(app, world, drive_id, sign_many, sweep, owner):
    # Half of this pledge's signers always come by the newsletter: another half is no news.
    sign_many(30, f"{PAGE}/neu?source=newsletter")
    sign_many(30)
    owner.rows("UPDATE pledge SET created_at = created_at - interval '2 days'")
    sign_many(22, f"{PAGE}/neu?source=newsletter")
    sign_many(22)
    sweep()
    assert owner.rows("SELECT count(*) FROM pledge_alert") == [(0,)]
    sign_many(40, f"{PAGE}/neu?source=leaflet")
    sweep()
    page = pledge_page(app, world, "neu", "admin", drive_id)
    assert (
        "40 of your 84 newest signatures came by the link named leaflet. Usually it is 0 in a hundred."
        in page
    )
    assert "newsletter. Usually" not in page


@pytest.mark.parametrize(
    ("number", "given"), [(19, {"domain": "spam.example"}), (40, {"domain": "gmail.com"}), (40, {})]
)
def test_few_or_usual_ones_are_no_news(drive_id, sign_many, sweep, owner, number, given):
    sign_many(number, **given)
    sweep()
    assert owner.rows("SELECT count(*) FROM pledge_alert") == [(0,)]


def test_nobody_is_told_of_anothers_signers(app, world, drive_id, sign_many, sweep, owner):
    # Twelve at each of two partners: neither has a crowd, and none is made of the two together.
    sign_many(12, f"{PAGE}/neu", domain="spam.example", network="198.51.100")
    sign_many(12, f"{PAGE}/praxis", domain="spam.example", network="198.51.100")
    sweep()
    assert owner.rows("SELECT count(*) FROM pledge_alert") == [(0,)]


def test_without_redis_domains_and_links_are_still_looked_at(drive_id, app, sign_many, sweep, owner):
    sign_many(25, domain="spam.example")
    app.extensions["organising.redis"].flushdb()
    sweep()
    assert owner.rows("SELECT DISTINCT kind FROM pledge_alert") == [("domain",)]


def test_a_network_that_always_sends_much_is_no_news(app, drive_id, sign_many, sweep, owner):
    def sign_half():
        sign_many(22, network="198.51.100")
        sign_many(22)

    sign_half()
    with time_machine.travel(now() + timedelta(hours=1), tick=True):
        sign_half()
        sweep()
        assert owner.rows("SELECT count(*) FROM pledge_alert") == [(0,)]
        # The same, unknown to be usual, is told of once it is more than three in five.
        redis = app.extensions["organising.redis"]
        redis.delete(*redis.keys("organising:flow:*"))
        sign_many(22, network="198.51.100")
        sweep()
    assert owner.rows("SELECT kind, number, usual FROM pledge_alert") == [("network", 22, None)]
