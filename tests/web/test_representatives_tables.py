"""Tables of who sits now, one over another."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select

from organising.representatives.models import ContactPoint, OfficeHolding, Person
from tests.support.representatives import Desk, as_table, importing, nothing_changed, seats


@pytest.fixture
def desk(app: Flask, tmp_path: Path) -> Desk:
    return Desk(app, tmp_path)


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


FIRST_DAY, LATER_DAY = date(2026, 6, 1), date(2026, 7, 1)


def changed_seats() -> list[dict[str, str]]:
    """Six seats as they were, then another party, an empty seat, a new member, a new style, a moved and a lost address."""
    later = [dict(row) for row in seats(6)]
    later[0]["party_text"] = "Independent"
    later[1].update(member_id="Vacant", full_title="", display_as="", party_text="", member_email="")
    later[2].update(member_id="20002", full_title="Mr Newx Namy MP", display_as="Mr Newx Namy")
    later[3]["full_title"] = "Dame Memb3a Fam3b MP"
    later[4]["member_email"] = "moved@parliament.example"
    later[5]["member_email"] = "No email found"
    return later


def on_record(desk: Desk) -> tuple[set[tuple[str, str]], set[str | None], set[str | None]]:
    """Who sits for whom, addresses that are in use, and styles."""
    with importing(desk.app) as session:
        terms = session.scalars(select(OfficeHolding).where(OfficeHolding.end_on.is_(None)))
        live = select(ContactPoint.email).where(ContactPoint.ended_on.is_(None))
        return (
            {(one.person.name, one.party.name if one.party else "") for one in terms},
            set(session.scalars(live)),
            set(session.scalars(select(Person.full_title))),
        )


def test_an_older_table_given_again_by_mistake_takes_nothing_back(desk: Desk) -> None:
    desk.load(as_table(seats(6)), "june.csv")
    news = desk.load(as_table(changed_seats()), "july.csv")
    assert news.counts["term"] == {"unchanged": 3, "closed": 3, "created": 2}
    assert news.counts["contact_point"] == {"unchanged": 2, "created": 2, "closed": 4}
    before = on_record(desk)
    again = desk.load(as_table(seats(6)), "june.csv")
    assert nothing_changed(again)
    assert on_record(desk) == before
    reasons = [one.reason for one in again.rejected]
    assert len(reasons) == 5
    assert all("is kept. If the table is the newer one, give its date with --as-of" in one for one in reasons)
    assert any("m4@parliament.example; on record is moved@parliament.example" in one for one in reasons)
    assert any("m5@parliament.example; on record is no address" in one for one in reasons)
    # With its day said it is news, as when a member goes back.
    assert desk.load(as_table(seats(6)), "june.csv", as_of=date(2027, 1, 1)).counts["term"]["closed"] == 2


def test_a_table_of_an_earlier_day_replaces_no_address_and_no_style(desk: Desk) -> None:
    desk.load(as_table(seats(6)), "june.csv", as_of=FIRST_DAY)
    desk.load(as_table(changed_seats()), "july.csv", as_of=LATER_DAY)
    before = on_record(desk)
    other = [{**row, "member_email": f"old{row['member_email']}"} for row in seats(6)]
    between = desk.load(as_table(other), "between.csv", as_of=date(2026, 6, 15))
    assert nothing_changed(between)
    assert on_record(desk) == before
    assert (
        sum("Another that was imported speaks for a later day" in one.reason for one in between.rejected) == 4
    )


def test_who_is_new_in_a_file_given_again_still_gets_an_address(desk: Desk) -> None:
    desk.load(as_table(seats(2)), "first.csv")
    with importing(desk.app) as session:
        session.execute(delete(ContactPoint))
        session.commit()
    assert desk.load(as_table(seats(2)), "first.csv").counts["contact_point"] == {"created": 2}


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_another_layout_of_the_same_table_changes_nothing(desk: Desk, ending: str, mark: str) -> None:
    rows = seats(30)
    desk.load(as_table(rows), "table.csv")
    random.Random(5).shuffle(rows)
    columns = [*reversed(rows[0]), "extra"]
    lines = [columns, *([*(row[one] for one in columns[:-1]), "x"] for row in rows)]
    text = (
        mark + ending.join(",".join(line) for line in lines) + ending * 3 + "," * (len(columns) - 1) + ending
    )
    result = desk.load(text, "shuffled.csv")
    assert (nothing_changed(result), result.rejected, result.unchanged) == (True, (), 3 + 4 * 30)
