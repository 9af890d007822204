"""Introductions, from outside: exactly what the preview shows goes to one partner, and only its answer comes back."""

import re

import psycopg
import pytest
from sqlalchemy import delete, select, text

from organising.contacts.models import Contact
from organising.platform.audit import AuditEvent
from organising.platform.clock import today
from organising.sharing.jobs import expire
from organising.sharing.models import Introduction, IntroductionOffer
from tests.support.contacts import keep
from tests.support.sharing import WORDS, introduced


@pytest.fixture
def people(world):
    """Who introduces, who is asked, and a third partner."""
    return {slug: world.user(slug, "organiser") for slug in ("neu", "praxis", "liberty")}


@pytest.fixture
def browsers(world, people):
    return {slug: world.browser(actor) for slug, actor in people.items()}


@pytest.fixture
def contact(world, people):
    """Somebody of NEU's with everything that there is about a person."""
    return keep(
        world, "neu", people["neu"], "Robin Invented", email="robin@example.org", phone="020 7946 0011",
        address="1 Invented Street", postcode="E1 4NS", job="Nurse", workplace="The Infirmary",
        tags=("canary-tag",), language="cy", source_detail="canary-source",
    )  # fmt: skip


def form(world, **changes):
    return {
        "receiver_id": str(world.organisation("praxis")),
        "fields": ["emails", "job"],
        "consent_words": WORDS,
        "consent_how": "phone",
        "consent_on": today().isoformat(),
    } | changes


def shown(answer):
    found = re.search(r'name="shown"[^>]*value="(\w+)"', answer.text)
    return found and found[1]


def audited(world, slug):
    with world.context(slug) as session:
        found = session.scalars(select(AuditEvent).order_by(AuditEvent.created_at))
        return [e.action for e in found if e.action.startswith("introduction.")]


def offer_id(world, slug="praxis"):
    with world.context(slug) as session:
        return session.scalar(select(IntroductionOffer.id))


def test_exactly_what_the_preview_shows_goes_and_becomes_the_receivers_own(
    world, people, browsers, contact, owner
):
    place = f"/contacts/{contact}/introduction"
    page = browsers["neu"].get(place).text
    assert "Email: robin@example.org" in page
    assert "canary" not in page
    assert "Invented Street" not in page, "no street goes, at most the postcode"
    preview = browsers["neu"].post(place, data=form(world))
    assert preview.status_code == 200
    assert WORDS in preview.text
    main = preview.text.split("<main")[1].split("<form")[0]
    assert "robin@example.org" in main
    assert "Nurse" in main
    assert "7946" not in main
    assert "Infirmary" not in main
    assert offer_id(world) is None, "nothing goes by looking"
    sent = browsers["neu"].post(place, data=form(world, shown=shown(preview)))
    assert sent.status_code == 303
    offer = offer_id(world)
    sealed = owner.rows("SELECT payload_cipher, organisation_id FROM introduction_offer")[0]
    assert b"robin" not in bytes(sealed[0])
    assert sealed[1] == world.organisations["praxis"]
    seen = browsers["praxis"].get(f"/introductions/{offer}").text
    assert "robin@example.org" in seen
    assert WORDS in seen
    taken = browsers["praxis"].post(f"/introductions/{offer}/acceptance")
    assert taken.status_code == 303
    theirs = browsers["praxis"].get(taken.headers["Location"]).text
    for there in ("Robin Invented", "robin@example.org", "Nurse", "Introduced by NEU", WORDS):
        assert there in theirs
    for never in ("7946", "Infirmary", "canary", "Invented Street", "E1 4NS"):
        assert never not in theirs
    with world.context("praxis") as session:
        assert session.scalar(select(Contact.organisation_id)) == world.organisations["praxis"]
    assert owner.rows("SELECT payload_cipher FROM introduction_offer")[0][0] is None, "what came is kept once"
    assert "Accepted" in browsers["neu"].get("/introductions").text
    assert audited(world, "neu") == ["introduction.made", "introduction.accepted"]
    assert audited(world, "praxis") == ["introduction.took"]
    assert browsers["praxis"].post(f"/introductions/{offer}/acceptance").status_code == 409
    assert browsers["praxis"].post(f"/introductions/{offer}/refusal").status_code == 409


