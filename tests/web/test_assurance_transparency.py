"""What the public is told without an account, in each language; and what is printed for whoever answers for data protection."""

import re

import pytest

from organising.app import create_app
from organising.assurance.counts import told
from organising.config import Settings
from organising.rights.processing import list_processors
from tests.support import contacts
from tests.support.assurance import accept

PAGE = "/transparency"


def test_small_counts_are_told_as_fewer_than_ten(app):
    with app.test_request_context():
        assert [told(n) for n in (0, 1, 9, 10, 12, 13, 1002)] == [
            "none", "fewer than 10", "fewer than 10", "10", "10", "15", "1,000",
        ]  # fmt: skip


def test_hosts_that_get_data_are_those_of_the_configuration(app, environment):
    given = environment | {
        "SMTP_URL": "smtps://user:secret@relay.example",
        "POSTCODES_URL": "https://postcodes.example",
    }
    with app.test_request_context():
        assert [one.host for one in list_processors(Settings.from_environment(environment))] == []
        assert [one.host for one in list_processors(Settings.from_environment(given))] == [
            "relay.example",
            "postcodes.example",
        ]


@pytest.mark.parametrize("language", ["en", "cy", "es", "pt"])
def test_the_public_reads_it_in_its_own_language(world, client, language):
    text = client.get(f"{PAGE}?lang={language}").text
    heading = {
        "en": "Who keeps people",
        "cy": "Pwy sy’n cadw pobl",
        "es": "Quién guarda",
        "pt": "Quem guarda pessoas",
    }
    assert heading[language] in text
    # A contributor is named nowhere in public; members and the lead are.
    assert "Liberty:" in text
    assert "NEU:" in text
    assert "Praxis" not in text
    assert ("Unconfirmed: 14 days" in text) == (language == "en")


def test_what_is_told_follows_what_is_set_and_done(world, client, owner):
    lead, neu = (world.browser(world.user(*who)) for who in (("liberty", "coordinator"), ("neu", "admin")))
    from tests.web.test_assurance_agreement import NEW
    from tests.web.test_assurance_desks import REGISTER, asked

    for browser in (neu, neu, lead):
        browser.post(REGISTER, data=asked())
    neu.post("/organisation/people-storage/removal")
    accept(neu)
    lead.post("/organisation/agreement/versions", data=NEW)
    text = client.get(PAGE).text
    assert "NEU: keeps nobody" in text
    assert "Liberty: keeps its own people" in text
    assert re.search(r"20\d\d: received fewer than 10, answered none\.", text)
    assert "contact or consent: 12 months at most" in text
    assert "Version of March 2027" in text
    assert "Amara Canary" not in text
    assert "An invented office" not in text
    assert 'href="/transparency"' in client.get("/campaign").text
    admin = world.user("liberty", "admin")
    contacts.keep(world, "liberty", admin, "Amara Okafor")
    register = lead.get("/organisation/processing-register").text
    # One list of purposes: what an organisation's own record names, the public's page tells of too.
    purposes = re.findall(r'<th scope="row"[^>]*>(.*?)</th>', register)
    assert len(purposes) == 11
    assert purposes == re.findall(r"<h3>(.*?)</h3>", text)[: len(purposes)]
    assert "Article 30" in register
    assert "Version of March 2027" in register
    impact = lead.get("/organisation/impact-assessment").text
    assert "<dt>Contacts</dt><dd>1</dd>" in impact
    assert "sign in without a second factor" in impact
    assert (
        world.browser(world.user("liberty", "organiser")).get("/organisation/impact-assessment").status_code
        == 403
    )


def test_who_practises_still_is_told_so(environment, world):
    made = create_app(environment | {"ORGANISING_INVENTED_PEOPLE": "0"})
    text = made.test_client().get(PAGE).text
    assert "Liberty: is still practising with invented people" in text
    from organising.platform.db import db

    with made.app_context():
        db.engine.dispose()


def test_the_papers_are_sentences_from_what_the_organisation_itself_set(world, owner):
    admin = world.browser(world.user("neu", "admin"))
    owner.rows("DELETE FROM agreement_acceptance")
    pages = {
        "register": admin.get("/organisation/processing-register").text,
        "impact": admin.get("/organisation/impact-assessment").text,
    }
    for name, text in pages.items():
        for words in (
            "nobody was in touch with, go after 730 days; archived contacts after 365 days",
            "Template of 30 November 2026 is proposed, and not accepted yet.",
            "Directory of stakeholders",
            "Requests about people’s own data",
            "MPs and other decision-makers receive the organisation’s mailings",
        ):
            assert words in text, (name, words)
        assert "72 months" not in text
        # Each cell that tells how long, which data or what is done about a risk is made of sentences.
        said = re.findall(r"<dt>(?:Which|Kept)</dt><dd>(.*?)</dd>", text) + re.findall(
            r"<li><b>[^<]+</b> (.*?)</li>", text
        )
        assert len(said) > 5
        assert [one for one in said if not one.endswith(".")] == []
    owner.rows(
        "INSERT INTO retention_setting (id, organisation_id, rule, days, author_label)"
        " VALUES (gen_random_uuid(), %s, 'contacts.idle', 200, 'Nell')",
        world.organisations["neu"],
    )
    accept(admin)
    text = admin.get("/organisation/processing-register").text
    assert "go after 200 days" in text
    assert "Template of 30 November 2026 is accepted." in text
