"""What goes when: counted to the letter, held, set within limits, carried out once."""

import json
import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from organising.actions.services.report_photos import UNDO_DAYS as PHOTO_DAYS
from organising.attendance import texts as attendance_texts
from organising.cli import main
from organising.contacts.services.importing import UNDO_FOR as IMPORT_UNDO_FOR
from organising.contacts.services.merging import UNDO_FOR
from organising.contacts.services.notes import add_note
from organising.letters import texts as letter_texts
from organising.mailings.models import KEPT_DAYS
from organising.operations.jobs import sweep_retention
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.retention import RULES, RetentionHold
from organising.pledges import texts as pledge_texts
from organising.pledges.jobs import sweep_retention as sweep_pledges
from organising.pledges.services.paper_scans import SCAN_DAYS
from organising.rights.jobs import sweep_retention as forget
from organising.rights.services.mail import UNCONFIRMED_DAYS as RIGHTS_UNCONFIRMED_DAYS
from tests.support.contacts import keep
from tests.support.pledges import add_signers, open_a_drive
from tests.support.rights import asked, opened
from tests.web.test_contacts_consent import said

PLACE = "/organisation/retention"


@pytest.fixture
def admin(world):
    return world.user("neu", "admin")


@pytest.fixture
def browser(world, admin):
    return world.browser(admin)


@pytest.fixture
def people(world, admin, owner):
    """Contacts of three years ago: one idle, one with a yes, one with a yes taken back, one with a fresh note, one archived,
    one held; and one of today. Praxis has an idle one too.
    """
    names = ("idle", "yes", "no longer", "noted", "archived", "held", "fresh")
    ids = {
        name: keep(world, "neu", admin, name.title(), email=f"{name.replace(' ', '')}@example.org")
        for name in names
    }
    ids["theirs"] = keep(world, "praxis", world.user("praxis", "admin"), "Theirs")
    browser = world.browser(admin)
    for name in ("yes", "no longer"):
        yes = said("given", "email", decided_on="2023-01-01")
        assert browser.post(f"/contacts/{ids[name]}/consents/news", data=yes).status_code == 303
    taken = said("withdrawn", "email", decided_on="2023-06-01")
    assert browser.post(f"/contacts/{ids['no longer']}/consents/news", data=taken).status_code == 303
    owner.rows("UPDATE contact_consent SET created_at = created_at - interval '3 years'")
    owner.rows("UPDATE contact SET created_at = created_at - interval '3 years', edited_at = NULL")
    owner.rows("UPDATE contact SET created_at = now() WHERE id = %s", ids["fresh"])
    owner.rows("UPDATE contact SET archived_at = now() - interval '2 years' WHERE id = %s", ids["archived"])
    with world.context("neu", admin) as session:
        add_note(admin, ids["noted"], "Rang today", submission_key=uuid4())
        session.commit()
    return ids


def hold(browser, query="", **given):
    sent = {
        "rule": "",
        "reason": "A claim before a tribunal",
        "until": (today() + timedelta(days=30)).isoformat(),
    }
    return browser.post(f"{PLACE}/holds/new{query}", data=sent | given)


def left(owner):
    return {row[0] for row in owner.rows("SELECT name FROM contact")}


def told(environment, *arguments):
    done = CliRunner().invoke(
        main, ["retention", "run", "--json", *arguments], env=environment, catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)["organisations"]
    return {slug: {one["rule"]: one["number"] for one in due if one["number"]} for slug, due in found.items()}


def test_nobody_goes_who_is_needed_held_or_somebody_elses(app, world, browser, people, owner, environment):
    assert hold(browser, f"?contact={people['held']}").status_code == 303
    counted = browser.post(f"{PLACE}/count").text
    assert "3 would go now" in re.sub(r"\s+", " ", counted)
    dry = told(environment, "--dry-run", "--organisation", "neu")
    assert dry == {"neu": {"contacts.idle": 2, "contacts.archived": 1}}
    assert len(left(owner)) == 8

    with app.app_context():
        sweep_retention()
    assert left(owner) == {"Yes", "Noted", "Held", "Fresh"}
    went = owner.rows("SELECT rule, days, number FROM retention_run ORDER BY organisation_id, rule")
    assert sorted(went) == [
        ("contacts.archived", 365, 1),
        ("contacts.idle", 730, 1),
        ("contacts.idle", 730, 2),
    ]
    for table in ("contact_detail", "search_token"):
        assert owner.rows(
            f"SELECT count(*) FROM {table} WHERE organisation_id = %s", world.organisations["praxis"]
        ) == [(0,)]
    assert told(environment) == {"liberty": {}, "neu": {}, "praxis": {}}
    page = browser.get(PLACE).text
    assert "A claim before a tribunal" in page
    assert "Archived contacts" in page
    # A hold of one contact goes with the contact, and never becomes one of everybody.
    assert hold(browser, f"?contact={people['fresh']}").status_code == 303
    owner.rows("DELETE FROM contact WHERE id = %s", people["fresh"])
    assert owner.rows("SELECT count(*) FROM retention_hold") == [(1,)]
    (held,) = re.findall(rf'action="{PLACE}/holds/([0-9a-f-]+)/release"', page)
    assert (
        world.browser(world.user("praxis", "admin")).post(f"{PLACE}/holds/{held}/release").status_code == 404
    )
    assert browser.post(f"{PLACE}/holds/{held}/release").status_code == 303
    assert told(environment)["neu"] == {"contacts.idle": 1}
    assert owner.rows("SELECT count(*) FROM audit_event WHERE action LIKE 'retention.%%'")[0][0] >= 5


