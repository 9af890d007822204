"""A sender for each endpoint behind a door: it gives a file as a browser does, and looks at what is kept of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from organising.actions.chase_links import chase_url
from organising.actions.models import ReportChase
from organising.files.models import StoredFile
from organising.platform.clock import now, today
from tests.support.actions import happened, planned
from tests.support.mailings import Campaigners
from tests.support.pledges import open_a_drive


@dataclass(frozen=True)
class Answer:
    """``kept``: what is given out of it afterwards; ``None`` where it was refused."""

    status: int
    kept: bytes | None


class Place:
    """An organisation with all that files are given to, each made when it is asked for."""

    def __init__(self, app, world) -> None:
        self.app, self.world = app, world
        self.officer_, self.admin_ = world.user("neu", "officer"), world.user("neu", "admin")
        self.officer, self.admin = world.browser(self.officer_), world.browser(self.admin_)

    @cached_property
    def coordinator(self):
        return self.world.browser(self.world.user("liberty", "coordinator"))

    @cached_property
    def people(self) -> Campaigners:
        return Campaigners.at(self.world)

    @cached_property
    def organiser(self):
        return self.world.browser(self.people.organiser)

    @cached_property
    def drive(self):
        return open_a_drive(self.world)

    @cached_property
    def mailing(self):
        return self.people.draft()

    @cached_property
    def action(self):
        return planned(self.world, self.officer_)

    @cached_property
    def material(self) -> str:
        """The address under which a material gets its next version."""
        good = {"title": "Leaflet", "link": "https://example.org/v1.pdf"}
        self.officer.post(f"/actions/{self.action}/materials", data=good)
        page = self.officer.get(f"/actions/{self.action}/preparation").text
        return re.search(r'action="(/actions/[^"]+/versions)"', page)[1]

    @cached_property
    def batch(self) -> str:
        sent = post(self.officer, new_batch(self), batch_fields(self), {})
        return sent.location.partition("#")[0]

    @cached_property
    def file(self):
        """A file with versions; the scanner may be asked for the first too, so it is kept without one."""
        post(
            self.officer,
            f"/actions/{self.action}/materials",
            {"title": "Words"},
            {"file": ("a.txt", b"Words.")},
        )
        return self.newest()

    def newest(self):
        """The file that was kept last."""
        with self.world.context("neu") as session:
            return session.scalars(
                select(StoredFile.id).order_by(StoredFile.created_at.desc(), StoredFile.id).limit(1)
            ).one()


def post(browser, path: str, fields: dict[str, Any], files: dict[str, tuple[str, bytes]]):
    """A form with files. Encoded here: the client would keep a large body in a file that it does not close."""
    parts = {field: FileStorage(BytesIO(content), name) for field, (name, content) in files.items()}
    boundary, body = encode_multipart({**fields, **parts})
    return browser.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def new_batch(place: Place) -> str:
    return f"/pledges/paper/new?drive={place.drive}"


def batch_fields(place: Place) -> dict[str, str]:
    return {"label": "Stall", "held_on": "2026-11-21", "claimed": "3", "wording_version": "1",
            "client_id": str(uuid4()), "action": "", "unit": ""}  # fmt: skip


def report_fields(place: Place) -> dict[str, str]:
    return {"kind": "stall", "day": today().isoformat(), "area": "Alderwick", "paper_pledges": "0",
            "submission_key": str(uuid4()), "may_be_shown": "y"}  # fmt: skip


def past_action(place: Place) -> str:
    action = planned(place.world, place.officer_)
    happened(place.world, place.officer_, action)
    return f"/actions/{action}/report"


def asked_about(place: Place) -> str:
    """The address of the one question about an action that is over, as its mail has it."""
    place.asked = planned(place.world, place.officer_)
    happened(place.world, place.officer_, place.asked)
    chase_id = uuid4()
    with place.world.context("neu") as session:
        chase = ReportChase(id=chase_id, action_id=place.asked, user_id=place.officer_.user_id, due_at=now())
        session.add(chase)
        session.commit()
    with place.app.test_request_context():
        link = chase_url(place.officer_.organisation_id, chase_id)
    return "/actions/after/" + link.partition("/actions/after/")[2]


def after_fields(place: Place) -> dict[str, str]:
    return {"answer": "happened", "submission_key": str(uuid4()), "may_be_shown": "y"}


def reported(place: Place) -> str:
    sent = post(place.officer, "/actions/report", report_fields(place), {})
    return sent.location.partition("?")[0] + "/report/correction"


def correction_fields(place: Place) -> dict[str, str]:
    return report_fields(place) | {"version": "1", "paper_pledges": "1"}


def photo_of(place: Place, location: str) -> bytes:
    return place.officer.get(location.partition("?")[0] + "/report/photos/1").data


def newest_of(place: Place, location: str) -> bytes:
    return place.admin.get(f"/files/{place.newest()}", follow_redirects=True).data


def scan_of(place: Place, location: str) -> bytes:
    return place.officer.get(location.partition("#")[0] + "/scans/1").data


def attached(place: Place, location: str) -> bytes:
    """The attachment, which is taken out again: all together have little room."""
    kept = place.organiser.get(f"/mailings/{place.mailing}/attachments/1").data
    place.organiser.post(f"/mailings/{place.mailing}/attachments/1/removal")
    return kept


@dataclass(frozen=True)
class Sender:
    """How a file is given to one endpoint. ``is_main``: the one of its door through which the whole corpus goes."""

    door: str
    field: str
    browser: Callable[[Place], Any]
    path: Callable[[Place], str]
    kept: Callable[[Place, str], bytes] = lambda place, location: b""
    fields: Callable[[Place], dict[str, str]] = lambda place: {}
    is_main: bool = True

    def __call__(self, place: Place, name: str, content: bytes) -> Answer:
        path = self.path(place)
        sent = post(self.browser(place), path, self.fields(place), {self.field: (name, content)})
        taken = sent.status_code == 303
        return Answer(sent.status_code, self.kept(place, sent.location) if taken else None)


def officer(place: Place):
    return place.officer


def admin(place: Place):
    return place.admin


SENDERS = {
    "files.versions": Sender("file", "file", admin, lambda p: f"/files/{p.file}/versions", newest_of),
    "actions.add_material": Sender(
        "material", "file", officer, lambda p: f"/actions/{p.action}/materials", newest_of, lambda p: {"title": "Paper"}
    ),
    "actions.replace_material": Sender(
        "material", "file", officer, lambda p: p.material, newest_of, is_main=False
    ),
    "actions.report_past": Sender(
        "report photo", "photos", officer, lambda p: "/actions/report", photo_of, report_fields
    ),
    "actions.report": Sender("report photo", "photos", officer, past_action, photo_of, report_fields, is_main=False),
    "actions.correct": Sender(
        "report photo", "photos", officer, reported, photo_of, correction_fields, is_main=False
    ),
    "actions.answer_after": Sender(
        "report photo", "photos", officer, asked_about, lambda p, _: photo_of(p, f"/actions/{p.asked}"), after_fields,
        is_main=False,
    ),
    "organisations.logo": Sender(
        "logo",
        "file",
        admin,
        lambda p: "/organisation/logo",
        lambda p, _: p.admin.get("/organisation/logo/picture").data,
        lambda p: {"alt": "A logo"},
    ),
    "pledges.new_batch": Sender("scan", "scans", officer, new_batch, scan_of, batch_fields),
    "pledges.add_scans": Sender("scan", "scans", officer, lambda p: f"{p.batch}/scans", scan_of, is_main=False),
    "mailings.attachments": Sender(
        "letter attachment", "file", lambda p: p.organiser, lambda p: f"/mailings/{p.mailing}/attachments", attached
    ),
    "contacts.imports": Sender("list of contacts", "file", admin, lambda p: "/contacts/imports"),
    "organisations.upload_units": Sender("list of units", "file", admin, lambda p: "/organisation/units/imports"),
    "representatives.new_import": Sender(
        "published files", "files", lambda p: p.coordinator, lambda p: "/representatives/imports/new"
    ),
}  # fmt: skip
