"""Offices, posts and groups from files."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from organising.platform.errors import Forbidden, Invalid
from organising.platform.permissions import Role
from organising.representatives import queries
from organising.representatives.models import Affiliation, ContactPoint, GivenFile, ImportBatch, Person
from organising.representatives.services.uploads import ask_to_apply, keep_upload
from tests.support.representatives import MERROW, Desk, importing, nothing_changed, offices
from tests.support.world import World


@pytest.fixture
def desk(app: Flask, tmp_path: Path) -> Desk:
    return Desk(app, tmp_path)


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
    content = "\n".join(offices(MERROW))
    desk.load(content, "offices.csv")
    with importing(desk.app):
        batch = queries.find_batch(sha256(content.encode()).hexdigest())
        assert batch is not None
        assert batch.counts["term"] == {"created": 1}
        assert (batch.file_name, batch.by_label) == ("offices.csv", "the import command")


def test_a_dry_run_writes_nothing(desk: Desk) -> None:
    assert desk.take(offices(MERROW), dry_run=True).created > 0
    assert desk.terms("msp") == []


def test_a_comparison_writes_nothing_and_applying_keeps_the_batch(
    app: Flask, world: World, run_jobs: Callable[[], None]
) -> None:
    given = GivenFile("offices.csv", "\n".join(offices(MERROW)).encode())
    actor = world.user("liberty", role=Role.COORDINATOR)
    with world.context("liberty", actor) as session:
        upload = keep_upload(actor, [given])
        compared = upload.difference["files"][0]["counts"]
        assert session.scalars(select(Person)).all() == []
        assert session.scalars(select(ImportBatch)).all() == []
        ask_to_apply(actor, upload.id, upload.fingerprint)
        session.commit()
    run_jobs()
    with importing(app) as session:
        batch = session.scalars(select(ImportBatch)).one()
        assert batch.counts == compared
        assert (batch.file_name, batch.by_label) == ("offices.csv", actor.display_name)
    with world.context("liberty", actor), pytest.raises(Invalid) as refused:
        keep_upload(actor, [GivenFile("offices.csv", b"{}")])
    assert "offices" in refused.value.details["lines"][0]
    organiser = world.user("liberty", role=Role.ORGANISER)
    with world.context("liberty", organiser), pytest.raises(Forbidden):
        keep_upload(organiser, [given])
