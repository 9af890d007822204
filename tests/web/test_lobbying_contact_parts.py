"""Several positions, promises, follow-ups and attendees in one form; institutions; the way back to where one was."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from organising.lobbying import services
from organising.lobbying.models import (
    Commitment,
    Engagement,
    EngagementAttendee,
    EngagementRevision,
    FollowUp,
    PositionClaim,
)
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import Institution
from tests.support.lobbying import contact_form
from tests.unit.lobbying.seeds import ask_id, draft


@pytest.fixture
def force(world):
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        made = Institution(
            kind="police_force",
            name="Fablewick Constabulary",
            sort_key="fablewick constabulary",
            source="test",
        )
        session.add(made)
        session.commit()
        return made.id


def everything(world, members):
    """Two of each kind, in the names that the page gives them; the second promise stands in the third part."""
    liberty = str(world.organisation("liberty"))
    return contact_form(
        subject_id=str(members["Ada"]),
        **{
            "ask_id": str(ask_id(world)), "position": "supporter", "basis": "contact", "confidence": "high",
            "position-2-ask_id": str(ask_id(world, "FW-1")), "position-2-position": "undecided",
            "position-2-basis": "contact", "position-2-confidence": "low",
            "commitment-1-kind": "written_question", "commitment-1-words": "On the exemption",
            "commitment-1-state": "promised",
            "commitment-2-kind": "", "commitment-2-state": "promised",
            "commitment-3-kind": "visit_service", "commitment-3-state": "promised",
            "what": "Send the briefing", "follow_up-2-what": "Thank the office",
            "follow_up-2-due_on": today().isoformat(),
            "attendee-1-who": liberty, "attendee-1-label": "Rosie", "attendee-2-who": "staff:researcher",
        },
    )  # fmt: skip


def counts(world, organiser):
    with world.context("neu", organiser):
        tables = (Engagement, PositionClaim, Commitment, FollowUp, EngagementAttendee)
        return [db.session.scalar(select(func.count(table.id))) for table in tables]


def test_several_of_each_kind_in_one_form_and_once_however_often_it_is_sent(
    world, browser, organiser, members
):
    form = everything(world, members)
    answers = [browser.post("/contact-log/new", data=form) for _ in range(3)]
    assert [one.status_code for one in answers] == [303, 303, 303], answers[0].text
    assert len({one.location for one in answers}) == 1
    assert counts(world, organiser) == [1, 2, 2, 2, 2]
    with world.context("neu", organiser):
        asks = db.session.scalars(select(Engagement)).one().asks
        assert {ask.code for ask in asks} == {"DP-1", "FW-1"}
        promises = db.session.scalars(select(Commitment).order_by(Commitment.kind)).all()
        assert [one.kind for one in promises] == ["visit_service", "written_question"]
        assert {one.asked_on for one in promises} == {today()}


@pytest.mark.parametrize("kind", ["position", "commitment", "follow_up", "attendee"])
def test_another_part_is_added_without_javascript_and_keeps_what_was_typed(
    world, browser, organiser, members, kind
):
    form = everything(world, members)
    before = {"position": 2, "commitment": 3, "follow_up": 2, "attendee": 2}[kind]
    answer = browser.post("/contact-log/new", data=form | {"add": kind})
    assert answer.status_code == 200
    assert re.search(rf'name="{kind}-{before + 1}-\w+"', answer.text)
    assert not re.search(rf'name="{kind}-{before + 2}-\w+"', answer.text)
    for words in ("Nervous about the whips.", "On the exemption", "Thank the office", "Rosie"):
        assert words in answer.text
    assert "to put right" not in answer.text
    assert counts(world, organiser) == [0, 0, 0, 0, 0]


def test_ten_of_a_kind_are_the_most(world, browser, organiser, members):
    many = {f"follow_up-{number}-what": f"Task {number}" for number in range(2, 40)}
    answer = browser.post(
        "/contact-log/new",
        data=contact_form(subject_id=str(members["Ada"]), what="Task 1", add="follow_up", **many),
    )
    assert 'name="follow_up-10-what"' in answer.text
    assert 'name="follow_up-11-what"' not in answer.text
    assert 'value="follow_up"' not in answer.text


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"position-2-basis": ""}, "position-2-basis", "a position needs a basis"),
        ({"position-2-ask_id": ""}, "position-2-ask_id", "Say which ask"),
        ({"commitment-3-kind": "", "commitment-3-words": "Will visit"}, "commitment-3-kind", "Choose what"),
        ({"commitment-3-due_on": "2026-02-31"}, "commitment-3-due_on", "There is no such day"),
        ({"commitment-3-due_on": "2001-02-01"}, "commitment-3-due_on", "before the day"),
        ({"follow_up-2-due_on": "2020-01-01"}, "follow_up-2-due_on", "This day is past"),
        ({"attendee-2-label": "Jo Bloggs"}, "attendee-2-label", "Name nobody of their office"),
        ({"attendee-1-who": str(uuid4())}, "attendee-1-who", "Say for which organisation"),
        ({"attendee-2-who": "staff:spy"}, "attendee-2-who", "Choose one of the roles"),
    ],
)
def test_what_is_wrong_in_any_part_is_said_beside_it_and_nothing_is_lost(
    world, browser, organiser, members, changes, place, words
):
    answer = browser.post("/contact-log/new", data=everything(world, members) | changes)
    assert answer.status_code == 422
    assert re.search(rf'<a href="#{place}">[^<]*{words}', answer.text), words
    for kept in ("On the exemption", "Thank the office", "Rosie", "Nervous about the whips."):
        assert kept in answer.text
    assert counts(world, organiser) == [0, 0, 0, 0, 0]


def test_a_details_caution_links_to_the_part_it_is_about(world, browser, members):
    form = everything(world, members) | {"commitment-3-words": "Ring 020 7946 0018"}
    answer = browser.post("/contact-log/new", data=form)
    assert answer.status_code == 422
    assert 'href="#commitment-3-words"' in answer.text


def test_an_ask_that_closed_while_one_wrote_takes_nothing(world, browser, organiser, members):
    form = everything(world, members)
    with world.context("liberty") as session:
        session.execute(text("UPDATE ask SET closed_at = now() WHERE code = 'FW-1'"))
        session.commit()
    answer = browser.post("/contact-log/new", data=form)
    assert answer.status_code == 422
    assert "FW-1 is closed and takes nothing new" in answer.text
    assert counts(world, organiser) == [0, 0, 0, 0, 0]


def test_a_partner_that_took_part_reads_so(world, browser, members):
    browser.post("/contact-log/new", data=everything(world, members))
    liberty = world.browser(world.user("liberty", "organiser")).get("/contact-log").text
    assert "Liberty (Rosie)" in liberty
    assert "a researcher" in liberty
    assert "You took part" in liberty
    assert "You took part" not in world.browser(world.user("praxis", "organiser")).get("/contact-log").text
    assert "Liberty (Rosie)" in browser.get("/contact-log.csv").text


def test_an_institution_is_found_logged_and_read(world, browser, organiser, members, force):
    suggested = browser.get("/contact-log/subjects.json?q=fable").json
    assert [one["label"] for one in suggested] == ["Ada Wexcombe", "Fablewick Constabulary"]
    form = contact_form(
        member="Fablewick Constabulary", what="Chase the request", **{"commitment-1-kind": "meet_minister"}
    )
    answer = browser.post("/contact-log/new", data=form)
    assert answer.status_code == 303, answer.text
    assert str(force) in answer.location
    log = browser.get(f"/contact-log?institution={force}").text
    assert "Fablewick Constabulary" in log
    assert "Will ask a written question" in log
    assert "Fablewick Constabulary" in browser.get("/follow-ups").text
    assert "Fablewick Constabulary" in browser.get("/").text
    assert "Fablewick Constabulary" in browser.get("/contact-log.csv").text
    neighbour = world.browser(world.user("praxis", "organiser"))
    assert "Fablewick Constabulary" in neighbour.get("/").text
    assert browser.get("/contact-log?q=constab").text.count("Will ask a written question") >= 1
    with world.context("neu", organiser):
        kept = db.session.scalars(select(Engagement)).one()
        assert (kept.person_id, kept.institution_id) == (None, force)
        assert db.session.scalars(select(FollowUp)).one().institution_id == force


def test_an_institution_has_no_position(world, browser, force):
    form = contact_form(
        subject_id=str(force),
        ask_id=str(ask_id(world)),
        position="supporter",
        basis="contact",
        confidence="low",
    )
    answer = browser.post("/contact-log/new", data=form)
    assert answer.status_code == 422
    assert "Positions are those of people" in answer.text


def test_the_quick_log_knows_whom_the_page_was_about_and_leads_back(world, browser, members):
    browser.post("/contact-log/new", data=contact_form(subject_id=str(members["Ada"])))
    page = browser.get("/contact-log?kind=surgery").text
    link = re.search(r'href="(/contact-log/new\?[^"]+)"', page)[1].replace("&amp;", "&")
    form = browser.get(link).text
    back = re.search(r'name="back"[^>]*value="([^"]+)"', form)[1].replace("&amp;", "&")
    assert back == "/contact-log?kind=surgery"
    sent = contact_form(subject_id=str(members["Cleo"]), back=back, headline="<b>Said</b> yes")
    answer = browser.post("/contact-log/new", data=sent)
    assert answer.location == back
    page = browser.get(back).text
    assert "Logged: “&lt;b&gt;Said&lt;/b&gt; yes”, with Cleo Wexford." in page
    assert f'data-draft-done="contact-{members["Cleo"]}"' in page


@pytest.mark.parametrize("bad", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_way_back_never_leads_out_of_the_product(browser, members, bad):
    answer = browser.post("/contact-log/new", data=contact_form(subject_id=str(members["Ada"]), back=bad))
    assert answer.location.startswith(f"/representatives/{members['Ada']}")


@pytest.fixture
def logged(world, organiser, members):
    with world.context("neu", organiser):
        liberty = services.AttendeeDraft(world.organisation("liberty"), label="Rosie")
        kept = services.log_engagement(organiser, draft(members["Ada"], attendees=(liberty,))).engagement.id
        db.session.commit()
    return kept


def edited(version, **changes):
    return {
        "submission_key": str(uuid4()), "version": str(version), "kind": "surgery",
        "happened_on": today().isoformat(), "attended_by": "member", "outcome": "not_said",
        "headline": "Will ask the minister a written question", "note": "Nervous about the whips.",
    } | changes  # fmt: skip


def test_the_second_of_two_editors_loses_no_part_and_adds_each_once(
    world, browser, organiser, members, logged
):
    address = f"/contact-log/{logged}/edit"
    page = browser.get(address).text
    assert "Rosie" in page
    first = browser.post(address, data=edited(1, headline="Theirs", **{"attendee-1-who": "staff:diary"}))
    assert first.status_code == 303
    mine = {
        "what": "Ring the office", "commitment-1-kind": "speak", "commitment-1-state": "promised",
        "attendee-1-who": str(world.organisation("praxis")), "attendee-1-label": "Sam",
    }  # fmt: skip
    colleague = world.browser(world.user("neu", "organiser"))
    late = colleague.post(address, data=edited(1, headline="Mine", **mine))
    assert late.status_code == 409
    for words in ("Theirs", "Mine", "the diary", "Praxis (Sam)", "Ring the office", 'value="2"'):
        assert words in late.text, words
    assert counts(world, organiser) == [1, 0, 0, 0, 1]
    over = edited(2, headline="Mine", **mine)
    assert [colleague.post(address, data=over).status_code for _ in range(2)] == [303, 303]
    assert counts(world, organiser) == [1, 0, 1, 1, 1]


def test_what_is_added_alone_changes_no_version_and_is_added_once(world, browser, organiser, logged):
    address = f"/contact-log/{logged}/edit"
    same = {
        "happened_on": "",
        "attendee-1-who": str(world.organisation("liberty")),
        "attendee-1-label": "Rosie",
    }
    with world.context("neu", organiser):
        same["happened_on"] = db.session.get_one(Engagement, logged).happened_on.isoformat()
    form = edited(1, **same, what="Ring the office")
    assert [browser.post(address, data=form).status_code for _ in range(2)] == [303, 303]
    assert counts(world, organiser) == [1, 0, 0, 1, 1]
    with world.context("neu", organiser):
        assert db.session.get_one(Engagement, logged).version == 1
        assert db.session.scalars(select(EngagementRevision.deed)).all() == ["added"]


def test_what_was_logged_is_named_by_its_words_and_again_where_it_is_changed(world, browser, members):
    sent = everything(world, members)
    about = browser.get(browser.post("/contact-log/new", data=sent).location).text
    notice = re.search(r'<div class="just-now".*?</ul>', about, re.DOTALL)[0]
    elsewhere = everything(world, members) | {"back": "/", "headline": "Said it again", "what": "<i>Ring</i>"}
    on_today = browser.get(browser.post("/contact-log/new", data=elsewhere).location).text
    flash = re.search(r'<div class="flashes".*?</ul>', on_today, re.DOTALL)[0]
    edit = browser.get(re.search(r'href="(/contact-log/[^"]+/edit)"', about)[1]).text
    kept = re.search(r'id="recorded-title".*?</ul>', edit, re.DOTALL)[0]
    for shown in (notice, flash, kept):
        for words in (
            "Ask a written question", "On the exemption", "Visit a service", "DP-1</a>, Supporter",
            "FW-1</a>, Undecided", "Thank the office", 'href="/promises/', 'href="/follow-ups"', 'href="/whip/',
        ):  # fmt: skip
            assert words in shown, words
    assert "&lt;i&gt;Ring&lt;/i&gt;" in flash
    assert "Send the briefing" in notice
    assert "Send the briefing" in kept


def test_a_partner_with_the_address_is_told_nothing_of_what_was_logged(world, browser, members):
    page = browser.get(browser.post("/contact-log/new", data=everything(world, members)).location)
    neighbour = world.browser(world.user("praxis", "organiser")).get(
        page.request.path + "?" + page.request.query_string.decode()
    )
    assert "Thank the office" not in neighbour.text
    assert "just-now" not in neighbour.text


def test_a_contact_without_promise_or_follow_up_lists_nothing(browser, members):
    page = browser.get(
        browser.post("/contact-log/new", data=contact_form(subject_id=str(members["Ada"]))).location
    )
    assert "just-now" in page.text
    assert 'class="recorded"' not in page.text
