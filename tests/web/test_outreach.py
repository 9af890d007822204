"""The pages of mail to contacts: written by an organiser, signed off by another, seen by a partner as text and counts only;
and the pages of those who get it, without sign-in."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from organising.outreach.links import preferences_token
from organising.platform.clock import today
from tests.support.outreach import Writers, links_of
from tests.web.test_updates import content_hash

NEW = {
    "purpose": "news",
    "subject": "What we did in May",
    "body": 'Hello {{ first_name|"friend" }},\n\nThe firewall was debated.\n\n{{ organisation }}',
    "sender_name": "NEU campaigns",
    "reply_to": "campaigns@neu.example",
}
PAGE = "/contacts/mailings"


@pytest.fixture
def neu(world):
    return Writers.at(world)


def test_the_way_of_a_newsletter_from_an_empty_list_to_what_became_of_it(
    world, neu, smtp_sink, run_jobs, owner
):
    organiser, admin = world.browser(neu.organiser), world.browser(neu.admin)
    assert "No contacts yet" in organiser.get(PAGE).text
    neu.contact("amara@example.org")
    neu.contact("kofi@example.org", None)
    assert f'href="{PAGE}"' in organiser.get("/contacts").text
    assert "No mailing yet" in organiser.get(PAGE).text
    # What was typed stays; what it is for is asked, and nothing is ticked beforehand.
    assert not re.search(r'name="purpose"[^>]*checked', organiser.get(f"{PAGE}/new").text)
    wrong = organiser.post(f"{PAGE}/new", data=NEW | {"purpose": "", "quiet_days": "900"})
    assert wrong.status_code == 422
    for words in ("Say what it is for", "from 1 to 90", "What we did in May"):
        assert words in wrong.text, words
    fields = organiser.post(f"{PAGE}/new", data=NEW | {"body": "Dear {{ pledge }}"})
    assert "The fields are: first_name, organisation." in fields.text
    shown = organiser.post(f"{PAGE}/new", data=NEW | {"preview": "1"})
    assert shown.status_code == 200
    assert "Hello Robin," in shown.text
    assert "nobody asked them" in shown.text
    assert "soft opt-in" not in shown.text
    # A union has no soft opt-in, whatever is sent.
    made = organiser.post(f"{PAGE}/new", data=NEW | {"basis": "soft_opt_in"})
    assert owner.rows("SELECT basis FROM contact_mailing") == [("consent",)]
    page = made.location
    mailing = "/mailings" + page.removeprefix(PAGE)
    assert organiser.get(mailing).location.endswith(page)
    assert organiser.post(f"{page}/test").status_code == 303
    test = smtp_sink.messages[-1]
    assert str(test["Subject"]).startswith("[TEST] What we did in May")
    links = links_of(test)
    assert "This was a test" in organiser.post(links["stop"]).text
    assert (
        "This was a test"
        in organiser.post(links["preferences"], data={"stop": "1"}, follow_redirects=True).text
    )
    assert organiser.post(f"{page}/review", data={"reviewer": "own"}).status_code == 303
    # Frozen: who agrees now is not among them.
    neu.contact("late@example.org")
    shown_hash = content_hash(admin.get(page).text)
    approve = {"content_hash": shown_hash, "decision": "approve"}
    assert organiser.post(f"{mailing}/sign-off", data=approve).status_code == 403
    assert admin.post(f"{mailing}/sign-off", data=approve).status_code == 303
    assert admin.post(f"{mailing}/release", data={"content_hash": shown_hash}).status_code == 303
    run_jobs()
    assert [str(one["To"]) for one in smtp_sink.messages[1:]] == ["Amara Amara <amara@example.org>"]
    after = organiser.get(f"{page}/recipients").text
    assert "Taken by their mail server" in after
    assert "Amara Amara" in after
    assert organiser.get(f"{mailing}/recipients?state=accepted").location.endswith(
        "recipients?state=accepted"
    )
    assert "Amara Kofi" in organiser.get(f"{page}/left-out").text
    for role in ("analyst", "officer"):
        other = world.browser(world.user("neu", role))
        for path in ("", "/recipients", "/left-out"):
            assert other.get(page + path).status_code == 403
    log = owner.rows("SELECT action FROM audit_event WHERE subject_type = 'mailing'")
    assert {("outreach.composed",), ("mailing.sign_off_asked",), ("mailing.started",)} <= set(log)


def test_a_partner_asked_for_sign_off_reads_text_and_count_and_nobody(world, neu, smtp_sink, run_jobs):
    for n in range(4):
        neu.contact(f"reader{n}@example.org", tags=("Private tag",))
    with world.context("neu") as session:
        tag = session.connection().exec_driver_sql("SELECT id FROM tag").scalar()
    organiser = world.browser(neu.organiser)
    page = organiser.post(f"{PAGE}/new", data=NEW | {"tag": str(tag)}).location
    mailing_id = page.rsplit("/", 1)[1]
    liberty = world.user("liberty", "coordinator")
    browser, never = world.browser(liberty), f"{PAGE}/{uuid4()}"
    paths = ("", "/recipients", "/left-out", "/text", "/review")
    for path in paths:
        assert browser.get(page + path).data == browser.get(never + path).data
    assert organiser.post(f"{page}/review", data={"reviewer": "lead"}).status_code == 303
    run_jobs()
    asked = smtp_sink.to(world.email(liberty))[0].get_content()
    assert "It goes to 4 people." in asked
    shown = browser.get(page).text
    assert "4 contacts of NEU who may be written to for this" in shown
    for told in ("Reader0", "reader0", "Private tag", "Get it"):
        assert told not in shown + asked + browser.get("/mailings").text, told
    for path in paths[1:]:
        assert browser.get(page + path).data == browser.get(never + path).data
    assert browser.get(f"/mailings/{mailing_id}/recipients").status_code == 404
    with world.context("liberty", liberty) as session:
        for table in ("delivery", "mailing_recipient", "contact", "contact_consent", "suppression"):
            assert session.connection().exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0, table
        assert session.connection().exec_driver_sql("SELECT count(*) FROM contact_mailing").scalar() == 1


def test_one_press_stops_all_emails_and_a_look_stops_none(world, neu, smtp_sink, run_jobs, client, owner):
    contact = neu.contact("amara@example.org")
    neu.says(contact, purpose="invitations")
    neu.says(contact, channels=("phone",))
    neu.sending()
    run_jobs()
    stop = links_of(smtp_sink.messages[0])["stop"]
    looked = client.get(stop)
    assert "Stop these emails?" in looked.text
    assert looked.headers["Cache-Control"] == "no-store"
    assert looked.headers["Referrer-Policy"] == "no-referrer"
    assert owner.rows("SELECT count(*)::int FROM contact_consent WHERE decision = 'withdrawn'") == [(0,)]
    # As a mail program sends it: no cookie, no token of a form. Twice, and one is written.
    for _ in range(2):
        answer = world.app.test_client().post(stop, data={"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, "Stopped" in answer.text) == (200, True)
    told = owner.rows(
        "SELECT purpose, channel, decision, source FROM contact_consent WHERE decision = 'withdrawn' ORDER BY 1"
    )
    assert told == [
        ("invitations", "email", "withdrawn", "unsubscribed"),
        ("news", "email", "withdrawn", "unsubscribed"),
    ]
    shown = world.browser(neu.organiser).get(f"/contacts/{contact}").text
    assert "They said yes</span> by phone" in " ".join(shown.split())
    # Forged, foreign, of nothing: the same as for a link that never was.
    never = client.post("/unsubscribe/no-link").data
    for forged in (f"{stop}x", f"/unsubscribe{stop.removeprefix('/unsubscribe')[:-4]}", "/unsubscribe/.."):
        answer = client.post(forged)
        assert answer.status_code == 404, forged
    assert client.post(f"{stop[:-1]}").data == never


def test_the_own_page_shows_every_purpose_and_way_and_keeps_what_is_ticked(
    world, neu, smtp_sink, run_jobs, client, owner
):
    contact = neu.contact("amara@example.org")
    neu.says(contact, purpose="union_membership", channels=(), value="Member since 2019")
    neu.sending()
    run_jobs()
    page = links_of(smtp_sink.messages[0])["preferences"]
    shown = client.get(page)
    for words in ("What you get from NEU", "News of the campaigns", "Invitations to actions and events",
                  "Asking for money", "By text message", "belong to a trade union"):  # fmt: skip
        assert words in shown.text, words
    assert "2019" not in shown.text
    assert "Amara" not in shown.text
    ticked = re.findall(r'value="([a-z_.]+)" checked', shown.text)
    assert ticked == ["news.email", "union_membership.record"]
    assert "Noticias de las campañas" in client.get(f"{page}?lang=es").text
    wants = {"yes": ["invitations.email", "news.post", "opinions.record", "nothing.email"]}
    for _ in range(2):
        kept = world.app.test_client().post(page, data=wants, follow_redirects=True)
        assert "Kept." in kept.text
        assert kept.text.index("Kept.") < kept.text.index("checkbox")
    told = owner.rows(
        "SELECT purpose, channel, decision FROM contact_consent WHERE source = 'own_page' ORDER BY 1, 2"
    )
    assert told == [
        ("invitations", "email", "given"), ("news", "email", "withdrawn"), ("news", "post", "given"),
        ("union_membership", "record", "withdrawn"),
    ]  # fmt: skip
    assert owner.rows("SELECT count(*)::int FROM special_fact") == [(0,)]
    history = world.browser(neu.organiser).get(f"/contacts/{contact}").text
    assert "On their own preference page" in history
    assert "Chose on their own page · the person" in history
    assert "Kept." in client.post(page, data={"stop": "1"}, follow_redirects=True).text
    assert "checked" not in client.get(page).text


def test_a_link_that_is_old_forged_or_anothers_shows_nothing_and_an_old_one_still_stops(
    world, neu, client, app, owner
):
    contact = neu.contact("amara@example.org")
    with app.app_context():
        neu_id, liberty = world.organisations["neu"], world.organisations["liberty"]
        day = today() - timedelta(days=91)
        old, mine = preferences_token(neu_id, contact, mailed_on=day), preferences_token(neu_id, contact)
        foreign, none = preferences_token(liberty, contact), preferences_token(liberty, uuid4())
    shown = client.get(f"/preferences/{old}").text
    assert "This link is old" in shown
    assert "checkbox" not in shown
    client.post(f"/preferences/{old}", data={"yes": ["fundraising.email"]})
    assert owner.rows("SELECT count(*)::int FROM contact_consent") == [(1,)]
    stopped = client.post(f"/preferences/{old}", data={"stop": "1"}, follow_redirects=True)
    assert "contacts you no more" in stopped.text
    assert owner.rows("SELECT count(*)::int FROM contact_consent WHERE decision = 'withdrawn'") == [(1,)]
    assert client.get(f"/preferences/{mine}").status_code == 200
    never = client.get("/preferences/no-link")
    for token in (foreign, none, f"{mine}x", mine[:-1], mine.swapcase()):
        answer = client.get(f"/preferences/{token}")
        assert (answer.status_code, answer.data) == (404, never.data), token
        assert client.post(f"/preferences/{token}", data={"stop": "1"}).status_code == 404
