"""Offices, posts and addresses from files and from the Members API, and the questions that they leave."""

from __future__ import annotations

import csv
import io
import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from organising.cli import main
from organising.platform.actor import Actor
from organising.platform.errors import Forbidden
from organising.platform.permissions import Role
from organising.platform.tenancy import Context, use_context
from organising.representatives import queries
from organising.representatives.fetching import FetchError, MembersApi, fetch_members
from organising.representatives.models import (
    Affiliation,
    ContactPoint,
    ImportBatch,
    ImportQuestion,
    OfficeHolding,
    Person,
)
from organising.representatives.readers import UnreadableFile, read_any
from organising.representatives.services import (
    ImportResult,
    apply_import,
    import_records,
    note_batch,
    preview_import,
)
from organising.representatives.services.questions import answer_question, ignore_question, reopen_question
from tests.support.world import World

OFFICES = "name,office,area,area_code,party,start,end,email,phone,address,website,source,source_id"
TABLE = "pcon_name,pcon_code,member_id,full_title,display_as,party_text,member_email"


@contextmanager
def importing(app: Flask) -> Iterator[Session]:
    with app.app_context(), use_context(Context(purpose="import")) as session:
        yield session


@dataclass
class Desk:
    """Imports files written on the spot."""

    app: Flask
    folder: Path
    number: int = field(default=0)

    def take(
        self, content: str | list[str], *, as_of: date | None = None, dry_run: bool = False
    ) -> ImportResult:
        self.number += 1
        path = self.folder / f"file{self.number}"
        path.write_text("\n".join(content) if isinstance(content, list) else content, encoding="utf-8")
        with importing(self.app) as session:
            result = import_records(None, read_any(path), as_of=as_of, dry_run=dry_run)
            session.commit()
        return result

    def terms(self, kind: str) -> list[tuple[str, str | None, str | None]]:
        """Name, first day, last day of each term of a kind."""
        with importing(self.app) as session:
            rows = session.scalars(
                select(OfficeHolding).where(OfficeHolding.kind == kind).order_by(OfficeHolding.start_on)
            )
            return [
                (
                    one.person.name,
                    one.start_on and one.start_on.isoformat(),
                    one.end_on and one.end_on.isoformat(),
                )
                for one in rows
            ]


@pytest.fixture
def desk(app: Flask, tmp_path: Path) -> Desk:
    return Desk(app, tmp_path)


def nothing_changed(result: ImportResult) -> bool:
    return (result.created, result.updated, result.closed) == (0, 0, 0)


def offices(*rows: str) -> list[str]:
    return [OFFICES, *rows]


MERROW = "Zoë Merrow,msp,Fablewick,S16009901,Green,2021-05-07,,zoe@parliament.example,,,,Holyrood,17"


def test_the_documented_table_is_taken_twice_with_accents_intact(desk: Desk) -> None:
    rows = offices(
        MERROW, "Ned Quill,msp,Fablewick,S16009901,Labour,2021-05,,,,,https://quill.example,Holyrood,18"
    )
    first = desk.take(rows)
    assert first.counts["term"] == {"created": 2}
    assert first.rejected == ()
    assert nothing_changed(desk.take(rows))
    # Two members of one list area, one of them without an address.
    assert {name for name, _, end in desk.terms("msp") if end is None} == {"Zoë Merrow", "Ned Quill"}


