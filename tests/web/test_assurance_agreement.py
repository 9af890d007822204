"""The data agreement: accepted word for word, asked again, obeyed; and what was taken out, under which clause."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from organising.operations.services.retention import set_days
from organising.platform.errors import Invalid
from organising.platform.retention import days_of
from organising.safeguards.models import AgreementAcceptance
from organising.safeguards.terms import CLAUSE_OF, FIRST, ExportKind, Terms
from tests.support import contacts
from tests.support.assurance import AGREEMENT, accept, hidden

VERSIONS = f"{AGREEMENT}/versions"
LOG = "/organisation/exports"
NEW = {
    "name": "Version of March 2027",
    "note": "Fewer may take contacts out.",
    "contacts_by": ["admin", "organiser"],
    "contacts_reason_by": ["admin", "organiser"],
    "signers_by": ["coordinator"],
    "most_rows": "2",
    "contacts_months": "12",
    "breach_partner_hours": "12",
}


@pytest.fixture
def browsers(world):
    people = {
        name: world.user(*name.split("/"))
        for name in ("liberty/coordinator", "neu/admin", "neu/organiser", "neu/deputy", "praxis/admin")
    }
    return {name: world.browser(actor) for name, actor in people.items()}


def test_every_clause_of_exports_is_in_the_text_and_says_what_the_terms_say():
    codes = [one.code for one in FIRST.clauses]
    assert len(set(codes)) == len(codes)
    assert set(CLAUSE_OF.values()) <= set(codes)
    assert set(CLAUSE_OF) == set(ExportKind)
    assert "by the coordinator and admins" in FIRST.clause("4.2").text
    assert FIRST.terms == Terms.read(FIRST.terms.kept())
    assert Terms.read({"most_rows": 3, "unheard_of": 1}) == Terms(most_rows=3)


def test_an_admin_accepts_what_was_shown_and_a_new_version_asks_again(world, browsers):
    neu, lead, praxis = browsers["neu/admin"], browsers["liberty/coordinator"], browsers["praxis/admin"]
    assert "Nobody has accepted the agreement for NEU yet" in browsers["neu/organiser"].get(AGREEMENT).text
    shown = neu.get(AGREEMENT).text
    given = {name: hidden(shown, name) for name in ("version", "digest")}
    assert browsers["neu/organiser"].post(f"{AGREEMENT}/acceptances", data=given).status_code == 403
    neu.post(f"{AGREEMENT}/acceptances", data=given | {"digest": "0" * 64})
    assert "Meanwhile there is a newer version" in neu.get(AGREEMENT).text
    assert accept(neu) == 303
    neu.post(f"{AGREEMENT}/acceptances", data=given)
    assert "has accepted this version already" in neu.get(AGREEMENT).text
    # Partners see who said yes, and when; no other's yes is needed or given.
    assert re.search(r"<b>NEU</b>: Template of 30 November 2026, Neu admin \d", praxis.get(AGREEMENT).text)
    assert praxis.get(VERSIONS).status_code == 403
    assert lead.post(VERSIONS, data=NEW | {"most_rows": "60000", "name": " "}).status_code == 422
    assert lead.post(VERSIONS, data=NEW).status_code == 303
    again = lead.post(VERSIONS, data=NEW)
    assert (again.status_code, "Nothing in it differs" in again.text) == (422, True)
    shown = neu.get(AGREEMENT).text
    assert "Version of March 2027" in shown
    assert "It holds until a new yes" in shown
    assert "What for is said each time by admins and organisers." in shown
    assert "This is an earlier version" in neu.get(f"{AGREEMENT}?version=1").text
    assert neu.get(f"{AGREEMENT}?version=9").status_code == 404
    assert accept(neu) == 303
    assert "Accepted" in neu.get("/organisation/data-protection").text


def test_the_runtime_obeys_the_version_that_was_accepted(world, browsers):
    admin = world.user("neu", "admin")
    for name in ("Amara Okafor", "Bo Lindqvist", "Cai Ffion"):
        contacts.keep(world, "neu", admin, name)
    neu, organiser = browsers["neu/admin"], browsers["neu/organiser"]
    accept(neu)
    browsers["liberty/coordinator"].post(VERSIONS, data=NEW)

    def take(browser, **given):
        return browser.post("/contacts/exports", data=given)

    # What was accepted before still stands: no reason of an admin, and more than two at once.
    assert take(neu).status_code == 200
    assert take(browsers["neu/deputy"], reason="event").status_code == 200
    accept(neu)
    assert take(neu, reason="").status_code == 422
    refused = take(neu, reason="event")
    assert (refused.status_code, "More than 2" in refused.text) == (422, True)
    assert take(organiser, reason="event", q="amara").status_code == 200
    shut = take(browsers["neu/deputy"], reason="event", q="amara")
    assert (shut.status_code, "Clause 4.1 of your data agreement" in shut.text) == (403, True)
    assert "Take them out as a file" not in browsers["neu/deputy"].get("/contacts").text


def test_each_export_is_written_down_with_its_clause_and_never_changed(world, browsers):
    lead, neu = browsers["liberty/coordinator"], browsers["neu/admin"]
    admin = world.user("neu", "admin")
    contacts.keep(world, "neu", admin, "Amara Okafor")
    assert "Nothing taken out" in neu.get(LOG).text
    browsers["neu/deputy"].post("/contacts/exports", data={"reason": "event"})
    neu.post("/organisation/audit/exports")
    for path in ("/contact-log.csv", "/approaches.csv", "/targets.csv", "/institutions.csv", "/promises.csv"):
        assert neu.get(path).status_code == 200, path
    rows = re.findall(r'<tr[^>]*>.*?<th scope="row"[^>]*>(.*?)</th>(.*?)</tr>', neu.get(LOG).text, re.S)
    told = {re.sub("<[^>]+>", "", name).strip(): re.sub(r"\s+", " ", rest) for name, rest in rows}
    assert len(rows) == 7
    assert "Neu deputy" in told["Contacts"]
    assert "A list for an event" in told["Contacts"]
    assert "4.1 of version 1" in told["Contacts"]
    assert "not accepted then" in told["Contacts"]
    assert "4.3 of version 1" in told["Audit log"]
    assert "4.4 of version 1" in told["Shared by partners: targets"]
    assert "Nothing taken out" in lead.get(LOG).text
    assert browsers["neu/organiser"].get(LOG).status_code == 403
    with world.context("neu", admin) as session:
        for statement in ("UPDATE export_record SET row_count = 0", "DELETE FROM export_record"):
            with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
                session.execute(text(statement))
        with pytest.raises(ProgrammingError, match="row-level security"):
            session.execute(
                text(
                    "INSERT INTO agreement_version (id, campaign_id, organisation_id, author_label, number, name, "
                    "note, terms) VALUES (gen_random_uuid(), :c, :o, 'x', 2, 'n', 'n', '{}')"
                ),
                {"c": world.campaign, "o": admin.organisation_id},
            )


def test_a_contact_is_kept_no_longer_than_the_agreement_says(world, browsers):
    neu = browsers["neu/admin"]
    browsers["liberty/coordinator"].post(VERSIONS, data=NEW)

    def days(slug):
        with world.context(slug):
            return days_of("contacts.idle")

    def may_wait(longer):
        with world.context("neu"), pytest.raises(Invalid, match="to 365 days"):
            set_days(admin, "contacts.idle", longer)

    # Nobody has said yes to the template: the newest holds. Praxis did, and to nothing since.
    with world.context("praxis") as session:
        template = {"campaign_id": world.campaign, "author_label": "x", "version": 1, "name": FIRST.name}
        session.add(AgreementAcceptance(**template, digest=FIRST.digest))
        session.commit()
    accept(neu)
    admin = world.user("neu", "admin")
    assert (days("neu"), days("praxis")) == (365, 730)
    may_wait(366)
