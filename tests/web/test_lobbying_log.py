"""The quick log and the edit page, as a browser without JavaScript sees them."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from organising.lobbying.models import Engagement, EngagementNote, FollowUp, PositionClaim
from organising.platform.clock import today
from organising.platform.db import db
from tests.unit.lobbying.seeds import ask_id


def filled(**changes):
    form = {
        "submission_key": str(uuid4()),
        "member": "",
        "kind": "surgery",
        "happened_on": today().isoformat(),
        "attended_by": "member",
        "headline": "Will ask a written question",
        "note": "Nervous about the whips.",
        "due_on": today().isoformat(),
    }
    return form | changes


def test_the_form_says_who_can_see_what_before_one_types(browser, members):
    page = browser.get(f"/contact-log/new?person={members['Ada']}").text
    assert "All partners can see the headline." in page
    assert "Only NEU can see the note." in page
    assert "Ada Wexcombe" in page
    assert f'value="{today().isoformat()}"' in page


def test_a_contact_with_position_and_follow_up_in_one_form(world, browser, organiser, members):
    answer = browser.post(
        "/contact-log/new",
        data=filled(
            subject_id=str(members["Ada"]), ask_id=str(ask_id(world)), position="supporter", basis="contact",
            confidence="high", what="Send the briefing",
        ),
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    page = browser.get(answer.location).text
    for words in (
        "Will ask a written question",
        "Nervous about the whips.",
        "Supporter",
        "Send the briefing",
        "Undo",
    ):
        assert words in page
    with world.context("neu", organiser):
        claim = db.session.scalars(select(PositionClaim)).one()
        assert (claim.position, claim.basis, claim.confidence) == ("supporter", "meeting", "high")
        assert [ask.code for ask in db.session.scalars(select(Engagement)).one().asks] == ["DP-1"]


def test_three_letters_find_members_and_typed_words_stay(browser, members):
    answer = browser.post("/contact-log/new", data=filled(member="wex", do="find"))
    assert answer.status_code == 200
    assert "Ada Wexcombe, Orchard Party, Fablewick" in answer.text
    assert "Cleo Wexford, Harbour Party, Otterhithe" in answer.text
    assert "Bruno" not in answer.text
    assert "Nervous about the whips." in answer.text
    assert "things to put right" not in answer.text


def test_a_constituency_finds_its_member(browser, members):
    answer = browser.post("/contact-log/new", data=filled(member="otter"))
    assert answer.status_code == 422
    assert "Cleo Wexford" in answer.text
    assert "Choose one of those found." in answer.text
    chosen = browser.post("/contact-log/new", data=filled(member="otter", candidate=str(members["Cleo"])))
    assert chosen.location.startswith(f"/representatives/{members['Cleo']}")


def test_a_full_name_needs_no_choosing(browser, members):
    answer = browser.post("/contact-log/new", data=filled(member="Bruno Tallis"))
    assert answer.location.startswith(f"/representatives/{members['Bruno']}")


def test_a_name_typed_over_a_chosen_one_means_the_name(browser, members):
    stale = filled(member="Bruno Tallis", subject_id=str(members["Ada"]))
    assert browser.post("/contact-log/new", data=stale).location.startswith(
        f"/representatives/{members['Bruno']}"
    )
    vague = browser.post("/contact-log/new", data=filled(member="Bru", subject_id=str(members["Ada"])))
    assert vague.status_code == 422


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"happened_on": "2031-01-01"}, "still to come"),
        ({"happened_on": "2026-02-30"}, "There is no such day"),
        ({"happened_on": ""}, "Say on which day"),
        ({"headline": ""}, "Write a headline"),
        ({"headline": "long " * 60}, "at most 280"),
        ({"kind": ""}, "Choose what kind"),
        ({"position": "supporter"}, "Say which ask"),
        ({"what": "Ring", "due_on": "2020-01-01"}, "This day is past"),
        ({"subject_id": ""}, "Say whom you contacted"),
        ({"subject_id": "", "member": "zzz"}, "Nobody is found"),
        ({"subject_id": str(uuid4())}, "Say whom you contacted"),
    ],
)
def test_an_error_answers_422_and_keeps_everything_typed(world, browser, organiser, members, changes, words):
    form = filled(subject_id=str(members["Ada"])) | changes
    answer = browser.post("/contact-log/new", data=form)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Nervous about the whips." in answer.text
    assert form["submission_key"] in answer.text
    with world.context("neu", organiser):
        assert db.session.scalar(select(func.count(Engagement.id))) == 0


def test_a_position_without_basis_is_refused(world, browser, members):
    form = filled(subject_id=str(members["Ada"]), ask_id=str(ask_id(world)), position="opposed", basis="")
    answer = browser.post("/contact-log/new", data=form)
    assert answer.status_code == 422
    assert "a position needs a basis" in answer.text


def test_a_doubtful_headline_is_asked_about_and_kept_once_confirmed(world, browser, organiser, members):
    form = filled(subject_id=str(members["Ada"]), headline="Ring 020 7946 0018 about the asylum seeker")
    asked = browser.post("/contact-log/new", data=form)
    assert asked.status_code == 422
    assert "2 things to check first" in asked.text
    keys = re.findall(r'type="checkbox" name="confirmed" value="([^"]+)"', asked.text)
    assert len(keys) == 2
    half = browser.post("/contact-log/new", data=form | {"confirmed": keys[:1]})
    assert half.status_code == 422
    assert f'type="hidden" name="confirmed" value="{keys[0]}"' in half.text
    assert browser.post("/contact-log/new", data=form | {"confirmed": keys}).status_code == 303


def test_not_in_office_asks_for_a_reason(browser, members):
    form = filled(subject_id=str(members["Dora"]))
    asked = browser.post("/contact-log/new", data=form)
    assert asked.status_code == 422
    assert "They held no office on that day" in asked.text
    assert 'name="out_of_office_reason"' in asked.text
    answer = browser.post("/contact-log/new", data=form | {"out_of_office_reason": "Hustings"})
    assert answer.status_code == 303
    assert "Not in office that day:" in browser.get(answer.location).text


def test_a_double_submit_is_one_record(world, browser, organiser, members):
    form = filled(subject_id=str(members["Ada"]), what="Ring")
    first, second = (browser.post("/contact-log/new", data=form) for _ in range(2))
    assert first.location == second.location
    assert "already logged, once" in browser.get(second.location).text
    with world.context("neu", organiser):
        for table in (Engagement, EngagementNote, FollowUp):
            assert db.session.scalar(select(func.count(table.id))) == 1


def test_a_second_submit_with_other_words_offers_both_ways(browser, members):
    form = filled(subject_id=str(members["Ada"]))
    browser.post("/contact-log/new", data=form)
    again = browser.post("/contact-log/new", data=form | {"note": "A second thought."})
    assert again.status_code == 409
    assert "Already logged" in again.text
    assert "A second thought." in again.text
    assert form["submission_key"] not in again.text


@pytest.fixture
def logged(browser, members):
    answer = browser.post("/contact-log/new", data=filled(subject_id=str(members["Ada"])))
    return answer.location.partition("logged=")[2]


def edited(version, **changes):
    return {
        "version": str(version), "kind": "call", "happened_on": today().isoformat(), "attended_by": "staff",
        "headline": "Spoke to the caseworker", "note": "Nervous about the whips.", "outcome": "helpful",
    } | changes  # fmt: skip


def test_an_edit_is_kept_and_said(browser, members, logged):
    page = browser.get(f"/contact-log/{logged}/edit").text
    assert "Nervous about the whips." in page
    answer = browser.post(f"/contact-log/{logged}/edit", data=edited(1))
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "Spoke to the caseworker" in page
    assert "edited" in page
    assert f'data-draft-done="contact-{logged}-1"' in page


def test_the_second_editor_sees_the_difference_and_loses_nothing(world, browser, members, logged):
    colleague = world.browser(world.user("neu", "organiser"))
    browser.post(f"/contact-log/{logged}/edit", data=edited(1))
    late = colleague.post(
        f"/contact-log/{logged}/edit", data=edited(1, headline="My own words", note="My own note")
    )
    assert late.status_code == 409
    for words in ("Spoke to the caseworker", "My own words", "My own note", "What differs", 'value="2"'):
        assert words in late.text
    over = colleague.post(
        f"/contact-log/{logged}/edit", data=edited(2, headline="My own words", note="My own note")
    )
    assert over.status_code == 303


def test_an_edit_with_errors_keeps_the_words(browser, logged):
    answer = browser.post(
        f"/contact-log/{logged}/edit", data=edited(1, headline="", note="Kept all the same")
    )
    assert answer.status_code == 422
    assert "Kept all the same" in answer.text


def test_taking_out_can_be_undone(browser, members, logged):
    answer = browser.post(f"/contact-log/{logged}/withdrawal")
    page = browser.get(answer.location).text
    assert "Will ask a written question" not in page
    assert "Put it back" in page
    back = browser.post(f"/contact-log/{logged}/withdrawal/removal")
    assert "Will ask a written question" in browser.get(back.location).text


def test_taking_out_names_what_goes_with_it_and_brings_it_back(world, browser, members):
    """An open follow-up of a contact that never was would wait for ever; what is done was done."""
    promised = {"commitment-1-kind": "written_question", "commitment-1-words": "On the exemption"}
    claimed = {
        "ask_id": str(ask_id(world)),
        "position": "supporter",
        "basis": "contact",
        "confidence": "high",
    }
    planned = {"what": "Send the briefing", "follow_up-2-what": "Thank the office"}
    form = filled(subject_id=str(members["Ada"]), **(promised | claimed | planned))
    logged = browser.post("/contact-log/new", data=form).location.partition("logged=")[2]
    done = re.search(
        r'/follow-ups/([0-9a-f-]{36})/completion"(?:(?!</form>).)*"Done: Thank the office"',
        browser.get("/follow-ups").text,
        re.DOTALL,
    )
    assert done
    browser.post(f"/follow-ups/{done[1]}/completion")

    page = browser.get(f"/contact-log/{logged}/edit").text.partition('id="take-out"')[2]
    goes, _, stays = page.partition("What is done stays")
    for words in ("come back when you put it back", "On the exemption", "DP-1", "Send the briefing"):
        assert words in goes
    assert "Thank the office" not in goes
    assert "Thank the office" in stays

    after = browser.get(browser.post(f"/contact-log/{logged}/withdrawal").location).text
    assert "With it went: one promise, one position, one follow-up." in after
    lists = ("/follow-ups", "/follow-ups?whose=ours", "/", f"/representatives/{members['Ada']}")
    for address in lists:
        assert "Send the briefing" not in browser.get(address).text
    assert "On the exemption" not in browser.get("/promises").text
    assert "Thank the office" in browser.get("/follow-ups?done=1").text
    # The same plan, made again, is another one than that which went.
    again = {"what": "Send the briefing", "due_on": today().isoformat()}
    browser.post(f"/representatives/{members['Ada']}/follow-ups/new", data=again)
    row = '"Done: Send the briefing"'
    assert browser.get("/follow-ups").text.count(row) == 1

    browser.post(f"/contact-log/{logged}/withdrawal/removal")
    assert browser.get("/follow-ups").text.count(row) == 2
    for address in lists:
        assert "Send the briefing" in browser.get(address).text
    assert "On the exemption" in browser.get("/promises").text


def test_a_position_is_claimed_with_evidence(world, browser, members):
    address = f"/representatives/{members['Ada']}/positions/new"
    assert browser.get(address).status_code == 200
    form = {"ask_id": str(ask_id(world)), "position": "champion", "basis": "", "confidence": "high",
            "held_on": today().isoformat(), "evidence_url": "https://parliament.example/speech"}  # fmt: skip
    refused = browser.post(address, data=form)
    assert refused.status_code == 422
    assert "https://parliament.example/speech" in refused.text
    kept = browser.post(address, data=form | {"basis": "public_statement"})
    assert kept.status_code == 303
    page = browser.get(kept.location).text
    assert "Champion" in page
    assert 'href="https://parliament.example/speech"' in page


def test_a_follow_up_is_planned_done_and_undone(world, browser, members):
    address = f"/representatives/{members['Ada']}/follow-ups/new"
    assert browser.post(address, data={"what": "", "due_on": ""}).status_code == 422
    assert (
        browser.post(address, data={"what": "Ring the office", "due_on": today().isoformat()}).status_code
        == 303
    )
    page = browser.get("/follow-ups").text
    assert "Ring the office" in page
    place = re.search(r'action="(/follow-ups/[^"]+/completion)"', page)[1]
    done = browser.post(place, data={"back": "/follow-ups"})
    assert "Undo" in browser.get(done.location).text
    assert "Ring the office" not in browser.get("/follow-ups").text
    assert "Ring the office" in browser.get("/follow-ups?whose=ours&done=1").text
    browser.post(f"{place}/removal", data={"back": "//evil.example"})
    assert "Ring the office" in browser.get("/follow-ups").text


def test_a_button_never_leads_out_of_the_product(browser, members):
    browser.post(
        f"/representatives/{members['Ada']}/follow-ups/new",
        data={"what": "Ring", "due_on": today().isoformat()},
    )
    place = re.search(r'action="(/follow-ups/[^"]+/completion)"', browser.get("/follow-ups").text)[1]
    for bad in ("//evil.example", "https://evil.example", "/\\evil.example"):
        assert browser.post(place, data={"back": bad}).location.startswith("/follow-ups")
