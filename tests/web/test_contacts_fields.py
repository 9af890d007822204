"""An organisation's own fields: defined by an admin, filled in on the form, shown, taken out, merged, archived."""

import csv
import io
import re
from uuid import UUID

import pytest

from organising.contacts.queries.fields import list_values
from tests.support.contacts import form, keep
from tests.web.test_contacts import KEEP_IT, version

KINDS = {
    "Diet": ("text", ""), "Hours": ("number", ""), "Trained on": ("day", ""), "Has a car": ("truth", ""),
    "Team": ("one_of", "Red\nGreen"), "Free": ("several_of", "Monday\nFriday\nSunday"),
}  # fmt: skip


@pytest.fixture
def admin(world):
    return world.browser(world.user("neu", "admin"))


@pytest.fixture
def own(admin):
    """Fields of every kind; the name on the form by the field's name, and ids of options."""
    for name, (kind, options) in KINDS.items():
        answer = admin.post("/contacts/fields/new", data={"name": name, "kind": kind, "options": options})
        assert answer.status_code == 303, answer.text
    page = admin.get("/contacts/new").text
    names = {
        label: re.search(rf'<(?:label|legend)[^>]*?(?:for="(own-[0-9a-f-]+)")?>{label}', page)
        for label in KINDS
    }
    found = {label: match[1] for label, match in names.items() if match and match[1]}
    found["Free"] = re.search(r'<fieldset class="field field--choices" id="(own-[0-9a-f-]+)"', page)[1]
    for word in ("Red", "Green"):
        found[word] = re.search(rf'<option value="([0-9a-f-]+)">{word}<', page)[1]
    for word in ("Monday", "Friday", "Sunday"):
        found[word] = re.search(rf'value="([0-9a-f-]{{36}})">\s*<label[^>]*>{word}<', page)[1]
    return found


def typed(own, **given):
    return {own["Diet"]: "No nuts", own["Hours"]: "1,200.50", own["Trained on"]: "2024-02-29", own["Has a car"]: "yes",
            own["Team"]: own["Green"], own["Free"]: [own["Monday"], own["Sunday"]]} | given  # fmt: skip


def show(browser, answer):
    assert answer.status_code == 303, answer.text
    return browser.get(answer.location).text


def test_every_kind_is_filled_in_shown_changed_and_taken_out(world, organiser, browser, own):
    page = show(browser, browser.post("/contacts/new", data=form("Amara Okafor") | typed(own)))
    for shown in ("No nuts", "1200.5", "29 February 2024", "Yes", "Green", "Monday; Sunday"):
        assert f"<dd>{shown}</dd>" in page, shown
    contact = re.search(r"/contacts/([0-9a-f-]{36})/edit", page)[1]
    edit = browser.get(f"/contacts/{contact}/edit").text
    for kept in ('value="No nuts"', 'value="1200.5"', 'value="2024-02-29"', "selected"):
        assert kept in edit, kept
    with world.context("neu", organiser) as session:
        values = list_values([UUID(contact)])[UUID(contact)]
        raw = session.connection().exec_driver_sql("SELECT text_cipher, text_key FROM contact_field_value "
                                                   "WHERE text_cipher IS NOT NULL").all()  # fmt: skip
    assert len(values) == 6
    assert all(b"nuts" not in bytes(part) for row in raw for part in row)

    keep(world, "neu", organiser, "Nia Ash")
    rows = list(csv.DictReader(io.StringIO(browser.post("/contacts/exports", data={"reason": "phone"}).text)))
    assert {name: rows[0][name] for name in KINDS} == {
        "Diet": "No nuts", "Hours": "1200.5", "Trained on": "2024-02-29", "Has a car": "Yes", "Team": "Green",
        "Free": "Monday; Sunday",
    }  # fmt: skip
    assert {rows[1][name] for name in KINDS} == {""}

    # Of two who change it, the second is shown both; what is emptied goes.
    first = form("Amara Okafor", version=version(edit)) | typed(
        own, **{own["Diet"]: "Vegan", own["Free"]: [], own["Hours"]: ""}
    )
    page = show(browser, browser.post(f"/contacts/{contact}/edit", data=first))
    assert "<dd>Vegan</dd>" in page
    assert "Monday" not in page
    changed = re.search(r"Changed: ([^·]+) ·", page)[1]
    assert sorted(changed.strip().split(", ")) == ["Diet", "Free", "Hours"]
    late = browser.post(
        f"/contacts/{contact}/edit", data=form("Amara Okafor", version=version(edit)) | typed(own)
    )
    assert late.status_code == 409
    assert re.search(r"<td[^>]*>Vegan</td><td[^>]*>No nuts</td>", late.text)


