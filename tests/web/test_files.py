"""Files, from outside: kept, opened without a cookie, removed and put back; nobody else's."""

import dataclasses
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from PIL import Image

from organising.config import Bucket, Clamd
from organising.files import jobs
from organising.files.models import StoredFile
from organising.files.queries import count_filled
from organising.files.services import address_of_file, keep_file
from organising.platform.clock import now
from organising.platform.errors import Invalid
from tests.support.storage import ACCESS, EICAR, REGION, SECRET, running_bucket, running_scanner
from tests.support.uploads import photograph


@pytest.fixture
def kept(app, world, organiser):
    """A photograph of the NEU's: its id and its address."""
    with app.test_request_context(), world.context("neu", organiser) as session:
        file = keep_file(organiser, BytesIO(photograph()), "Stall at Camden.png")
        session.commit()
        return file.id, address_of_file(file)


def test_a_file_is_opened_without_a_cookie_and_can_do_nothing(client, kept):
    answer = client.get(kept[1])
    assert answer.status_code == 200
    assert Image.open(BytesIO(answer.data)).size == (800, 1200)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Stall at Camden.jpg"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


def set_up(app, **changes):
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], **changes)
    app.extensions.pop("organising.files", None)


def keep(app, world, actor, content=b"Invented words.", name="a.txt"):
    with app.test_request_context(), world.context("neu", actor) as session:
        file = keep_file(actor, BytesIO(content), name)
        session.commit()
        return file.id, address_of_file(file)


def contents(app):
    place = app.config["SETTINGS"].data_dir / "files"
    return [path.read_bytes() for path in place.rglob("*") if path.is_file()]


def test_what_lies_on_the_disk_tells_nothing(app, kept):
    lying = contents(app)
    assert len(lying) == 2
    assert not any(b"JFIF" in one or one.startswith(b"\xff\xd8") for one in lying)


def test_an_address_that_is_over_changed_or_made_up_opens_nothing(client, kept):
    assert client.get(kept[1][:-3] + "abc").status_code == 404
    assert client.get("/f/made.up").status_code == 404
    with time_machine.travel(now() + timedelta(hours=2)):
        assert client.get(kept[1]).status_code == 404


def test_a_file_is_opened_by_those_who_may(world, kept):
    asked = {
        role: world.browser(world.user("neu", role)).get(f"/files/{kept[0]}").status_code
        for role in ("admin", "organiser", "officer", "analyst")
    }
    assert asked == {"admin": 303, "organiser": 303, "officer": 404, "analyst": 404}
    assert world.browser(world.user("praxis", "admin")).get(f"/files/{kept[0]}").status_code == 404


def test_a_file_is_removed_put_back_and_deleted_for_good(app, client, world, kept, organiser):
    browser, path = world.browser(organiser), f"/files/{kept[0]}"
    assert "Stall at Camden.jpg" in browser.get("/files").text
    assert browser.post(f"{path}/deletion").status_code == 409
    browser.post(f"{path}/removal")
    assert client.get(kept[1]).status_code == 404
    assert "Stall at Camden" in browser.get("/files?removed=1").text
    browser.post(f"{path}/removal/undo")
    assert client.get(kept[1]).status_code == 200
    other = world.browser(world.user("neu", "organiser"))
    assert other.post(f"{path}/removal").status_code == 403
    assert browser.get(f"{path}/deletion").status_code == 409
    browser.post(f"{path}/removal")
    assert f'href="{path}/deletion"' in browser.get("/files?removed=1").text
    asked = browser.get(f"{path}/deletion").text
    assert "Stall at Camden.jpg" in asked
    assert "goes by itself on" in asked
    assert other.get(f"{path}/deletion").status_code == 403
    browser.post(f"{path}/deletion")
    assert client.get(kept[1]).status_code == 404
    for _twice in range(2):
        with app.app_context(), time_machine.travel(now() + timedelta(hours=2)):
            jobs.sweep_files()
    assert contents(app) == []


def test_what_is_removed_or_hangs_nowhere_goes_when_its_time_has_come(app, world, organiser, kept):
    world.browser(organiser).post(f"/files/{kept[0]}/removal")
    keep(app, world, organiser)
    left = {}
    for days in (29, 31, 179, 181):
        with app.app_context(), time_machine.travel(now() + timedelta(days=days)):
            jobs.sweep_files()
        with world.context("neu") as session:
            left[days] = session.query(StoredFile).count()
    assert left == {29: 2, 31: 1, 179: 1, 181: 0}


