"""A statement's way through the pages: drafted, discussed, locked, signed, released, and corrected in the open."""

import re
from datetime import datetime, timedelta
from time import sleep

import pytest
import time_machine

from organising.platform.actor import Actor
from organising.platform.clock import LONDON, now
from organising.platform.db import db
from organising.platform.tenancy import Context, use_context
from organising.statements import jobs
from organising.statements.services import drafting, steps
from organising.statements.services.drafting import Text
from organising.statements.states import Kind
from tests.support.sign_ons import set_status
from tests.support.statements import BODY, CANARY, Desk


@pytest.fixture
def desk(world):
    return Desk.at(world)


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_a_letter_goes_all_the_way(world, client, desk):
    coordinator, neu = world.browser(desk.coordinator), world.browser(desk.neu)
    begun = coordinator.post(
        "/statements/new",
        data={"kind": "sign_on_letter", "title": "Autumn", "headline": "No borders in schools", "body": BODY},
    )
    assert begun.status_code == 303
    page = begun.location.removesuffix("/plan")
    saved = coordinator.post(
        f"{page}/plan",
        data={
            "title": "Autumn",
            "consulted": [str(world.organisation("praxis"))],
            "signing": [str(world.organisation("neu")), str(world.organisation("liberty"))],
            "order": "alphabetical",
        },
    )
    assert saved.status_code == 303, words(saved)
    assert neu.get(page).status_code == 404, "a draft is its own organisation's"
    assert coordinator.post(f"{page}/consultation").status_code == 303
    assert CANARY in neu.get(page).text
    assert coordinator.post(f"{page}/lock", data={"number": 1}).status_code == 303
    assert coordinator.post(f"{page}/sign-off").status_code == 303
    assert "Waiting for your signature" in words(neu.get("/statements"))
    form = neu.get(f"{page}/signature").text
    digest = re.search(r'name="digest"[^>]*value="([0-9a-f]{64})"', form)[1]
    given = {
        "name": "National Education Union",
        "signatory": "Sam Invented",
        "title": "General Secretary",
        "digest": digest,
        "has_read": "1",
    }
    assert neu.post(f"{page}/signature", data=given).status_code == 303
    early = coordinator.post(f"{page}/end")
    assert early.status_code == 409
    assert "can still answer" in words(early)
    deputy = world.browser(desk.deputy)
    assert deputy.post(f"{page}/signature", data=given | {"name": "Liberty"}).status_code == 303
    assert coordinator.post(f"{page}/end").status_code == 303
    assert client.get("/published/no-borders-in-schools").status_code == 404
    assert coordinator.post(f"{page}/release").status_code == 303
    public = client.get("/published/no-borders-in-schools")
    assert public.status_code == 200
    assert CANARY in public.text
    assert "2 organisations. This is the whole list." in words(public)
    assert public.text.index("Liberty</strong>") < public.text.index("National Education Union")
    assert "Set-Cookie" not in public.headers


