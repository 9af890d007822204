"""Paper signatures for tests: a branch of NEU's that photographs and keys sheets, and those who check them."""

import re
from io import BytesIO
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from organising.pledges.models import PaperBatch
from tests.support.world import World

PLACE = b"CanaryPhone at 51.5, -0.1"


def photograph(colour: str = "navy") -> bytes:
    """As a phone takes it, with where and on what in its tags."""
    tags = Image.Exif()
    tags[0x010F] = PLACE.decode()
    made = BytesIO()
    Image.new("RGB", (300, 200), colour).save(made, "JPEG", exif=tags)
    return made.getvalue()


def send(browser: FlaskClient, path: str, fields: dict[str, str], files: dict[str, bytes]) -> TestResponse:
    """A form with files. Encoded here: the client would keep a large body in a file that it does not close."""
    parts = {name: FileStorage(BytesIO(content), f"{name}.jpg") for name, content in files.items()}
    boundary, body = encode_multipart({**fields, **parts})
    return browser.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


class Branch:
    """The NEU's Camden district: its officer, an organiser, two admins; and another district's officer."""

    def __init__(self, world: World, drive_id: UUID) -> None:
        self.world, self.drive_id = world, drive_id
        self.people = {
            "officer": world.user("neu", "officer"),
            "elsewhere": world.user("neu", "officer", unit="Leeds"),
            **{role: world.user("neu", role) for role in ("organiser", "admin", "analyst")},
            "stranger": world.user("praxis", "admin"),
        }
        self.browsers = {name: world.browser(person) for name, person in self.people.items()}

    def begin(self, who: str = "officer", claimed: int = 3, **given: str) -> str:
        """Begin a batch with its photograph; its path."""
        fields = {
            "label": "Stall at the market", "held_on": "2026-11-21", "claimed": str(claimed), "wording_version": "1",
            "client_id": str(uuid4()), "action": "", "unit": "",
        } | given  # fmt: skip
        answer = send(
            self.browsers[who], f"/pledges/paper/new?drive={self.drive_id}", fields, {"scans": photograph()}
        )
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"].partition("#")[0]

    def key(self, path: str, who: str = "officer", **given: str) -> TestResponse:
        """Key one row."""
        fields = {"client_id": str(uuid4()), "rejection": ""} | given
        return self.browsers[who].post(f"{path}/rows/new", data=fields)

    def keyed(self, path: str, *names: str, who: str = "officer", postcode: str = "E1 4NS") -> str:
        """Key these names; the path again."""
        for name in names:
            assert self.key(path, who, name=name, postcode=postcode).status_code == 303
        return path

    def submitted(self, *names: str, who: str = "officer") -> str:
        """A batch of these names, sent in."""
        path = self.keyed(self.begin(who, len(names)), *names, who=who)
        assert self.browsers[who].post(f"{path}/submission").status_code == 303
        return path

    def judged(self, path: str, verdict: str = "right", who: str = "admin") -> TestResponse:
        """Draw the sample and say the same of every row; accepts the batch."""
        browser = self.browsers[who]
        browser.post(f"{path}/sample", data={"size": "10"})
        drawn = re.findall(r'name="(verdict-[0-9a-f-]{36})"', browser.get(path).text)
        return browser.post(f"{path}/acceptance", data=dict.fromkeys(drawn, verdict))

    def accepted(self, *names: str) -> str:
        """A batch of these names, accepted."""
        path = self.submitted(*names)
        assert self.judged(path).status_code == 303
        return path

    def state(self, path: str) -> str:
        """The state of a batch."""
        with self.world.context("neu") as session:
            return session.scalars(
                select(PaperBatch.state).where(PaperBatch.id == UUID(path.rsplit("/")[-1]))
            ).one()