def test_days_are_set_within_limits_by_an_admin(world, browser, people, owner, environment):
    rule = f"{PLACE}/rules/contacts.idle"
    refused = browser.post(rule, data={"days": "5"})
    assert refused.status_code == 422
    assert "From 90 to 2190 days." in refused.text
    assert 'value="5"' in refused.text
    assert browser.post(f"{PLACE}/rules/pledges.details", data={"days": "20"}).status_code == 422
    assert browser.post(f"{PLACE}/rules/none", data={"days": "20"}).status_code == 404
    assert browser.post(rule, data={"days": "2000"}).status_code == 303
    assert "contacts.idle" not in told(environment, "--dry-run", "--organisation", "neu")["neu"]
    for role in ("organiser", "analyst"):
        assert world.browser(world.user("neu", role)).get(PLACE).status_code == 403
    bad = hold(browser, reason=" ", until=(today() - timedelta(days=1)).isoformat())
    assert bad.status_code == 422
    assert "Say why" in bad.text


def test_a_hold_stops_a_domains_own_sweep(app, world, browser, owner, environment):
    drive = open_a_drive(world)
    add_signers(
        world, drive, "neu", 3, state="pending", confirmed_at=None, witnessed_at=None, name="Waiting Story"
    )
    owner.rows("UPDATE pledge SET created_at = created_at - interval '30 days'")
    assert told(environment, "--dry-run")["neu"]["pledges.unconfirmed"] == 3
    assert hold(browser, rule="pledges.unconfirmed").status_code == 303
    with app.app_context():
        sweep_pledges()
    states = "SELECT state, count(*) FROM pledge GROUP BY state"
    assert owner.rows(states) == [("pending", 3)]
    with world.context("neu") as session:
        held = session.scalars(select(RetentionHold)).one()
        assert isinstance(held.id, UUID)
        # Its day comes: it needs nobody to end it.
        held.until = today() - timedelta(days=1)
        session.commit()
    with app.app_context():
        sweep_pledges()
        sweep_pledges()
    assert owner.rows(states) == [("erased", 3)]
    assert owner.rows("SELECT rule, number FROM retention_run") == [("pledges.unconfirmed", 3)]
    with app.app_context():
        db.engine.dispose()


def test_a_hold_stops_what_the_rights_desk_forgets(app, world, browser, owner, environment):
    answered = opened(browser, received_on=(today() - timedelta(days=5)).isoformat())
    assert (
        browser.post(f"{answered}/end", data={"outcome": "done", "answer": "Here it is."}).status_code == 303
    )
    page = app.test_client()
    assert page.post("/your-data/neu", data=asked(app, email="somebody@example.org")).status_code == 303
    owner.rows(
        "UPDATE rights_request SET created_at = created_at - interval '400 days', ended_at = ended_at - interval '400 days'"
    )
    left = "SELECT count(*), count(name_cipher) FROM rights_request"
    due = {"rights.unconfirmed": 1, "rights.details": 1}
    assert told(environment, "--dry-run")["neu"] == due
    assert hold(browser).status_code == 303
    with app.app_context():
        forget()
    assert owner.rows(left) == [(2, 2)]
    (held,) = re.findall(rf'action="{PLACE}/holds/([0-9a-f-]+)/release"', browser.get(PLACE).text)
    assert browser.post(f"{PLACE}/holds/{held}/release").status_code == 303
    with app.app_context():
        forget()
        forget()
    assert owner.rows(left) == [(1, 0)]
    assert dict(owner.rows("SELECT rule, number FROM retention_run")) == due
    with app.app_context():
        db.engine.dispose()


def test_what_the_table_says_is_what_the_domains_do():
    assert {name: RULES[name].days for name in RULES if RULES[name].is_fixed} == {
        "contacts.import_files": IMPORT_UNDO_FOR.days,
        "contacts.merges": UNDO_FOR.days,
        "pledges.unconfirmed": pledge_texts.UNCONFIRMED_DAYS,
        "pledges.details": pledge_texts.DETAILS_DAYS,
        "pledges.scans": SCAN_DAYS,
        "pledges.requests": 1,
        "letters.unconfirmed": letter_texts.UNCONFIRMED_DAYS,
        "letters.texts": letter_texts.TEXT_DAYS,
        "letters.details": letter_texts.DETAILS_DAYS,
        "letters.answers": letter_texts.DETAILS_DAYS,
        "actions.removed_photos": PHOTO_DAYS,
        "files.removed": 30,
        "attendance.unconfirmed": attendance_texts.UNCONFIRMED_DAYS,
        "attendance.people": attendance_texts.KEPT_DAYS,
        "replies.words": KEPT_DAYS,
        "rights.unconfirmed": RIGHTS_UNCONFIRMED_DAYS,
        "rights.details": 365,
    }
