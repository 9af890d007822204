"""Writing to one's MP from outside: a browser, a real mail, a POST, and the letter as the office gets it."""

import pytest

from organising.letters.jobs import sweep_confirmations
from tests.support.letters import BODY, PAGE, WORDS, Constituent, open_a_page, seat_a_member
from tests.support.pledges import open_a_drive


@pytest.fixture
def action_id(app, world):
    seat_a_member(app)
    return open_a_page(world)


@pytest.fixture
def writer(client, smtp_sink, run_jobs):
    return Constituent(client, smtp_sink, run_jobs)


def states(owner):
    return sorted(state for (state,) in owner.rows("SELECT state FROM letter"))


def letters_sent(sink):
    return sink.to("ada.harbourer@parliament.example")


def test_postcode_words_mail_get_sends_nothing_post_does(writer, action_id, owner, smtp_sink):
    start = writer.client.get(PAGE)
    assert start.status_code == 200
    found = writer.post("find")
    assert "Ada Harbourer" in found.text
    assert "Harbour and Vale" in found.text
    read = writer.post("read")
    assert "Dear Ada Harbourer," in read.text
    assert states(owner) == []
    link = writer.write()
    assert states(owner) == ["unconfirmed"]
    for path in (link, f"{link}/confirmation", f"{link}/refusal", f"{link}/withdrawal"):
        writer.client.get(path)
        writer.client.head(path)
    writer.run_jobs()
    assert states(owner) == ["unconfirmed"]
    assert letters_sent(smtp_sink) == []
    writer.confirm(link)
    writer.confirm(link)
    writer.run_jobs()
    writer.run_jobs()
    assert states(owner) == ["confirmed"]
    [letter] = letters_sent(smtp_sink)
    assert "Esi Storyborn via Care Don't Share (NEU)" in str(letter["From"])
    assert "hello@organising.example" in str(letter["From"])
    assert letter["Reply-To"] == "esi@example.org"
    assert letter["Subject"] == WORDS.subject
    text = letter.get_content()
    for part in (BODY.split(".")[0], "Esi Storyborn", "12 Invented Row", "E1 4NS", "Dear Ada Harbourer,"):
        assert part in text
    page = writer.client.get(link)
    assert "It has left." in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_a_mail_refused_at_the_dot_is_tried_again(app, writer, action_id, owner, smtp_sink):
    smtp_sink.at_the_dot.append("451 4.3.0 disk full")
    assert writer.post().status_code == 303
    writer.run_jobs()
    assert writer.mails() == []
    owner.rows("UPDATE letter SET confirmation_due_at = now() - interval '1 minute'")
    for _ in range(2):
        with app.app_context():
            sweep_confirmations()
        writer.run_jobs()
    assert len(writer.mails()) == 1


def test_the_page_says_before_the_form_who_sees_what(writer, action_id, world):
    open_a_drive(world)
    for page in (writer.client.get(PAGE).text, writer.post("find").text):
        for words in (
            "will see your name and your address",
            "Some MPs have passed people’s details to immigration enforcement.",
            "Write nothing about anyone’s immigration status",
            "You can sign the pledge without writing.",
            "/advice",
            "NEU does, and sends it to your MP and nobody else.",
        ):
            assert words in page, words
        before = page.index("Before you write")
        assert before < page.index('id="privacy"')
    start = writer.client.get(PAGE).text
    assert start.index("Before you write") < start.index("<form")
    assert "/pledge/care-dont-share?via=neu" in start or "/pledge/care-dont-share/neu" in start
    advice = writer.client.get("/advice")
    assert advice.status_code == 200
    assert "<form" not in advice.text


def test_a_first_and_a_repeated_letter_get_the_same_bytes_and_one_leaves(writer, action_id, owner, smtp_sink):
    first = writer.post()
    first_page = writer.client.get(first.location)
    writer.run_jobs()
    writer.confirm(writer.link())
    again = writer.post(email="ESI@example.org", body=BODY + " And one thing more.")
    again_page = writer.client.get(again.location)
    assert (first.status_code, first.data, dict(first.headers)) == (
        again.status_code,
        again.data,
        dict(again.headers),
    )
    assert (first_page.data, dict(first_page.headers)) == (again_page.data, dict(again_page.headers))
    writer.run_jobs()
    assert "One letter a person is sent" in writer.mails()[-1]
    assert "One letter a person is sent" not in writer.mails()[0]
    link = writer.link()
    writer.confirm(link)
    assert "One letter a person is sent" in writer.client.get(link).text
    writer.run_jobs()
    assert states(owner) == ["confirmed", "unconfirmed"]
    assert len(letters_sent(smtp_sink)) == 1


