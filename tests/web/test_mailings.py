"""Mailings in a browser without JavaScript: who may do what, and what each page says."""

import re
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from organising.platform.audit import AuditEvent
from tests.support.mail import Sink
from tests.support.mailings import Campaigners, seat_members, wording
from tests.support.world import World


@pytest.fixture
def people(app: Flask, world: World) -> Campaigners:
    seat_members(app, 12, without_email=(2, 5, 7, 11))
    return Campaigners.at(world)


def shown_hash(browser: FlaskClient, mailing: UUID) -> str:
    found = re.search(r'name="content_hash" value="(\w+)"', browser.get(f"/mailings/{mailing}").text)
    return found.group(1) if found else ""


def typed(**changes: object) -> dict[str, object]:
    return {name: value or "" for name, value in vars(wording(**changes)).items()}


def test_the_whole_way_in_a_browser(
    people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    writes, signs = people.world.browser(people.organiser), people.world.browser(people.admin)
    made = writes.post("/mailings/new", data=typed(), follow_redirects=False)
    assert made.status_code == 303
    mailing = UUID(made.location.split("/")[2])
    added = writes.post(
        f"/mailings/{mailing}/audience/additions", data={"all": "1", "kind": "mp"}, follow_redirects=True
    )
    assert "12 representatives added" in added.text
    page = writes.get(f"/mailings/{mailing}/salutations").text
    ids = re.findall(r'name="(s-[0-9a-f-]+)" value="([^"]*)"', page)
    assert len(ids) == 12
    checked = writes.post(f"/mailings/{mailing}/salutations", data=dict(ids), follow_redirects=True)
    assert "All are checked." in checked.text
    asking = writes.get(f"/mailings/{mailing}/review").text
    assert "4 will not get it" in asking
    assert asking.count("No email address is known") == 4
    assert writes.post(f"/mailings/{mailing}/review", data={"reviewer": "own"}).status_code == 303
    assert "Waiting for your sign-off" in signs.get("/mailings").text
    message = signs.get(f"/mailings/{mailing}/messages/8")
    assert "Message 8 of 8" in message.text
    assert signs.get(f"/mailings/{mailing}/messages/9").status_code == 404
    signed = signs.post(
        f"/mailings/{mailing}/sign-off",
        data={"decision": "approve", "content_hash": shown_hash(signs, mailing)},
        follow_redirects=True,
    )
    assert "Send 8 messages" in signed.text
    sent = signs.post(
        f"/mailings/{mailing}/release",
        data={"content_hash": shown_hash(signs, mailing)},
        follow_redirects=True,
    )
    assert sent.status_code == 200
    run_jobs()
    assert len(smtp_sink.messages) == 8
    assert "Delivered to the relay" in signs.get(f"/mailings/{mailing}").text
    assert "Delivered to the relay" in signs.get(f"/mailings/{mailing}/progress").text
    assert "queued as" in signs.get(f"/mailings/{mailing}/recipients").text


def test_nobody_signs_off_their_own_last_change(
    people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    own = Campaigners(people.world, people.admin, people.admin)
    mailing = own.asked()
    browser = people.world.browser(people.admin)
    page = browser.get(f"/mailings/{mailing}").text
    assert "You made the last change" in page
    assert "Sign off</span>" not in page
    for decision in ("approve", "decline"):
        data = {"decision": decision, "content_hash": own.hash(mailing), "comment": "x"}
        assert browser.post(f"/mailings/{mailing}/sign-off", data=data).status_code == 403
    assert (
        browser.post(f"/mailings/{mailing}/release", data={"content_hash": own.hash(mailing)}).status_code
        == 409
    )
    run_jobs()
    assert smtp_sink.messages == []


def test_an_organiser_neither_signs_off_nor_sends(people: Campaigners) -> None:
    mailing = people.approved()
    other = people.world.browser(people.world.user("neu", "organiser"))
    data = {"decision": "approve", "content_hash": people.hash(mailing)}
    assert other.post(f"/mailings/{mailing}/sign-off", data=data).status_code == 403
    assert other.post(f"/mailings/{mailing}/release", data=data).status_code == 403
    assert other.post(f"/mailings/{mailing}/pause").status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "Another"},
        {"body": "Dear {{ salutation }}, no."},
        {"sender_name": "Else"},
        {"reply_to": "e@neu.example"},
    ],
)
def test_an_edit_after_approval_voids_it(
    people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None], change: dict[str, str]
) -> None:
    mailing = people.approved()
    before = people.hash(mailing)
    browser, admin = people.world.browser(people.organiser), people.world.browser(people.admin)
    version = re.search(
        r'name="version" type="hidden" value="(\d+)"', browser.get(f"/mailings/{mailing}/text").text
    )
    assert version
    answer = browser.post(
        f"/mailings/{mailing}/text",
        data=typed(**change) | {"version": version.group(1)},
        follow_redirects=True,
    )
    assert "The sign-off is void" in answer.text
    assert people.state(mailing) == "draft"
    assert admin.post(f"/mailings/{mailing}/release", data={"content_hash": before}).status_code == 409
    run_jobs()
    assert smtp_sink.messages == []


