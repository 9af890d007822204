"""Motions, divisions and questions: read as published, kept once, and never a part that a member did not take."""

import gzip
import json
from datetime import date

import pytest
from sqlalchemy import func, select

from organising.platform.tenancy import Context, use_context
from organising.representatives.models import ParliamentaryAct, ParliamentaryItem, Person, PersonIdentifier
from organising.representatives.readers import UnreadableFile, read_any
from organising.representatives.services import import_records
from tests.unit.lobbying.seeds import seed_members

NAMES = {"Ada": "90001", "Bruno": "90002", "Cleo": "90003"}


@pytest.fixture
def people(world):
    """Three members whom Parliament knows by number."""
    ids = seed_members(world)
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        for name, number in NAMES.items():
            session.add(PersonIdentifier(scheme="mnis", value=number, person_id=ids[name]))
        session.commit()
    return ids


def take(world, path, *, dry_run=False):
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        result = import_records(None, read_any(path), dry_run=dry_run)
        session.commit()
    return result


def kept(world):
    with world.app.app_context(), use_context(Context()) as session:
        rows = session.execute(
            select(
                Person.name,
                ParliamentaryAct.part,
                ParliamentaryAct.happened_on,
                ParliamentaryAct.withdrawn_on,
            )
            .join(Person, Person.id == ParliamentaryAct.person_id)
            .order_by(Person.name, ParliamentaryAct.part)
        )
        return [tuple(row) for row in rows]


def test_a_division_keeps_its_figures_beside_the_names_it_lists(world, people, fixture_file):
    result = take(world, fixture_file("division.json"))
    assert result.counts == {"item": {"created": 1}, "act": {"created": 3}}
    assert [one.reason for one in result.rejected] == ["member 90099 is not known; import the members first"]
    day = date(2026, 3, 11)
    assert kept(world) == [
        ("Ada Wexcombe", "aye", day, None),
        ("Bruno Tallis", "aye", day, None),
        ("Cleo Wexford", "teller_aye", day, None),
    ]
    with world.app.app_context(), use_context(Context()) as session:
        item = session.scalars(select(ParliamentaryItem)).one()
        assert item.counts == {"ayes": 3, "noes": 1, "ayes_listed": 2, "noes_listed": 1}
        assert item.url == "https://votes.parliament.uk/votes/commons/division/9001"


@pytest.mark.parametrize("name", ["division.json", "edm.json", "questions.json"])
def test_a_file_again_changes_nothing(world, people, fixture_file, name):
    take(world, fixture_file(name))
    before = kept(world)
    again = take(world, fixture_file(name))
    assert (again.created, again.updated, again.closed) == (0, 0, 0)
    assert again.unchanged > 1
    assert kept(world) == before


def test_a_dry_run_counts_and_keeps_nothing(world, people, fixture_file):
    result = take(world, fixture_file("edm.json"), dry_run=True)
    assert result.counts == {"item": {"created": 1}, "act": {"created": 3}}
    assert kept(world) == []


def test_a_withdrawn_signature_keeps_its_day_and_a_vanished_one_goes(world, people, fixture_file, tmp_path):
    take(world, fixture_file("edm.json"))
    assert kept(world) == [
        ("Ada Wexcombe", "sponsor", date(2026, 2, 3), None),
        ("Bruno Tallis", "signature", date(2026, 2, 5), None),
        ("Cleo Wexford", "signature", date(2026, 2, 6), date(2026, 2, 20)),
    ]
    motion = json.loads(fixture_file("edm.json").read_text())
    del motion["Response"]["Sponsors"][2]
    later = tmp_path / "later.json.gz"
    later.write_bytes(gzip.compress(json.dumps(motion).encode()))
    result = take(world, later)
    assert result.counts["act"] == {"unchanged": 2, "closed": 1}
    assert [name for name, *_rest in kept(world)] == ["Ada Wexcombe", "Bruno Tallis"]


def test_a_list_of_motions_takes_away_no_signature(world, people, fixture_file, tmp_path):
    take(world, fixture_file("edm.json"))
    motion = json.loads(fixture_file("edm.json").read_text())["Response"]
    del motion["Sponsors"]
    listed = tmp_path / "list.json"
    listed.write_text(json.dumps({"PagingInfo": {"Total": 1}, "Response": [motion]}))
    take(world, listed)
    assert len(kept(world)) == 3


def test_a_question_without_a_text_is_reported(world, people, fixture_file):
    result = take(world, fixture_file("questions.json"))
    assert [(one.place, one.reason) for one in result.rejected] == [
        ("results[1].value", "the question has no text")
    ]
    assert kept(world) == [("Ada Wexcombe", "asked", date(2026, 3, 2), None)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Date": "the 11th"}, "$.Date: “the 11th” is not a date"),
        ({"Title": None}, "$.Title: is empty"),
        ({"Ayes": {"MemberId": 1}}, "$.Ayes: expected a list, found an object"),
        ({"Ayes": [{"Name": "x"}]}, "$.Ayes[0].MemberId: is missing"),
    ],
)
def test_a_damaged_division_says_where(world, fixture_file, tmp_path, change, said):
    division = json.loads(fixture_file("division.json").read_text()) | change
    path = tmp_path / "division.json"
    path.write_text(json.dumps(division))
    with pytest.raises(UnreadableFile) as refused:
        read_any(path)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("name", "items", "official"),
    [("commonsvotes-api.division.json", 1, 336), ("commonsvotes-api.divisions-search.json", 25, 336),
     ("lordsvotes-api.divisions-search.json", 1, 36)],
)  # fmt: skip
def test_saved_answers_of_parliament_are_read(world, test_data, name, items, official):
    path = test_data / "api-samples" / name
    records = read_any(path)
    assert len(records.items) == items
    assert records.items[0].counts["ayes"] == official
    first, again = take(world, path), take(world, path)
    assert first.counts["item"] == {"created": items}
    assert again.counts["item"] == {"unchanged": items}
    with world.app.app_context(), use_context(Context()) as session:
        assert session.scalar(select(func.count()).select_from(ParliamentaryItem)) == items
