"""Duplicates: proposed by rules, compared, made one with a choice per field, and made two again with nothing lost."""

import re
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import select, text, update

from organising.contacts import jobs
from organising.contacts.models import Contact, ContactMerge
from organising.contacts.services import DetailDraft, add_note
from organising.contacts.services.keeping import kept_values
from organising.platform.clock import now
from organising.platform.keys import derive
from organising.platform.tenancy import Context
from tests.conftest import INSTALLATION_KEY
from tests.support.contacts import form, keep
from tests.web.test_contacts import KEEP_IT, names
from tests.web.test_contacts_consent import card, said
from tests.web.test_contacts_firewall import dump_of

SEEN = {"first_version": "1", "second_version": "1"}


@pytest.fixture
def pair(world, organiser):
    """Two that are one: the same email, much else apart. Their ids, the older first."""
    first = keep(
        world, "neu", organiser, "Amara Okafor", sector="education", job="Teacher", tags=("stall", "press"),
        emails=(DetailDraft("amara@example.org"), DetailDraft("old@example.org", valid_until=now().date())),
        phone="020 7946 0123",
    )  # fmt: skip
    second = keep(
        world, "neu", organiser, "Amara Okafor-Jones", sector="health", workplace="Invented Clinic", language="cy",
        email="AMARA@example.org", phone="07700 900001", postcode="E1 4NS", tags=("Stall", "speaker"),
    )  # fmt: skip
    with world.context("neu", organiser) as session:
        add_note(organiser, first, "Note on the first.", submission_key=uuid4())
        add_note(organiser, second, "Note on the second.", submission_key=uuid4())
        session.commit()
    return first, second


def values(world, actor, *ids):
    with world.context("neu", actor) as session:
        return [kept_values(session.get_one(Contact, (actor.organisation_id, one))) for one in ids]


def facts_about(browser, contact):
    page = browser.get(f"/contacts/{contact}").text
    return " ".join(re.sub(r"<[^>]+>", " ", page[page.index("<main") :]).split())


def test_pairs_are_proposed_by_the_rules_with_what_is_the_same(world, organiser, browser, pair):
    first, second = pair
    keep(world, "neu", organiser, "Ben Okafor", phone="020 7946 0123")
    keep(world, "neu", organiser, "Nobody Else", email="else@example.org")
    page = browser.get("/contacts/duplicates").text
    assert "2 pairs" in page
    assert f"/contacts/{first}/merges/{second}" in page
    # Phone and last word are 8 and 3 points, the email alone is 10.
    assert page.index("Ben Okafor") < page.index("Amara Okafor-Jones")
    assert re.search(r">11<(.|\n)+>10<", page)
    assert "Nobody Else" not in page
    assert "No two seem to be one" in browser.get("/contacts/duplicates?rule=strict").text
    shown = browser.get(f"/contacts/{second}").text
    assert "This may be the same as" in shown
    assert "This may be the same as" not in browser.get("/contacts/duplicates").text
    # They are two: proposed no more, until that is taken back.
    after = browser.post(f"/contacts/{first}/apart/{second}")
    told = browser.get(after.location).text
    assert "They are not proposed again" in told
    assert f"/contacts/{first}/merges/{second}" not in told
    browser.post(re.search(r'action="([^"]+/removal)"', told)[1])
    assert f"/contacts/{first}/merges/{second}" in browser.get("/contacts/duplicates").text


def test_a_merge_keeps_the_choice_of_each_field_and_both_of_lists(world, organiser, browser, pair):
    first, second = pair
    place = f"/contacts/{first}/merges/{second}"
    page = browser.get(place).text
    for shown in (
        "Education",
        "Health and care",
        "Invented Clinic",
        "E1 4NS",
        "stall",
        "speaker",
        "the same on both",
    ):
        assert shown in page, shown
    sent = SEEN | {"choice-name": "second", "choice-sector": "first", "choice-workplace": "second"}
    for _ in range(2):
        assert browser.post(place, data=sent).status_code == 303
    told = facts_about(browser, first)
    for kept in (
        "Amara Okafor-Jones", "Education", "Teacher", "Invented Clinic", "amara@example.org", "old@example.org",
        "020 7946 0123", "07700 900001", "E1 4NS", "stall", "press", "speaker", "Note on the first.",
        "Note on the second.", "was merged into this contact",
    ):  # fmt: skip
        assert kept in told, kept
    assert told.count("amara@example.org") == 1
    # Of the other one stands no page and no list; its address leads here.
    answer = browser.get(f"/contacts/{second}")
    assert (answer.status_code, answer.location) == (303, f"/contacts/{first}")
    assert names(browser, "") == ["Amara Okafor-Jones"]
    assert names(browser, "archived=y") == []
    for query in ("07700+900001", "amara%40example.org", "jones"):
        assert names(browser, f"q={query}") == ["Amara Okafor-Jones"], query
    assert browser.post(f"/contacts/{second}/archive/removal").status_code == 409
    with world.context("neu", organiser) as session:
        assert len(session.scalars(select(ContactMerge.id)).all()) == 1