def test_taking_one_recipient_out_voids_the_approval(people: Campaigners) -> None:
    mailing = people.approved()
    browser = people.world.browser(people.organiser)
    choice = re.search(
        r'name="choice" value="([0-9a-f-]+)"', browser.get(f"/mailings/{mailing}/audience").text
    )
    assert choice
    browser.post(f"/mailings/{mailing}/audience/removals", data={"choice": choice.group(1)})
    assert people.state(mailing) == "draft"


def test_a_signer_who_read_something_else_is_told(people: Campaigners) -> None:
    mailing = people.asked()
    data = {"decision": "approve", "content_hash": "0" * 64}
    answer = people.world.browser(people.admin).post(f"/mailings/{mailing}/sign-off", data=data)
    assert answer.status_code == 409
    assert "has changed since you read it" in answer.text


def test_asking_for_changes_brings_it_back_with_the_words(people: Campaigners) -> None:
    mailing = people.asked()
    data = {"decision": "decline", "content_hash": people.hash(mailing), "comment": "Name the ask first."}
    people.world.browser(people.admin).post(f"/mailings/{mailing}/sign-off", data=data)
    assert people.state(mailing) == "draft"
    assert "Name the ask first." in people.world.browser(people.organiser).get(f"/mailings/{mailing}").text


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("Dear {{ surname }}", "Line 1, character 6: there is no field “surname”"),
        ("Dear\n {{ first_name }}", "Line 2, character 2: “first_name” is not known for everyone"),
        ("Dear {{ salutation", "is not closed"),
        ("Dear salutation }}", "closes a field that was never opened"),
    ],
)
def test_merge_fields_that_cannot_be_read_are_told_with_their_place(
    people: Campaigners, body: str, told: str
) -> None:
    answer = people.world.browser(people.organiser).post("/mailings/new", data=typed(body=body))
    assert answer.status_code == 422
    assert told in answer.text
    assert body.split("\n")[0] in answer.text


def test_two_people_do_not_overwrite_each_other(people: Campaigners) -> None:
    mailing = people.draft()
    browser = people.world.browser(people.organiser)
    answer = browser.post(f"/mailings/{mailing}/text", data=typed() | {"version": "1"})
    assert answer.status_code == 409


def test_pause_go_on_and_cancel(people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None]) -> None:
    mailing = people.sending()
    browser = people.world.browser(people.admin)
    assert browser.post(f"/mailings/{mailing}/pause").status_code == 303
    run_jobs()
    assert smtp_sink.messages == []
    assert "Paused" in browser.get(f"/mailings/{mailing}").text
    assert browser.post(f"/mailings/{mailing}/pause/removal").status_code == 303
    assert browser.post(f"/mailings/{mailing}/pause").status_code == 303
    assert browser.post(f"/mailings/{mailing}/cancellation").status_code == 303
    run_jobs()
    assert smtp_sink.messages == []
    assert people.counts(mailing) == {"cancelled": 8}
    assert browser.post(f"/mailings/{mailing}/pause/removal").status_code == 409


def test_send_me_a_test(people: Campaigners, smtp_sink: Sink) -> None:
    mailing = people.draft()
    people.world.browser(people.organiser).post(f"/mailings/{mailing}/messages/1/test")
    (message,) = smtp_sink.messages
    assert message["Subject"].startswith("[TEST] ")
    assert people.world.email(people.organiser) in message["To"]
    with people.world.context("neu") as session:
        assert session.scalar(
            select(AuditEvent.subject_id).where(AuditEvent.action == "mailing.test_sent")
        ) == UUID(str(mailing))


def test_an_analyst_sees_counts_only(people: Campaigners) -> None:
    mailing = people.draft(title="The secret title")
    browser = people.world.browser(people.world.user("neu", "analyst"))
    listed = browser.get("/mailings")
    assert "Draft" in listed.text
    assert "The secret title" not in listed.text
    assert browser.get(f"/mailings/{mailing}").status_code == 403
    # The way there stands in the menu of those to whom it is open.
    assert 'href="/mailings"' in browser.get("/").text
    officer = people.world.browser(people.world.user("neu", "officer"))
    assert officer.get("/mailings").status_code == 403
    assert 'href="/mailings"' not in officer.get("/").text


