"""What contacts agreed to: words in their version, not asked apart from no, taken back at once, facts only with a yes."""

import re
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from organising.contacts.models import ContactConsent
from organising.platform.clock import today
from organising.platform.keys import derive
from organising.platform.tenancy import Context
from tests.conftest import INSTALLATION_KEY
from tests.support.contacts import keep
from tests.web.test_contacts import names
from tests.web.test_contacts_firewall import dump_of


def said(decision="given", *channels, **given):
    return {
        "decision": decision, "channels": list(channels or ("email",)), "source": "paper",
        "decided_on": today().isoformat(), "submission_key": str(uuid4()),
    } | given  # fmt: skip


@pytest.fixture
def contact(world, organiser):
    return keep(world, "neu", organiser, email="amara@example.org")


def card(browser, contact, purpose):
    """What the contact's page says of one purpose, as one line."""
    page = browser.get(f"/contacts/{contact}").text
    part = page[page.index(f"<h3>{purpose}</h3>") :].split("</h3>", 1)[1]
    part = part.split("<h3>")[0].split("Not asked is not a no")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", part).split())


def test_not_asked_is_not_no_and_a_yes_keeps_the_words_the_day_and_the_evidence(world, contact, browser):
    place = f"/contacts/{contact}/consents"
    assert "Not asked" in card(browser, contact, "News of the campaign")
    assert "NEU may send me news" in browser.get(f"{place}/news").text
    yes = said("given", "email", "post", evidence="Sheet 12 of the June stall", decided_on="2024-06-01")
    for _ in range(2):
        assert browser.post(f"{place}/news", data=yes).status_code == 303
    shown = card(browser, contact, "News of the campaign")
    for words in ("They said yes by email, 1 June 2024", "They said yes by post", "NEU may send me news of its campaigns",
                  "version 1", "On paper", "Sheet 12 of the June stall"):  # fmt: skip
        assert words in shown, words
    assert shown.count("They said yes") == 2
    assert browser.post(f"{place}/invitations", data=said("refused", "phone")).status_code == 303
    assert "They said no by phone" in card(browser, contact, "Invitations to actions and events")
    assert "Not asked" in card(browser, contact, "Asking for money")
    assert names(browser, "agreed=news.email") == ["Amara Okafor"]
    for nothing in ("news.phone", "invitations.phone", "fundraising.email"):
        assert names(browser, f"agreed={nothing}") == []
    assert "News of the campaign by email; News of the campaign by post" in (
        world.browser(world.user("neu", "admin")).post("/contacts/exports", data={}).text
    )


def test_a_yes_is_taken_back_with_one_button_and_nothing_is_rewritten(world, contact, browser):
    place = f"/contacts/{contact}/consents/news"
    browser.post(place, data=said("given", "email", "phone"))
    for _ in range(2):
        assert browser.post(f"{place}/withdrawal", data={"channel": "email"}).status_code == 303
    shown = card(browser, contact, "News of the campaign")
    assert "They took it back by email" in shown
    assert "They said yes by phone" in shown
    assert names(browser, "agreed=news.email") == []
    assert names(browser, "agreed=news.phone") == ["Amara Okafor"]
    with world.context("neu") as session:
        rows = session.query(ContactConsent.channel, ContactConsent.decision).order_by(
            ContactConsent.created_at
        )
        assert sorted(rows.all()) == [("email", "given"), ("email", "withdrawn"), ("phone", "given")]
    # A yes of an earlier day, found later on paper, does not undo it; a new one does.
    earlier = said("given", "email", decided_on=(today() - timedelta(days=30)).isoformat())
    browser.post(place, data=earlier)
    assert "They took it back by email" in card(browser, contact, "News of the campaign")
    browser.post(place, data=said("given", "email"))
    assert "They said yes by email" in card(browser, contact, "News of the campaign")
    timeline = browser.get(f"/contacts/{contact}").text
    assert timeline.count("They said yes: News of the campaign by email") == 3


def test_what_is_missing_is_said_and_nothing_is_ticked_beforehand(contact, browser):
    place = f"/contacts/{contact}/consents/news"
    page = browser.get(place).text
    assert not re.search(r"<input[^>]*checked", page)
    wrong = said("", decided_on=(today() + timedelta(days=1)).isoformat(), channels=[], evidence="Sheet 7")
    answer = browser.post(place, data=wrong)
    assert answer.status_code == 422
    for words in (
        "Say whether they said yes or no",
        "Tick how they may be reached",
        "still to come",
        "Sheet 7",
    ):
        assert words in answer.text, words
    assert "speak of immigration status" in browser.post(place, data=said(evidence="her visa expired")).text
    assert browser.post(place, data=said("given", "record")).status_code == 422
    assert browser.get(f"/contacts/{contact}/consents/everything").status_code == 404