def test_a_changed_contact_or_form_is_shown_again_before_it_goes(world, people, browsers, contact):
    place = f"/contacts/{contact}/introduction"
    preview = browsers["neu"].post(place, data=form(world))
    other = browsers["neu"].post(place, data=form(world, shown=shown(preview), fields=["emails", "phones"]))
    assert other.status_code == 200
    assert "020 7946 0011" in other.text.split("<form")[0] + other.text
    assert offer_id(world) is None
    back = browsers["neu"].post(place, data=form(world, back="1", shown=shown(preview)))
    assert "Look at what goes" in back.text
    assert WORDS in back.text


WRONG = [
    ({"consent_words": " "}, "in their own words"),
    ({"consent_on": ""}, "on which day"),
    ({"consent_on": "2999-01-01"}, "yet to come"),
    ({"consent_on": "2001-01-01"}, "ask them again"),
    ({"consent_on": "nothing"}, "no such day"),
    ({"consent_how": "telepathy"}, "how they said it"),
    ({"receiver_id": "00000000-0000-4000-8000-000000000000"}, "Choose a partner"),
    ({"fields": ["job"]}, "a way to reach them"),
    ({"fields": ["tags", "language", "notes"]}, "a way to reach them"),
    ({"consent_words": "Yes, my visa has expired, help"}, "immigration status"),
]


def test_without_consent_or_a_partner_nothing_goes(world, browsers, contact):
    own = ({"receiver_id": str(world.organisations["neu"])}, "Choose a partner")
    for changes, told in [*WRONG, own]:
        answer = browsers["neu"].post(f"/contacts/{contact}/introduction", data=form(world, **changes))
        assert answer.status_code == 422, changes
        assert told in answer.text, changes


def test_only_the_answer_comes_back_and_a_foreign_id_tells_nothing(world, people, browsers, owner):
    first = introduced(world, people["neu"], "neu", "praxis")
    for slug, path in (
        ("liberty", ""),
        ("neu", ""),
        ("liberty", "/acceptance"),
        ("neu", "/acceptance"),
        ("liberty", "/refusal"),
        ("praxis", "/withdrawal"),
        ("liberty", "/withdrawal"),
    ):
        ask = browsers[slug].post if path else browsers[slug].get
        foreign, absent = (
            ask(f"/introductions/{first}{path}"),
            ask(f"/introductions/{people['neu'].user_id}{path}"),
        )
        assert foreign.status_code == absent.status_code == 404, (slug, path)
        assert foreign.data == absent.data
    for slug in ("liberty", "neu"):
        with world.context(slug, people[slug]) as session:
            assert session.scalars(select(IntroductionOffer)).all() == []
            answered = session.scalar(
                text("SELECT app.answer_introduction(:i, 'accepted', NULL)"), {"i": first}
            )
            assert answered is False, "the sender answers nothing in the receiver's name"
    # Praxis knows the person already: NEU is told the same either way.
    keep(world, "praxis", people["praxis"], "Robin Invented", email="invented@example.org")
    asked = browsers["praxis"].post(f"/introductions/{first}/acceptance")
    assert asked.status_code == 422, "a duplicate is asked about"
    assert "Accepted" not in browsers["neu"].get("/introductions").text
    keys = re.findall(r'type="checkbox" name="confirmed" value="([^"]+)"', asked.text)
    assert (
        browsers["praxis"].post(f"/introductions/{first}/acceptance", data={"confirmed": keys}).status_code
        == 303
    )
    assert "Accepted" in browsers["neu"].get("/introductions").text
    columns = owner.rows("SELECT * FROM introduction")[0]
    with world.context("praxis") as session:
        ids = set(map(str, session.scalars(select(Contact.id))))
    assert not ids & set(map(str, columns)), "the sender's row holds none of the receiver's"


