"""The page for what came back: decided by a person, shared by nobody else, casework kept from the timeline."""

import re
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text

from organising.lobbying.models import Engagement, FollowUp
from organising.mailings.incoming import jobs as incoming_jobs
from organising.mailings.models import IncomingMessage
from organising.platform.audit import AuditEvent
from organising.platform.clock import now, today
from organising.platform.permissions import Role
from tests.support.incoming import Sent, answer, sample, send_all
from tests.support.mailings import Campaigners, seat_members
from tests.support.world import World

CANARY = "Zitronenfalter"


@pytest.fixture
def people(app: Flask, world: World) -> Campaigners:
    seat_members(app, 4)
    return Campaigners.at(world)


@pytest.fixture
def sent(world: World, people: Campaigners) -> Sent:
    return send_all(world, people)


def came(sent: Sent, words: str = f"I support it. {CANARY}", number: int = 1) -> UUID:
    kept = sent.receive(answer(words, message_id=f"<{uuid4()}@x.example>"), sent.reply_address(number))
    assert kept is not None
    sent.read(kept)
    return kept.id


def decide(sent: Sent, incoming_id: UUID, kind: str) -> int:
    browser = sent.world.browser(sent.people.organiser)
    return browser.post(f"/mailings/replies/{incoming_id}/class", data={"reply_class": kind}).status_code


def log(sent: Sent, incoming_id: UUID, **changes: object) -> int:
    data = {"headline": "Replied: supports it", "attended_by": "member", "outcome": "helpful"} | changes
    return (
        sent.world.browser(sent.people.organiser)
        .post(f"/mailings/replies/{incoming_id}/engagement", data=data)
        .status_code
    )


def engagements(world: World, slug: str = "praxis") -> list[Engagement]:
    with world.context(slug) as session:
        return list(session.scalars(select(Engagement)))


def test_nothing_there_says_what_will_come(world: World, people: Campaigners) -> None:
    browser = world.browser(people.organiser)
    for show in ("open", "decided", "automatic", "nonsense"):
        page = browser.get(f"/mailings/replies?show={show}")
        assert page.status_code == 200
        assert "can see this." in page.text
    assert "Nothing to decide" in browser.get("/mailings/replies").text


def test_an_answer_is_proposed_decided_and_put_on_the_timeline(world: World, sent: Sent) -> None:
    incoming_id = came(sent)
    browser = world.browser(sent.people.organiser)
    assert "Ada Member0001" in browser.get("/mailings/replies").text
    page = browser.get(f"/mailings/replies/{incoming_id}").text
    assert "The machine’s proposal: Supports it." in page
    assert CANARY in page
    # A proposal counts for nothing.
    assert sent.people.counts(sent.mailing_id) == {"accepted": 4}
    assert log(sent, incoming_id) == 409
    assert decide(sent, incoming_id, "substantive_support") == 303
    assert sent.people.counts(sent.mailing_id) == {"accepted": 3, "replied": 1}
    assert "Replied: supports it" in browser.get(f"/mailings/replies/{incoming_id}").text
    for _time in range(2):
        assert log(sent, incoming_id) == 303
    (one,) = engagements(world)
    assert (one.headline, one.kind, one.attended_by) == ("Replied: supports it", "email", "member")
    partner = world.browser(world.user("praxis", "coordinator"))
    person = one.person_id
    timeline = partner.get(f"/representatives/{person}").text
    assert "Replied: supports it" in timeline
    assert CANARY not in timeline
    with world.context("neu") as session:
        actions = set(session.scalars(select(AuditEvent.action)))
    assert {"reply.decided", "reply.logged", "delivery.replied"} <= actions


@pytest.mark.parametrize(
    "kind", ["acknowledgement", "out_of_office", "address_request", "unsubscribe", "unrelated"]
)
def test_what_is_no_answer_counts_as_none(world: World, sent: Sent, kind: str) -> None:
    incoming_id = came(sent)
    assert decide(sent, incoming_id, kind) == 303
    assert sent.people.counts(sent.mailing_id) == {"accepted": 4}
    assert log(sent, incoming_id) == 409
    assert engagements(world) == []


def test_automatic_replies_wait_for_nobody_and_count_for_nothing(world: World, sent: Sent) -> None:
    sent.take(sample("exchange-out-of-office"), sent.reply_address(1))
    browser = world.browser(sent.people.organiser)
    assert "Nothing to decide" in browser.get("/mailings/replies").text
    assert "Out of office" in browser.get("/mailings/replies?show=automatic").text
    assert sent.people.counts(sent.mailing_id) == {"accepted": 4}
    assert "Ada Member0001" in browser.get(f"/mailings/{sent.mailing_id}/answers").text