def test_words_have_versions_and_who_agreed_to_one_agreed_to_that(world, contact, browser):
    admin = world.browser(world.user("neu", "admin"))
    place = f"/contacts/{contact}/consents/news"
    browser.post(place, data=said("given", "email"))
    assert admin.post("/contacts/wordings/news", data={"text": "Write to me  monthly."}).status_code == 303
    assert admin.post("/contacts/wordings/news", data={"text": "Write to me monthly."}).status_code == 303
    assert "Write the words" in admin.post("/contacts/wordings/news", data={"text": " "}).text
    assert browser.post("/contacts/wordings/news", data={"text": "x"}).status_code == 403
    asked = browser.get(place).text
    assert "<blockquote>Write to me monthly.</blockquote>" in asked
    assert "Version 1: NEU may send me news" in asked
    page = browser.get("/contacts/wordings").text
    assert page.index("Write to me monthly.") < page.index("NEU may send me news")
    assert page.count("Write to me monthly.") == 1
    browser.post(place, data=said("given", "post"))
    shown = card(browser, contact, "News of the campaign")
    assert "NEU may send me news of its campaigns. I can stop this at any time.” version 1" in shown
    assert "Write to me monthly.” version 2" in shown


def test_union_membership_is_kept_with_explicit_consent_only_and_goes_with_it(world, contact, browser, owner):
    place = f"/contacts/{contact}/consents/union_membership"
    assert browser.post(place, data=said("given", value="")).status_code == 422
    assert browser.post(place, data=said("given", value="Member since 2019")).status_code == 303
    assert "Member since 2019" in card(browser, contact, "Keeping their union membership")
    assert "special category" in browser.get(place).text
    browser.post(f"{place}/withdrawal", data={"channel": "record"})
    assert "2019" not in browser.get(f"/contacts/{contact}").text
    assert owner.rows("SELECT count(*) FROM special_fact") == [(0,)]
    # A yes of a day before that keeps nothing, and neither does a no.
    browser.post(place, data=said("given", value="Old yes", decided_on="2020-01-01"))
    browser.post(place, data=said("refused", value="Ignored"))
    assert owner.rows("SELECT count(*) FROM special_fact") == [(0,)]
    browser.post(place, data=said("given", value="Member again"))
    assert "Member again" in card(browser, contact, "Keeping their union membership")
    browser.post(f"{place}/fact/removal")
    assert "Member again" not in card(browser, contact, "Keeping their union membership")


def test_the_database_holds_it_whatever_sql_is_sent(world, contact, browser, raw_login):
    browser.post(f"/contacts/{contact}/consents/opinions", data=said("given", value="For the firewall"))
    connection, neu = raw_login(), world.organisations["neu"]

    def speak():
        connection.rollback()
        signed = Context(organisation_id=neu).sign(derive(INSTALLATION_KEY, "context"))
        connection.execute(
            "SELECT set_config('role', 'organising_runtime', true), set_config('app.context', %s, true)",
            [signed],
        )

    for broken in ("UPDATE contact_consent SET decision = 'given'", "DELETE FROM contact_consent",
                   "UPDATE consent_wording SET text = 'x'", "DELETE FROM consent_wording"):  # fmt: skip
        speak()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(broken)
    speak()
    with pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(
            "INSERT INTO special_fact (organisation_id, id, contact_id, purpose, consent_id, value_cipher) "
            "SELECT organisation_id, gen_random_uuid(), contact_id, 'union_membership', id, 'x' FROM contact_consent"
        )
    speak()
    connection.execute(
        "INSERT INTO contact_consent (organisation_id, id, contact_id, purpose, channel, decision, decided_at, source, "
        "author_label, submission_key) SELECT organisation_id, gen_random_uuid(), contact_id, purpose, channel, "
        "'withdrawn', now() + interval '1 minute', 'phone', 'x', gen_random_uuid() FROM contact_consent"
    )
    assert connection.execute("SELECT count(*) FROM special_fact").fetchone() == (0,)


def test_another_organisation_sees_none_of_it_and_a_dump_shows_no_fact(
    world, contact, browser, databases, environment
):
    browser.post(
        f"/contacts/{contact}/consents/union_membership",
        data=said("given", value="Plantedunion 7", evidence="Plantedevidence 7"),
    )
    liberty = world.browser(world.user("liberty", "coordinator"))
    absent = uuid4()
    for place in ("consents/news", "consents/union_membership"):
        foreign, none = (
            liberty.get(f"/contacts/{contact}/{place}"),
            liberty.get(f"/contacts/{absent}/{place}"),
        )
        assert (foreign.status_code, foreign.data) == (404, none.data)
    with world.context("liberty") as session:
        assert session.query(ContactConsent.id).all() == []
    dump = dump_of(databases, environment)
    for word in ("plantedunion", "plantedevidence"):
        assert word not in dump
        assert word.encode().hex() not in dump
        assert word.title().encode().hex() not in dump
    officer = world.browser(world.user("neu", "officer"))
    assert officer.get(f"/contacts/{contact}/consents/news").status_code == 404
    assert world.browser(world.user("neu", "analyst")).get("/contacts/wordings").status_code == 403