def test_partners_propose_words_that_are_taken_in_or_closed(world, desk):
    statement_id = desk.begin()
    desk.plan(statement_id, "neu", consulted=("praxis",))
    page = f"/statements/{statement_id}"
    praxis = world.browser(world.user("praxis", "organiser"))
    coordinator = world.browser(desk.coordinator)
    said = {"body": "Say who.", "quote": "the minister", "proposal": "the Secretary of State"}
    assert praxis.post(f"{page}/comments", data=said).status_code == 404, "a draft is not theirs to read"
    coordinator.post(f"{page}/consultation")
    wrong = praxis.post(f"{page}/comments", data=said | {"quote": "words of no text"})
    assert wrong.status_code == 422
    assert "Copy the words exactly" in words(wrong)
    assert "the Secretary of State" in wrong.text, "nothing typed is lost"
    assert praxis.post(f"{page}/comments", data={"body": " "}).status_code == 422
    made = praxis.post(f"{page}/comments", data=said)
    assert made.status_code == 303
    thread = made.location.partition("#comment-")[2]
    assert "Say who." in world.browser(desk.neu).get(page).text
    # Only the statement's own organisation resolves; a partner's hand finds nothing.
    assert (
        praxis.post(f"{page}/comments/{thread}/resolution", data={"outcome": "accepted"}).status_code == 404
    )
    assert (
        coordinator.post(f"{page}/comments", data={"body": "Agreed.", "answers": thread}).status_code == 303
    )
    taken = coordinator.post(
        f"{page}/comments/{thread}/resolution", data={"outcome": "accepted", "words": "Thank you"}
    )
    assert taken.status_code == 303
    after = praxis.get(page)
    assert "the Secretary of State for a promise" in after.text
    assert "in version 2" in words(after)
    changed = words(praxis.get(f"{page}/versions"))
    assert "put in: Secretary of State" in changed
    # The words are replaced already: a second time there is nothing to replace.
    coordinator.post(f"{page}/comments/{thread}/resolution", data={"outcome": "reopened"})
    again = coordinator.post(f"{page}/comments/{thread}/resolution", data={"outcome": "accepted"})
    assert again.status_code == 409
    assert "Put the new ones in by hand" in words(again)
    desk.lock(statement_id)
    assert praxis.post(f"{page}/comments", data={"body": "Too late."}).status_code == 409


def test_today_says_whose_comments_wait(world, desk):
    statement_id = desk.begin()
    desk.plan(statement_id, "neu", consulted=("praxis",))
    browsers = [world.browser(one) for one in (world.user("praxis", "organiser"), desk.coordinator)]
    partner, coordinator = browsers
    assert all("Statements to talk about" not in one.get("/").text for one in browsers)
    desk.do(desk.coordinator, steps.consult, statement_id)
    assert "A text waits for your comments" in partner.get("/").text
    assert "Statements to talk about" not in coordinator.get("/").text
    partner.post(f"/statements/{statement_id}/comments", data={"body": "Which schools?"})
    assert "Statements to talk about" not in partner.get("/").text
    assert "One comment on your text waits for you" in coordinator.get("/").text
    listed = coordinator.get("/statements?state=consultation").text
    assert "The autumn letter" in listed
    thread = re.search(r'action="([^"]+/resolution)"', coordinator.get(f"/statements/{statement_id}").text)[1]
    coordinator.post(thread, data={"outcome": "closed"})
    assert "Statements to talk about" not in coordinator.get("/").text


def test_a_draft_is_put_away_and_brought_back(world, desk):
    statement_id = desk.begin()
    page = f"/statements/{statement_id}"
    browser = world.browser(desk.organiser)
    assert browser.post(f"{page}/putting-away").status_code == 303
    assert "The autumn letter" not in browser.get("/statements").text
    assert "The autumn letter" in browser.get("/statements?state=put_away").text
    assert world.browser(desk.coordinator).post(f"{page}/lock", data={"number": 1}).status_code == 409
    assert browser.post(f"{page}/putting-away/removal").status_code == 303
    assert "The autumn letter" in browser.get("/statements").text


def test_two_editors_lose_nothing(world, desk):
    statement_id = desk.begin()
    page = f"/statements/{statement_id}/text"
    coordinator, organiser = world.browser(desk.coordinator), world.browser(desk.organiser)
    first = {"headline": "One", "body": "First words.", "number": "1"}
    assert organiser.post(page, data=first).status_code == 303
    clash = coordinator.post(page, data={"headline": "Two", "body": "Second words.", "number": "1"})
    assert clash.status_code == 409
    assert "Second words." in clash.text
    assert "saved version 2 while you were writing" in words(clash)
    number = re.search(r'name="number"[^>]*value="(\d+)"', clash.text)[1]
    over = coordinator.post(page, data={"headline": "Two", "body": "Second words.", "number": number})
    assert over.status_code == 303
    assert coordinator.post(page, data={"headline": "", "body": "x", "number": "3"}).status_code == 422