def test_a_decision_can_be_taken_back(sent: Sent) -> None:
    first, second = came(sent), came(sent, "I back this.")
    for incoming_id in (first, second):
        decide(sent, incoming_id, "substantive_support")
    assert sent.people.counts(sent.mailing_id) == {"accepted": 3, "replied": 1}
    decide(sent, first, "acknowledgement")
    assert sent.people.counts(sent.mailing_id) == {"accepted": 3, "replied": 1}
    decide(sent, second, "unrelated")
    assert sent.people.counts(sent.mailing_id) == {"accepted": 4}
    decide(sent, second, "bounce")
    assert sent.people.counts(sent.mailing_id) == {"accepted": 3, "bounced": 1}


@pytest.mark.parametrize(
    "state", ["queued", "leased", "committed", "failed", "suppressed", "cancelled", "deferred"]
)
def test_an_answer_moves_no_message_that_has_not_left(sent: Sent, state: str) -> None:
    incoming_id = came(sent)
    sent.put(1, state)
    assert decide(sent, incoming_id, "substantive_support") == 303
    assert sent.states()["member0001"] == state
    assert set(sent.fences()) == {(3, 1)}


def test_casework_never_reaches_the_timeline_and_its_words_go(world: World, sent: Sent) -> None:
    incoming_id = came(sent)
    assert decide(sent, incoming_id, "casework") == 303
    browser = world.browser(sent.people.organiser)
    page = browser.get(f"/mailings/replies/{incoming_id}").text
    assert "Its words are erased on" in page
    assert f"/mailings/replies/{incoming_id}/engagement" not in page
    assert log(sent, incoming_id) == 409
    assert engagements(world) == []
    with time_machine.travel(now() + timedelta(days=8), tick=True), world.app.app_context():
        incoming_jobs.erase_due()
    later = browser.get(f"/mailings/replies/{incoming_id}").text
    assert "were erased on" in later
    assert CANARY not in later


def test_what_is_on_the_timeline_cannot_become_casework(sent: Sent) -> None:
    incoming_id = came(sent)
    decide(sent, incoming_id, "substantive_support")
    log(sent, incoming_id)
    assert decide(sent, incoming_id, "casework") == 409


def test_what_seemed_casework_and_is_none_is_kept(world: World, sent: Sent) -> None:
    incoming_id = came(sent, f"We have opened a case for your colleague. {CANARY}")
    with world.context("neu") as session:
        assert session.scalars(select(IncomingMessage.erase_at)).one() is not None
    decide(sent, incoming_id, "noncommittal")
    with time_machine.travel(now() + timedelta(days=8), tick=True), world.app.app_context():
        incoming_jobs.erase_due()
    assert CANARY in world.browser(sent.people.organiser).get(f"/mailings/replies/{incoming_id}").text


def test_the_words_of_a_decided_reply_go_after_the_days_that_the_page_names(world: World, sent: Sent) -> None:
    decided, waiting = came(sent), came(sent, f"Perhaps. {CANARY}", 2)
    browser = world.browser(sent.people.organiser)
    pages = {one: f"/mailings/replies/{one}" for one in (decided, waiting)}
    assert (
        "Its words stay until one of you says what it is, and 90 days after that"
        in browser.get(pages[decided]).text
    )
    decide(sent, decided, "substantive_support")
    log(sent, decided)
    assert "90 days after it was said what it is. That it came" in browser.get(pages[decided]).text
    erased = []
    for days, is_kept in ((89, True), (91, False), (92, False)):
        with time_machine.travel(now() + timedelta(days=days), tick=True), world.app.app_context():
            incoming_jobs.erase_due()
        page = browser.get(pages[decided]).text
        assert (CANARY in page) is is_kept
        assert ("were erased on" in page) is not is_kept
        with world.context("neu") as session:
            row = session.scalars(select(IncomingMessage).where(IncomingMessage.id == decided)).one()
            assert row.reply_class == "substantive_support"
            assert row.engagement_id is not None
            erased.append(row.erased_at)
    # The second sweep changed nothing more.
    assert erased[0] is None
    assert erased[1] == erased[2] is not None
    # Nobody has said what the other is: it waits, however long.
    assert CANARY in browser.get(pages[waiting]).text