def test_two_letters_confirmed_at_once_are_one(writer, action_id, owner, smtp_sink):
    first, second = writer.write(), writer.write()
    writer.confirm(first)
    writer.confirm(second)
    writer.run_jobs()
    assert states(owner) == ["confirmed", "unconfirmed"]
    assert len(letters_sent(smtp_sink)) == 1
    writer.write_and_confirm(email="bex@example.org", name="Bex Notreal")
    writer.run_jobs()
    assert len(letters_sent(smtp_sink)) == 2


def test_whoever_types_anothers_address_fills_no_mailbox(writer, action_id, owner):
    for _ in range(5):
        assert writer.post().status_code == 303
    writer.run_jobs()
    assert len(writer.mails()) == 3
    owner.rows("UPDATE letter SET confirmation_sent_at = confirmation_sent_at - interval '1 day'")
    assert writer.post().status_code == 303
    writer.run_jobs()
    assert len(writer.mails()) == 4


def test_every_state_of_a_delivery_has_words_for_its_writer():
    from organising.letters.texts import LEAVING
    from organising.mailings.states import DeliveryState

    assert set(LEAVING) == set(DeliveryState)


def test_an_office_that_wants_its_form_used_is_not_written_to(app, writer, action_id, owner):
    from organising.representatives.models import Person
    from tests.support.postcodes import importing

    with importing(app) as session:
        session.query(Person).update({"contact_preference": "web_form"})
        session.commit()
    assert "House of Commons, London SW1A 0AA" in writer.post("find").text
    assert writer.post().status_code == 422
    assert states(owner) == []


def test_words_about_a_status_pause_the_letter_and_ask(writer, action_id, owner, smtp_sink):
    body = BODY + " My neighbour overstayed her visa."
    paused = writer.post(body=body)
    assert paused.status_code == 422
    assert "“overstayed”" in paused.text
    assert "“visa”" in paused.text
    assert 'name="asked" type="hidden" value="overstayed|visa"' in paused.text
    assert states(owner) == []
    assert writer.post(body=body, sure="y").status_code == 422, "sure of words that were not asked about"
    assert writer.post(body=body + " He was deported.", sure="y", asked="overstayed|visa").status_code == 422
    assert states(owner) == []
    assert writer.post(body=body, sure="y", asked="overstayed|visa").status_code == 303
    assert states(owner) == ["unconfirmed"]
    assert (
        writer.post(body=BODY + " What is the status of the bill?", email="b@example.org").status_code == 303
    )


def test_likeness_is_shown_kindly_and_stops_nothing(writer, action_id, smtp_sink):
    kind = "Much of this reads like other letters"
    assert kind not in writer.post("read").text
    writer.write_and_confirm()
    same = writer.post("read", email="bex@example.org", body=f"Dear Ada,\n{BODY}\n\nKind regards,\nBex")
    assert same.status_code == 200
    assert kind in same.text
    assert 'value="send"' in same.text
    own = (
        "Nobody here has time to fill in forms. " * 3
        + "Our nurses want to treat people, whoever they are, and go home at night knowing that they did."
    )
    assert kind not in writer.post("read", body=own).text
    writer.write_and_confirm(email="bex@example.org")
    writer.run_jobs()
    assert len(letters_sent(smtp_sink)) == 2


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": " "}, "Enter your name."),
        ({"name": "=?utf-8?q?hi=0ABcc:_x@y?="}, "Enter your name."),
        ({"email": "esi at nowhere"}, "Enter an email address"),
        ({"email": "ési@example.org"}, "Use another."),
        ({"street": ""}, "Enter your address."),
        ({"body": "No."}, "in your own words"),
        ({"body": "x" * 10_001}, "Field cannot be longer"),
        ({"subject": ""}, "Give your letter a subject."),
        ({"subject": "=?utf-8?q?hi=0ABcc:_x@y?="}, "plain letters"),
        ({"seconds": 0.5}, "very quick"),
        ({"shown": "x"}, "open for a long time"),
    ],
)
def test_a_mistake_is_said_and_nothing_typed_is_lost(writer, action_id, owner, given, words):
    answer = writer.post(**given)
    assert answer.status_code == 422
    assert words in answer.text
    if "body" not in given:
        assert BODY.split(",")[0] in answer.text
    assert states(owner) == []