def test_undoing_brings_both_back_as_they_were_but_for_what_was_changed_since(
    world, organiser, browser, pair
):
    first, second = pair
    before = values(world, organiser, first, second)
    browser.post(f"/contacts/{first}/merges/{second}", data=SEEN | {"choice-name": "second"})
    undo = re.search(r'action="([^"]+/undo)"', browser.get(f"/contacts/{first}").text)[1]
    for _ in range(2):
        assert browser.post(undo).status_code == 303
    assert values(world, organiser, first, second) == before
    assert "Note on the second." not in facts_about(browser, first)
    assert "Note on the second." in facts_about(browser, second)
    assert names(browser, "q=jones") == ["Amara Okafor-Jones"]
    # Once more; and this time somebody changes the one in between.
    versions = {"first_version": "3", "second_version": "1"}
    assert browser.post(f"/contacts/{first}/merges/{second}", data=versions).status_code == 303
    changed = values(world, organiser, first)[0]
    with world.context("neu", organiser) as session:
        row = session.get_one(Contact, (organiser.organisation_id, first))
        row.job, row.version = "Head teacher", row.version + 1
        session.commit()
    assert changed["job"] == "Teacher"
    undo = re.search(r'action="([^"]+/undo)"', browser.get(f"/contacts/{first}").text)[1]
    browser.post(undo)
    assert values(world, organiser, first, second) == [before[0] | {"job": "Head teacher"}, before[1]]


def test_what_was_agreed_goes_over_and_comes_back_and_a_no_said_meanwhile_stands_for_both(
    world, organiser, browser, pair
):
    first, second = pair
    browser.post(f"/contacts/{second}/consents/news", data=said("given", "email", "post", evidence="Sheet 9"))
    browser.post(f"/contacts/{second}/consents/union_membership", data=said("given", value="Since 2019"))
    browser.post(f"/contacts/{first}/consents/opinions", data=said("given", value="For it"))
    browser.post(f"/contacts/{first}/merges/{second}", data=SEEN)
    shown = card(browser, first, "News of the campaign")
    assert "They said yes by email" in shown
    assert "Sheet 9" in shown
    assert "Since 2019" in card(browser, first, "Keeping their union membership")
    assert names(browser, "agreed=news.post") == ["Amara Okafor"]
    browser.post(f"/contacts/{first}/consents/news/withdrawal", data={"channel": "email"})
    browser.post(re.search(r'action="([^"]+/undo)"', browser.get(f"/contacts/{first}").text)[1])
    assert "They said yes" not in card(browser, first, "News of the campaign")
    shown = card(browser, second, "News of the campaign")
    assert "They took it back by email" in shown
    assert "They said yes by post" in shown
    assert "Since 2019" in card(browser, second, "Keeping their union membership")
    assert "For it" in card(browser, first, "Keeping their opinions")
    assert names(browser, "agreed=news.email") == []


def test_a_merge_of_something_changed_meanwhile_is_looked_at_again(world, organiser, browser, pair):
    first, second = pair
    place = f"/contacts/{first}/merges/{second}"
    answer = browser.post(place, data={"first_version": "9", "second_version": "1", "choice-name": "second"})
    assert answer.status_code == 409
    assert "Look again" in answer.text
    assert re.search(r'value="second" id="name-second" checked', answer.text)
    assert browser.post(place, data=SEEN | {"choice-name": "both"}).status_code == 422
    assert browser.get(f"/contacts/{first}/merges/{first}").status_code == 404
    browser.post(f"/contacts/{second}/archive")
    assert browser.post(place, data=SEEN).status_code == 409


def test_after_thirty_days_a_merge_stays_and_what_undoing_needed_is_gone(
    app, world, organiser, browser, pair, run_jobs, owner
):
    first, second = pair
    browser.post(f"/contacts/{first}/merges/{second}", data=SEEN)
    undo = re.search(r'action="([^"]+/undo)"', browser.get(f"/contacts/{first}").text)[1]
    with app.app_context():
        jobs.sweep_merges()
    run_jobs()
    assert owner.rows("SELECT before_cipher IS NULL FROM contact_merge") == [(False,)]
    with world.context("neu", organiser) as session:
        session.execute(update(ContactMerge).values(created_at=now() - timedelta(days=31)))
        session.commit()
    assert "/undo" not in browser.get(f"/contacts/{first}").text
    assert "can no longer be undone" in browser.get(browser.post(undo).location).text
    for _ in range(2):
        with app.app_context():
            jobs.sweep_merges()
        run_jobs()
    assert owner.rows("SELECT before_cipher IS NULL FROM contact_merge") == [(True,)]


def test_whoever_is_added_twice_is_asked_about(world, organiser, browser, pair):
    typed = form("Amara Okafor", email__1__value="amara@EXAMPLE.org")
    answer = browser.post("/contacts/new", data=typed)
    assert answer.status_code == 422
    assert "somebody you have already: Amara Okafor" in answer.text
    assert (
        browser.post("/contacts/new", data=typed | {"confirmed": KEEP_IT.findall(answer.text)}).status_code
        == 303
    )
    # The same words at another organisation are no duplicate there.
    liberty = world.browser(world.user("liberty", "organiser"))
    assert (
        liberty.post(
            "/contacts/new", data=form("Amara Okafor", email__1__value="amara@example.org")
        ).status_code
        == 303
    )
    assert "No two seem to be one" in liberty.get("/contacts/duplicates").text