def test_an_end_closes_the_term_and_the_address_of_the_office(desk: Desk) -> None:
    desk.take(offices(MERROW))
    result = desk.take(offices(MERROW.replace("2021-05-07,,", "2021-05-07,2026-03-25,")))
    assert result.counts["term"] == {"closed": 1}
    assert desk.terms("msp") == [("Zoë Merrow", "2021-05-07", "2026-03-25")]
    with importing(desk.app) as session:
        assert [one.ended_on is not None for one in session.scalars(select(ContactPoint))] == [True]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Ann Orr,bishop,Fablewick,,,,,,,,,Somewhere,", "is not an office"),
        ("Ann Orr,mp,Fablewick,,,,,,,,,Somewhere,", "own files"),
        ("Ann Orr,msp,,,,,,,,,,Somewhere,", "no area"),
        ("Ann Orr,msp,Fablewick,,,2021-13,,,,,,Somewhere,", "not a date in the calendar"),
        ("Ann Orr,msp,Fablewick,,,2022,2021,,,,,Somewhere,", "before it starts"),
        (",msp,Fablewick,,,,,,,,,Somewhere,", "no name"),
        ("Ann Orr,msp,Fablewick,,,,,,,,,,", "no source"),
        ("Ann Orr,pcc,Nowhereshire,,,,,,,,,Somewhere,", "no area on record"),
        ("Ann Orr,trust_ceo,No Such Trust,XX1,,,,,,,,Somewhere,", "no institution on record"),
    ],
)
def test_a_row_that_cannot_be_taken_says_where_and_why(desk: Desk, row: str, reason: str) -> None:
    result = desk.take(offices(row))
    assert [(one.place, reason in one.reason) for one in result.rejected] == [("line 2", True)]


def test_a_new_commissioner_ends_the_term_of_the_one_before(desk: Desk) -> None:
    with importing(desk.app) as session:
        session.execute(
            text(
                "INSERT INTO area (id, kind, name, sort_key, gss_code) "
                "VALUES (gen_random_uuid(), 'police_force', 'Marchland', 'marchland', 'E23999901')"
            )
        )
        session.commit()
    desk.take(offices("Ada Merrow,pcc,Marchland,,Labour,2021-05-13,,,,,,Marchland PCC,"))
    desk.take(offices("Ned Quill,pcc,Marchland,,Labour,2024-05-09,,,,,,Marchland PCC,"))
    assert desk.terms("pcc") == [
        ("Ada Merrow", "2021-05-13", "2024-05-08"),
        ("Ned Quill", "2024-05-09", None),
    ]
    unsure = desk.take(offices("Ida Vale,pcc,Marchland,,Labour,,,,,,,Marchland PCC,"))
    assert "say when the new term starts" in unsure.rejected[0].reason


# Questions


def test_a_namesake_is_a_question_asked_once_and_the_answer_holds(desk: Desk, world: World) -> None:
    desk.take(offices(MERROW))
    other = offices("Zoë Merrow,councillor,Fablewick,E07009901,Green,2015,,,,,,Fablewick Council,")
    with importing(desk.app) as session:
        session.execute(
            text(
                "INSERT INTO area (id, kind, name, sort_key, gss_code) "
                "VALUES (gen_random_uuid(), 'local_authority', 'Fablewick', 'fablewick', 'E07009901')"
            )
        )
        session.commit()
    first = desk.take(other)
    assert first.counts == {"question": {"created": 1}}
    again = desk.take(other)
    assert again.counts == {}
    assert again.ignored == {"an entry about which a question is open": 1}
    with importing(desk.app) as session:
        question = session.scalars(select(ImportQuestion)).one()
        person = session.scalars(select(Person)).one()
        asked, meant = question.id, person.id
        assert question.candidate_ids == [meant]
    actor = world.user("lead", role=Role.COORDINATOR)
    with answering(desk.app, actor) as session:
        answer_question(actor, asked, meant)
        session.commit()
    assert desk.take(other).counts["term"] == {"created": 1}
    with importing(desk.app) as session:
        assert session.scalars(select(Person)).all()[1:] == []


def test_none_of_them_makes_a_new_person_and_ignoring_leaves_out(desk: Desk, world: World) -> None:
    desk.take(offices(MERROW))
    other = offices("Zoë Merrow,ms,Aberquill,W09999901,Labour,2021,,,,,,Cardiff,")
    desk.take(other)
    with importing(desk.app) as session:
        asked = session.scalars(select(ImportQuestion.id)).one()
    actor = world.user("lead", role=Role.COORDINATOR)
    with answering(desk.app, actor) as session:
        ignore_question(actor, asked)
        session.commit()
    assert desk.take(other).ignored == {"an entry that a person chose to leave out": 1}
    with answering(desk.app, actor) as session:
        reopen_question(actor, asked)
        answer_question(actor, asked, None)
        session.commit()
    desk.take(other)
    with importing(desk.app) as session:
        assert len(session.scalars(select(Person).where(Person.name == "Zoë Merrow")).all()) == 2