def test_a_program_is_answered_as_a_person_and_keeps_nothing(writer, action_id, owner, smtp_sink):
    assert writer.post(website="http://spam.example").status_code == 303
    writer.run_jobs()
    assert states(owner) == []
    assert smtp_sink.messages == []


@pytest.mark.parametrize(
    ("postcode", "words"),
    [
        ("BT1 1AA", "covers Great Britain only"),
        ("E1 9ZZ", "We don’t know this postcode."),
        ("JE2 3AB", "parliaments of their own"),
        ("E1", "Enter a full postcode"),
    ],
)
def test_where_there_is_no_mp_another_way_is_shown(writer, action_id, owner, postcode, words):
    for step in ("find", "send"):
        answer = writer.post(step, postcode=postcode)
        assert answer.status_code == 422
        assert words in answer.text
        assert states(owner) == []
    assert postcode == "E1" or "members.parliament.uk/FindYourMP" in answer.text


def test_an_mp_without_an_address_is_written_to_by_hand(app, writer, action_id, owner):
    seat_a_member(app, "E2 6AB", "E14002222", "Marsh", "Cato Marshman", email=None)
    found = writer.post("find", postcode="E2 6AB")
    assert "House of Commons, London SW1A 0AA" in found.text
    read = writer.post("read", postcode="E2 6AB")
    assert "Dear Cato Marshman" in read.text
    assert 'value="send"' not in read.text
    assert writer.post("send", postcode="E2 6AB").status_code == 422
    assert states(owner) == []


def test_one_may_send_it_from_ones_own_program(writer, action_id):
    page = writer.post("read").text
    assert "mailto:ada.harbourer%40parliament.example?subject=" in page or "mailto:ada.harbourer@" in page
    assert 'data-copy="Dear Ada Harbourer' in page


def test_refused_erased_and_gone(writer, action_id, owner):
    link = writer.write()
    assert writer.client.post(f"{link}/refusal").status_code == 303
    assert "It is gone" in writer.client.get(link).text
    writer.confirm(link)
    writer.run_jobs()
    assert states(owner) == ["erased"]
    assert owner.rows(
        "SELECT name_cipher, email_cipher, street_cipher, postcode_cipher, subject_cipher, body_cipher, person_key, "
        "sketch FROM letter"
    ) == [(None,) * 8]
    assert writer.client.get(link[:-2]).status_code == 404


def test_a_closed_page_and_a_dissolved_parliament_say_so(app, writer, action_id, owner, world):
    from organising.letters.services.actions import close_action
    from organising.platform.clock import today
    from organising.representatives.models import Parliament
    from tests.support.postcodes import importing

    link = writer.write()
    admin = world.user("neu", "admin")
    with world.context("neu", admin) as session:
        assert close_action(admin, action_id)
        session.commit()
    assert "takes no more letters" in writer.client.get(PAGE).text
    assert writer.post().status_code == 409
    writer.confirm(link)
    assert "does not leave" in writer.client.get(link).text
    assert states(owner) == ["unconfirmed"]
    reopened = world.browser(admin).get(f"/letters/{action_id}").text
    content_hash = reopened.split('name="content_hash" value="')[1].split('"')[0]
    world.browser(admin).post(f"/letters/{action_id}/opening", data={"content_hash": content_hash})
    assert "Who is your MP?" in writer.client.get(PAGE).text
    with importing(app) as session:
        session.add(
            Parliament(
                chamber="commons",
                number=59,
                name="59th",
                elected_on=today().replace(year=2024),
                dissolved_on=today(),
            )
        )
        session.commit()
    assert "Parliament is dissolved" in writer.client.get(PAGE).text
    assert writer.post().status_code == 409


def test_nobody_else_finds_the_letter_in_the_database(writer, action_id, owner, world):
    writer.write_and_confirm()
    dump = str(owner.rows("SELECT * FROM letter"))
    for secret in ("Esi", "esi@", "Invented Row", "E1 4NS", "harbour for eleven"):
        assert secret not in dump
    with world.context("praxis") as session:
        from organising.letters.models import Letter, LetterAction

        assert session.query(Letter).count() == 0
        assert session.query(LetterAction).count() == 0