def test_a_late_edit_voids_what_was_signed_and_says_what_changed(world, desk):
    statement_id = desk.open_signoff("neu", "liberty")
    desk.sign(desk.neu, statement_id)
    page = f"/statements/{statement_id}"
    coordinator = world.browser(desk.coordinator)
    assert "a colleague who may sign answers" in words(coordinator.get(page))
    assert "a colleague who may sign answers" in words(coordinator.get(f"{page}/signature"))
    assert "Sign for Liberty" not in coordinator.get(f"{page}/signature").text
    assert "Statements to sign" not in coordinator.get("/").text
    assert "Statements to sign" in world.browser(desk.deputy).get("/").text
    assert "Close the list of names" not in coordinator.get(page).text, "Liberty can still answer"
    edit = {"headline": "Schools are no border", "body": f"Other words. {CANARY}", "number": "1"}
    assert world.browser(desk.organiser).post(f"{page}/text", data=edit).status_code == 403
    asked = world.browser(desk.coordinator).get(f"{page}/text")
    assert "1 signature is void in the same moment" in words(asked)
    assert world.browser(desk.coordinator).post(f"{page}/text", data=edit).status_code == 303
    neu = world.browser(desk.neu)
    told = neu.get(page)
    assert "Your answer of" in words(told)
    assert "it was about version 1" in words(told)
    assert "put in: Other" in words(
        neu.get(re.search(r'href="([^"]+/versions\?[^"]+)"', told.text)[1].replace("&amp;", "&"))
    )
    desk.lock(statement_id)
    world.browser(desk.coordinator).post(f"{page}/sign-off")
    stale = {"name": "NEU", "signatory": "Sam", "digest": "0" * 64, "has_read": "1"}
    refused = neu.post(f"{page}/signature", data=stale)
    assert refused.status_code == 409
    assert "Nothing is signed" in words(refused)
    unread = neu.post(f"{page}/signature", data=stale | {"has_read": ""})
    assert unread.status_code == 422
    desk.sign(desk.neu, statement_id)
    assert "is void" not in words(neu.get(page)), "they have answered anew, and that stands"


def test_only_members_are_asked_nobody_signs_their_own_words_and_silence_is_no_name(world, desk):
    statement_id = desk.begin()
    page = f"/statements/{statement_id}"
    coordinator = world.browser(desk.coordinator)
    praxis = str(world.organisation("praxis"))
    plan = {"title": "x", "signing": [praxis], "order": "alphabetical"}
    assert coordinator.post(f"{page}/plan", data=plan).status_code == 422, "a contributor is never published"
    over = coordinator.post(f"{page}/plan", data=plan | {"signing": [], "soft_deadline": "2020-01-01T10:00"})
    assert "Choose a time that is still to come." in over.text
    desk.plan(statement_id, "neu", "liberty", "pathway", hard_deadline=now() + timedelta(seconds=2.5))
    desk.lock(statement_id)
    coordinator.post(f"{page}/sign-off")
    given = {
        "name": "Liberty",
        "signatory": "Cora",
        "digest": desk.digest(desk.coordinator, statement_id),
        "has_read": "1",
    }
    own = coordinator.post(f"{page}/signature", data=given)
    assert own.status_code == 403, "who wrote the words lets a colleague sign them"
    desk.sign(desk.deputy, statement_id, "Liberty")
    refused = world.browser(desk.neu).post(
        f"{page}/signature/refusal", data={"digest": given["digest"], "comment": "Not this year."}
    )
    assert refused.status_code == 303
    assert "Not this year." in coordinator.get(page).text
    assert "Not this year." not in world.browser(world.user("pathway", "admin")).get(page).text
    sleep(2.6)
    late = world.browser(world.user("pathway", "admin")).post(
        f"{page}/signature", data=given | {"name": "Pathway"}
    )
    assert late.status_code == 409
    assert "Close the list of names" in coordinator.get(page).text
    assert coordinator.post(f"{page}/end").status_code == 303
    coordinator.post(f"{page}/release")
    assert "1 organisation. This is the whole list." in words(
        world.app.test_client().get("/published/" + desk.read(desk.coordinator, statement_id).slug)
    )


