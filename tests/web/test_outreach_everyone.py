""" "Stop, everyone": the same bytes for any address, a mail to its owner, and a token that every partner's sending looks for."""

import re
import time
from datetime import timedelta

import pytest

from organising.mailings import jobs as mailing_jobs
from organising.mailings.services import stops
from organising.outreach import jobs
from organising.outreach.links import preferences_token
from organising.outreach.views.everyone import StopForm
from organising.platform.clock import today
from organising.platform.tenancy import Context, use_context
from tests.support.outreach import Writers, links_of
from tests.support.pledges import open_a_drive
from tests.support.updates import Updaters, add_signer, recipients
from tests.web.test_contacts_firewall import dump_of
from tests.web.test_outreach_asking import asked


@pytest.fixture
def neu(world):
    return Writers.at(world)


def ask(client, app, email, **given):
    with app.app_context():
        shown = StopForm.shown_token(at=time.time() - 10)
    return client.post("/stop-everyone", data={"email": email, "shown": shown} | given)


def link_in(message):
    return re.search(r"http://localhost(/stop-everyone/\S+?)(?:\?|\s)", message.get_content())[1]


def test_a_browser_without_cookies_may_ask(app, client, smtp_sink, run_jobs):
    """With the guard against forged requests on, as it is outside of tests."""
    app.config["WTF_CSRF_ENABLED"] = True
    page = client.get("/stop-everyone").text
    with app.app_context():
        shown = StopForm.shown_token(at=time.time() - 10)
    assert 'name="shown"' in page
    fresh = app.test_client()
    assert fresh.post("/stop-everyone", data={"email": "a@example.org", "shown": shown}).status_code == 303
    run_jobs()
    link = link_in(smtp_sink.messages[0])
    assert app.test_client().post(link).status_code == 200


def test_every_address_gets_the_same_answer_and_the_same_mail_and_only_its_link_stops(
    world, neu, app, client, smtp_sink, run_jobs, owner, databases, environment
):
    neu.contact("known@example.org")
    known, unknown = ask(client, app, "known@example.org"), ask(client, app, "unknown@example.org")
    assert (known.status_code, known.data, known.location) == (303, unknown.data, unknown.location)
    assert client.get(known.location).data == client.get(unknown.location).data
    assert "known@example.org" not in dump_of(databases, environment).replace("unknown", "known")
    for _ in range(2):
        run_jobs()
        with app.app_context():
            jobs.send_waiting_stops()
    assert recipients(smtp_sink.messages) == ["known@example.org", "unknown@example.org"]
    first, second = (re.sub(r"/stop-everyone/\S+", "LINK", one.get_content()) for one in smtp_sink.messages)
    assert first == second
    assert str(smtp_sink.messages[0]["Subject"]) == str(smtp_sink.messages[1]["Subject"])
    # Nothing is left of who asked, and nobody is stopped yet.
    assert owner.rows("SELECT count(*)::int FROM counting.stop_request") == [(0,)]
    assert owner.rows("SELECT count(*)::int FROM counting.stop_token") == [(0,)]
    pages = []
    for message in smtp_sink.messages:
        link = link_in(message)
        assert "Stop, everyone?" in client.get(link).text
        assert owner.rows("SELECT count(*)::int FROM counting.stop_token") == [(len(pages),)]
        stopped = world.app.test_client().post(link)
        assert "Everybody is stopped" in stopped.text
        pages.append(stopped.text.replace(link.rsplit("/", 1)[1], "TOKEN"))
    assert pages[0] == pages[1]
    # An address gets three such mails a day, whoever asks; the answer stays the same.
    for _ in range(4):
        again = ask(client, app, "known@example.org")
        assert (again.status_code, again.data) == (303, known.data)
    run_jobs()
    assert recipients(smtp_sink.messages).count("known@example.org") == 3
    assert "Enter your email address" in ask(client, app, "").text
    assert ask(client, app, "third@example.org", website="x").status_code == 303
    run_jobs()
    assert smtp_sink.to("third@example.org") == []