PATHS = (
    "",
    "/text",
    "/audience",
    "/salutations",
    "/messages/1",
    "/review",
    "/progress",
    "/recipients",
    "/settlement",
)


def test_another_organisation_gets_the_bytes_of_a_404(people: Campaigners) -> None:
    mailing, absent = people.sending(), uuid4()
    for actor in (people.world.user("praxis", "admin"), people.world.user("liberty", "coordinator")):
        browser = people.world.browser(actor)
        for path in PATHS:
            foreign, none = (
                browser.get(f"/mailings/{mailing}{path}"),
                browser.get(f"/mailings/{absent}{path}"),
            )
            assert (foreign.status_code, foreign.data) == (404, none.data), path
        for path in (
            "/audience/additions",
            "/audience/removals",
            "/review/removal",
            "/release",
            "/pause",
            "/pause/removal",
            "/cancellation",
            "/settlement/absent",
            "/messages/1/test",
            f"/settlement/{absent}",
        ):
            foreign = browser.post(f"/mailings/{mailing}{path}", data={"decision": "hold"})
            none = browser.post(f"/mailings/{absent}{path}", data={"decision": "hold"})
            assert (foreign.status_code, foreign.data) == (404, none.data), path


def test_a_partner_lends_a_mailing_to_the_lead(
    people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    mailing = people.draft(title="Lent to you")
    deputy = people.world.browser(people.world.user("liberty", "deputy"))
    coordinator = people.world.browser(people.world.user("liberty", "coordinator"))
    organiser = people.world.browser(people.organiser)
    assert deputy.get(f"/mailings/{mailing}").status_code == 404
    organiser.post(f"/mailings/{mailing}/review", data={"reviewer": "lead"})
    assert "Lent to you" in deputy.get("/mailings").text
    assert "Message 3 of 8" in deputy.get(f"/mailings/{mailing}/messages/3").text
    assert (
        people.world.browser(people.world.user("praxis", "admin")).get(f"/mailings/{mailing}").status_code
        == 404
    )
    assert deputy.get(f"/mailings/{mailing}/text").status_code == 404
    own_admin = {"decision": "approve", "content_hash": people.hash(mailing)}
    assert (
        people.world.browser(people.admin).post(f"/mailings/{mailing}/sign-off", data=own_admin).status_code
        == 403
    )
    signed = deputy.post(f"/mailings/{mailing}/sign-off", data=own_admin, follow_redirects=True)
    assert "signed off these 8 messages" in signed.text
    assert deputy.post(f"/mailings/{mailing}/release", data=own_admin).status_code == 403
    run_jobs()
    assert people.state(mailing) == "approved"
    smtp_sink.messages.clear()
    assert coordinator.post(f"/mailings/{mailing}/release", data=own_admin).status_code == 303
    run_jobs()
    assert len(smtp_sink.messages) == 8
    assert "Delivered to the relay" in coordinator.get(f"/mailings/{mailing}").text
    assert coordinator.get(f"/mailings/{mailing}/recipients").status_code == 404
    assert "Liberty coordinator" in organiser.get(f"/mailings/{mailing}").text


def test_a_lent_mailing_taken_back_is_lent_no_longer(people: Campaigners) -> None:
    mailing = people.draft()
    deputy = people.world.browser(people.world.user("liberty", "deputy"))
    organiser = people.world.browser(people.organiser)
    organiser.post(f"/mailings/{mailing}/review", data={"reviewer": "lead"})
    assert deputy.get(f"/mailings/{mailing}").status_code == 200
    organiser.post(f"/mailings/{mailing}/review/removal")
    assert deputy.get(f"/mailings/{mailing}").status_code == 404


def test_values_are_escaped_in_the_html_part_and_never_evaluated(
    people: Campaigners, smtp_sink: Sink
) -> None:
    mailing = people.draft(
        body='Dear {{ first_name|"<b>{{ ask" }},\n<script>alert(1)</script> see https://care.example/?a=1&b=2.'
    )
    people.world.browser(people.organiser).post(f"/mailings/{mailing}/messages/1/test")
    html = smtp_sink.messages[0].get_body(("html",)).get_content()
    assert "<script" not in html
    assert '<a href="https://care.example/?a=1&amp;b=2">' in html