def test_after_the_release_names_and_corrections_are_dated_in_the_open(world, client, desk):
    assert 'href="/published"' not in client.get("/campaign").text
    statement_id = desk.released("neu", "liberty")
    assert 'href="/published"' in client.get("/campaign").text
    public = "/published/" + desk.read(desk.coordinator, statement_id).slug
    page = f"/statements/{statement_id}"
    assert world.browser(desk.neu).post(f"{page}/signature/removal").status_code == 303
    shown = words(client.get(public))
    assert "1 organisation. This is the whole list." in shown
    assert re.search(r"NEU took its name back on \d+ \w+ \d{4}", shown, re.IGNORECASE)
    coordinator = world.browser(desk.coordinator)
    note = {"note": "The number of schools is 12.", "headline": "Replaced", "body": "Replaced words."}
    assert coordinator.post(f"{page}/correction", data={"note": ""}).status_code == 422
    assert coordinator.post(f"{page}/correction", data=note).status_code == 303
    shown = client.get(public)
    assert "The number of schools is 12." in shown.text
    assert "Replaced words." not in shown.text, "signed words never change under a name"
    assert CANARY in shown.text
    assert "The number of schools is 12." in client.get("/published/feed.atom").text
    assert client.get(public + ".json").json["corrections"][0]["note"] == "The number of schools is 12."
    # Who is no member now stands there no more, and who leaves is said to have taken its name back.
    set_status(world, "liberty", "contributor")
    assert client.get(public + ".json").json["signatories"] == []
    set_status(world, "liberty", "left")
    told = client.get(public + ".json").json
    assert told["signatories"] == []
    assert "Liberty" in [one["name"] for one in told["withdrawn"]]


def test_a_released_letter_becomes_a_draft_among_the_mailings(world, desk):
    statement_id = desk.released("neu", "liberty")
    browser = world.browser(desk.organiser)
    made = browser.post(f"/statements/{statement_id}/mailing")
    assert made.status_code == 303
    assert re.search(r"/mailings/[0-9a-f-]{36}/audience$", made.location)
    text = browser.get(made.location.replace("/audience", "/text")).text
    assert CANARY in text
    assert "Sam Invented, General Secretary, " in text
    assert "{{ salutation }}" in text
    unreleased = desk.embargoed("neu")
    assert world.browser(desk.coordinator).post(f"/statements/{unreleased}/mailing").status_code == 409


def test_lines_to_take_stand_on_briefings_with_version_and_day(world, desk, members):
    statement_id = desk.begin(Kind.LINES_TO_TAKE)
    desk.lock(statement_id)
    desk.do(desk.coordinator, steps.finish, statement_id)
    person_id = next(iter(members.values()))
    officer = world.browser(world.user("praxis", "organiser"))
    path = f"/representatives/{person_id}/briefing"
    assert CANARY not in officer.get(path).text
    coordinator = world.browser(desk.coordinator)
    coordinator.post(f"/statements/{statement_id}/release")
    assert re.search(rf"{CANARY} \(version 1, \d+ \w+ \d{{4}}\)", words(officer.get(path)))
    corrected = {"note": "Clearer.", "headline": "On the firewall", "body": "A promise in law."}
    assert coordinator.post(f"/statements/{statement_id}/correction", data=corrected).status_code == 303
    shown = words(officer.get(path))
    assert "On the firewall (version 2," in shown
    assert CANARY not in shown
    assert b"%PDF" in officer.get(path + ".pdf").data
    coordinator.post(f"/statements/{statement_id}/retirement")
    assert "On the firewall" not in officer.get(path).text