def test_every_partners_sending_looks_for_it_and_the_person_undoes_it(
    world, neu, app, client, smtp_sink, run_jobs, owner
):
    """Newsletters of two partners, an update to signers, a question: none goes. A confirmation mail and letters do."""
    liberty = Writers.at(world, "liberty")
    drive_id = open_a_drive(world)
    for writers in (neu, liberty):
        writers.contact("amara@example.org")
        writers.contact(f"other@{writers.slug}.example")
    add_signer(world, "neu", drive_id, "amara@example.org")
    asked(
        world.browser(neu.organiser),
        neu.contact("Amara@Example.org", None, name="Second Amara"),
        "invitations",
    )
    mailing = neu.sending()
    with app.app_context(), use_context(Context(purpose="identity")) as session:
        stops.lodge(stops.token_of("amara@example.org"))
        session.commit()
    lent = liberty.sending()
    update = Updaters.at(world).sending(drive_id)
    for _ in range(2):
        run_jobs()
        with app.app_context():
            mailing_jobs.sweep()
            jobs.sweep_requests()
    assert recipients(smtp_sink.messages) == ["other@liberty.example", "other@neu.example"]
    # Told by the words of any other stop: it says of nobody that they asked everybody.
    assert neu.reasons(owner, mailing) == liberty.reasons(owner, lent) == {"asked for no more": 1}
    assert neu.reasons(owner, update) == {"asked for no more updates": 1}
    assert neu.counts(mailing) == {"accepted": 1, "suppressed": 1}
    assert neu.counts(update) == {"suppressed": 1}
    # No login reads the tokens, and no member's session lodges or lifts one.
    with world.context("neu", neu.admin) as session:
        run = session.connection().exec_driver_sql
        run("SELECT app.lift_stop(%s)", (b"x",))
        run("SELECT app.lodge_stop(%s)", (b"y" * 32,))
        session.commit()
    assert owner.rows("SELECT count(*)::int FROM counting.stop_token") == [(1,)]
    # The person undoes it by the link of any mail about it.
    ask(client, app, "amara@example.org")
    run_jobs()
    link = link_in(smtp_sink.messages[-1])
    assert "Everybody is stopped" in client.get(link).text
    for _ in range(2):
        assert "Undone" in client.post(f"{link}/undo").text
    neu.sending(subject="After that")
    before = len(smtp_sink.messages)
    run_jobs()
    assert recipients(smtp_sink.messages[before:]) == ["amara@example.org", "other@neu.example"]
    for forged in (f"{link}x", link[:-1]):
        assert client.post(forged).status_code == 404
        assert client.post(f"{forged}/undo").status_code == 404


def test_one_press_on_the_own_page_stops_every_partner_and_the_owner_is_told(
    world, neu, client, smtp_sink, run_jobs, owner
):
    neu.contact("amara@example.org")
    neu.sending()
    run_jobs()
    page = links_of(smtp_sink.messages[0])["preferences"]
    assert "Everybody is stopped" not in client.get(f"{page}?said=everyone").text
    for _ in range(2):
        answer = client.post(f"{page}/everyone?lang=es", follow_redirects=True)
        # Before the heading, with the way back beneath it, and in each language.
        before = answer.text.split("<h1")[0]
        assert f'action="{page}/everyone/undo?lang=es"' in before
        assert "said=everyone&amp;lang=cy" in before
        assert "Everybody is stopped" in client.get(f"{page}?said=everyone&lang=en").text.split("<h1")[0]
    assert owner.rows("SELECT count(*)::int FROM counting.stop_token") == [(1,)]
    assert "Undone" in client.post(f"{page}/everyone/undo", follow_redirects=True).text
    assert owner.rows("SELECT count(*)::int FROM counting.stop_token") == [(0,)]
    client.post(f"{page}/everyone")
    run_jobs()
    told = smtp_sink.messages[-1]
    assert "none of the organisations of this campaign" in " ".join(told.get_content().split())
    assert "Undone" in client.post(f"{link_in(told)}/undo").text


def test_who_holds_an_old_link_has_a_fresh_one_mailed_to_the_address_it_went_to_and_still_stops_everybody(
    world, neu, app, client, smtp_sink, run_jobs, owner
):
    contact = neu.contact("amara@example.org")
    key = bytes(owner.rows("SELECT value_key FROM contact_detail")[0][0])
    with app.app_context():
        old = preferences_token(neu.organiser.organisation_id, contact, key, today() - timedelta(days=91))
        other = preferences_token(neu.organiser.organisation_id, contact, b"another")
    # At most three a day; the page says the same.
    for _ in range(5):
        assert (
            "A fresh link is on its way"
            in client.post(f"/preferences/{old}/link", follow_redirects=True).text
        )
    run_jobs()
    sent = smtp_sink.messages
    assert recipients(sent) == ["amara@example.org"] * 3
    fresh = re.search(r"http://localhost(/preferences/\S+?)(?:\?|\s)", sent[-1].get_content())[1]
    assert "Tick what you want and how" in client.get(fresh).text
    # A link for an address that is no longer theirs stops nobody's.
    client.post(f"/preferences/{other}/everyone")
    assert owner.rows("SELECT count(*)::int FROM counting.stop_token") == [(0,)]
    stopped = client.post(f"/preferences/{old}/everyone", follow_redirects=True).text
    assert "Everybody is stopped" in stopped
    # An old link stops, and lets nobody write again.
    assert "Undo it" not in stopped
    client.post(f"/preferences/{old}/everyone/undo")
    assert owner.rows("SELECT count(*)::int FROM counting.stop_token") == [(1,)]
