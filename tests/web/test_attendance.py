"""Taking part from outside: a page without cookies, a real mail, a POST; places that run out; every message once."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from organising.mailings.services import incoming
from tests.support.attendance import TITLE, Visitor, approved, begins, called_off, changed, moved
from tests.support.incoming import sample
from tests.support.letters import seat_a_member


@pytest.fixture
def visitor(app, smtp_sink, run_jobs):
    return Visitor(app, smtp_sink, run_jobs)


def states(owner):
    return sorted(state for (state,) in owner.rows("SELECT state FROM sign_up"))


def long_known(owner):
    """They confirmed days ago, and know when it begins."""
    owner.rows(
        "UPDATE sign_up SET confirmed_at = confirmed_at - interval '3 days', placed_at = placed_at - interval '3 days', "
        "told = app.told_of(organisation_id, action_id)"
    )


def due_now(owner):
    owner.rows("UPDATE attendance_mail SET confirmation_due_at = now() - interval '1 minute'")


def test_from_the_list_to_a_place_without_a_cookie(visitor, world, owner):
    action_id = approved(world)
    listed = visitor.client.get("/take-part")
    assert TITLE in listed.text
    page = visitor.client.get(f"/take-part/{action_id}")
    assert page.status_code == 200
    assert page.text.index("NEU holds what you write here, and nobody else") < page.text.index("<form method")
    link = visitor.sign_up(action_id)
    assert states(owner) == ["unconfirmed"]
    for path in (link, f"{link}/confirmation", f"{link}/withdrawal"):
        visitor.client.get(path)
    assert states(owner) == ["unconfirmed"]
    visitor.confirm(link)
    visitor.confirm(link)
    assert states(owner) == ["going"]
    mine = visitor.client.get(link)
    assert "You have a place" in mine.text
    assert mine.headers["Cache-Control"] == "no-store"
    for answer in (listed, page, mine):
        assert "Set-Cookie" not in answer.headers
    visitor.client.post(f"{link}/details", data={"name": "Esi S. Storyborn"})
    assert "Esi S. Storyborn" in visitor.client.get(link).text
    visitor.leave(link)
    assert owner.rows("SELECT state, name_cipher, email_cipher, person_key FROM sign_up") == [
        ("withdrawn", None, None, None)
    ]


def test_nothing_unapproved_is_ever_visible(visitor, world, owner):
    shown = approved(world, title="A shown meeting")
    hidden = [
        approved(world, title="Still waiting", approve=False),
        approved(world, title="Not for the public", kind="training", is_public=False, approve=False),
    ]
    told = world.user("neu", "organiser")
    with world.context("neu", told) as session:
        from organising.actions import services
        from tests.support.actions import a_past

        past = services.report_past_action(
            told,
            a_past(title="Told afterwards", is_public=True),
            services.Outcome(3, 4, "Good"),
            told.user_id,
        )
        hidden.append(past.id)
        session.commit()
    listed = visitor.client.get("/take-part").text
    assert "A shown meeting" in listed
    never = visitor.client.get(f"/take-part/{told.user_id}")
    for action_id in hidden:
        for path in (f"/take-part/{action_id}", f"/take-part/{action_id}/check-your-email"):
            assert visitor.client.get(path).status_code == 404
        assert visitor.client.get(f"/take-part/{action_id}").data == never.data
        assert visitor.post(action_id).status_code == 404
    for words in ("Still waiting", "Not for the public", "Told afterwards"):
        assert words not in listed
    link = visitor.going(shown)
    # A change after approval gives the approval up: the page goes, and who has a place keeps it.
    owner.rows(
        f"UPDATE branch_action SET state = 'submitted', title = 'Unapproved words' WHERE id = '{shown}'"
    )
    assert visitor.client.get(f"/take-part/{shown}").status_code == 404
    assert "A shown meeting" not in visitor.client.get("/take-part").text
    mine = visitor.client.get(link)
    assert "The plan of this event is being changed" in mine.text
    assert "Unapproved words" not in mine.text


def test_of_two_who_want_the_last_place_one_gets_it_and_the_other_waits(app, visitor, world, owner):
    action_id = approved(world, capacity=1)
    links = [visitor.sign_up(action_id, email=f"p{n}@example.org", name=f"Person {n}") for n in range(4)]

    def press(link):
        return app.test_client(use_cookies=False).post(f"{link}/confirmation").location

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(answer.rpartition("done=")[2] for answer in pool.map(press, links))
    assert answers == ["going", "waiting", "waiting", "waiting"]
    assert states(owner) == ["going", "waiting", "waiting", "waiting"]
    assert "Join the waiting list" in visitor.client.get(f"/take-part/{action_id}").text


def test_whoever_waits_longest_gets_the_place_and_is_told_once(visitor, world, owner):
    action_id = approved(world, capacity=1)
    first, second = (
        visitor.going(action_id, email="a@example.org"),
        visitor.going(action_id, email="b@example.org"),
    )
    third = visitor.going(action_id, email="c@example.org")
    assert "You are on the waiting list" in visitor.client.get(second).text
    visitor.leave(first)
    visitor.run_jobs()
    visitor.pass_time()
    assert "You have a place" in visitor.client.get(second).text
    assert [one.startswith("You have a place") for one in visitor.subjects("b@example.org")] == [True]
    assert visitor.subjects("c@example.org") == []
    changed(world, action_id, capacity=5)
    visitor.pass_time()
    assert "You have a place" in visitor.client.get(third).text
    assert len(visitor.subjects("c@example.org")) == 1
    assert states(owner) == ["going", "going", "withdrawn"]


def test_reminder_and_thanks_come_once_each_and_only_to_who_is_going(visitor, world, owner):
    action_id = approved(world, capacity=2)
    visitor.going(action_id)
    gone = visitor.going(action_id, email="gone@example.org")
    visitor.going(action_id, email="waits@example.org")
    visitor.pass_time()
    assert visitor.subjects() == []
    visitor.leave(gone)
    begins(world, action_id, 20)
    long_known(owner)
    visitor.pass_time()
    visitor.pass_time()
    assert [one.partition(":")[0] for one in visitor.subjects()] == ["Reminder"]
    assert visitor.subjects("gone@example.org") == []
    begins(world, action_id, -48)
    changed(world, action_id, state="done")
    visitor.pass_time()
    visitor.pass_time()
    assert visitor.subjects().count("Thank you for coming") == 1
    assert visitor.subjects("gone@example.org") == []
    thanks = visitor.mails()[-1].get_content()
    assert "sign the pledge" in thanks
    assert "What else is coming up" in thanks


def test_a_cancellation_is_told_to_everybody_once_and_undoing_it_too(visitor, world, owner):
    action_id = approved(world, capacity=1)
    visitor.going(action_id)
    visitor.going(action_id, email="waits@example.org")
    visitor.sign_up(action_id, email="unconfirmed@example.org")
    called_off(world, action_id)
    visitor.pass_time()
    assert visitor.subjects() == [], "an undo within five minutes tells nobody"
    due_now(owner)
    visitor.pass_time()
    for email in ("esi@example.org", "waits@example.org"):
        assert [one.partition(":")[0] for one in visitor.subjects(email)] == ["Cancelled"]
    assert visitor.subjects("unconfirmed@example.org") == []
    page = visitor.client.get(f"/take-part/{action_id}")
    assert "This event does not take place" in page.text
    assert TITLE not in visitor.client.get("/take-part").text
    called_off(world, action_id, verb="restore_action")
    visitor.pass_time()
    visitor.pass_time()
    assert [one.partition(":")[0] for one in visitor.subjects()] == ["Cancelled", "It takes place after all"]
    called_off(world, action_id)
    visitor.pass_time()
    due_now(owner)
    visitor.pass_time()
    assert [one.partition(":")[0] for one in visitor.subjects()][-1] == "Cancelled"
    assert len(visitor.subjects()) == 3


def test_a_new_time_is_told_once(visitor, world, owner):
    action_id = approved(world)
    visitor.going(action_id)
    changed(world, action_id, summary="Other words change nothing for who comes")
    visitor.pass_time()
    assert owner.rows("SELECT count(*) FROM attendance_mail WHERE kind = 'changed'") == [(0,)]
    moved(world, action_id, timedelta(hours=1))
    visitor.pass_time()
    due_now(owner)
    visitor.pass_time()
    assert [one.partition(":")[0] for one in visitor.subjects()] == ["A change of plan"]


def test_a_first_and_a_repeated_sign_up_get_the_same_answer_and_one_stands(visitor, world, owner):
    action_id = approved(world)
    first = visitor.post(action_id)
    visitor.run_jobs()
    visitor.confirm(visitor.link())
    again = visitor.post(action_id, email="ESI@example.org")
    assert (first.status_code, first.data, first.headers["Location"]) == (
        again.status_code,
        again.data,
        again.headers["Location"],
    )
    visitor.run_jobs()
    last = visitor.mails("ESI@example.org")[-1].get_content()
    assert "you are on its list already" in " ".join(last.split())
    answer = visitor.confirm(visitor.link("ESI@example.org"))
    assert answer.location.endswith("done=already")
    assert states(owner) == ["going", "unconfirmed"]


def test_programs_haste_and_other_sites_write_nothing(app, visitor, world, owner):
    app.config["WTF_CSRF_ENABLED"] = True
    action_id = approved(world)
    assert visitor.post(action_id, website="https://spam.example").status_code == 303
    quick = visitor.post(action_id, seconds=0)
    assert quick.status_code == 422
    assert 'value="Esi Storyborn"' in quick.text
    assert visitor.post(action_id, agree="").status_code == 422
    assert "Your agreement" in visitor.post(action_id, agree="").text
    fields = {"name": "Esi", "email": "esi@example.org", "agree": "y"}
    crossed = visitor.client.post(
        f"/take-part/{action_id}", data=fields, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert crossed.status_code == 422
    assert states(owner) == []
    # The forms ask for no token in a cookie, and keep working without one.
    link = visitor.going(action_id)
    assert states(owner) == ["going"]
    visitor.client.post(f"{link}/withdrawal", headers={"Sec-Fetch-Site": "cross-site"})
    assert states(owner) == ["going"]


def test_many_from_one_connection_wait_and_lose_nothing(app, visitor, world, monkeypatch):
    from organising.pledges.views import limits

    monkeypatch.setattr(limits, "ADDRESS", {60: 2})
    app.config["RATELIMIT_ENABLED"] = True
    action_id = approved(world)
    answers = [visitor.post(action_id, email=f"p{n}@example.org") for n in range(6)]
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"]
    assert 'value="p5@example.org"' in answers[-1].text


def test_who_stopped_everyone_hears_of_a_cancellation_and_of_no_courtesy(app, visitor, world, owner):
    from organising.mailings.services.stops import lodge, token_of
    from organising.platform.tenancy import Context, use_context

    action_id = approved(world)
    visitor.going(action_id)
    with app.app_context(), use_context(Context(purpose="identity")) as session:
        lodge(token_of("esi@example.org"))
        session.commit()
    begins(world, action_id, 20)
    long_known(owner)
    visitor.pass_time()
    assert visitor.subjects() == []
    called_off(world, action_id)
    visitor.pass_time()
    assert [one.partition(":")[0] for one in visitor.subjects()] == ["Cancelled"]


def test_an_address_that_takes_no_mail_is_noted_and_written_to_no_more(visitor, world, owner, smtp_sink):
    action_id = approved(world)
    visitor.going(action_id)
    moved(world, action_id, timedelta(hours=1))
    visitor.pass_time()
    due_now(owner)
    smtp_sink.at_the_dot.append("550 5.1.1 no such user")
    visitor.pass_time()
    assert owner.rows("SELECT bounced_at IS NOT NULL FROM sign_up") == [(True,)]
    called_off(world, action_id)
    visitor.pass_time()
    due_now(owner)
    visitor.pass_time()
    assert visitor.subjects() == []


def test_mail_that_comes_back_later_is_shown_beside_its_reader(app, visitor, world, owner, smtp_sink):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], takes_returns=True)
    action_id = approved(world)
    visitor.going(action_id)
    visitor.going(action_id, email="bex@example.org", name="Bex Notreal")
    paths = {recipient: sender for sender, recipient in smtp_sink.envelopes}
    assert len(set(paths.values())) == 2
    for name in ("exim-delayed", "human-support", "gmail-address-not-found", "gmail-address-not-found"):
        with app.app_context():
            incoming.receive(sample(name), paths["esi@example.org"])
        came_back = owner.rows("SELECT count(*) FROM sign_up WHERE bounced_at IS NOT NULL")
        assert came_back == [(int("not-found" in name),)]
    page = world.browser(world.user("neu", "organiser")).get(f"/actions/{action_id}/people").text
    assert page.count("Mail came back") == 1
    assert owner.rows("SELECT count(*) FROM incoming_message") == [(0,)], (
        "nothing of theirs is kept elsewhere"
    )


def test_the_database_lets_the_tables_steps_pass_and_no_other(visitor, world, owner):
    from organising.attendance.states import TRANSITIONS, SignUpState

    action_id = approved(world)
    visitor.sign_up(action_id)
    steps = {(source, one.target) for one in TRANSITIONS.values() for source in one.sources}
    begin = (
        "ALTER TABLE sign_up DISABLE TRIGGER guard; UPDATE sign_up SET confirmed_at = {at}, state = '{state}'"
    )
    for before in SignUpState:
        for after in set(SignUpState) - {before}:
            at = {True: "now()", False: "NULL"}
            owner.rows(begin.format(state=before, at=at[before in ("going", "waiting")]))
            owner.rows("ALTER TABLE sign_up ENABLE TRIGGER guard")
            try:
                owner.rows(
                    f"UPDATE sign_up SET state = '{after}', confirmed_at = {at[after in ('going', 'waiting')]}"
                )
                passed = True
            except psycopg.Error:
                passed = False
            assert passed == ((before, after) in steps), (before, after)


def test_near_a_postcode_by_kind_and_partner_in_the_readers_language(app, visitor, world):
    seat_a_member(app)
    approved(world, title="Close by", postcode="E1 4NS")
    approved(world, "praxis", title="Far away", kind="training")
    found = {
        "?postcode=e1+4ns": ("Close by",),
        "?kind=training": ("Far away",),
        "?organisation=neu": ("Close by",),
        "?area=candle": ("Close by", "Far away"),
        "?area=nowhere": (),
    }
    for query, titles in found.items():
        page = visitor.client.get(f"/take-part{query}").text
        assert tuple(one for one in ("Close by", "Far away") if one in page) == titles, query
    assert visitor.client.get("/take-part?postcode=nonsense").status_code == 422
    action_id = approved(world, title="In Welsh")
    welsh = visitor.client.get(f"/take-part/{action_id}?lang=cy").text
    assert "Cofrestru" in welsh
    visitor.client.post(f"/take-part/{action_id}?lang=es", data=visitor.fields())
    visitor.run_jobs()
    mail = visitor.mails()[-1].get_content()
    assert "Sí, voy" in mail
    assert "lang=es" in mail


def test_other_words_of_consent_are_another_version(app):
    from organising.attendance.texts import CONSENT_VERSION, consent

    with app.test_request_context():
        words = "\n".join(consent("X", meets_members=meets) for meets in (False, True))
    digests = {1: "c68db5333b970891"}
    assert hashlib.sha256(words.encode()).hexdigest()[:16] == digests[CONSENT_VERSION]
