"""The register of requests by authorities and the breach desk."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from organising.platform.clock import LONDON, now, today
from organising.platform.moments import MINUTES
from tests.support import contacts

REGISTER, DESK = "/organisation/disclosures", "/organisation/breaches"
ROLES = ("coordinator", "deputy", "admin", "organiser", "officer", "analyst")


def asked(**given):
    return {
        "authority": "An invented office",
        "basis": "court_order",
        "received_on": today().isoformat(),
        "subject": "Amara Canary",
        "asked": "Her address canary.",
    } | given


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_exactly_where_it_may(world, role):
    browser = world.browser(world.user("neu", role))
    decides, manages = role in ("coordinator", "deputy", "admin"), role in ("coordinator", "admin")
    for path, may in (
        ("/organisation/data-protection", True),
        ("/organisation/agreement", True),
        ("/organisation/going-live", True),
        ("/organisation/exports", manages),
        ("/organisation/people-storage", manages),
        (REGISTER, decides),
        (DESK, manages),
    ):
        assert browser.get(path).status_code == (200 if may else 403), path
    assert (browser.post(REGISTER).status_code, browser.post(DESK).status_code) == (
        422 if decides else 403,
        422 if manages else 403,
    )
    assert browser.post("/organisation/going-live/removal").status_code == (303 if manages else 403)


@pytest.mark.parametrize(
    ("subject", "status"),
    [
        ("Amara Hall", 303),
        ("Bo Marshall of an invented street", 303),
        ("All of them", 422),
        ("Them all", 422),
        ("Everybody there", 422),
        ("Amara or Bo", 422),
    ],
)
def test_a_name_is_one_person_and_a_word_for_several_is_not(world, subject, status):
    answer = world.browser(world.user("neu", "admin")).post(REGISTER, data=asked(subject=subject))
    assert answer.status_code == status


def test_a_request_is_refused_until_two_others_say_that_it_has_to_be_answered(world, owner):
    people = [world.user("neu", role) for role in ("admin", "admin", "deputy")]
    writer, first, second = (world.browser(one) for one in people)
    for wrong in (
        {"subject": "Amara Canary and Bo Canary"},
        {"subject": "A; B"},
        {"received_on": (today() + timedelta(days=1)).isoformat()},
        {"basis": "because"},
        {"authority": " "},
    ):
        answer = writer.post(REGISTER, data=asked(**wrong))
        assert (answer.status_code, "Her address canary." in answer.text) == (422, True), wrong
    path = writer.post(REGISTER, data=asked()).headers["Location"]
    assert "Refused" in writer.get(path).text
    assert "Amara Canary" in writer.get(path).text
    why = {"text": "Order 7 of an invented court."}
    assert first.post(f"{path}/answer", data={"text": "All of it"}).status_code == 409
    assert writer.post(f"{path}/approvals", data=why).status_code == 403
    assert first.post(f"{path}/approvals", data={"text": " "}).status_code == 422
    assert first.post(f"{path}/approvals", data=why).status_code == 303
    assert first.post(f"{path}/approvals", data=why).status_code == 403
    assert second.post(f"{path}/answer", data={"text": "All of it"}).status_code == 409
    assert second.post(f"{path}/approvals", data=why).status_code == 303
    # Back to refused takes both away.
    first.post(f"{path}/refusal")
    assert second.post(f"{path}/answer", data={"text": "All of it"}).status_code == 409
    for browser in (first, second):
        assert browser.post(f"{path}/approvals", data=why).status_code == 303
    assert second.post(f"{path}/answer", data={"text": "Her address canary, on paper."}).status_code == 303
    assert first.post(f"{path}/refusal").status_code == 303
    assert "Answered" in writer.get(path).text
    # What compels nothing is never answered; another partner's is not there.
    other = writer.post(REGISTER, data=asked(basis="immigration")).headers["Location"]
    assert first.post(f"{other}/approvals", data=why).status_code == 409
    assert "stays refused" in first.get(other).text
    writer.post(f"{other}/refusal", data={"withdrawn": "yes"})
    assert "Withdrawn" in writer.get(other).text
    assert world.browser(world.user("praxis", "admin")).get(path).status_code == 404
    stored = owner.rows("SELECT row_to_json(d)::text FROM disclosure_request d")
    assert "canary" not in str(stored).lower()
    assert owner.rows("SELECT received, answered FROM app.disclosure_counts()") == [(1, 1)]
    _database_holds_to_it(world, people)


def _database_holds_to_it(world, people):
    begun = (
        "INSERT INTO disclosure_request (organisation_id, id, authority, basis, received_on, user_id, asked_cipher, "
        "subject_cipher, state) VALUES (:o, gen_random_uuid(), 'x', 'warrant', now(), :u, '\\x00', '\\x00', :s)"
    )
    given = {"o": people[0].organisation_id, "u": people[0].user_id}
    with world.context("neu", people[0]) as session:
        with pytest.raises(ProgrammingError, match="row-level security"), session.begin_nested():
            session.execute(text(begun), given | {"s": "reopened"})
        session.execute(text(begun), given | {"s": "refused"})
        for change in ("state = 'approved'", "first_approver = user_id, second_approver = user_id"):
            with pytest.raises(IntegrityError, match="check"), session.begin_nested():
                session.execute(text(f"UPDATE disclosure_request SET {change} WHERE authority = 'x'"))
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(text("DELETE FROM disclosure_request"))


def moment(at):
    return at.astimezone(LONDON).strftime(MINUTES)


def test_the_breach_desk_counts_hours_people_and_files(world, owner):
    admin, organiser = world.user("neu", "admin"), world.user("neu", "organiser")
    contacts.keep(world, "neu", admin, "Amara Okafor")
    contacts.keep(world, "neu", admin, "Bo Lindqvist")
    world.browser(organiser).post("/contacts/exports", data={"reason": "event"})
    contacts.keep(world, "praxis", world.user("praxis", "admin"), "Not Theirs")
    browser = world.browser(admin)
    at = now()
    fields = {
        "what": "A list went to a canary.",
        "noticed_at": moment(at - timedelta(hours=10)),
        "window_from": moment(at - timedelta(days=2)),
        "window_until": moment(at + timedelta(hours=1)),
    }
    for wrong in (
        {"noticed_at": moment(at + timedelta(days=1))},
        {"window_until": "2020-01-01T00:00"},
        {"what": ""},
    ):
        assert browser.post(DESK, data=fields | wrong).status_code == 422
    path = browser.post(DESK, data=fields).headers["Location"]
    shown = browser.get(path).text
    assert re.search(r"6[12] hours left", shown)
    told = re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", shown)
    assert ("Contacts kept by then", "2") in told
    assert ("People in the files taken out in that time", "2") in told
    assert "Neu organiser" in shown
    assert "Downloaded contacts" in shown
    assert browser.post(f"{path}/notes", data={"text": " "}).status_code == 422
    browser.post(f"{path}/notes", data={"text": "Asked the canary to delete it."})
    assert browser.post(f"{path}/told/nobody").status_code == 404
    browser.post(f"{path}/told/reported")
    browser.post(f"{path}/closure", data={"text": "It was deleted unread."})
    # Closed, it stays as it was told then.
    assert browser.post(f"{path}/told/partners_told").status_code == 303
    assert "This is closed already" in browser.get(path).text
    assert owner.rows("SELECT partners_told_at FROM breach") == [(None,)]
    report = browser.get(f"{path}/report").text
    for words in (
        "A list went to a canary.",
        "Asked the canary to delete it.",
        "It was deleted unread.",
        "Partners told",
    ):
        assert words in report
    assert "Closed" in browser.get(DESK).text
    owner.rows(
        "UPDATE breach SET closed_at = NULL, reported_at = NULL, noticed_at = noticed_at - interval '3 days'"
    )
    assert "72 hours are over" in browser.get(DESK).text
    stored = owner.rows("SELECT row_to_json(b)::text FROM breach b") + owner.rows(
        "SELECT row_to_json(n)::text FROM breach_note n"
    )
    assert "canary" not in str(stored)
    with world.context("neu", admin) as session, pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("UPDATE breach_note SET author_label = 'x'"))