def test_the_rules_are_the_organisations_own(world, browser, pair):
    admin = world.browser(world.user("neu", "admin"))
    assert browser.post("/contacts/duplicates/rules/strict", data={"threshold": "1"}).status_code == 403
    place = "/contacts/duplicates/rules/strict"
    for wrong, words in (
        ({"threshold": "", "weight_email": "10"}, "whole number from 1"),
        ({"threshold": "20", "weight_email": "10"}, "nothing would match"),
        ({"threshold": "3", "weight_last_word": "5", "weight_email": "5"}, "too many people share them"),
        ({"threshold": "3", **{f"weight_{name}": "9" for name in ("email", "phone", "name", "last_word", "first_word",
                                                                  "postcode")}}, "at most 5 fields"),
    ):  # fmt: skip
        answer = admin.post(place, data=wrong)
        assert answer.status_code == 422
        assert words in answer.text, words
    good = {"threshold": "12", "weight_email": "9", "weight_name": "3", "length_name": "5"}
    assert admin.post(place, data=good).status_code == 303
    assert "Amara Okafor-Jones" in browser.get("/contacts/duplicates?rule=strict").text
    assert "Admins and the coordinator" in browser.get("/contacts/duplicates/rules").text
    liberty = world.browser(world.user("liberty", "coordinator")).get("/contacts/duplicates/rules").text
    assert 'name="threshold" type="number" min="1" max="500" value="15"' in liberty


@pytest.mark.parametrize("role", ["officer", "analyst"])
def test_who_does_not_keep_all_contacts_merges_none(world, pair, role):
    browser = world.browser(world.user("neu", role))
    first, second = pair
    for answer in (
        browser.get("/contacts/duplicates"), browser.get(f"/contacts/{first}/merges/{second}"),
        browser.post(f"/contacts/{first}/merges/{second}"), browser.post(f"/contacts/{first}/apart/{second}"),
        browser.post(f"/contacts/{first}/merges/{uuid4()}/undo"), browser.get("/contacts/duplicates/rules"),
    ):  # fmt: skip
        assert answer.status_code == 403


def test_never_across_organisations_by_page_or_by_sql(world, organiser, browser, pair, raw_login):
    first, second = pair
    theirs = keep(world, "liberty", world.user("liberty", "coordinator"), email="amara@example.org")
    for place in (f"{first}/merges/{theirs}", f"{theirs}/merges/{first}"):
        answer = browser.post(f"/contacts/{place}", data=SEEN)
        assert (answer.status_code, answer.data) == (
            404,
            browser.post(f"/contacts/{first}/merges/{uuid4()}").data,
        )
    browser.post(f"/contacts/{second}/consents/news", data=said("given", "email"))
    connection, neu = raw_login(), world.organisations["neu"]

    def speak():
        connection.rollback()
        signed = Context(organisation_id=neu).sign(derive(INSTALLATION_KEY, "context"))
        connection.execute(
            "SELECT set_config('role', 'organising_runtime', true), set_config('app.context', %s, true)",
            [signed],
        )

    speak()
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        connection.execute(
            "UPDATE contact SET merged_into_id = %s, archived_at = now() WHERE id = %s", [theirs, first]
        )
    # A decision stays with whom it is of: without a merge of the two it can't be given to another contact.
    speak()
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="stays with whom"):
        connection.execute("UPDATE contact_consent SET contact_id = %s", [first])


def test_what_undoing_needs_is_sealed(world, browser, pair, databases, environment):
    first, second = pair
    browser.post(f"/contacts/{first}/merges/{second}", data=SEEN)
    dump = dump_of(databases, environment)
    for word in ("amara@example.org", "+447700900001", "invented clinic", "teacher"):
        assert word not in dump
        assert word.encode().hex() not in dump


def test_the_page_of_a_contact_costs_the_same_with_many_duplicates(app, world, organiser, browser, pair):
    from tests.web.test_lobbying_scale import counting

    def cost(address):
        with counting(app) as statements:
            assert browser.get(address).status_code == 200
        return len(statements)

    addresses = (f"/contacts/{pair[0]}", "/contacts/duplicates")
    browser.get("/")
    few = [cost(address) for address in addresses]
    with world.context("neu", organiser) as session:
        from organising.contacts.services.keeping import keep_contact
        from tests.support.contacts import draft

        for number in range(20):
            keep_contact(organiser, draft(f"Copy {number}", email="amara@example.org"))
        assert session.scalar(text("SELECT count(*) FROM contact")) == 22
        session.commit()
    assert "There may be more" in browser.get("/contacts/duplicates").text
    assert [cost(address) for address in addresses] == few
    assert max(few) <= 34
