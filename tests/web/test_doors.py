"""Every door by which a file comes in: the corpus of files made to hurt, the scanner, 500 MB, and no door forgotten."""

import dataclasses
import hashlib
from io import BytesIO

import pytest

from organising.config import Clamd
from organising.files.content.findings import Clean, Refusal
from organising.files.content.reading import read_content
from organising.files.doors import DOORS, door_of
from organising.files.kinds import MATERIALS, FileKind
from organising.files.services import checking
from organising.files.words import REASONS
from tests.support.doors import SENDERS, Place
from tests.support.storage import EICAR, running_scanner
from tests.support.uploads import find_telling, picture, read_each, to_clean, to_refuse, unpacked

PICTURES = {
    "photograph with its place", "picture followed by a web page", "picture followed by an archive",
    "picture with a script in its comment", "PNG with a script in its text", "PNG named as a PDF", "animated GIF",
    "animated WebP", "GIF that is JavaScript too",
}  # fmt: skip
PDFS = {title for title in to_clean() if title.startswith("PDF")}
ALL = set(to_clean())
# What each door keeps of the corpus, without what was hidden in it; all else it refuses. Of what is read for its rows
# nothing is kept as a file: a formula comes in as the words it is.
TAKEN = {
    "file": ALL,
    "material": ALL,
    "report photo": PICTURES,
    "logo": PICTURES,
    "scan": PICTURES | PDFS,
    "letter attachment": PICTURES | PDFS,
    "list of contacts": {"table with formulas"},
    "list of units": {"table with formulas"},
    "published files": set(),
}
HUGE = {"CONTENT_LENGTH": str(500 * 2**20)}


@pytest.fixture(scope="module")
def answers():
    """What the product's own reader says of each file of the corpus, asked once: every door gives it the same bytes."""
    return read_each(to_refuse() | to_clean())


@pytest.fixture
def place(app, world, members):
    return Place(app, world)


def test_every_file_made_to_hurt_is_refused_with_a_reason(answers):
    refused = {title: answers[title] for title in to_refuse()}
    assert {title: one for title, one in refused.items() if not isinstance(one, str)} == {}
    assert all(one in REASONS for one in refused.values())
    assert len(refused) == 34


def test_every_other_is_kept_without_what_was_hidden_in_it(answers):
    kept = {title: answers[title] for title in to_clean()}
    assert {title: one for title, one in kept.items() if isinstance(one, str)} == {}
    found = {title: marks for title, one in kept.items() if (marks := find_telling(one.content))}
    assert set(found) == {"table with formulas"}
    assert kept["table with formulas"].content.startswith(b"name,sum\r\nAnn,\"'=HYPERLINK")
    assert b"Harmless words" in unpacked(kept["document that names its author"].content)
    assert len(kept) == 20


def test_the_corpus_at_every_door(place, answers, monkeypatch):
    corpus = to_refuse() | to_clean()
    known = {hashlib.sha256(content).digest(): title for title, (_, content) in corpus.items()}

    def read_once(content, ending, kinds):
        title = known.get(hashlib.sha256(content).digest())
        if title is None:
            return read_content(content, ending, kinds)
        found: Clean | str = answers[title]
        if isinstance(found, Clean) and found.kind is FileKind.PNG and FileKind.PNG not in kinds:
            return read_content(content, ending, kinds)
        if isinstance(found, str) or found.kind not in kinds:
            raise Refusal(found if isinstance(found, str) else "not_wanted")
        return found

    monkeypatch.setattr(checking, "read_content", read_once)
    taken, telling, huge = {}, set(), {}
    for door, send in {one.door: one for one in SENDERS.values() if one.is_main}.items():
        taken[door] = set()
        for title, (name, content) in corpus.items():
            answer = send(place, name, content)
            if answer.kept is None:
                assert answer.status == 422, (door, title, answer.status)
                continue
            taken[door].add(title)
            if find_telling(answer.kept):
                telling.add((door, title))
        huge[door] = send.browser(place).post(send.path(place), environ_overrides=HUGE).status_code
    assert taken == TAKEN
    assert {title for _, title in telling} <= {"table with formulas"}
    assert set(huge.values()) == {413}


def test_every_door_asks_the_scanner(app, place):
    """A picture with the test virus behind its end is a picture still; only the scanner tells."""
    for send in SENDERS.values():
        send.path(place)
    contents = {True: EICAR + b"\nname\nAnn\n", False: picture(size=(60, 40)) + EICAR}
    with running_scanner() as scanner:
        app.config["SETTINGS"] = dataclasses.replace(
            app.config["SETTINGS"], clamd=Clamd("127.0.0.1", scanner.server_address[1])
        )
        refused = {}
        for endpoint, send in SENDERS.items():
            before = len(scanner.scanned)
            answer = send(place, "p.jpg", contents[bool(DOORS[send.door].reads)])
            refused[endpoint] = (answer.status, answer.kept is None, len(scanner.scanned) - before)
    assert refused == dict.fromkeys(SENDERS, (422, True, 1))


def test_no_door_is_forgotten(app, place):
    """Where no door is, no file comes in; and each endpoint behind a door stands in the list that the corpus goes through."""
    behind = {name: door.name for name in app.view_functions if (door := door_of(app, name)) is not None}
    assert {endpoint: send.door for endpoint, send in SENDERS.items()} == behind
    assert set(behind.values()) == set(DOORS) == set(TAKEN)
    assert {one.door for one in SENDERS.values() if one.is_main} == set(DOORS)
    assert all(bool(door.kinds) != bool(door.reads) and door.kinds <= MATERIALS for door in DOORS.values())
    file = {"file": (BytesIO(b"Words."), "a.txt")}
    for path in ("/tasks/new", "/organisation/facts", "/contacts/new"):
        assert place.admin.post(path, data=file).status_code == 415, path
        file = {"file": (BytesIO(b"Words."), "a.txt")}
    elsewhere = {"another": (BytesIO(b"Words."), "a.txt"), "alt": "Logo"}
    assert place.admin.post("/organisation/logo", data=elsewhere).status_code == 415
