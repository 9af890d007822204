"""Paper signatures: photographed, keyed, sent in, sampled, accepted or returned; each by whom it may, and only then counted."""

import re
from datetime import timedelta
from html import unescape
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import func, select

from organising.actions.services import Outcome, Plan, report_past_action
from organising.platform.clock import now
from organising.pledges import jobs
from organising.pledges.models import PaperBatch, PaperRow, Pledge, PledgeConsent
from organising.pledges.services.paper_scans import SCAN_DAYS, SCANS
from tests.support.paper import PLACE, Branch, photograph, send
from tests.support.pdf import count_pages, holds
from tests.support.pledges import PAGE, Public, open_a_drive
from tests.support.uploads import pdf

pytestmark = pytest.mark.usefixtures("drive_id")


@pytest.fixture
def drive_id(world):
    return open_a_drive(world)


@pytest.fixture
def branch(world, drive_id):
    return Branch(world, drive_id)


def batch_id(path: str) -> UUID:
    return UUID(path.rsplit("/", 1)[-1])


def pledges(world, slug="neu"):
    with world.context(slug) as session:
        rows = session.scalars(select(Pledge).order_by(Pledge.name)).all()
        return [(p.name, p.state, p.channel, p.part, p.email) for p in rows]


def test_from_the_sheet_to_the_count_and_back(branch, world, run_jobs):
    """The whole way of a batch, with every refusal on it."""
    officer, admin = branch.browsers["officer"], branch.browsers["admin"]
    path = branch.begin(claimed=4)
    assert branch.state(path) == "captured"
    first = {
        "client_id": str(uuid4()),
        "name": "Amina Story",
        "postcode": "e14ns",
        "email": "amina@example.org",
    }
    for _ in range(2):
        assert branch.key(path, **first, wants_updates="y", lead_may_keep="y").status_code == 303
    assert branch.state(path) == "keyed"
    wrong = branch.key(path, name="Bruno", postcode="nowhere")
    assert wrong.status_code == 422
    assert 'value="Bruno"' in wrong.text
    assert "Enter a full postcode" in wrong.text
    assert branch.key(path, name="Bruno", postcode="E1 4NS", wants_updates="y").status_code == 422
    branch.keyed(path, "Bruno Fiction", "Chidi Tale")

    refused = officer.post(f"{path}/submission")
    assert refused.status_code == 422
    assert "The sheet has 4 signatures; 3 are typed in and 0 rejected. 1 is missing" in refused.text
    branch.key(path, rejection="unreadable", name="Somebody Halflegible", postcode="E1", email="x")
    branch.keyed(path, "One Toomany")
    assert "That is 1 too many" in officer.post(f"{path}/submission").text
    with world.context("neu") as session:
        extra = session.scalars(select(PaperRow.id).where(PaperRow.name == "One Toomany")).one()
        kept = session.scalars(select(PaperRow).where(PaperRow.rejection.is_not(None))).one()
        assert (kept.name, kept.postcode, kept.email_cipher, kept.witness_key) == (None, None, None, None)
    assert officer.post(f"{path}/rows/{extra}/removal").status_code == 303
    assert officer.post(f"{path}/submission").status_code == 303
    assert branch.key(path, name="Too Late", postcode="E1 4NS").status_code == 409

    # Nobody counts yet, and whoever keyed it can't check it; a wrong row goes back, with its reason.
    assert pledges(world) == []
    assert officer.post(f"{path}/sample", data={"size": "2"}).status_code == 403
    assert branch.judged(path, "wrong").status_code == 422
    drawn = re.findall(r"verdict-([0-9a-f-]{36})", admin.get(path).text)
    admin.post(f"{path}/sample", data={"size": "1"})
    assert re.findall(r"verdict-([0-9a-f-]{36})", admin.get(path).text) == drawn
    assert admin.post(f"{path}/return", data={"reason": ""}).status_code == 422
    assert admin.post(f"{path}/return", data={"reason": "Row 2: look again."}).status_code == 303
    assert "Row 2: look again." in officer.get(path).text
    assert "One batch came back to be put right" in officer.get("/").text
    assert officer.post(f"{path}/submission").status_code == 303
    # The link leads to the batch, whichever pledge is the newest.
    open_a_drive(world, "a-newer-one")
    waits = re.search(r'href="([^"]+)">One batch waits for you to check it', admin.get("/").text)
    assert path in admin.get(unescape(waits[1])).text
    assert branch.judged(path).status_code == 303
    assert branch.judged(path).status_code == 409

    # Accepted: witnessed signatures, consents as ticked on paper, and the lead's copy of the one who ticked its box.
    assert pledges(world) == [
        ("Amina Story", "witnessed", "paper", "collected", "amina@example.org"),
        ("Bruno Fiction", "witnessed", "paper", "collected", None),
        ("Chidi Tale", "witnessed", "paper", "collected", None),
    ]
    run_jobs()
    with branch.world.app.app_context():
        jobs.sweep_paper_copies()
        jobs.sweep_paper_copies()
    assert pledges(world, "liberty") == [
        ("Amina Story", "witnessed", "paper", "shared_with_consent", "amina@example.org")
    ]
    with world.context("neu") as session:
        said = session.execute(
            select(PledgeConsent.purpose, func.count()).group_by(PledgeConsent.purpose)
        ).all()
        assert dict(map(tuple, said)) == {"pledge": 3, "updates": 1}
        names = session.scalar(select(func.count()).select_from(PaperRow).where(PaperRow.name.is_not(None)))
        assert names == 0
    # The officer reads it no more; staff do.
    signer = re.search(r'href="(/pledges/signers/[0-9a-f-]{36})"', admin.get(f"{path}/rows").text)
    assert "Amina Story" in admin.get(signer[1]).text
    page = officer.get(path)
    assert page.status_code == 200
    assert "Amina" not in page.text
    assert officer.get(f"{path}/rows").status_code == officer.get(f"{path}/scans/1").status_code == 403

    # Undone: rows again, nothing counts, the lead's copy is gone; a second time it can be accepted.
    assert admin.post(f"{path}/acceptance/undo").status_code == 303
    run_jobs()
    assert pledges(world) == []
    assert [(name, state) for name, state, *_ in pledges(world, "liberty")] == [(None, "erased")]
    assert branch.state(path) == "sampled"
    drawn = dict.fromkeys(re.findall(r'name="(verdict-[0-9a-f-]{36})"', admin.get(path).text), "right")
    assert admin.post(f"{path}/acceptance", data=drawn).status_code == 303
    run_jobs()
    assert len(pledges(world)) == 3
    with time_machine.travel(now() + timedelta(days=15)):
        assert admin.post(f"{path}/acceptance/undo").status_code == 409


