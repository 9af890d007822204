"""Staff's pages: drafted by one person, read and opened by another; counts, and never a writer."""

import pytest

from tests.support.letters import (
    PAGE,
    WORDS,
    Constituent,
    confirm_many,
    draft_a_page,
    mailing_of,
    open_a_page,
    seat_a_member,
)

FIELDS = {**vars(WORDS), "ask_id": ""}


def shown_hash(browser, action_id):
    return browser.get(f"/letters/{action_id}").text.split('name="content_hash" value="')[1].split('"')[0]


def test_drafted_by_one_opened_by_another_and_public_only_then(world, client, owner):
    organiser, admin = (
        world.browser(world.user("neu", "organiser")),
        world.browser(world.user("neu", "admin")),
    )
    answer = organiser.post("/letters/new", data=FIELDS)
    assert answer.status_code == 303
    path = answer.location
    action_id = path.rpartition("/")[2]
    assert client.get(PAGE).status_code == 404
    assert "Write to your MP" not in client.get("/campaign").text
    mine = organiser.get(path).text
    assert "The coordinator or an administrator opens it." in mine
    assert 'name="content_hash"' not in mine
    assert organiser.post(f"{path}/opening", data={"content_hash": "x"}).status_code == 403
    content_hash = shown_hash(admin, action_id)
    assert organiser.post(f"{path}/text", data=FIELDS | {"title": "Another title"}).status_code == 303
    assert admin.post(f"{path}/opening", data={"content_hash": content_hash}).status_code == 409
    assert client.get(PAGE).status_code == 404
    assert (
        admin.post(f"{path}/opening", data={"content_hash": shown_hash(admin, action_id)}).status_code == 303
    )
    assert "Another title" in client.get(PAGE).text
    # The campaign's own page leads there, for visitors and for a partner who is signed in.
    for visitor in (client, world.browser(world.user("liberty", "organiser"))):
        assert f'href="{PAGE}">Another title</a>' in visitor.get("/campaign").text
    assert organiser.post(f"{path}/text", data=FIELDS).status_code == 422
    assert "Another title" in client.get(PAGE).text
    assert owner.rows("SELECT count(*) FROM audit_event WHERE action = 'letter_action.opened'") == [(1,)]


def test_nobody_opens_what_they_wrote_themselves(world, client):
    admin = world.user("neu", "admin")
    action_id = draft_a_page(world, author=admin)
    browser = world.browser(admin)
    assert "another person has to read it" in browser.get(f"/letters/{action_id}").text
    assert browser.post(f"/letters/{action_id}/opening", data={"content_hash": "x"}).status_code == 403
    assert client.get(PAGE).status_code == 404


@pytest.mark.parametrize(
    ("role", "page", "draft", "open_"),
    [("coordinator", 200, 303, 303), ("admin", 200, 303, 303), ("deputy", 200, 303, 403),
     ("organiser", 200, 303, 403), ("officer", 403, 403, 403), ("analyst", 403, 403, 403)],
)  # fmt: skip
def test_who_may_what(world, role, page, draft, open_):
    action_id = draft_a_page(world)
    content_hash = shown_hash(world.browser(world.user("neu", "admin")), action_id)
    browser = world.browser(world.user("neu", role))
    assert browser.get(f"/letters/{action_id}").status_code == page
    assert browser.post("/letters/new", data=FIELDS | {"slug": "another"}).status_code == draft
    answer = browser.post(f"/letters/{action_id}/opening", data={"content_hash": content_hash})
    assert answer.status_code == open_
    assert browser.post(f"/letters/{action_id}/closure").status_code == (303 if open_ == 303 else 403)


def test_the_page_shows_counts_and_no_writer(app, world, client, smtp_sink, run_jobs):
    holding_id = seat_a_member(app)
    marsh = seat_a_member(app, "E2 6AB", "E14002222", "Marsh", "Cato Marshman", "cato@parliament.example")
    action_id = open_a_page(world)
    confirm_many(world, action_id, {holding_id: "ada.harbourer@parliament.example"}, 23)
    confirm_many(world, action_id, {marsh: "cato@parliament.example"}, 9, first=100)
    writer = Constituent(client, smtp_sink, run_jobs)
    writer.write_and_confirm()
    writer.run_jobs()
    for role in ("organiser", "coordinator"):
        browser = world.browser(world.user("neu", role))
        for path in (
            f"/letters/{action_id}",
            "/letters",
            f"/mailings/{mailing_of(world, action_id)}/recipients",
        ):
            page = browser.get(path).text
            for secret in ("Storyborn", "Writer 1", "writer1@", "esi@", "Invented Row", "E1 4NS"):
                assert secret not in page, (path, secret)
        page = browser.get(f"/letters/{action_id}").text
        assert ">25</td>" in page, "24 letters to the nearest five"
        assert "fewer than 10" in page
        assert ">9<" not in page
    assert "33" in page