def test_what_is_no_value_is_said_at_its_field_and_words_about_status_are_asked_about(browser, own):
    wrong = typed(own, **{own["Hours"]: "many", own["Trained on"]: "2023-02-29", own["Team"]: own["Monday"]})
    answer = browser.post("/contacts/new", data=form("Nia") | wrong)
    assert answer.status_code == 422
    assert "There is no such day" in answer.text
    answer = browser.post("/contacts/new", data=form("Nia") | wrong | {own["Trained on"]: ""})
    for said in ("Write a number", "Choose one of these", 'value="many"', 'value="No nuts"'):
        assert said in answer.text, said
    answer = browser.post("/contacts/new", data=form("Nia") | typed(own, **{own["Diet"]: "undocumented"}))
    assert answer.status_code == 422
    assert "<b>Diet</b>" in answer.text
    keys = KEEP_IT.findall(answer.text)
    sent = form("Nia") | typed(own, **{own["Diet"]: "undocumented"}) | {"confirmed": keys}
    assert browser.post("/contacts/new", data=sent).status_code == 303


def test_an_admin_renames_archives_and_brings_back_fields_and_words(world, browser, admin, own):
    contact = re.search(
        r"/contacts/([0-9a-f-]{36})", browser.post("/contacts/new", data=form("Amara") | typed(own)).location
    )[1]
    team = own["Team"].removeprefix("own-")
    sent = {"name": "Group", f"option-{own['Red']}": "Scarlet", f"option-{own['Green']}": "Green",
            f"archived-{own['Green']}": "y", "options": "Blue\n\nRed"}  # fmt: skip
    assert admin.post(f"/contacts/fields/{team}/edit", data=sent).status_code == 303
    page = browser.get("/contacts/new").text
    assert [word for word in ("Scarlet", "Green", "Blue", "Red") if f">{word}</option>" in page] == [
        "Scarlet",
        "Blue",
        "Red",
    ]
    # Whoever has the archived word keeps it.
    assert f'selected value="{own["Green"]}">Green<' in browser.get(f"/contacts/{contact}/edit").text
    for bad, said in (({"name": ""}, "Give it a name"), ({"name": "diet"}, "There is a field of this name"),
                      ({"name": "Immigration status"}, "kept of nobody"), ({"name": "Nationality"}, "kept of nobody"),
                      ({"options": "Scarlet"}, "stands there twice"), ({"options": "Asylum seeker"}, "kept of nobody")):  # fmt: skip
        answer = admin.post(f"/contacts/fields/{team}/edit", data=sent | bad)
        assert answer.status_code == 422, bad
        assert said in answer.text, bad
    assert admin.post("/contacts/fields/new", data={"name": "Empty", "kind": "one_of"}).status_code == 422
    diet = own["Diet"].removeprefix("own-")
    admin.post(f"/contacts/fields/{diet}/removal")
    for address in ("/contacts/new", f"/contacts/{contact}"):
        assert "No nuts" not in browser.get(address).text
        assert own["Diet"] not in browser.get(address).text
    assert admin.get(f"/contacts/fields/{diet}/edit").status_code == 409
    admin.post(f"/contacts/fields/{diet}/restoration")
    assert "No nuts" in browser.get(f"/contacts/{contact}").text
    # An organiser fills them in and defines none; partners see none of it.
    assert "Admins and the coordinator define them" in browser.get("/contacts/fields").text
    assert browser.post("/contacts/fields/new", data={"name": "Mine", "kind": "text"}).status_code == 403
    foreign = world.browser(world.user("praxis", "admin"))
    assert "No fields of your own yet" in foreign.get("/contacts/fields").text


def test_a_merge_takes_over_what_the_kept_one_lacks_and_gives_it_back(world, browser, own):
    def added(name, **given):
        answer = browser.post(
            "/contacts/new", data=form(name) | {own[key]: value for key, value in given.items()}
        )
        return UUID(re.search(r"/contacts/([0-9a-f-]{36})", answer.location)[1])

    kept = added("Amara Okafor", Diet="Vegan", Free=[own["Monday"]])
    other = added("A. Okafor", Diet="No nuts", Hours="3", Free=[own["Monday"], own["Friday"]])

    def values():
        with world.context("neu"):
            return {
                one: {str(key): value for key, value in found.items()}
                for one, found in list_values([kept, other]).items()
            }

    before = values()
    page = browser.get(f"/contacts/{kept}/merges/{other}").text
    sent = {
        name: re.search(rf'name="{name}"[^>]*value="(\d+)"', page)[1]
        for name in re.findall(r'name="(\w*version\w*)"', page)
    }
    assert browser.post(f"/contacts/{kept}/merges/{other}", data=sent).status_code == 303
    merged = values()[kept]
    assert merged[own["Diet"].removeprefix("own-")] == "Vegan"
    assert merged[own["Hours"].removeprefix("own-")] == 3
    assert len(merged[own["Free"].removeprefix("own-")]) == 2
    undo = re.search(
        rf'action="(/contacts/{kept}/merges/[0-9a-f-]+/undoing[^"]*|[^"]*undo[^"]*)"',
        browser.get(f"/contacts/{kept}").text,
    )
    assert browser.post(undo[1]).status_code == 303
    assert values() == before
