"""The log's filters, pages and download; the target page; and how many queries they take."""

import csv
import io
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from organising.lobbying import services
from organising.organisations.models import Organisation
from organising.platform.audit import AuditEvent
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.spreadsheet import inert
from organising.representatives.models import Party
from tests.unit.lobbying.seeds import ask_id, draft, follow_up, position

MOST_QUERIES = 20


@contextmanager
def counted_queries(app):
    """The statements sent while the block runs."""
    sent = []

    def note(connection, cursor, statement, *rest):
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def log_many(world, actor, slug, person_ids, number, **changes):
    with world.context(slug, actor):
        for place in range(number):
            words = {
                "headline": f"Contact {place:03}",
                "happened_on": today() - timedelta(days=place % 40),
            } | changes
            services.log_engagement(actor, draft(person_ids[place % len(person_ids)], **words))
        db.session.commit()


@pytest.fixture
def three(world, members, organiser):
    """NEU rang Ada a week ago and met Cleo yesterday; Praxis wrote to Bruno yesterday."""
    praxis = world.user("praxis", "organiser")
    with world.context("neu", organiser):
        services.log_engagement(
            organiser,
            draft(
                members["Ada"],
                kind="call",
                headline="Spoke about DP-1",
                happened_on=today() - timedelta(days=7),
            ),
        )
        services.log_engagement(organiser, draft(members["Cleo"], kind="meeting", headline="100% with us"))
        db.session.commit()
    with world.context("praxis", praxis):
        services.log_engagement(
            praxis, draft(members["Bruno"], kind="letter", headline="Wrote about schools")
        )
        db.session.commit()


def shown(page):
    return {words for words in ("Spoke about DP-1", "Wrote about schools", "100% with us") if words in page}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"Spoke about DP-1", "Wrote about schools", "100% with us"}),
        ("q=SCHOOLS", {"Wrote about schools"}),
        ("q=100%25", {"100% with us"}),
        ("q=%25", {"100% with us"}),
        ("q=_", set()),
        ("q=wexford", {"100% with us"}),
        ("q=Nervous", set()),
        ("kind=call", {"Spoke about DP-1"}),
        ("kind=nonsense", {"Spoke about DP-1", "Wrote about schools", "100% with us"}),
        ("region=North+Vale", {"Spoke about DP-1", "100% with us"}),
        ("region=North+Vale&kind=meeting", {"100% with us"}),
    ],
)
def test_filters(browser, three, query, expected):
    page = browser.get(f"/contact-log?{query}")
    assert page.status_code == 200
    assert shown(page.text) == expected


def test_filters_by_partner_party_and_date(world, browser, three):
    with world.context("neu") as session:
        praxis = session.scalars(select(Organisation.id).where(Organisation.slug == "praxis")).one()
        harbour = session.scalars(select(Party.id).where(Party.name == "Harbour Party")).one()
    assert shown(browser.get(f"/contact-log?organisation={praxis}").text) == {"Wrote about schools"}
    assert shown(browser.get(f"/contact-log?party={harbour}").text) == {"Wrote about schools", "100% with us"}
    old = (today() - timedelta(days=3)).isoformat()
    assert shown(browser.get(f"/contact-log?to={old}").text) == {"Spoke about DP-1"}
    assert shown(browser.get(f"/contact-log?from={old}").text) == {"Wrote about schools", "100% with us"}


def test_an_impossible_date_in_the_address_is_said(browser, three):
    page = browser.get("/contact-log?from=2026-02-31")
    assert page.status_code == 422
    assert "There is no such day" in page.text


def test_pages_follow_each_other_without_gap_or_repetition(world, browser, members, organiser):
    log_many(world, organiser, "neu", list(members.values())[:3], 57)
    address, seen = "/contact-log?kind=surgery", []
    while address:
        page = browser.get(address).text
        seen += [f"Contact {place:03}" for place in range(57) if f"Contact {place:03}" in page]
        following = [
            part for part in page.split('href="') if part.startswith("/contact-log?") and "cursor=" in part
        ]
        address = following[0].partition('"')[0].replace("&amp;", "&") if following else None
        assert len(seen) <= 57
    assert sorted(seen) == [f"Contact {place:03}" for place in range(57)]


def test_a_damaged_cursor_is_refused_in_words(browser, three):
    assert browser.get("/contact-log?cursor=nonsense").status_code == 422


def test_the_download_holds_headlines_and_no_note(world, browser, organiser, three):
    answer = browser.get("/contact-log.csv?region=North+Vale")
    assert answer.content_type == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["Headline"] for row in rows] == ["100% with us", "Spoke about DP-1"]
    assert (rows[0]["Representative"], rows[0]["Constituency"], rows[0]["Partner"]) == (
        "Cleo Wexford",
        "Otterhithe",
        "NEU",
    )
    assert "Nervous" not in answer.text
    with world.context("neu", organiser):
        exported = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "contact_log.exported")
        ).one()
        assert exported.facts == {"rows": 2}


@pytest.mark.parametrize("cell", ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1"])
def test_no_cell_runs_as_a_formula(cell):
    assert inert(cell) == f"'{cell}"


def test_an_ordinary_cell_is_left_alone():
    assert inert("Will ask = soon") == "Will ask = soon"


def test_a_formula_in_a_headline_comes_out_inert(world, browser, organiser, members):
    with world.context("neu", organiser):
        services.log_engagement(
            organiser, draft(members["Ada"], headline='=HYPERLINK("https://evil.example")')
        )
        db.session.commit()
    assert "'=HYPERLINK" in browser.get("/contact-log.csv").text


def test_the_target_page_says_who_where_and_how_to_reach_them(browser, members, three):
    page = browser.get(f"/representatives/{members['Ada']}").text
    for words in (
        "Ada Wexcombe",
        "Fablewick",
        "Orchard Party",
        "Spoke about DP-1",
        "1 contact by partners in the last 30 days",
    ):
        assert words in page
    assert "Not in office" in browser.get(f"/representatives/{members['Dora']}").text


def test_partners_that_disagree_are_shown_as_in_dispute(world, browser, organiser, members):
    liberty = world.user("liberty", "organiser")
    with world.context("neu", organiser):
        services.claim_position(organiser, members["Ada"], position(ask_id(world), position="opposed"))
        db.session.commit()
    with world.context("liberty", liberty):
        services.claim_position(liberty, members["Ada"], position(ask_id(world), position="supporter"))
        db.session.commit()
    page = browser.get(f"/representatives/{members['Ada']}").text
    assert "Disputed" in page
    assert "Supporter, said to us" in page
    assert "Opposed, said to us" in page


@pytest.mark.parametrize(
    "address",
    ["/contact-log", "/contact-log?q=contact&kind=surgery", "/contact-log.csv",
     "/follow-ups?whose=ours", "/contact-log/new", "/contact-log/new?person={}",
     "/representatives/{}"],
)  # fmt: skip
def test_pages_take_few_queries_however_long_the_list(app, world, browser, organiser, members, address):
    praxis = world.user("praxis", "organiser")
    asks = [ask_id(world, code) for code in ("DP-1", "DP-2", "FW-1")]
    people = list(members.values())[:3]
    log_many(
        world,
        organiser,
        "neu",
        people,
        30,
        ask_ids=tuple(asks),
        follow_up=follow_up(),
        position=position(asks[0]),
    )
    log_many(world, praxis, "praxis", people, 30, ask_ids=tuple(asks[:2]))
    address = address.format(members["Ada"])
    browser.get(address)
    with counted_queries(app) as sent:
        assert browser.get(address).status_code == 200
    assert len(sent) < MOST_QUERIES, "\n".join(sent)
