"""Contacts through their pages: added, found, changed by two at once, put away, brought back."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from organising.contacts import demo
from organising.contacts.models import Contact
from organising.contacts.services.searching import Filters, search_contacts
from organising.platform.db import db
from tests.support.contacts import form, keep
from tests.support.contacts_scale import fill
from tests.support.postcodes import importing, load, seat
from tests.web.test_lobbying_scale import counting

KEEP_IT = re.compile(r'name="confirmed" value="([^"]+)"')


def version(page: str) -> str:
    return re.search(r'name="version"[^>]*value="(\d+)"', page)[1]


def names(browser, query: str) -> list[str]:
    """The contacts that the list shows for an address."""
    page = browser.get(f"/contacts?{query}").text
    return re.findall(r'<th scope="row"[^>]*><a href="/contacts/[0-9a-f-]{36}">([^<]+)</a>', page)


def test_an_empty_list_says_what_to_do_first(browser):
    page = browser.get("/contacts").text
    assert "No contacts yet" in page
    assert 'href="/contacts/new"' in page


def test_somebody_is_added_with_all_that_is_known(app, browser):
    with importing(app) as session:
        seat(session, "E14000001", "Alderwick")
        session.commit()
    load(app, "E1 4NS,,E09000030,E92000001,E14000001")
    sent = form(
        "Amara Okafor",
        email__1__value="Amara@Example.org", email__1__use="home", email__2__value="a.okafor@example.org",
        email__2__use="work", email__2__valid_until="2020-01-31", phone__1__value="020 7946 0123",
        address__1__postcode="e14ns", address__1__value="1 Invented Street\nLondon", sector="education", job="Teacher",
        workplace="Invented School", language="cy", tags="Volunteer, stall team, volunteer", source="event",
        source_detail="The June stall",
    )  # fmt: skip
    answer = browser.post("/contacts/new", data=sent)
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    for shown in (
        "Amara Okafor", "mailto:Amara@example.org", "a.okafor@example.org", "Not now", "until 31 January 2020",
        "tel:+442079460123", "020 7946 0123", "E1 4NS", "1 Invented Street", "Alderwick", "Education", "Teacher",
        "Invented School", "Welsh", "stall team", "At an event", "The June stall", "Added to your contacts",
        "Only people at NEU can see this",
    ):  # fmt: skip
        assert shown in page, shown
    # The same form sent twice, as a phone without signal does, adds one.
    assert browser.post("/contacts/new", data=sent).location.split("?")[0] == answer.location.split("?")[0]
    assert names(browser, "q=okafor") == ["Amara Okafor"]
    for query in ("area=E14000001", "tag=" + re.search(r"tag=([0-9a-f-]{36})", page)[1], "sector=education",
                  "source=event", "kind=person", "unit="):  # fmt: skip
        assert names(browser, query) == ["Amara Okafor"], query
    for query in ("area=E14000009", f"tag={uuid4()}", "sector=health", "kind=institution", "archived=y"):
        wanted = ["Amara Okafor"] if query.startswith("area") else []
        # An area that is none of the choices counts as nothing.
        assert names(browser, query) == wanted, query


def test_the_search_takes_names_postcodes_and_whole_addresses_and_numbers(world, organiser, browser):
    keep(world, "neu", organiser, "Niamh O’Brien", email="niamh@example.org", phone="07700 900001")
    keep(world, "neu", organiser, "Llŷr Tŵr-Coch", postcode="E1 4NS")
    keep(world, "neu", organiser, "Inés García Márquez", phone="020 7946 0999")
    keep(world, "neu", organiser, "Ines Brienz")
    found = {
        query: names(browser, f"q={query}")
        for query in ("o%27brien", "brien", "llyr+twr", "E1+4NS", "e14", "garcia+marquez", "NIAMH%40example.org",
                      "niamh%40example", "07700+900001", "%2B447700900001", "07700+9000", "ines", "%25", "zzz")
    }  # fmt: skip
    assert found == {
        "o%27brien": ["Niamh O’Brien"], "brien": ["Ines Brienz", "Niamh O’Brien"], "llyr+twr": ["Llŷr Tŵr-Coch"],
        "E1+4NS": ["Llŷr Tŵr-Coch"], "e14": ["Llŷr Tŵr-Coch"], "garcia+marquez": ["Inés García Márquez"],
        "NIAMH%40example.org": ["Niamh O’Brien"], "niamh%40example": [], "07700+900001": ["Niamh O’Brien"],
        "%2B447700900001": ["Niamh O’Brien"], "07700+9000": [], "ines": ["Ines Brienz", "Inés García Márquez"],
        "%25": ["Ines Brienz", "Inés García Márquez", "Llŷr Tŵr-Coch", "Niamh O’Brien"], "zzz": [],
    }  # fmt: skip
    assert "Nobody found" in browser.get("/contacts?q=zzz").text


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(world, organiser, browser):
    typed = form(
        " ", email__1__value="not an address", phone__1__value="12345", address__1__postcode="nowhere",
        address__1__valid_from="2024-02-01", address__1__valid_until="2024-01-01", job="Kept as typed",
    )  # fmt: skip
    answer = browser.post("/contacts/new", data=typed)
    assert answer.status_code == 422
    for kept in ("not an address", "12345", "nowhere", "Kept as typed", "2024-02-01", "Write a name"):
        assert kept in answer.text, kept
    answer = browser.post("/contacts/new", data=typed | {"name": "Nia"})
    assert answer.status_code == 422
    for said in ("Enter an email address such as", "too short or too long", "Write a whole postcode",
                 "The last day has to be after the first"):  # fmt: skip
        assert said in answer.text, said
    assert names(browser, "") == []
    # "Add another" brings a second field without a script, and complains of nothing yet.
    more = browser.post("/contacts/new", data=typed | {"add": "email"})
    assert more.status_code == 200
    assert 'name="email-2-value"' in more.text
    assert "error-summary" not in more.text


@pytest.mark.parametrize("field", ["tags", "job", "workplace", "source_detail"])
def test_words_about_immigration_status_and_stray_details_are_asked_about(browser, field):
    typed = form("Nia", **{field: "undocumented, ring 07700 900123"})
    answer = browser.post("/contacts/new", data=typed)
    assert answer.status_code == 422
    assert "speak of immigration status" in answer.text
    assert "Those have fields of their own" in answer.text
    keys = KEEP_IT.findall(answer.text)
    assert browser.post("/contacts/new", data=typed | {"confirmed": keys}).status_code == 303


def test_there_is_no_field_for_immigration_status(app):
    columns = {column.name for table in db.metadata.tables.values() if table.name.startswith("contact")
               for column in table.columns}  # fmt: skip
    assert not {name for name in columns if re.search("status|immigration|nationality|visa|passport", name)}


def test_of_two_editors_the_second_is_shown_both_and_loses_nothing(world, organiser, browser):
    contact = keep(world, "neu", organiser, "Nia Ash", email="nia@example.org", phone="07700 900001")
    address = f"/contacts/{contact}/edit"
    opened = version(browser.get(address).text)
    first = form("Nia Ash", email__1__value="nia@example.org", phone__1__value="07700 900002", version=opened)
    assert browser.post(address, data=first).status_code == 303
    second = form(
        "Nia Ashdown", email__1__value="nia@example.org", phone__1__value="07700 900001", version=opened
    )
    answer = browser.post(address, data=second)
    assert answer.status_code == 409
    for shown in ("Someone else changed this contact", "07700 900002", "07700 900001", "Nia Ashdown"):
        assert shown in answer.text, shown
    assert version(answer.text) == "2"
    assert "07700 900002" in browser.get(f"/contacts/{contact}").text
    assert browser.post(address, data=second | {"version": "2"}).status_code == 303
    page = browser.get(f"/contacts/{contact}").text
    assert "Nia Ashdown" in page
    assert "07700 900001" in page
    # Sent once more with what is kept already, it changes nothing and complains of nothing.
    assert browser.post(address, data=second | {"version": "1"}).status_code == 303
    with world.context("neu", organiser) as session:
        assert session.get(Contact, (organiser.organisation_id, contact)).version == 3


def test_notes_are_written_taken_away_and_put_back(world, organiser, browser):
    contact = keep(world, "neu", organiser)
    place = f"/contacts/{contact}"
    note = {"body": "Likes evenings.\n\nNot Mondays.", "submission_key": str(uuid4())}
    for _ in range(2):
        assert browser.post(f"{place}/notes", data=note).status_code == 303
    page = browser.get(place).text
    assert page.count("<p>Likes evenings.</p>") == 1
    refused = browser.post(f"{place}/notes", data={"body": "He is an asylum seeker"})
    assert refused.status_code == 422
    assert "He is an asylum seeker" in refused.text
    assert "Write the note first" in browser.post(f"{place}/notes", data={"body": " "}).text
    taken = re.search(r'action="([^"]+/removal)"', page)[1]
    after = browser.post(taken)
    assert "Likes evenings" not in browser.get(place).text
    undo = re.search(r'action="([^"]+/undo)"', browser.get(after.location).text)[1]
    browser.post(undo)
    assert "Likes evenings" in browser.get(place).text


def test_archived_ones_stand_in_no_list_until_they_are_brought_back(world, organiser, browser):
    contact = keep(world, "neu", organiser, email="amara@example.org")
    keep(world, "neu", organiser, "Somebody Else")
    place = f"/contacts/{contact}"
    page = browser.get(browser.post(f"{place}/archive").location).text
    assert "Archived on" in page
    assert "Bring it back" in page
    assert names(browser, "") == ["Somebody Else"]
    assert names(browser, "q=amara%40example.org") == []
    assert names(browser, "archived=y") == ["Amara Okafor"]
    refused = browser.post(f"{place}/edit", data=form("Changed", version="1"))
    assert refused.status_code == 409
    browser.post(f"{place}/archive/removal")
    assert names(browser, "q=amara") == ["Amara Okafor"]
    timeline = browser.get(place).text
    assert timeline.index("Brought back") < timeline.index("Archived ·") < timeline.index("Added ·")


def test_the_list_is_paged_and_takes_as_many_statements_with_120_contacts_as_with_3(
    app, world, organiser, browser
):
    def add(first, last):
        with world.context("neu", organiser) as session:
            from organising.contacts.services import keep_contact
            from tests.support.contacts import draft

            for number in range(first, last):
                given = {
                    "email": f"p{number}@example.org",
                    "postcode": "E1 4NS",
                    "tags": (f"tag {number % 7}",),
                }
                contact = keep_contact(organiser, draft(f"Person {number:03d}", **given))
            session.commit()
            return contact.id

    def cost(address):
        with counting(app) as statements:
            assert browser.get(address).status_code == 200
        return len(statements)

    last = add(0, 3)
    addresses = ("/contacts", "/contacts?q=person", f"/contacts/{last}", "/contacts?sector=health&q=per")
    browser.get("/contacts")
    few = [cost(address) for address in addresses]
    add(3, 120)
    assert [cost(address) for address in addresses] == few
    # A contact's page asks what every part of the product knows of them.
    assert max(few) < 34
    assert max(few[0], few[1], few[3]) < 20
    first = browser.get("/contacts").text
    assert "120 contacts" in first
    seen, page = [], first
    while True:
        seen += re.findall(r">(Person \d{3})</a>", page)
        following = re.search(r'href="([^"]+cursor=[^"]+)"[^>]*><span>Next page', page)
        if not following:
            break
        page = browser.get(following[1].replace("&amp;", "&")).text
    assert seen == [f"Person {number:03d}" for number in range(120)]


def test_the_demo_has_a_dozen_each_and_a_second_time_adds_none(world):
    actors = {
        email: world.user(email.partition("@")[2].removesuffix(".example"), email.partition("@")[0])
        for email in demo.AUTHORS[:2]
    }
    with world.app.app_context():
        assert demo.seed(actors) == 2 * demo.EACH
        assert demo.seed(actors) == 0
    browser = world.browser(actors[demo.AUTHORS[1]])
    page = browser.get("/contacts").text
    assert "12 contacts" in page
    assert "invented.999@" not in page
    assert len(names(browser, "")) == 12


def test_a_search_looks_into_the_index_under_row_security_and_counts_no_further_than_a_thousand(
    world, organiser, browser, databases, environment
):
    fill(databases.owner_of(environment["DATABASE_URL"]), organiser.organisation_id, 3_000)
    with world.context("neu", organiser) as session:
        found = search_contacts(organiser, Filters(words="bfamily1 b"))
        written = str(
            found.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
        ).replace(":", r"\:")
        plan = "\n".join(session.scalars(text(f"EXPLAIN {written}")))
    assert "ix_search_token_organisation_id_token_id" in plan or "pk_search_token" in plan
    assert "Seq Scan on search_token" not in plan
    with world.context("neu", organiser) as session:
        session.execute(
            text(
                "INSERT INTO search_token (organisation_id, id, token) SELECT organisation_id, id, 'zz' FROM contact"
            )
        )
        session.commit()
    assert "more than 1,000 contacts" in browser.get("/contacts?q=z").text
    assert "3000 contacts" in browser.get("/contacts").text