def test_a_partners_draft_is_taken_on_by_the_lead(world, desk):
    author = world.user("neu", "organiser")
    statement_id = desk.do(
        author, drafting.begin, Kind.PRESS_RELEASE, "From a partner", Text("Words", f"Of NEU. {CANARY}")
    )
    liberty = world.organisation("liberty")
    neu = world.browser(author)
    page = f"/statements/{statement_id}"
    neu.post(
        f"{page}/plan", data={"title": "From a partner", "consulted": [str(liberty)], "order": "alphabetical"}
    )
    neu.post(f"{page}/consultation")
    # A coordinator of a partner's own leads nothing.
    assert (
        world.browser(world.user("neu", "coordinator")).post(f"{page}/lock", data={"number": 1}).status_code
        == 403
    )
    taken = world.browser(desk.coordinator).post(f"{page}/taking-on")
    assert taken.status_code == 303
    assert CANARY in world.browser(desk.coordinator).get(taken.location.removesuffix("/plan")).text
    assert "has taken this draft on" in words(neu.get(page)) or "From a partner" in words(neu.get(page))


def test_mail_asks_each_for_what_they_may_give_and_says_when_a_signature_is_void(
    world, desk, smtp_sink, run_jobs
):
    partner = world.user("praxis", "admin")
    statement_id = desk.begin()
    desk.plan(statement_id, "neu", "liberty", consulted=("praxis",))

    def subjects(actor):
        run_jobs()
        return [str(one["Subject"]).split(":")[0] for one in smtp_sink.to(world.email(actor))]

    desk.do(desk.coordinator, steps.consult, statement_id)
    assert subjects(partner) == subjects(desk.neu) == ["For your comments"]
    assert subjects(desk.deputy) == [], "nobody asks themselves for comments"
    desk.lock(statement_id)
    desk.do(desk.coordinator, steps.open_signoff, statement_id)
    assert subjects(partner) == ["For your comments"], "who only comments is not asked for a name"
    assert len(subjects(desk.neu)) == 2
    assert len(subjects(desk.deputy)) == 1
    desk.sign(desk.neu, statement_id)
    desk.do(desk.coordinator, drafting.save_text, statement_id, Text("Late", f"Late words. {CANARY}"), 1)
    desk.lock(statement_id)
    desk.do(desk.coordinator, steps.open_signoff, statement_id)
    assert len(subjects(desk.neu)) == 3
    void = [
        one.get_content() for one in smtp_sink.to(world.email(desk.neu)) if "is void" in one.get_content()
    ]
    assert len(void) == 1
    assert CANARY not in void[0]


def test_whoever_signs_is_asked_once_and_reminded_on_the_days_of_the_deadlines(
    app, world, desk, smtp_sink, run_jobs
):
    at = datetime.now(LONDON).replace(hour=10, minute=0, second=0, microsecond=0)
    statement_id = desk.open_signoff(
        "neu", soft_deadline=at + timedelta(days=2), hard_deadline=at + timedelta(days=5)
    )
    run_jobs()
    neu = world.email(desk.neu)

    def mails():
        return smtp_sink.to(neu)

    def sweep(day):
        with time_machine.travel(at + timedelta(days=day), tick=True):
            with app.app_context():
                jobs.sweep_questions()
                jobs.sweep_reminders()
                db.session.remove()
            with app.app_context(), use_context(Context(organisation_id=desk.neu.organisation_id)) as session:
                actor = Actor.system(desk.neu.organisation_id, "NEU", world.campaign)
                for _ in range(2):
                    jobs.remind(actor, desk.neu.user_id)
                    session.commit()

    assert len(mails()) == 1
    run_jobs()
    for day, expected in ((1, 1), (2, 2), (3, 2), (4, 3)):
        sweep(day)
        assert len(mails()) == expected, day
    desk.sign(desk.neu, statement_id)
    sweep(5)
    assert len(mails()) == 3
    assert "Statements to sign" not in world.browser(desk.neu).get("/").text
