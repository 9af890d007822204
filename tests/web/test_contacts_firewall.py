"""Contacts and the firewall: who may do what, cell by cell; nobody reaches another organisation's; a dump tells nothing."""

import re
from uuid import uuid4

import psycopg
import pytest

from organising.contacts.services import add_note
from organising.platform.keys import derive
from organising.platform.ownership import Base
from organising.platform.tenancy import Context
from tests.conftest import INSTALLATION_KEY
from tests.support.contacts import form, keep
from tests.support.contacts_scale import fill

TABLES = ("contact", "contact_detail", "contact_area", "contact_tag", "contact_note", "search_token", "tag")
CONTEXT_KEY = derive(INSTALLATION_KEY, "context")
# Role: sees the list of people, adds, changes, exports without a reason, exports with one.
MATRIX = {
    "coordinator": (True, True, True, True, True),
    "deputy": (True, True, True, False, True),
    "admin": (True, True, True, True, True),
    "organiser": (True, True, True, False, True),
    "officer": (True, True, False, False, False),
    "analyst": (False, False, False, False, False),
}


@pytest.fixture
def liberty(world):
    """A contact of Liberty's with a row in every table; its id."""
    return plant(world, "liberty", world.user("liberty", "coordinator"))


def plant(world, slug, actor, name="Canary Neverwas", **given):
    from organising.contacts.models import ContactArea

    details = {
        "email": "canary@example.org",
        "phone": "07700 900777",
        "postcode": "M1 1AE",
        "tags": ("canary tag",),
    }
    contact = keep(world, slug, actor, name, **(details | given))
    with world.context(slug, actor) as session:
        add_note(actor, contact, "The canary sings.", submission_key=uuid4())
        session.add(ContactArea(contact_id=contact, gss_code="E14000001"))
        session.commit()
    return contact


def canaries(text):
    return [word for word in ("Canary", "Neverwas", "canary@", "M1 1AE", "900777", "sings") if word in text]


@pytest.mark.parametrize("role", MATRIX)
def test_the_matrix_cell_by_cell(world, role):
    sees, adds, changes, plain_export, export = MATRIX[role]
    whole = keep(world, "neu", world.user("neu", "admin"), "Whole Organisation", email="w@example.org")
    browser = world.browser(world.user("neu", role))
    page = browser.get("/contacts")
    assert page.status_code == 200
    assert ("Whole Organisation" in page.text) == (sees and role != "officer")
    assert (browser.get("/contacts/new").status_code == 200) == adds
    assert (browser.post("/contacts/new", data=form("Added Here")).status_code == 303) == adds
    # An officer's are the own unit's: the organisation's other contacts answer as if there were none.
    refusal = 404 if role == "officer" else 403
    for method, place in (("get", ""), ("get", "/edit"), ("post", "/archive"), ("post", "/archive/removal")):
        answer = getattr(browser, method)(f"/contacts/{whole}{place}")
        assert (answer.status_code in (200, 303)) == changes, (place, answer.status_code)
        assert changes or answer.status_code == refusal, (place, answer.status_code)
    for reason, allowed in (("", plain_export), ("event", export)):
        answer = browser.post("/contacts/exports", data={"reason": reason})
        assert (answer.status_code == 200) == allowed, reason
        assert ("w@example.org" in answer.text) == allowed
    if role == "analyst":
        assert "numbers, not people" in page.text


def test_an_officer_keeps_the_own_units_and_sees_no_others(world):
    admin, officer = world.user("neu", "admin"), world.user("neu", "officer", unit="Camden")
    own = keep(world, "neu", admin, "Camden Person", unit_id=officer.unit_id)
    other = keep(
        world, "neu", admin, "Leeds Person", unit_id=world.unit("neu", "Leeds"), tags=("shared tag",)
    )
    browser = world.browser(officer)
    assert browser.get(f"/contacts/{own}").status_code == 200
    foreign, absent = browser.get(f"/contacts/{other}"), browser.get(f"/contacts/{uuid4()}")
    assert (foreign.status_code, foreign.data) == (404, absent.data)
    page = browser.get("/contacts?q=person").text
    assert "Camden Person" in page
    assert "Leeds" not in page
    # Whatever the form says, what an officer adds is the own unit's.
    sent = form("Added Here", unit_id=str(world.unit("neu", "Leeds")))
    assert browser.post("/contacts/new", data=sent).status_code == 303
    with world.context("neu", officer) as session:
        from sqlalchemy import select

        from organising.contacts.models import Contact, ContactDetail, ContactTag, SearchToken

        assert set(session.scalars(select(Contact.unit_id))) == {officer.unit_id}
        assert session.scalars(select(ContactTag.id)).all() == []
        assert "leeds" not in session.scalars(select(SearchToken.token)).all()
        assert session.scalars(select(ContactDetail.id)).all() == []
    moved = browser.post(f"/contacts/{own}/edit", data=form("Camden Person", version="1", unit_id=""))
    assert moved.status_code == 303
    assert browser.get(f"/contacts/{own}").status_code == 200


