"""The doctor looks at the scanner and at the storage of files, and says what to do in plain words."""

import dataclasses
from io import BytesIO

import pytest

from organising.config import Bucket, Clamd
from organising.files import looks
from organising.files.services import keep_file
from organising.platform.doctor import LOOKS, State
from tests.support.storage import ACCESS, REGION, SECRET, running_bucket, running_scanner


@pytest.fixture
def look(app):
    """Look at one part under changed settings: how it is, and the words."""

    def at(part: str, **changes):
        app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], **changes)
        app.extensions.pop("organising.files", None)
        with app.app_context():
            found = LOOKS[part](app.config["SETTINGS"])
        return found.state, found.words

    return at


def test_the_scanner_is_asked_who_it_is_and_given_the_test_virus(look):
    assert look("virus scanner") == (
        State.OK,
        "none is named (CLAMD_URL): files are made anew, and not scanned",
    )
    with running_scanner() as scanner:
        here = Clamd("127.0.0.1", scanner.server_address[1])
        assert look("virus scanner", clamd=here) == (
            State.OK, "ClamAV 1.4.1 finds the test virus; signatures of 03 December 2030",
        )  # fmt: skip
        assert scanner.scanned[0] == 68
        scanner.version = b"ClamAV 1.4.1/26000/Tue Dec  3 09:40:26 2019"
        assert look("virus scanner")[0] is State.WARNING
        scanner.version = b"ClamAV 1.4.1"
        state, words = look("virus scanner")
        assert (state, "of a day that it does not tell" in words) == (State.WARNING, True)
        scanner.most = 2**20
        state, words = look("virus scanner")
        assert (state, "StreamMaxLength 40M" in words) == (State.WARNING, True)
        for says, told in (
            (b"stream: OK\0", "lets the test virus through"),
            (b"stream: Fear.Of.Words FOUND\0", "in harmless words"),
            (b"?\0", "gives no answer"),
        ):
            scanner.says = says
            state, words = look("virus scanner")
            assert (state, told in words) == (State.FAILED, True), words
    with pytest.raises(OSError, match="refused"):
        look("virus scanner")


def test_the_storage_takes_gives_back_and_deletes_and_the_newest_contents_are_there(
    app, world, organiser, look
):
    state, words = look("files")
    assert (state, "takes, gives back and deletes" in words) == (State.OK, True)
    with running_bucket() as server:
        good = Bucket(f"127.0.0.1:{server.server_port}", "coalition", "here/", ACCESS, SECRET, REGION, False)
        look("files", files_bucket=good)
        with app.test_request_context(), world.context("neu", organiser) as session:
            keep_file(organiser, BytesIO(b"Invented words."), "a.txt")
            session.commit()
        assert look("files") == (
            State.OK,
            f"the bucket coalition at {good.endpoint} takes, gives back and deletes; the newest 1 contents are there",
        )
        assert len(server.kept) == 1, "the probe is gone"
        wrong = dataclasses.replace(good, secret_key="another")
        state, words = look("files", files_bucket=wrong)
        assert (state, "can’t be written: the bucket refused" in words) == (State.FAILED, True)
        server.keeps = True
        state, words = look("files", files_bucket=good)
        assert (state, "keeps what was deleted" in words) == (State.FAILED, True)
        server.kept.clear()
        server.keeps = False
        state, words = look("files")
        assert (state, "of the newest 1 contents 1 are not in" in words) == (State.FAILED, True)
    state, words = look("files")
    assert (state, "does not answer" in words) == (State.FAILED, True)
    assert looks.EICAR.startswith(b"X5O!")