def test_who_sees_and_does_what(branch, world):
    """The matrix: each role, each verb, before and after; another unit and another organisation not at all."""
    path = branch.submitted("Amina Story")
    reading = {name: browser.get(path).status_code for name, browser in branch.browsers.items()}
    assert reading == {
        "officer": 200, "elsewhere": 404, "organiser": 200, "admin": 200, "analyst": 403, "stranger": 404,
    }  # fmt: skip
    checking = {
        name: browser.post(f"{path}/sample", data={"size": "1"}).status_code
        for name, browser in branch.browsers.items()
    }
    assert checking == {
        "officer": 403, "elsewhere": 403, "organiser": 403, "admin": 303, "analyst": 403, "stranger": 404,
    }  # fmt: skip
    assert "Amina" not in branch.browsers["elsewhere"].get("/pledges/paper").text
    assert branch.browsers["analyst"].get("/pledges/paper").status_code == 403
    assert branch.browsers["elsewhere"].post(f"{path}/rows/new", data={}).status_code == 404

    # An admin who keyed a single row does not check the batch.
    own = branch.begin("organiser", 2)
    branch.keyed(own, "Bruno Fiction", who="organiser")
    branch.keyed(own, "Chidi Tale", who="admin")
    branch.browsers["organiser"].post(f"{own}/submission")
    refused = branch.browsers["admin"].post(f"{own}/sample", data={"size": "1"})
    assert refused.status_code == 403
    assert "You worked on this batch" in refused.text


