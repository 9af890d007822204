"""A stolen dump: a thousand emails, phones and notes, typed wherever the product takes them, and none of them in it."""

import base64
import re
import subprocess
from uuid import uuid4

import pytest
from sqlalchemy import text

from organising.platform.backup.programs import access, dump_arguments
from organising.platform.migrations import maintenance
from organising.platform.sealed_columns import list_sealed_tables
from tests.support.actions import happened, plan_fields
from tests.support.contact_imports import apply, give, settings
from tests.support.contacts import form
from tests.support.incoming import answer, send_all
from tests.support.letters import BODY, Constituent, open_a_page, seat_a_member
from tests.support.lobbying import approach_form, contact_form
from tests.support.mailings import Campaigners, seat_members
from tests.support.paper import Branch
from tests.support.pledges import PAGE, Public, open_a_drive
from tests.support.sign_ons import Signing

ROWS = 320


class Planted:
    """What was typed, each word once in the world."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def note(self, kind: str = "note") -> str:
        return self._add(f"Planted{kind}{len(self.words):04}words")

    def email(self) -> str:
        return self._add(f"planted.box{len(self.words):04}@mailbox.example.org")

    def phone(self) -> str:
        """As it is stored: the digits after the country's code."""
        self._add(f"77009{len(self.words):05}")
        return f"+44{self.words[-1]}"

    def _add(self, word: str) -> str:
        self.words.append(word)
        return word


@pytest.fixture
def planted():
    return Planted()


def forms(word: str) -> list[bytes]:
    """How it could stand in a file that was made small: as it is, in hexadecimal, in base64 from any of three places."""
    encodings = [word.encode(), word.lower().encode(), word.upper().encode(), word.encode("utf-16-le")]
    found = [one.lower() for one in encodings] + [one.hex().encode() for one in encodings]
    for one in encodings:
        for shift in range(3):
            # Without its ends, which depend on what stands beside it.
            found.append(base64.b64encode(b"\0" * shift + one)[4:-4].lower())
    return sorted(set(found))


def hits(dump: bytes, words: list[str]) -> list[str]:
    small = dump.lower()
    return [word for word in words if any(one in small for one in forms(word))]


def stolen(databases, environment) -> bytes:
    """What a thief takes away: the whole database as SQL."""
    url = databases.owner_of(environment["DATABASE_URL"])
    done = subprocess.run(dump_arguments(url), env=access(url), capture_output=True, check=True)
    return done.stdout


def plant_contacts(browser, run_jobs, planted):
    head = "First name;Surname;E-mail;Mobile;Notes;Job;Workplace"
    rows = [
        f"Person;{n:03};{planted.email()};{planted.phone()};{planted.note()};{planted.note('job')};{planted.note('work')}"
        for n in range(ROWS)
    ]
    for apply_it in (True, False):
        # The second file lies there, looked at and not taken in.
        name = f"{planted.note('file')}.csv"
        place = give(browser, "\n".join([head, *rows, f"Last;One;{planted.email()};;;;"]), name).location
        page = browser.get(place).text
        changes = {"agreed": "news", "evidence": planted.note("evidence"), "decided_on": "2026-06-01"}
        chosen = settings(page) | (changes if 'name="evidence"' in page else {})
        browser.post(f"{place}/settings", data=chosen)
        if apply_it:
            apply(browser, place, run_jobs)
    typed = form(
        "Kontrolla Findable", email__1__value=planted.email(), phone__1__value=planted.phone(),
        address__1__value=planted.note("street"), job=planted.note("job"), workplace=planted.note("work"),
        source="event", source_detail=planted.note("source"),
    )  # fmt: skip
    contact = browser.post("/contacts/new", data=typed).location.split("?")[0]
    for _ in range(3):
        sent = {"body": planted.note(), "submission_key": str(uuid4())}
        assert browser.post(f"{contact}/notes", data=sent).status_code == 303
    return contact


def plant_signatures(world, app, client, smtp_sink, run_jobs, planted):
    drive = open_a_drive(world)
    public = Public(client, smtp_sink, run_jobs)
    for _ in range(3):
        public.sign_and_confirm(PAGE, email=planted.email(), name="Kontrolla Signer")
    public.fill(PAGE, email=planted.email(), name="Never Confirmed")
    branch = Branch(world, drive)
    path = branch.begin()
    branch.key(path, name="On Paper", postcode="E1 4NS", email=planted.email())
    signing = Signing(world, drive)
    signing.approve("praxis", signing.ask("praxis", note=planted.note()), planted.note("answer"))