def test_only_a_coordinator_answers(desk: Desk, world: World) -> None:
    actor = world.user("lead", role=Role.ORGANISER)
    with answering(desk.app, actor), pytest.raises(Forbidden):
        answer_question(actor, uuid4(), None)


@contextmanager
def answering(app: Flask, actor: Actor) -> Iterator[Session]:
    context = Context(organisation_id=actor.organisation_id, user_id=actor.user_id, purpose="import")
    with app.app_context(), use_context(context) as session:
        yield session


# Posts and groups


def test_posts_wait_for_people_who_are_not_on_record(desk: Desk) -> None:
    posts = json.dumps({
        "organizations": [{"id": "tea-committee", "name": "Tea Committee"}],
        "memberships": [
            {"id": "p/1", "source": "datadotparl/committee", "person_id": "uk.org.publicwhip/person/77001",
             "organization_id": "tea-committee", "role": "Chair", "start_date": "2024-09-01"},
            {"id": "p/2", "source": "datadotparl/committee", "person_id": "uk.org.publicwhip/person/77001",
             "organization_id": "tea-committee", "start_date": "2024-09-01", "end_date": "2020-01-01"},
        ],
    })  # fmt: skip
    first = desk.take(posts)
    assert first.counts["post"] == {"created": 1}
    assert "before it starts" in first.rejected[0].reason
    desk.take([
        "PCON24CD,PCON24NM,MP,ID,TheyWorkForYou ID,Party name",
        "E99000001,Fablewick,Ada Merrow,7001,77001,Labour",
    ])  # fmt: skip
    with importing(desk.app) as session:
        post = session.scalars(select(Affiliation)).one()
        assert post.person is not None
        assert (post.person.name, post.role, post.body and post.body.name) == (
            "Ada Merrow",
            "Chair",
            "Tea Committee",
        )
        assert [one.name for one in queries.list_bodies("committee")] == ["Tea Committee"]
    assert nothing_changed(desk.take(posts))


def test_a_machines_guess_of_a_group_is_refused(desk: Desk) -> None:
    head = "name,officer_role,twfy_id,mnis_id,canon_name,appg,is_officer,member_type,source,last_updated,url_source,removed"
    row = "Ada Merrow,{},uk.org.publicwhip/person/77001,7001,Ada Merrow,tea,true,mp,{},2026-06-29,,"
    result = desk.take(
        [head, row.format("Chair", "parliament"), row.format("", "ai_search").replace(",tea,", ",jam,")]
    )
    assert result.counts["post"] == {"created": 1}
    assert "unreliable" in result.rejected[0].reason
    # A membership that the table no longer names has ended.
    later = desk.take(
        [head, row.format("Chair", "parliament").replace(",tea,", ",cake,")], as_of=date(2026, 8, 1)
    )
    assert later.counts["post"] == {"created": 1, "closed": 1}


def test_the_history_of_imports_is_kept(desk: Desk) -> None:
    result = desk.take(offices(MERROW))
    with importing(desk.app) as session:
        batch = note_batch(None, "offices.csv", b"content", result)
        session.commit()
        assert queries.find_batch(batch.sha256) is batch
        assert batch.counts["term"] == {"created": 1}


def test_a_dry_run_writes_nothing(desk: Desk) -> None:
    assert desk.take(offices(MERROW), dry_run=True).created > 0
    assert desk.terms("msp") == []


# A later table over an earlier one


def seats(number: int) -> list[dict[str, str]]:
    return [
        {
            "pcon_name": f"Seat {chr(65 + n // 26)}{chr(97 + n % 26)}wick",
            "pcon_code": f"E990{n:05d}",
            "member_id": str(9000 + n),
            "full_title": f"Ms Memb{n}a Fam{n}b MP",
            "display_as": f"Ms Memb{n}a Fam{n}b",
            "party_text": ("Labour", "Conservative", "Green")[n % 3],
            "member_email": f"m{n}@parliament.example",
        }
        for n in range(number)
    ]