def test_a_headline_is_asked_about_and_kept_as_typed(world: World, sent: Sent) -> None:
    incoming_id = came(sent)
    decide(sent, incoming_id, "meeting_offer")
    assert log(sent, incoming_id, headline="") == 422
    assert log(sent, incoming_id, attended_by="") == 422
    assert log(sent, incoming_id, headline="Ring her on 020 7219 3000") == 422
    assert engagements(world) == []
    browser = world.browser(sent.people.organiser)
    page = browser.post(
        f"/mailings/replies/{incoming_id}/engagement",
        data={"headline": "Ring her on 020 7219 3000", "attended_by": "member", "outcome": "helpful"},
    ).text
    assert "looks like a person’s details" in page
    assert 'value="Ring her on 020 7219 3000"' in page


def test_a_follow_up_with_its_day(world: World, sent: Sent) -> None:
    incoming_id = came(sent)
    decide(sent, incoming_id, "meeting_offer")
    browser = world.browser(sent.people.organiser)
    place = f"/mailings/replies/{incoming_id}/follow-up"
    assert browser.post(place, data={"what": "Ring the office"}).status_code == 422
    assert browser.post(place, data={"what": "", "due_on": today().isoformat()}).status_code == 422
    assert browser.post(place, data={"what": "Ring the office", "due_on": "2026-11-31"}).status_code == 422
    day = today() + timedelta(days=3)
    for _time in range(2):
        assert (
            browser.post(place, data={"what": "Ring the office", "due_on": day.isoformat()}).status_code
            == 303
        )
    with world.context("neu", sent.people.organiser) as session:
        (planned,) = session.scalars(select(FollowUp)).all()
        assert (planned.what, planned.due_on) == ("Ring the office", day)


def test_after_a_decision_comes_the_next(world: World, sent: Sent) -> None:
    first, second = came(sent), came(sent, "I back this.", 2)
    browser = world.browser(sent.people.organiser)
    onwards = browser.post(f"/mailings/replies/{first}/class", data={"reply_class": "unrelated"})
    assert onwards.headers["Location"].endswith(f"/mailings/replies/{second}")
    onwards = browser.post(f"/mailings/replies/{second}/class", data={"reply_class": "unrelated"})
    assert onwards.headers["Location"].endswith("/mailings/replies")
    third = came(sent, "I support it.", 3)
    for here, leads_on in ((first, True), (third, False)):
        answered = browser.get(f"/mailings/replies/{here}").text
        assert ("On to the next answer" in answered) is leads_on
    analyst = world.browser(world.user("neu", "analyst"))
    assert "To decide</dt><dd>1<" in re.sub(r"\s*\n\s*", "", analyst.get("/mailings").text)
    assert decide(sent, first, "") == 422
    assert decide(sent, first, "nonsense") == 422


def test_pages_of_the_list(world: World, sent: Sent) -> None:
    for number in range(27):
        came(sent, f"Which debate do you mean, {number}?")
    browser = world.browser(sent.people.organiser)
    first = browser.get("/mailings/replies").text
    assert first.count("/mailings/replies/") == 25
    assert "cursor=" in first
    other = browser.get(f"/mailings/replies?mailing={sent.mailing_id}").text
    assert other.count("/mailings/replies/") == 25


def test_did_they_reply(world: World, sent: Sent) -> None:
    browser = world.browser(sent.people.organiser)
    decide(sent, came(sent), "substantive_support")
    waiting = came(sent, "Which debate do you mean?", 2)
    with world.context("neu") as session:
        session.execute(text("UPDATE mailing SET finished_at = :at"), {"at": now() - timedelta(days=13)})
        session.commit()
    assert "Did they reply?" not in browser.get("/mailings/replies").text
    with world.context("neu") as session:
        session.execute(
            text("UPDATE mailing SET finished_at = :at"), {"at": now() - timedelta(days=14, hours=1)}
        )
        session.commit()
    page = browser.get("/mailings/replies").text
    assert "Did they reply?" in page
    assert "2 have not answered after two weeks" in page
    partner = world.browser(world.user("praxis", "coordinator"))
    assert "Did they reply?" not in partner.get("/mailings/replies").text
    answers = browser.get(f"/mailings/{sent.mailing_id}/answers").text
    assert "Ada Member0003" in answers
    assert "Ada Member0002" not in answers
    elsewhere = f"/mailings/{sent.mailing_id}/answers/{sent.id(3)}/elsewhere"
    for _time in range(2):
        assert browser.post(elsewhere).status_code == 303
    assert sent.people.counts(sent.mailing_id) == {"accepted": 2, "replied": 2}
    assert browser.post(f"/mailings/{sent.mailing_id}/answers/{uuid4()}/elsewhere").status_code == 404
    assert browser.post(f"/mailings/{sent.mailing_id}/answers/looked-at").status_code == 303
    assert "have not answered after" not in browser.get("/mailings/replies").text
    decide(sent, waiting, "acknowledgement")
    assert "Ada Member0002" in browser.get(f"/mailings/{sent.mailing_id}/answers").text


