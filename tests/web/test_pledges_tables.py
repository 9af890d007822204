"""The tally as staff, the public and funders read it: tables that add up, own figures exact, files, and a dated copy."""

import json
import re

import pytest
from click.testing import CliRunner

from organising.cli import main
from organising.organisations.models import Unit
from organising.pledges.queries import read_tally
from tests.support.pledges import PAGE, add_signers, count, open_a_drive
from tests.support.sequences import give_places


@pytest.fixture
def drive_id(app, world):
    """NEU has 27 (21 in Stepney, 6 of them in health) and 12 on paper, Liberty 12, Praxis 9."""
    give_places(app)
    drive_id = open_a_drive(world)
    stepney = {"constituency_code": "E14000001", "unit_id": world.unit("neu")}
    add_signers(world, drive_id, "neu", 6, sector="health", **stepney)
    add_signers(world, drive_id, "neu", 15, sector="education", **stepney)
    add_signers(world, drive_id, "neu", 6, sector="education", channel="embed")
    add_signers(world, drive_id, "neu", 12, state="witnessed", confirmed_at=None, channel="paper")
    add_signers(world, drive_id, "liberty", 12, sector="police")
    add_signers(world, drive_id, "praxis", 9, sector="health")
    count(app, drive_id)
    return drive_id


def lines(answer):
    return [line.split(",") for line in answer.text.removeprefix("\ufeff").splitlines()]


def test_published_tables_add_up_and_hold_full_tens_only(world, drive_id):
    with world.context("praxis"):
        tally, paper = (
            read_tally(drive_id, "coalition", by_constituency=True),
            read_tally(drive_id, "coalition", "witnessed"),
        )
    names = {slug: str(row) for slug, row in world.organisations.items()}
    assert (tally.total, paper.total) == (30, 10)
    assert tally.by("organisation") == {names["neu"]: 20, names["liberty"]: 10}
    # Of NEU's twenty, ten stay outside each table; Liberty's twelve are all in one cell, so none of it is shown.
    assert tally.by("sector") == {"education": 10}
    assert tally.by("constituency") == {"E14000001": 10}
    assert tally.by("region") == {"London": 10}
    assert tally.by("unit") == {str(world.unit("neu")): 10}
    assert list(tally.by("day").values()) == [30]
    with world.context("praxis"):
        public = read_tally(drive_id)
        assert (public.by("channel"), public.by("unit")) == ({}, {})


def test_staff_see_the_coalition_in_tens_and_their_own_exactly(world, drive_id):
    browser = world.browser(world.user("neu", "organiser"))
    page = browser.get("/pledges").text
    assert "At least so many" in page
    assert "And at least 10 more on paper" in page
    assert re.search(r"Stepney.*?10.*?21", page, re.DOTALL)
    crossed = browser.get("/pledges/figures?rows=constituency&columns=sector&format=csv")
    assert lines(crossed) == [
        ["Constituency", "Education", "Health and care", "Not stated", "Total"],
        ["Stepney", "15", "6", "0", "21"],
        ["Not known", "6", "0", "12", "18"],
        ["Total", "21", "6", "12", "39"],
    ]
    assert ["Camden", "21"] in lines(browser.get("/pledges/figures?rows=unit&format=csv"))
    for rows in ("state", "day", "channel", "region", "unit", "nonsense"):
        assert "Your own signers, exactly" in browser.get(f"/pledges/figures?rows={rows}&columns=sector").text
    analyst = world.browser(world.user("neu", "analyst"))
    assert analyst.get("/pledges/figures").status_code == 403
    told = lines(analyst.get("/pledges/tally.csv"))
    assert ["confirmed", "sector", "Education", "10"] in told
    assert ["confirmed", "sector", "(in smaller numbers)", "20"] in told
    other = world.browser(world.user("praxis", "organiser"))
    assert "21" not in [cell for line in lines(other.get("/pledges/figures?format=csv")) for cell in line]


def test_a_unit_is_named_to_partners_with_its_first_ten_and_not_to_the_public(app, client, world, drive_id):
    hidden = world.unit("neu", "Quietly")
    add_signers(world, drive_id, "neu", 9, unit_id=hidden)
    count(app, drive_id)
    partner = world.browser(world.user("praxis", "analyst"))
    page = partner.get("/pledges").text
    assert "NEU: Camden" in page
    assert "Quietly" not in page
    assert ["confirmed", "unit", "NEU: Camden", "20"] in lines(partner.get("/pledges/tally.csv"))
    add_signers(world, drive_id, "neu", 11, unit_id=hidden)
    count(app, drive_id)
    assert "NEU: Quietly" in partner.get("/pledges").text
    for public in (client.get(f"{PAGE}/tally"), client.get(f"{PAGE}/tally?format=csv")):
        assert "Camden" not in public.text
        assert str(hidden) not in public.text
    # A unit that is dissolved takes its name along; its signers stay counted, under none.
    with world.context("neu") as session:
        session.delete(session.get_one(Unit, (world.organisations["neu"], hidden)))
        session.commit()
    count(app, drive_id)
    page = partner.get("/pledges").text
    assert "Quietly" not in page
    assert "A unit that is no more" in page


def test_the_public_reads_tables_and_a_dated_copy_that_never_changes(app, client, world, drive_id):
    page = client.get(f"{PAGE}/tally")
    assert "30" in page.text
    assert "Stepney" in page.text
    assert "under 10 from each partner" in page.text
    assert "Praxis" not in page.text
    coordinator = world.browser(world.user("liberty", "coordinator"))
    kept = coordinator.post(f"/pledges/drives/{drive_id}/frozen-tallies")
    assert kept.status_code == 303
    add_signers(world, drive_id, "liberty", 30, sector="police")
    count(app, drive_id)
    assert ["confirmed", "total", "", "60"] in lines(client.get(f"{PAGE}/tally?format=csv"))
    # A second time on the same day keeps what was kept.
    assert (
        coordinator.post(f"/pledges/drives/{drive_id}/frozen-tallies").headers["Location"]
        == kept.headers["Location"]
    )
    address = kept.headers["Location"]
    assert "does not change any more" in client.get(address).text
    assert ["confirmed", "total", "", "30"] in lines(client.get(f"{address}?format=csv"))
    assert client.get(f"{PAGE}/tally/1999-01-01").status_code == 404
    assert client.get(f"{PAGE}/tally/yesterday").status_code == 404
    member = world.browser(world.user("neu", "coordinator"))
    assert address.rpartition("/")[2] in member.get("/pledges").text


def test_the_command_compares_and_counts_anew(environment, monkeypatch, world, drive_id, owner):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def command(*words):
        return CliRunner().invoke(main, ["pledges", *words])

    before = owner.tally(drive_id)
    assert command("verify").exit_code == 0
    owner.rows("UPDATE counting.tally SET n = n + 3 WHERE dimension = 'sector'")
    owner.rows("DELETE FROM counting.counted WHERE kind = 'witnessed'")
    assert command("verify", "--json").exit_code == 1
    dry = command("rebuild", "care-dont-share", "--dry-run", "--json")
    assert json.loads(dry.output)["differing"] > 0
    assert owner.tally(drive_id) != before
    assert "were put right" in command("rebuild", "care-dont-share").output
    assert owner.tally(drive_id) == before
    assert command("verify").exit_code == 0
    assert command("rebuild", "no-such-pledge").exit_code == 2
    coordinator = world.browser(world.user("liberty", "coordinator"))
    assert "A recount found a difference and put it right" in coordinator.get("/pledges").text