def test_another_partner_learns_nothing_of_it(app, world, client):
    seat_a_member(app)
    action_id = open_a_page(world)
    mailing_id = mailing_of(world, action_id)
    for slug in ("praxis", "liberty"):
        browser = world.browser(world.user(slug, "coordinator"))
        assert WORDS.title not in browser.get("/letters").text
        assert WORDS.title not in browser.get("/mailings").text
        for path in (f"/letters/{action_id}", f"/letters/of/{mailing_id}", f"/mailings/{mailing_id}"):
            assert browser.get(path).status_code == 404
        assert browser.get(PAGE).status_code == 200, "the public page is for everybody"


def test_its_mailing_is_found_on_its_own_page_only(app, world):
    action_id = open_a_page(world)
    mailing_id = mailing_of(world, action_id)
    browser = world.browser(world.user("neu", "admin"))
    assert WORDS.title not in browser.get("/mailings").text
    assert "Letters from constituents" in browser.get("/mailings").text
    answer = browser.get(f"/mailings/{mailing_id}", follow_redirects=True)
    assert answer.request.path == f"/letters/{action_id}"


def test_a_cancelled_mailing_closes_its_page_and_opening_again_begins_another(
    app, world, client, smtp_sink, run_jobs
):
    from organising.letters import jobs
    from organising.mailings import jobs as mailing_jobs

    seat_a_member(app)
    action_id = open_a_page(world)
    first = mailing_of(world, action_id)
    writer = Constituent(client, smtp_sink, run_jobs)
    link = writer.write()
    admin = world.browser(world.user("neu", "admin"))
    assert admin.post(f"/mailings/{first}/cancellation").status_code == 303
    writer.confirm(link)
    writer.run_jobs()
    with app.app_context():
        mailing_jobs.sweep()
        jobs.sweep_letters()
    assert "It did not leave." in client.get(link).text
    assert "takes no more letters" in client.get(PAGE).text
    content_hash = shown_hash(admin, action_id)
    assert admin.post(f"/letters/{action_id}/opening", data={"content_hash": content_hash}).status_code == 303
    assert mailing_of(world, action_id) != first
    assert "Who is your MP?" in client.get(PAGE).text
    assert client.post(f"{link}/withdrawal").status_code == 303
    writer.write_and_confirm()
    writer.run_jobs()
    assert len(smtp_sink.to("ada.harbourer@parliament.example")) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"slug": "No Spaces"}, "small letters"),
        ({"prompts": ""}, "at least one question"),
        ({"title": ""}, "Give it a title"),
    ],
)
def test_a_mistake_is_said_and_nothing_typed_is_lost(world, change, words):
    browser = world.browser(world.user("neu", "organiser"))
    answer = browser.post("/letters/new", data=FIELDS | change)
    assert answer.status_code == 422
    assert words in answer.text
    assert WORDS.standfirst in answer.text


def test_a_short_address_is_ones_own_and_taken_once(world):
    draft_a_page(world, "neu")
    draft_a_page(world, "praxis")
    answer = world.browser(world.user("neu", "organiser")).post("/letters/new", data=FIELDS)
    assert answer.status_code == 422
    assert "already has this short address" in answer.text


def test_the_demo_is_invented_and_sends_nothing(app, world, client, smtp_sink, run_jobs):
    from organising.letters import demo
    from organising.letters.models import Letter
    from organising.representatives.demo import seed_invented_parliament

    with app.app_context():
        seed_invented_parliament()
        for _ in range(2):
            demo.seed(world.user("neu", "organiser"), world.user("neu", "admin"))
    with world.context("neu") as session:
        emails = [letter.email for letter in session.query(Letter)]
    assert len(emails) == len(set(emails)) == sum(demo.WROTE)
    assert all(email.endswith("@example.org") for email in emails)
    run_jobs()
    assert smtp_sink.messages == []
    assert "a school is a safe place" in client.get(PAGE).text
    assert client.post(PAGE, data={"step": "find", "postcode": "ZA1 0AA"}).status_code == 200