def test_it_stands_on_today_until_it_is_answered_and_then_on_the_senders(world, people, browsers):
    def told(slug):
        page = browsers[slug].get("/").text
        return "A partner introduces somebody to you" in page, "Your introduction was answered" in page

    offered = introduced(world, people["neu"], "neu", "praxis")
    assert [told(slug) for slug in ("neu", "praxis", "liberty")] == [
        (False, False), (True, False), (False, False),
    ]  # fmt: skip
    officer = world.browser(world.user("praxis", "officer"))
    assert "A partner introduces" not in officer.get("/").text
    assert browsers["praxis"].post(f"/introductions/{offered}/refusal").status_code == 303
    assert [told(slug) for slug in ("neu", "praxis")] == [(False, True), (False, False)]


def test_taking_back_declining_and_running_out(world, people, browsers, owner):
    taken, declined, late = (
        introduced(world, people["neu"], "neu", "praxis", name)
        for name in ("Ada One", "Ben Two", "Cay Three")
    )
    assert browsers["neu"].post(f"/introductions/{taken}/withdrawal").status_code == 303
    assert browsers["praxis"].get(f"/introductions/{taken}").status_code == 404
    assert browsers["neu"].post(f"/introductions/{taken}/withdrawal").status_code == 409
    assert browsers["praxis"].post(f"/introductions/{declined}/refusal").status_code == 303
    assert "This introduction is closed" in browsers["praxis"].get(f"/introductions/{declined}").text
    assert browsers["neu"].post(f"/introductions/{declined}/withdrawal").status_code == 409
    for table in ("introduction", "introduction_offer"):
        owner.rows(f"UPDATE {table} SET expires_at = now() - interval '1 second' WHERE id = %s", late)
    assert browsers["praxis"].post(f"/introductions/{late}/acceptance").status_code == 409
    for _ in range(2):
        with world.app.app_context():
            expire()
    assert owner.rows("SELECT count(*) FROM introduction_offer WHERE payload_cipher IS NOT NULL")[0][0] == 0
    with world.context("neu") as session:
        states = dict(session.execute(select(Introduction.id, Introduction.state)).all())
    assert states == {taken: "taken_back", declined: "declined", late: "expired"}
    assert sorted(audited(world, "neu")[3:]) == [
        f"introduction.{one}" for one in ("declined", "expired", "taken_back")
    ]
    with world.context("praxis") as session:
        assert session.scalars(select(Contact)).all() == []


def test_an_introduction_goes_with_the_contact_and_what_was_accepted_stays(world, people, browsers, owner):
    accepted, waiting = (
        introduced(world, people["neu"], "neu", "praxis", name) for name in ("Ada One", "Ben Two")
    )
    assert browsers["praxis"].post(f"/introductions/{accepted}/acceptance").status_code == 303
    with world.context("neu", people["neu"]) as session:
        session.execute(delete(Contact))
        session.commit()
    for table in ("introduction", "introduction_offer"):
        assert owner.rows(f"SELECT count(*) FROM {table}") == [(0,)], "neither their words nor what waited"
    assert browsers["praxis"].get(f"/introductions/{waiting}").status_code == 404
    with world.context("praxis") as session:
        assert [one.name for one in session.scalars(select(Contact))] == ["Ada One"]


def test_nobody_is_brought_to_a_partner_that_keeps_no_person(world, people, browsers, contact, owner):
    owner.rows(
        "INSERT INTO people_storage_off (id, campaign_id, organisation_id, author_label) "
        "VALUES (gen_random_uuid(), %s, %s, 'x')",
        world.campaign,
        world.organisations["praxis"],
    )
    refused = browsers["neu"].post(f"/contacts/{contact}/introduction", data=form(world))
    assert refused.status_code == 422
    assert "Choose a partner" in refused.text
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="keeps no person"):
        owner.rows(
            "INSERT INTO introduction_offer (organisation_id, id, sender_id, expires_at) "
            "VALUES (%s, gen_random_uuid(), %s, now())",
            world.organisations["praxis"],
            world.organisations["neu"],
        )


def test_who_may_introduce(world, browsers, contact):
    for role, status in (("admin", 200), ("officer", 403), ("analyst", 403)):
        browser = world.browser(world.user("neu", role))
        assert browser.get("/introductions").status_code == status, role
        assert browser.get(f"/contacts/{contact}/introduction").status_code == status, role
    assert browsers["praxis"].get(f"/contacts/{contact}/introduction").status_code == 404