def plant_letters(app, world, client, smtp_sink, run_jobs, planted):
    seat_a_member(app)
    open_a_page(world)
    writer = Constituent(client, smtp_sink, run_jobs)
    given = {"email": planted.email(), "street": planted.note("street"), "body": f"{BODY} {planted.note()}"}
    writer.write_and_confirm(**given)
    writer.write(email=planted.email(), body=f"{planted.note()} {BODY}", street=planted.note("street"))


def plant_lobbying(world, browser, members, planted):
    logged = contact_form(subject_id=str(members["Ada"]), note=planted.note(), what=planted.note("task"))
    assert browser.post("/contact-log/new", data=logged).status_code == 303
    reserved = approach_form(members["Cleo"], note=planted.note())
    assert browser.post("/approaches/new", data=reserved).status_code == 303
    officer = world.user("neu", "officer")
    branch = world.browser(officer)
    fields = plan_fields(venue=planted.note("venue"), notes=planted.note())
    address = branch.post("/actions/new", data=fields).location.split("?")[0]
    happened(world, officer, address.rsplit("/", 1)[1])
    page = branch.get(f"{address}/report").text
    key = re.search(r'name="submission_key" type="hidden" value="([^"]+)"', page)[1]
    report = {
        "submission_key": key, "paper_pledges": "41", "attendance": "3", "outcome": "Queues", "representatives_met": "2",
        "incidents": planted.note("incident"),
    }  # fmt: skip
    assert branch.post(f"{address}/report", data=report).status_code == 303


def plant_replies(app, world, planted):
    seat_members(app, 2)
    sent = send_all(world, Campaigners.at(world, "liberty"))
    for number in (1, 2):
        raw = answer(
            planted.note(), subject=planted.note("subject"), message_id=f"<{uuid4()}@parliament.example>"
        )
        sent.take(
            raw.replace(b"ada@parliament.example", planted.email().encode()), sent.reply_address(number)
        )


def test_a_thousand_planted_details_are_in_no_stolen_dump(
    app, world, client, members, smtp_sink, run_jobs, databases, environment, planted, owner
):
    admin = world.user("neu", "admin")
    browser = world.browser(admin)
    contact = plant_contacts(browser, run_jobs, planted)
    plant_signatures(world, app, client, smtp_sink, run_jobs, planted)
    plant_letters(app, world, client, smtp_sink, run_jobs, planted)
    plant_lobbying(world, browser, members, planted)
    plant_replies(app, world, planted)
    invited = {"email": planted.email(), "role": "organiser"}
    assert browser.post("/organisation/members/invitations", data=invited).status_code == 303

    dump = stolen(databases, environment)
    # It is a whole dump, and the search finds what does stand in it: names are searched, so they are in the clear.
    assert len(planted.words) > 1000
    assert dump.count(b"\nCOPY ") > 100
    assert owner.rows("SELECT count(*) FROM contact_detail WHERE value_cipher IS NOT NULL")[0][0] > 2 * ROWS
    assert hits(dump, ["Kontrolla Findable", "Kontrolla Signer"]) == [
        "Kontrolla Findable",
        "Kontrolla Signer",
    ]
    for smuggled in (b"planted in hex".hex(), base64.b64encode(b"x planted in base64 y").decode()):
        words = ["planted in hex", "planted in base64"]
        assert len(hits(dump + smuggled.encode(), words)) == 1
    assert hits(dump, planted.words) == []
    # What was planted is there, sealed in so many columns, for those whose it is.
    with maintenance(databases.owner_of(environment["DATABASE_URL"])) as connection:
        filled = [
            f"{table.name}.{column}"
            for table in list_sealed_tables(connection)
            for column in table.columns
            if connection.scalar(text(f'SELECT count({column}) FROM "{table.name}"'))
        ]
    assert len(filled) >= 25, filled
    shown = browser.get(contact).text
    assert len([word for word in planted.words if word in shown]) >= 8