def test_a_next_version_is_opened_and_the_one_before_stays(app, client, world, organiser):
    file_id, first = keep(app, world, organiser, b"First words.", "Briefing.txt")
    browser = world.browser(organiser)
    sent = {"file": (BytesIO(b"Second words."), "Briefing.txt")}
    assert browser.post(f"/files/{file_id}/versions", data=sent).status_code == 303
    assert browser.get(f"/files/{file_id}", follow_redirects=True).data == b"Second words."
    assert browser.get(f"/files/{file_id}?version=1", follow_redirects=True).data == b"First words."
    assert client.get(first).data == b"First words."
    refused = browser.post(f"/files/{file_id}/versions", data={"file": (BytesIO(b"<svg/>"), "a.svg")})
    assert refused.status_code == 422
    assert "SVG drawings can hold scripts" in refused.text
    assert browser.get(f"/files/{file_id}", follow_redirects=True).data == b"Second words."


def test_an_organisation_fills_its_room_and_no_more(app, world, organiser):
    set_up(app, files_quota=100)
    keep(app, world, organiser, b"x" * 60)
    with pytest.raises(Invalid) as refusal:
        keep(app, world, organiser, b"y" * 60)
    assert "files fill their" in refusal.value.details["file"]
    with world.context("neu"):
        assert count_filled().size == 60


def test_a_bucket_keeps_sealed_contents_by_signed_requests(app, client, world, organiser):
    with running_bucket() as server:
        endpoint = f"127.0.0.1:{server.server_port}"
        good = Bucket(endpoint, "coalition", "here/", ACCESS, SECRET, REGION, False)
        set_up(app, files_bucket=good)
        file_id, address = keep(app, world, organiser)
        assert client.get(address).data == b"Invented words."
        assert [one.startswith("/coalition/here/") for one in server.kept] == [True]
        assert b"Invented" not in b"".join(server.kept.values())
        assert server.refused == 0
        set_up(app, files_bucket=dataclasses.replace(good, secret_key="another"))
        assert client.get(address).status_code == 503
        with pytest.raises(Invalid, match="not added"):
            keep(app, world, organiser)
        assert server.refused >= 2
        set_up(app, files_bucket=good)
        browser = world.browser(organiser)
        browser.post(f"/files/{file_id}/removal")
        browser.post(f"/files/{file_id}/deletion")
        with app.app_context():
            jobs.sweep_files()
        assert server.kept == {}
    set_up(app)
    with pytest.raises(Invalid) as refusal:
        keep(app, world, organiser)
    assert "storage for files does not answer" in refusal.value.details["file"]


def test_every_file_is_scanned_and_none_is_kept_where_the_scanner_does_not_say_yes(app, world, organiser):
    reasons = []
    with running_scanner() as scanner:
        set_up(app, clamd=Clamd("127.0.0.1", scanner.server_address[1]))
        keep(app, world, organiser, b"y" * 100_000)
        for content, says in (
            (EICAR, b""),
            (b"Words.", b"INSTREAM size limit exceeded. ERROR\0"),
            (b"Words.", b"\0"),
        ):
            scanner.says = says
            with pytest.raises(Invalid) as refusal:
                keep(app, world, organiser, content)
            reasons.append(refusal.value.details["file"])
        assert scanner.scanned == [100_000, len(EICAR), 6, 6]
    with pytest.raises(Invalid) as refusal:
        keep(app, world, organiser)
    reasons.append(refusal.value.details["file"])
    assert "Eicar-Test-Signature" in reasons[0]
    assert all("scanner does not answer" in one for one in reasons[1:])
    assert len(contents(app)) == 1


def test_five_hundred_megabytes_are_refused_before_they_are_read(app, world, organiser, kept):
    class Endless:
        """Whoever reads it reads for ever; it counts."""

        read_so_far = 0

        def tell(self):
            return 0

        def seek(self, *place):
            return 500 * 2**20

        def read(self, size=-1):
            self.read_so_far += size
            return b"x" * size

    stream = Endless()
    with (
        pytest.raises(Invalid, match="not added"),
        app.test_request_context(),
        world.context("neu", organiser),
    ):
        keep_file(organiser, stream, "a.txt")
    assert stream.read_so_far == 15 * 2**20 + 1
    told = {"CONTENT_LENGTH": str(500 * 2**20)}
    path = f"/files/{kept[0]}/versions"
    assert world.browser(organiser).post(path, data={"x": "y"}, environ_overrides=told).status_code == 413
