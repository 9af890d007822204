"""Signing from outside: a browser, a real mail, a POST."""

import pytest
from sqlalchemy import event, select

from organising.platform.db import db
from organising.pledges.models import Pledge, PledgeConsent, PledgeDrive
from organising.pledges.services import kept_pages
from organising.pledges.services.drives import close_drive
from tests.support.pledges import PAGE, Public, count, open_a_drive


@pytest.fixture
def drive_id(world):
    return open_a_drive(world)


@pytest.fixture
def public(client, smtp_sink, run_jobs):
    return Public(client, smtp_sink, run_jobs)


def states(owner):
    return sorted(owner.rows("SELECT state, part FROM pledge"))


def test_sign_mail_get_confirms_nothing_post_confirms_then_the_tally(public, drive_id, owner, app):
    assert public.client.get(PAGE).status_code == 200
    link = public.sign()
    mail = public.sink.messages[-1]
    assert "pledge" not in mail["Subject"].lower()
    assert "sign" not in mail["Subject"].lower()
    for path in (link, f"{link}/confirmation", f"{link}/refusal", f"{link}/withdrawal"):
        public.client.get(path)
        public.client.head(path)
    assert states(owner) == [("pending", "collected")]
    public.confirm(link)
    assert states(owner) == [("confirmed", "collected")]
    public.run_jobs()
    assert owner.tally(drive_id)["all", "all"] == 1
    page = public.client.get(link)
    assert "You are counted" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    public.confirm(link)
    count(app, drive_id)
    assert owner.tally(drive_id)["all", "all"] == 1


def test_a_repeated_signature_gets_the_same_bytes_and_the_mail_tells_the_owner(public, drive_id, owner, app):
    first = public.fill()
    first_page = public.client.get(first.location)
    public.run_jobs()
    public.confirm(public.link())
    again = public.fill()
    again_page = public.client.get(again.location)
    assert (first.status_code, first.data, dict(first.headers)) == (
        again.status_code,
        again.data,
        dict(again.headers),
    )
    assert (first_page.data, dict(first_page.headers)) == (again_page.data, dict(again_page.headers))
    public.run_jobs()
    assert "you have already signed" in " ".join(public.sink.messages[-1].get_content().split())
    assert "already signed" not in public.sink.messages[0].get_content()
    public.confirm(public.link())
    count(app, drive_id)
    assert owner.tally(drive_id)["all", "all"] == 1


def test_two_partners_count_once_and_both_lists_have_it(public, drive_id, owner, app, world):
    public.sign_and_confirm(f"{PAGE}/neu", email="Esi+a@googlemail.com")
    public.sign_and_confirm(f"{PAGE}?via=praxis", email="e.si@gmail.com", name="ESI  Storyborn")
    count(app, drive_id)
    assert owner.tally(drive_id)["all", "all"] == 1
    assert owner.tally(drive_id)["organisation", str(world.organisations["neu"])] == 1
    for slug in ("neu", "praxis"):
        listed = world.browser(world.user(slug, "organiser")).get("/pledges/signers").text.lower()
        assert "esi storyborn" in listed


def test_a_withdrawal_erases_and_promotes_the_next(public, drive_id, owner, app, world):
    link = public.sign_and_confirm(f"{PAGE}/neu", updates="y")
    public.sign_and_confirm(f"{PAGE}/praxis")
    assert public.client.post(f"{link}/withdrawal").status_code == 303
    assert "It is gone" in public.client.get(link).text
    count(app, drive_id)
    tally = owner.tally(drive_id)
    assert tally["all", "all"] == 1
    assert tally["organisation", str(world.organisations["praxis"])] == 1
    gone = owner.rows(
        "SELECT name, name_folded, name_by_last, email_cipher, email_key, postcode, person_key FROM pledge "
        "WHERE state = 'withdrawn'"
    )
    assert gone == [(None,) * 7]
    assert owner.rows(
        "SELECT count(*) FROM pledge_consent WHERE withdrawn_at IS NULL AND organisation_id = %s",
        world.organisations["neu"],
    ) == [(0,)]


def test_this_was_not_me_erases_the_pending_row(public, drive_id, owner):
    link = public.sign(f"{PAGE}/neu", lead_updates="y")
    assert len(states(owner)) == 2
    assert public.client.post(f"{link}/refusal").status_code == 303
    assert states(owner) == [("erased", "collected"), ("erased", "shared_with_consent")]
    assert owner.rows("SELECT count(*) FROM pledge WHERE coalesce(name, postcode) IS NOT NULL") == [(0,)]
    public.confirm(link)
    assert {state for state, _ in states(owner)} == {"erased"}