def test_photographs_are_cleaned_sealed_and_deleted_in_time(branch, world, owner):
    path = branch.begin()
    officer = branch.browsers["officer"]
    assert PLACE in photograph()
    for _ in range(2):
        send(officer, f"{path}/scans", {}, {"scans": photograph("teal")})
    for content, why in [
        (b"<svg onload='x'/>", "none of them by its content"),
        (b"%PDF-1.7 and no end", "none of them by its content"),
        (b"x" * (SCANS.most + 1), "15 MB at most"),
    ]:
        refused = send(officer, f"{path}/scans", {}, {"scans": content})
        assert refused.status_code == 422
        assert why in refused.text
    send(officer, f"{path}/scans", {}, {"scans": pdf()})

    shown, file = officer.get(f"{path}/scans/1"), officer.get(f"{path}/scans/3")
    assert (shown.content_type, file.content_type) == ("image/jpeg", "application/pdf")
    assert PLACE not in shown.data
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert owner.rows("SELECT count(*) FROM paper_scan WHERE content_cipher IS NULL") == [(3,)]
    place = branch.world.app.config["SETTINGS"].data_dir / "files"
    stored = [one.read_bytes() for one in place.rglob("*") if one.is_file()]
    assert len(stored) == 5, "three, and two pictures small"
    assert all(b"JFIF" not in cipher and b"%PDF" not in cipher for cipher in stored)
    # What a batch governs stands in no list of files, and is opened, replaced and taken away by nobody there.
    admin, (file_id,) = (
        branch.browsers["admin"],
        owner.rows("SELECT file_id FROM paper_scan WHERE number = 1")[0],
    )
    assert "3 photographs and scans" in admin.get("/files").text
    assert "Sheet" not in admin.get("/files").text
    for path_ in ("", "/versions", "/deletion"):
        assert admin.get(f"/files/{file_id}{path_}").status_code == 404, path_
    assert admin.post(f"/files/{file_id}/removal").status_code == 404

    branch.keyed(path, "Amina Story", "Bruno Fiction", "Chidi Tale")
    officer.post(f"{path}/submission")
    assert branch.judged(path).status_code == 303
    for days, left in ((SCAN_DAYS - 1, 3), (SCAN_DAYS, 0), (SCAN_DAYS, 0)):
        with time_machine.travel(now() + timedelta(days=days)), branch.world.app.app_context():
            jobs.sweep_retention()
        assert owner.rows("SELECT count(*) FROM paper_scan") == [(left,)]
        assert owner.rows("SELECT count(*) FROM stored_file") == [(left,)], "their keys went at the same time"
    # Nobody ticked a box: the names go at the same time, and the signatures stay.
    with time_machine.travel(now() + timedelta(days=31)), branch.world.app.app_context():
        jobs.sweep_retention()
    assert {(name, state) for name, state, *_ in pledges(world)} == {(None, "witnessed")}
    assert "as promised on the sheet" in branch.browsers["admin"].get(path).text


def test_lookalikes_are_told_of_within_the_organisation_only(branch, world, client, smtp_sink, run_jobs):
    """Another partner's signer is no hint to anyone; one's own signer is none to an officer."""
    public = Public(client, smtp_sink, run_jobs)
    public.sign_and_confirm(PAGE, name="Foreign Signer", postcode="M1 1AE", email="f@example.org")
    public.sign_and_confirm(f"{PAGE}/neu", name="Own Signer", postcode="M1 1AE", email="o@example.org")
    path = branch.begin(claimed=9)
    branch.keyed(path, "Foreign Signer", "Own  Sígner", "Twice Here", "twice here", postcode="M1 1AE")
    other = branch.begin("elsewhere", claimed=9)
    branch.keyed(other, "Twice Here", who="elsewhere", postcode="M1 1AE")

    def hints(who, path):
        return re.findall(r"Looks alike: ([^<]+)\.", branch.browsers[who].get(f"{path}/rows").text)

    assert hints("officer", path) == ["the same as row 4", "the same as row 3"]
    assert hints("elsewhere", other) == []
    assert hints("organiser", path) == [
        "has signed with you already", "the same as row 4; in another batch of yours too",
        "the same as row 3; in another batch of yours too",
    ]  # fmt: skip


def test_the_sheet_to_print_says_what_is_signed(branch, world, drive_id):
    answer = branch.browsers["officer"].get(f"/pledges/drives/{drive_id}/sheet.pdf")
    assert answer.content_type == "application/pdf"
    assert count_pages(answer.data) == 1
    for words in (
        "You must be 13 or over",
        "Version 1 of the wording",
        "NEU may email me",
        "Liberty, which leads",
    ):
        assert holds(answer.data, words)
    assert branch.browsers["analyst"].get(f"/pledges/drives/{drive_id}/sheet.pdf").status_code == 403