def test_an_analyst_is_told_no_small_number(world):
    admin = world.user("neu", "admin")
    for number in range(11):
        keep(world, "neu", admin, f"Teacher {number}", sector="education")
    keep(world, "neu", admin, "The one nurse", sector="health")
    page = world.browser(world.user("neu", "analyst")).get("/contacts").text
    assert ">12<" in page.replace("\n", "")
    assert ">11<" in page
    assert page.count("fewer than 10") == 6
    assert "nurse" not in page
    assert ">1<" not in page


@pytest.mark.parametrize("role", ["admin", "organiser", "officer", "analyst"])
def test_another_organisations_contacts_are_reached_by_no_page(world, liberty, role):
    browser = world.browser(world.user("neu", role))
    searches = ("canary", "neverwas", "canary%40example.org", "07700+900777", "M1+1AE", "archived=y")
    answers = [browser.get(f"/contacts?q={words}") for words in searches]
    answers += [browser.get(f"/contacts/{liberty}{place}") for place in ("", "/edit")]
    answers += [browser.post("/contacts/exports", data={"reason": "event"})]
    answers += [browser.get("/"), browser.get("/organisation/audit")]
    told = [
        answer.text.replace('value="canary@example.org"', "").replace('value="M1 1AE"', "")
        for answer in answers
    ]
    assert [canaries(text) for text in told] == [[] for _ in told]


def test_by_raw_sql_with_own_forged_and_no_context(world, liberty, raw_login):
    connection = raw_login()
    neu, own = world.organisations["neu"], world.organisations["liberty"]

    def speak(role, context, key=CONTEXT_KEY):
        connection.rollback()
        signed = context.sign(key) if isinstance(context, Context) else (context or "")
        connection.execute(
            "SELECT set_config('role', %s, true), set_config('app.context', %s, true)", [role, signed]
        )

    for table in TABLES:
        speak("organising_runtime", Context(organisation_id=own))
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] > 0, table
        for context, key in (
            (Context(organisation_id=neu), CONTEXT_KEY),
            (Context(organisation_id=own), bytes(32)),
            (Context(purpose="import"), CONTEXT_KEY),
            (None, b""),
        ):
            speak("organising_runtime", context, key)
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
            assert connection.execute(f"DELETE FROM {table}").rowcount == 0, table
            assert connection.execute(f"UPDATE {table} SET created_at = now()").rowcount == 0, table
        speak("organising_public", None)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT count(*) FROM {table}")
    # Nor can a row of NEU's hang on Liberty's contact.
    speak("organising_runtime", Context(organisation_id=neu))
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        connection.execute(
            "INSERT INTO contact_area (organisation_id, id, contact_id, gss_code) VALUES (%s, %s, %s, 'x')",
            [neu, uuid4(), liberty],
        )


def test_a_stolen_dump_shows_no_detail_and_no_note(world, owner, databases, environment):
    """Every table of the database, as text and as the bytes that columns hold: 0 hits of 240 planted words."""
    actor = world.user("neu", "organiser")
    planted = []
    with world.context("neu", actor) as session:
        from organising.contacts.services import keep_contact
        from tests.support.contacts import draft

        for number in range(40):
            words = {
                "email": f"planted{number:03d}@example.org",
                "phone": f"+4477009{number:05d}",
                "address": f"{number} Plantedstreet{number:03d}",
                "job": f"Plantedjob{number:03d}",
                "workplace": f"Plantedplace{number:03d}",
            }
            contact = keep_contact(actor, draft(f"Person {number}", language="cy", **words))
            note = f"Plantednote{number:03d}"
            add_note(actor, contact.id, note, submission_key=uuid4())
            planted += [*words.values(), note]
        session.commit()
    dump = dump_of(databases, environment)
    assert "Person 39" in dump
    hits = [word for word in planted if word.casefold() in dump or word.casefold().encode().hex() in dump
            or word.encode().hex() in dump]  # fmt: skip
    assert (len(planted), hits) == (240, [])