def as_table(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, TABLE.split(","), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def edit(rows: list[dict[str, str]], chance: random.Random) -> tuple[list[dict[str, str]], int, int]:
    """Some rows changed at random: the rows, and how many terms must close and open by that."""
    later = [dict(row) for row in rows]
    closes = opens = 0
    for number in chance.sample(range(len(rows)), 12):
        row, what = later[number], chance.choice(("member", "vacant", "party", "email", "no email", "recode"))
        if row["member_id"] == "Vacant":
            continue
        if what == "member":
            row.update(member_id=str(20000 + number), full_title=f"Mr New{number}x Nam{number}y MP",
                       display_as=f"Mr New{number}x Nam{number}y")  # fmt: skip
            closes, opens = closes + 1, opens + 1
        elif what == "vacant":
            row.update(member_id="Vacant", full_title="", display_as="", party_text="", member_email="")
            closes += 1
        elif what == "party":
            row["party_text"] = "Independent"
            closes, opens = closes + 1, opens + 1
        elif what == "email":
            row["member_email"] = f"new{number}@parliament.example"
        elif what == "no email":
            row["member_email"] = "No email found"
        else:
            row["pcon_code"] = f"E995{number:05d}"
    return later, closes, opens


def compare_tables(desk: Desk, rows: list[dict[str, str]], seed: int) -> None:
    desk.take(as_table(rows), as_of=date(2026, 6, 1))
    later, closes, opens = edit(rows, random.Random(seed))
    preview = desk.take(as_table(later), as_of=date(2026, 7, 1), dry_run=True)
    result = desk.take(as_table(later), as_of=date(2026, 7, 1))
    assert preview.counts == result.counts
    term = result.counts["term"]
    assert (term.get("closed", 0), term.get("created", 0), result.rejected) == (closes, opens, ())
    assert term.get("updated", 0) == 0
    assert nothing_changed(desk.take(as_table(later), as_of=date(2026, 7, 1)))


@pytest.mark.parametrize("seed", range(5))
def test_a_later_table_closes_and_opens_exactly_what_changed(desk: Desk, seed: int) -> None:
    compare_tables(desk, seats(40), seed)


# The Members API


class Service(ThreadingHTTPServer):
    """Answers like the Members API, after the faults that a test asks for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.faults: list[str] = []
        self.asked: list[str] = []
        self.number = 45


class _Answers(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        fault = self.server.faults.pop(0) if self.server.faults else ""
        if fault.isdigit():
            self.send_response(int(fault))
            self.send_header("Retry-After", "1")
            self.end_headers()
            return
        content = b"<html>not json" if fault == "garbage" else json.dumps(self.answer()).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(content)

    def answer(self) -> dict[str, Any]:
        parts = urlsplit(self.path)
        if parts.path.endswith("/Contact"):
            return {
                "value": [
                    {"typeId": 1, "isWebAddress": False, "line1": "A House", "email": "a@parliament.example"}
                ]
            }
        asked = {key: int(value[0]) for key, value in parse_qs(parts.query).items() if value[0].isdigit()}
        chosen = range(asked["skip"], min(asked["skip"] + asked["take"], self.server.number))
        return {
            "items": [{"value": member(n, asked["House"])} for n in chosen],
            "totalResults": self.server.number,
        }

    def log_message(self, *_: Any) -> None:
        pass


def member(number: int, house: int) -> dict[str, Any]:
    return {
        "id": house * 1000 + number, "nameDisplayAs": f"Ms Giv{number}x Fam{house}y{number}",
        "nameFullTitle": f"Ms Giv{number}x Fam{house}y{number} MP", "latestParty": {"name": "Labour"},
        "latestHouseMembership": {
            "house": house, "membershipFrom": f"Place{number}", "membershipFromId": number,
            "membershipStartDate": "2024-07-04T00:00:00", "membershipEndDate": None, "membershipStatus": {"statusId": 0},
        },
    }  # fmt: skip


@pytest.fixture
def service() -> Iterator[Service]:
    server = Service()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def client(service: Service, **options: Any) -> MembersApi:
    waits: list[float] = []
    api = MembersApi(f"http://127.0.0.1:{service.server_port}/api", sleep=waits.append, **options)
    api.waits = waits  # type: ignore[attr-defined]
    return api


def test_all_pages_are_fetched_through_faults_and_imported_twice(app: Flask, service: Service) -> None:
    service.faults = ["500", "503", "429", "garbage"]
    api = client(service)
    records = fetch_members(api, ("commons", "lords"), contacts=False)
    assert records.sitting is not None
    assert (len(records.sitting.persons), len(records.offices), records.rejected) == (45, 45, ())
    # Two growing pauses, then the one that the service asked for, and none shorter than the polite one.
    pauses = [wait for wait in api.waits if wait != api.interval]  # type: ignore[attr-defined]
    assert pauses == [1.0, 1.0, 1.0, 8.0]
    with importing(app) as session:
        first = import_records(None, records, as_of=date(2026, 9, 1))
        second = import_records(None, records, as_of=date(2026, 9, 1))
        session.rollback()
    assert first.counts["term"] == {"created": 90}
    assert nothing_changed(second)


def test_contacts_come_with_their_members(app: Flask, service: Service) -> None:
    service.number = 3
    records = fetch_members(client(service), ("commons",), contacts=True)
    assert len(records.reach) == 3
    with importing(app) as session:
        assert import_records(None, records).counts["contact_point"] == {"created": 3}
        session.rollback()


def test_a_fresh_answer_comes_from_the_cache(service: Service, tmp_path: Path) -> None:
    service.number = 5
    fetch_members(client(service, cache=tmp_path), ("commons",))
    fetch_members(client(service, cache=tmp_path), ("commons",))
    assert len(service.asked) == 1
    fetch_members(client(service, cache=tmp_path, fresh=0), ("commons",))
    assert len(service.asked) == 2


@pytest.mark.parametrize(
    ("faults", "reason"),
    [(["500"] * 9, "asked 5 times"), (["garbage"] * 9, "not JSON"), (["404"], "refused")],
)
def test_a_service_that_never_answers_ends_in_one_line(
    service: Service, faults: list[str], reason: str
) -> None:
    service.faults = faults
    with pytest.raises(FetchError, match=reason):
        fetch_members(client(service), ("commons",))


def test_the_time_is_bounded(service: Service) -> None:
    service.faults = ["500"] * 9
    with pytest.raises(FetchError, match=r"longer than 0\.5 seconds"):
        fetch_members(client(service, within=0.5), ("commons",))


def test_the_command_fetches_shows_the_difference_and_keeps_the_history(
    app: Flask, service: Service, environment: dict[str, str]
) -> None:
    service.number = 3
    command = ["representatives", "fetch", "--house", "commons", "--json", "--base-url",
               f"http://127.0.0.1:{service.server_port}/api"]  # fmt: skip
    dry = CliRunner().invoke(main, [*command, "--dry-run"], env=environment)
    assert json.loads(dry.stdout)["files"][0]["counts"]["term"] == {"created": 3}
    done = CliRunner().invoke(main, command, env=environment)
    assert json.loads(done.stdout)["created"] > 0
    with importing(app) as session:
        assert session.scalars(select(ImportBatch.source)).all() == ["members_api"]
    service.faults = ["404"]
    refused = CliRunner().invoke(main, command, env=environment)
    assert refused.exit_code != 0
    assert "refused" in refused.stderr


def test_a_preview_writes_nothing_and_applying_keeps_the_batch(app: Flask, world: World) -> None:
    content = "\n".join(offices(MERROW)).encode()
    actor = world.user("lead", role=Role.COORDINATOR)
    with answering(app, actor) as session:
        preview = preview_import(actor, content, name="offices.csv")
        assert session.scalars(select(Person)).all() == []
        assert session.scalars(select(ImportBatch)).all() == []
        applied = apply_import(actor, content, name="offices.csv")
        session.commit()
        assert applied.counts == preview.counts
        batch = session.scalars(select(ImportBatch)).one()
        assert (batch.file_name, batch.by_label) == ("offices.csv", actor.display_name)
        with pytest.raises(UnreadableFile, match="offices"):
            preview_import(actor, b"{}", name="offices.csv")
    organiser = world.user("lead", role=Role.ORGANISER)
    with answering(app, organiser), pytest.raises(Forbidden):
        apply_import(organiser, content)
