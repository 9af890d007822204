"""Double opt-in: asked once by email, answered by a press and not by a look; and "this wasn't me", which stays what it was."""

import re
from uuid import uuid4

import psycopg
import pytest

from organising.outreach import jobs
from tests.support.outreach import Writers


@pytest.fixture
def neu(world):
    return Writers.at(world)


def asked(browser, contact, *purposes, **given):
    data = {"purposes": list(purposes or ("news", "invitations")), "submission_key": str(uuid4())} | given
    return browser.post(f"/contacts/{contact}/question", data=data)


def link_in(message):
    return re.search(r"http://localhost(/agree/\S+?)(?:\?|\s)", message.get_content())[1]


def test_they_say_yes_by_a_press_and_a_look_says_nothing(world, neu, smtp_sink, run_jobs, client, owner, app):
    browser = world.browser(neu.organiser)
    contact = neu.contact("amara@example.org", None, language="es")
    page = browser.get(f"/contacts/{contact}/question").text
    assert not re.search(r"<input[^>]*checked", page)
    assert "Tick what you ask about" in asked(browser, contact, purposes=[]).text
    key = str(uuid4())
    for _ in range(2):
        assert asked(browser, contact, submission_key=key).status_code == 303
    assert "They were asked already" in asked(browser, contact).text
    for _ in range(2):
        run_jobs()
        with app.app_context():
            jobs.sweep_requests()
    assert len(smtp_sink.messages) == 1
    mail = smtp_sink.messages[0]
    assert "NEU may send me news of its campaigns" in mail.get_content()
    assert "¿" in str(mail["Subject"])
    # The language hints at nationality: it goes with the mail.
    assert owner.rows("SELECT confirmation_language FROM consent_request") == [(None,)]
    link = link_in(mail)
    assert "Yes, I agree" in client.get(link).text
    assert owner.rows("SELECT count(*)::int FROM contact_consent") == [(0,)]
    assert "not answered yet" in browser.get(f"/contacts/{contact}").text
    for _ in range(2):
        assert "Thank you" in world.app.test_client().post(link).text
    told = owner.rows("SELECT purpose, channel, decision, source FROM contact_consent ORDER BY 1")
    assert told == [("invitations", "email", "given", "confirmed"), ("news", "email", "given", "confirmed")]
    assert "they said yes" in browser.get(f"/contacts/{contact}").text
    assert "They have said yes" in asked(browser, contact).text
    neu.sending()
    run_jobs()
    assert [str(one["To"]) for one in smtp_sink.messages[1:]] == ["Amara Amara <amara@example.org>"]


def test_this_was_not_me_ends_every_yes_and_is_never_made_a_yes(
    world, neu, smtp_sink, run_jobs, client, owner, raw_login
):
    browser = world.browser(neu.organiser)
    contact = neu.contact("amara@example.org", None)
    neu.says(contact, purpose="fundraising")
    asked(browser, contact)
    run_jobs()
    link = link_in(smtp_sink.messages[0])
    client.post(link)
    for _ in range(2):
        assert "Noted: it was not you" in client.post(f"{link}/not-me").text
    # Kept as such, whoever presses what after that.
    assert "Noted: it was not you" in client.post(link).text
    with pytest.raises(psycopg.errors.CheckViolation):
        owner.rows("UPDATE consent_request SET state = 'confirmed'")
    told = owner.rows(
        "SELECT DISTINCT ON (purpose) purpose, decision, source FROM contact_consent ORDER BY purpose, decided_at DESC, created_at DESC"
    )
    assert told == [(one, "withdrawn", "not_me") for one in ("fundraising", "invitations", "news")]
    assert owner.rows("SELECT reason FROM suppression") == [("unsubscribed",)]
    assert "it was not them" in browser.get(f"/contacts/{contact}").text
    assert "They said no to one of these" in asked(browser, contact).text
    # Another contact with that address is not asked either.
    assert "not to be written to" in asked(browser, neu.contact("amara@example.org", None, name="Other")).text


def test_a_question_of_anothers_forged_or_old_answers_as_one_that_never_was(
    world, neu, smtp_sink, run_jobs, client, owner
):
    browser = world.browser(neu.organiser)
    contact = neu.contact("amara@example.org", None)
    asked(browser, contact)
    run_jobs()
    link = link_in(smtp_sink.messages[0])
    never = client.post("/agree/no-question")
    for forged in (f"{link}x", link[:-1], link.replace("/agree/", "/agree/x")):
        for path in (forged, f"{forged}/not-me"):
            answer = client.post(path)
            assert (answer.status_code, answer.data) == (404, never.data), path
    liberty, absent = world.browser(world.user("liberty", "coordinator")), uuid4()
    for browsing in (liberty, world.browser(world.user("neu", "officer"))):
        foreign, none = (browsing.get(f"/contacts/{one}/question") for one in (contact, absent))
        assert (foreign.status_code, foreign.data) == (404, none.data)
        assert asked(browsing, contact).status_code == 404
    owner.rows("UPDATE consent_request SET created_at = now() - interval '31 days'")
    assert "This question is old" in client.post(link).text
    assert owner.rows("SELECT count(*)::int FROM contact_consent") == [(0,)]
    assert "Noted" in client.post(f"{link}/not-me").text


def test_nobody_is_asked_who_said_no_or_asked_to_be_left_alone_before_the_mail_left(
    world, neu, smtp_sink, run_jobs, owner
):
    browser = world.browser(neu.organiser)
    said_no, objected, put_away, restricted = (neu.contact(f"{n}@example.org", None) for n in "abcd")
    for contact in (said_no, objected, put_away):
        assert asked(browser, contact).status_code == 303
    neu.says(said_no, "refused", "invitations")
    owner.rows("UPDATE contact SET objected_at = now() WHERE id = %s", objected)
    owner.rows("UPDATE contact SET archived_at = now() WHERE id = %s", put_away)
    run_jobs()
    assert smtp_sink.messages == []
    # The same is looked at before they are asked: at an address that came after the objection too.
    owner.rows("UPDATE contact SET restricted_at = now() WHERE id = %s", restricted)
    assert "not to be written to" in asked(browser, restricted).text


def test_what_one_of_two_that_were_merged_answers_holds_for_both(
    world, neu, smtp_sink, run_jobs, client, owner
):
    browser = world.browser(neu.organiser)
    merged, kept = neu.contact("old@example.org", None), neu.contact("new@example.org", None)
    asked(browser, merged)
    run_jobs()
    link = link_in(smtp_sink.messages[0])
    neu.merges(kept, merged, emails="first")
    decided = "SELECT DISTINCT contact_id, decision FROM contact_consent ORDER BY decision"
    client.post(link)
    assert owner.rows(decided) == [(kept, "given")]
    client.post(f"{link}/not-me")
    assert owner.rows(decided) == [(kept, "given"), (kept, "withdrawn")]