def dump_of(databases, environment):
    """All rows of all tables as text, in small letters but for names."""
    from sqlalchemy import text

    from organising.platform.migrations import maintenance

    with maintenance(databases.owner_of(environment["DATABASE_URL"])) as connection:
        parts = []
        for table in Base.metadata.sorted_tables:
            name = f'"{table.schema or "public"}"."{table.name}"'
            rows = connection.scalars(text(f"SELECT t::text FROM {name} t")).all()
            parts += [str(row) for row in rows]
    joined = "\n".join(parts)
    return joined + "\n" + joined.casefold()


def test_the_file_of_the_export_runs_no_formula_and_the_log_names_nobody(world, owner):
    admin = world.user("neu", "admin")
    keep(
        world,
        "neu",
        admin,
        "=cmd|' /C calc'!A0",
        phone="020 7946 0123",
        email="a@example.org",
        tags=("a", "b"),
    )
    keep(world, "neu", admin, "Left Out", sector="health")
    answer = world.browser(world.user("neu", "organiser")).post(
        "/contacts/exports", data={"reason": "event", "q": "cmd"}
    )
    assert "'=cmd|" in answer.text
    assert "020 7946 0123" in answer.text
    assert "Left Out" not in answer.text
    facts = owner.rows("SELECT facts FROM audit_event WHERE action = 'contacts.exported'")
    assert facts == [({"count": 1, "reason": "event"},)]


def test_a_partners_pages_are_the_same_to_the_byte_before_and_after_anothers_thousand_contacts(
    world, databases, environment
):
    browser = world.browser(world.user("neu", "organiser"))
    keep(world, "neu", world.user("neu", "admin"), "Our Own", email="canary@example.org")
    pages = ("/", "/contacts", "/contacts?q=canary", "/contacts?q=given", "/contacts/duplicates", "/contacts/imports",
             "/contacts/wordings", "/contacts/duplicates/rules", "/pledges", "/targets")  # fmt: skip

    def shown(page):
        """The answer without the moment that its token was signed at."""
        return re.sub(r'name="csrf_token" value="[^"]+"', "", browser.get(page).text)

    # The areas that come with them are public facts.
    fill(databases.owner_of(environment["DATABASE_URL"]), world.organisations["praxis"], 1)
    before = [shown(page) for page in pages]
    fill(databases.owner_of(environment["DATABASE_URL"]), world.organisations["liberty"], 1_000)
    plant(world, "liberty", world.user("liberty", "coordinator"))
    changed = [page for page, was in zip(pages, before, strict=True) if shown(page) != was]
    assert changed == []


def test_what_a_contact_signed_with_ones_own_organisation_stands_on_their_page_and_with_no_other(world):
    from organising.platform.sealing import blind_index
    from tests.support.pledges import add_signers, open_a_drive

    drive_id = open_a_drive(world)
    for slug in ("neu", "liberty"):
        with world.app.app_context():
            key = blind_index(world.organisations[slug], "email", "amara@example.org")
        add_signers(world, drive_id, slug, 1, email_key=key)
    for slug, signed in (("neu", 1), ("praxis", 0)):
        organiser = world.user(slug, "organiser")
        contact = keep(world, slug, organiser, email="Amara@Example.org")
        page = world.browser(organiser).get(f"/contacts/{contact}").text
        assert page.count("Pledges signed with this address") == signed, slug


def test_a_list_that_is_too_long_for_one_file_is_not_cut_in_silence(world, monkeypatch, owner):
    from organising.contacts.services import exporting

    monkeypatch.setattr(exporting, "MOST_EXPORTED", 1)
    admin = world.user("neu", "admin")
    for name in ("One", "Two"):
        keep(world, "neu", admin, name)
    browser = world.browser(admin)
    answer = browser.post("/contacts/exports", data={})
    assert answer.status_code == 422
    assert "narrow the list" in answer.text
    assert browser.post("/contacts/exports", data={"q": "two"}).status_code == 200
    assert owner.rows("SELECT facts->>'count' FROM audit_event WHERE action = 'contacts.exported'") == [
        ("1",)
    ]