# Row "replies" of the matrix: the coordinator, deputies, admins and organisers triage; officers and analysts do not.
@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_exactly_where_it_may(world: World, sent: Sent, role: Role) -> None:
    incoming_id = came(sent)
    browser = world.browser(world.user("neu", role))
    may = role not in (Role.OFFICER, Role.ANALYST)
    for method, path in (
        ("GET", "/mailings/replies"),
        ("GET", f"/mailings/replies/{incoming_id}"),
        ("POST", f"/mailings/replies/{incoming_id}/class"),
        ("POST", f"/mailings/replies/{incoming_id}/engagement"),
        ("POST", f"/mailings/replies/{incoming_id}/follow-up"),
        ("GET", f"/mailings/{sent.mailing_id}/answers"),
        ("POST", f"/mailings/{sent.mailing_id}/answers/looked-at"),
        ("POST", f"/mailings/{sent.mailing_id}/answers/{sent.id(1)}/elsewhere"),
    ):
        status = browser.open(path, method=method).status_code
        assert status in ((200, 303, 409, 422) if may else (403,)), (path, status)


def test_no_partner_in_any_role_sees_another_organisations_replies(world: World, sent: Sent) -> None:
    incoming_id = came(sent)
    decide(sent, incoming_id, "substantive_support")
    log(sent, incoming_id)
    for slug in ("liberty", "praxis"):
        for role in Role:
            browser = world.browser(world.user(slug, role))
            for path in (
                "/mailings/replies?show=decided",
                "/mailings",
                "/",
                "/contact-log",
                f"/mailings/{sent.mailing_id}",
            ):
                assert CANARY not in browser.get(path).text
        coordinator = world.browser(world.user(slug, "coordinator"))
        for method, path in (
            ("GET", "/mailings/replies/{}"),
            ("POST", "/mailings/replies/{}/class"),
            ("POST", "/mailings/replies/{}/engagement"),
            ("POST", "/mailings/replies/{}/follow-up"),
        ):
            theirs = coordinator.open(path.format(incoming_id), method=method)
            nobodys = coordinator.open(path.format(uuid4()), method=method)
            assert (theirs.status_code, theirs.data) == (404, nobodys.data), path
        for path in (f"/mailings/{sent.mailing_id}/answers", f"/mailings/replies?mailing={sent.mailing_id}"):
            assert coordinator.get(path).status_code == 404
    with world.context("praxis") as session:
        assert session.scalar(select(func.count(IncomingMessage.id))) == 0


def test_what_comes_to_one_changes_no_byte_of_anothers_pages(world: World, sent: Sent) -> None:
    browser = world.browser(world.user("praxis", "coordinator"))
    paths = ("/mailings", "/mailings/replies", "/contact-log", "/")
    token = re.compile(r'name="csrf_token" value="[^"]*"')
    before = [token.sub("", browser.get(path).text) for path in paths]
    for number in range(1, 4):
        decide(sent, came(sent, number=number), "substantive_support")
    sent.take(sample("postfix-mailbox-full"), sent.bounce_address(4), "")
    assert [token.sub("", browser.get(path).text) for path in paths] == before


def test_markup_in_an_answer_is_shown_as_words(world: World, sent: Sent) -> None:
    incoming_id = came(sent, "<script>alert(1)</script> <b>I support it</b> {{ 7*7 }}")
    page = world.browser(sent.people.organiser).get(f"/mailings/replies/{incoming_id}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page


def test_the_day_of_an_answer_is_the_day_it_came(world: World, sent: Sent) -> None:
    incoming_id = came(sent)
    decide(sent, incoming_id, "substantive_support")
    log(sent, incoming_id)
    (one,) = engagements(world)
    assert isinstance(one.happened_on, date)
    assert one.happened_on == today()


def test_no_id_stands_twice_on_a_page(world: World, sent: Sent) -> None:
    incoming_id = came(sent)
    decide(sent, incoming_id, "substantive_support")
    browser = world.browser(sent.people.organiser)
    for path in (
        f"/mailings/replies/{incoming_id}",
        "/mailings/replies",
        f"/mailings/{sent.mailing_id}/answers",
    ):
        ids = re.findall(r'\sid="([^"]+)"', browser.get(path).text)
        assert len(ids) == len(set(ids)), path