def test_boxes_decide_who_holds_it_in_exact_words(public, drive_id, owner, world):
    public.sign_and_confirm(f"{PAGE}/neu")
    assert states(owner) == [("confirmed", "collected")]
    public.sign_and_confirm(f"{PAGE}/neu", email="bex@example.org", updates="y", lead_updates="y")
    with world.context("liberty") as session:
        shared = session.scalars(select(Pledge)).one()
        assert (shared.part, shared.state, shared.email) == (
            "shared_with_consent",
            "confirmed",
            "bex@example.org",
        )
        consent = session.scalars(select(PledgeConsent)).one()
        assert consent.purpose == "updates"
        assert consent.wording.startswith("Liberty, which leads the campaign")
    with world.context("neu") as session:
        given = session.scalars(select(PledgeConsent).order_by(PledgeConsent.purpose)).all()
        assert [consent.purpose for consent in given] == ["pledge", "pledge", "updates"]
        assert "political beliefs" in given[0].wording


def test_the_sector_comes_after_and_the_tally_follows(public, drive_id, owner, app):
    link = public.sign_and_confirm()
    count(app, drive_id)
    assert owner.tally(drive_id)["sector", "unallocated"] == 1
    assert public.client.post(f"{link}/more", data={"sector": "health"}).status_code == 303
    count(app, drive_id)
    tally = owner.tally(drive_id)
    assert ("sector", "unallocated") not in tally
    assert (tally["sector", "health"], tally["all", "all"]) == (1, 1)
    public.client.post(f"{link}/more", data={"sector": "spying"})
    count(app, drive_id)
    assert owner.tally(drive_id)["sector", "health"] == 1


def test_programs_are_kept_out_and_people_lose_nothing(public, drive_id, owner):
    trapped = public.fill(website="http://spam.example")
    assert trapped.status_code == 303
    assert states(owner) == []
    quick = public.fill(seconds=0.5, name="Zofia Notreal")
    assert quick.status_code == 422
    assert "Zofia Notreal" in quick.text
    assert "very quick" in quick.text
    forged = public.fill(shown="x", name="Zofia Notreal")
    assert forged.status_code == 422
    assert states(owner) == []


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "  ", "Enter your name."),
        ("email", "esi@", "name@example.org"),
        ("postcode", "E1", "full postcode"),
    ],
)
def test_a_wrong_field_is_said_and_what_was_typed_is_kept(public, drive_id, owner, field, value, message):
    response = public.fill(**{field: value, "updates": "y"})
    assert response.status_code == 422
    assert message in response.text
    assert "E n t e r" not in response.text
    assert states(owner) == []


def test_unknown_addresses_and_closed_drives(public, drive_id, world, owner):
    missing = public.client.get("/pledge/never-was")
    assert missing.status_code == 404
    assert public.client.get(f"{PAGE}/never-was").data == missing.data
    assert public.client.get("/signature/never-was").data == missing.data
    link = public.sign()
    coordinator = world.user("liberty", "coordinator")
    with world.context("liberty", coordinator) as session:
        close_drive(coordinator, session.get_one(PledgeDrive, drive_id))
        session.commit()
    assert "closed" in public.client.get(PAGE).text
    assert public.fill(email="late@example.org").status_code == 409
    public.confirm(link)
    assert states(owner) == [("confirmed", "collected")]


def test_a_drive_that_closed_within_the_second_takes_no_more(public, drive_id, world, owner, monkeypatch):
    monkeypatch.setattr(kept_pages, "SECONDS", 60)
    seen = public.seen()
    # By now this process knows the page for a second, open.
    assert public.fill(seen=seen).status_code == 303
    coordinator = world.user("liberty", "coordinator")
    with world.context("liberty", coordinator) as session:
        close_drive(coordinator, session.get_one(PledgeDrive, drive_id))
        session.commit()
    late = public.fill(seen=seen, email="late@example.org")
    assert late.status_code == 409
    assert "closed" in late.text
    assert len(states(owner)) == 1


def test_in_a_flood_a_signature_takes_four_statements(public, drive_id, app, monkeypatch):
    monkeypatch.setattr(kept_pages, "SECONDS", 60)
    seen, statements = public.seen(), []
    public.fill(seen=seen)
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert public.fill(seen=seen, email="next@example.org").status_code == 303
    # The context, the constituency, the signature, what it consents to.
    assert len(statements) == 4, statements


def test_a_signed_in_member_signs_as_anyone_would(public, drive_id, owner, world):
    public.client = world.browser(world.user("praxis", "organiser"))
    public.sign_and_confirm(f"{PAGE}/neu", lead_updates="y")
    assert states(owner) == [("confirmed", "collected"), ("confirmed", "shared_with_consent")]
    assert owner.rows(
        "SELECT count(*) FROM pledge WHERE organisation_id = %s", world.organisations["praxis"]
    ) == [(0,)]


def test_the_page_is_light_and_asks_nobody_else(public, drive_id):
    page = public.client.get(PAGE)
    assert len(page.data) < 20_000
    assert "<script" not in page.text.replace('<script type="module"', "")
    assert page.text.count("https://") == 1