def test_a_report_leads_to_the_keying_of_what_it_claims(branch, world):
    """The officer's report says 41 on paper: a batch that claims them is begun. Without it one press, and the cover knows it."""
    officer = branch.people["officer"]
    at = now() - timedelta(days=2)
    with world.context("neu", officer) as session:
        plan = Plan(
            kind="stall",
            title="Market stall",
            starts_at=at,
            ends_at=at + timedelta(hours=1),
            area="Emberwick",
        )
        action_id = report_past_action(officer, plan, Outcome(paper_pledges=41), uuid4()).id
        session.commit()
    path = f"/actions/{action_id}"
    pages = {name: browser.get(path).text for name, browser in branch.browsers.items()}
    assert {name for name, page in pages.items() if "Go to the batch" in page} == {
        "officer",
        "organiser",
        "admin",
    }
    found = re.search(r'href="(/pledges/paper/[0-9a-f-]{36})"', pages["officer"])
    batch = branch.browsers["officer"].get(found[1]).text
    assert "Market stall" in batch
    assert "41" in batch
    gone = branch.browsers["officer"].post(f"{found[1]}/disposal", data={"named": "Market stall"})
    assert gone.status_code == 303
    pages = {name: browser.get(path).text for name, browser in branch.browsers.items()}
    assert {name for name, page in pages.items() if "Type these in" in page} == {
        "officer",
        "organiser",
        "admin",
    }
    found = re.search(r'href="(/pledges/paper/new[^"]+)"', pages["officer"])
    cover = branch.browsers["officer"].get(unescape(found[1])).text
    for value in ("Market stall", "41", at.date().isoformat(), str(action_id)):
        assert f'value="{value}"' in cover
    branch.begin(claimed=40, action=str(action_id))
    page = branch.browsers["officer"].get(path).text
    assert "claimed=1&amp;" in page or page.count('claimed=1"') == 1
    refused = branch.browsers["stranger"].get("/pledges/paper/new").status_code
    assert refused == 200
    foreign = {
        "label": "X",
        "held_on": "2026-11-21",
        "claimed": "3",
        "wording_version": "1",
        "action": str(action_id),
    }
    answer = send(branch.browsers["stranger"], "/pledges/paper/new", foreign, {})
    assert answer.status_code == 422
    assert "none of your organisation" in answer.text


def test_a_stall_delivers_each_signature_once(branch, world, drive_id):
    """The door of the devices: once each, in the officer's unit, refused singly, and for the right organisation only."""
    officer, here = branch.browsers["officer"], f"/pledges/stall/{drive_id}"
    page = officer.get(here)
    assert "worker-src 'self'" in page.headers["Content-Security-Policy"]
    assert branch.people["officer"].display_name not in page.text
    worker = world.app.test_client().get("/pledges/stall/worker.js")
    assert (worker.status_code, worker.content_type) in (
        (200, "text/javascript; charset=utf-8"),
        (404, "text/javascript; charset=utf-8"),
    )

    token = officer.get(f"{here}/token").json
    one = {
        "id": str(uuid4()),
        "name": "Amina Story",
        "postcode": "e14ns",
        "version": 1,
        "at": now().isoformat(),
    }
    bad = one | {"id": str(uuid4()), "postcode": "nowhere"}
    late = one | {
        "id": str(uuid4()),
        "name": "Bruno Fiction",
        "wants_updates": True,
        "email": "b@example.org",
    }
    parcel = {
        "organisation": token["organisation"],
        "stall": str(uuid4()),
        "label": "Market",
        "signatures": [one, bad],
    }
    first = officer.post(f"{here}/deliveries", json=parcel).json
    assert [(r["id"], r["taken"]) for r in first["receipts"]] == [(one["id"], True), (bad["id"], False)]
    assert "Enter a full postcode" in first["receipts"][1]["reason"]
    again = officer.post(f"{here}/deliveries", json=parcel | {"signatures": [one, late]}).json
    assert [r["taken"] for r in again["receipts"]] == [True, True]
    path = first["batch"]
    with world.context("neu") as session:
        batch = session.scalars(select(PaperBatch)).one()
        assert (batch.channel, batch.claimed, batch.state) == ("event", 2, "keyed")
        assert batch.unit_id == branch.people["officer"].unit_id
    # Sent in without a photograph; what comes after that goes into another batch.
    assert officer.post(f"{path}/submission").status_code == 303
    other = officer.post(
        f"{here}/deliveries", json=parcel | {"signatures": [one, late | {"id": str(uuid4())}]}
    ).json
    assert other["batch"] != path
    assert branch.judged(path).status_code == 303
    assert [(name, state, channel) for name, state, channel, *_ in pledges(world)] == [
        ("Amina Story", "witnessed", "event"), ("Bruno Fiction", "witnessed", "event"),
    ]  # fmt: skip
    codes = {
        name: browser.post(f"{here}/deliveries", json=parcel).status_code
        for name, browser in branch.browsers.items()
    }
    assert codes == {
        "officer": 200, "elsewhere": 200, "organiser": 200, "admin": 200, "analyst": 403, "stranger": 409,
    }  # fmt: skip
    answer = world.app.test_client().post(
        f"{here}/deliveries", json=parcel, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 401
