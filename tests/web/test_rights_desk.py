"""The rights desk as staff see it: who it is about, what is held, what is handed out, and when it is closed."""

import json
import re
from uuid import uuid4

import pytest
import time_machine

from organising.contacts.services import add_note
from organising.mailings.services.suppressions import hash_address, suppressed_since
from organising.operations.services.retention import set_days as keep_days
from organising.platform.clock import now, today
from tests.support.contacts import keep
from tests.support.rights import confirmed, link_in, only_request, opened


@pytest.fixture
def admin(world):
    return world.user("neu", "admin")


ROLES = {"coordinator": 200, "admin": 200, "deputy": 403, "organiser": 403, "officer": 403, "analyst": 403}


@pytest.mark.parametrize("role", ROLES)
def test_who_may_open_the_desk(world, role):
    browser = world.browser(world.user("neu", role))
    assert browser.get("/rights").status_code == ROLES[role]
    assert browser.post("/rights/new", data={}).status_code == (422 if ROLES[role] == 200 else 403)


def set_days(world, admin, rule, days):
    with world.context("neu", admin) as session:
        keep_days(admin, rule, days)
        session.commit()


def test_staff_write_it_down_stop_the_clock_extend_and_close_it(world, admin, run_jobs, smtp_sink):
    browser = world.browser(admin)
    bad = browser.post("/rights/new", data={"kind": "access", "email": "x", "received_on": "2126-01-01"})
    assert bad.status_code == 422
    place = opened(browser, received_on=today().isoformat(), words="What do you have on me?")
    assert "What do you have on me?" in browser.get(place).text
    assert browser.post(f"{place}/pause", data={"reason": "clarification"}).status_code == 303
    assert "Clock stands" in browser.get("/rights").text
    assert browser.post(f"{place}/pause", data={"reason": "identity"}).status_code == 409
    assert browser.post(f"{place}/extension", data={"reason": "Much"}).status_code == 409
    assert browser.post(f"{place}/pause/removal").status_code == 303
    refused = browser.post(f"{place}/extension", data={"reason": " "})
    assert refused.status_code == 422
    assert "the person is told" in refused.text
    assert browser.post(f"{place}/extension", data={"reason": "Thirty boxes of paper."}).status_code == 303
    assert browser.post(f"{place}/end", data={"outcome": "refused"}).status_code == 422
    told = {"outcome": "done", "answer": "Here it is."}
    assert browser.post(f"{place}/end", data=told).status_code == 303
    assert browser.post(f"{place}/end", data=told).status_code == 409
    run_jobs()
    run_jobs()
    texts = [message.get_content() for message in smtp_sink.messages]
    assert ["Thirty boxes" in text for text in texts] == [True, False]
    assert "Here it is." in texts[1]
    assert "ico.org.uk" in texts[1]


@pytest.mark.parametrize(("outcome", "mails"), [("done", 1), ("dropped", 0)])
def test_closed_without_a_word_the_person_is_told_that_it_is_done(
    world, admin, run_jobs, smtp_sink, outcome, mails
):
    browser = world.browser(admin)
    assert browser.post(f"{opened(browser)}/end", data={"outcome": outcome, "answer": ""}).status_code == 303
    run_jobs()
    run_jobs()
    texts = [message.get_content() for message in smtp_sink.messages]
    assert ["is done" in text and "ico.org.uk" in text for text in texts] == [True] * mails


def test_a_request_that_is_late_is_said_at_the_desk_and_today(world, admin):
    browser = world.browser(admin)
    opened(browser)
    assert re.search(r"\d+ days late", browser.get("/rights").text)
    page = browser.get("/").text
    assert "One person waits for your answer, and one of them must have it within a week" in page
    assert "1 late" in page
    assert "waits for your answer" not in world.browser(world.user("neu", "organiser")).get("/").text


def test_a_new_request_stands_on_today_from_its_first_day(world, admin):
    browser = world.browser(admin)
    assert "waits for your answer" not in browser.get("/").text
    opened(browser, received_on=today().isoformat())
    assert "One person waits for your answer</a>" in browser.get("/").text


def test_the_bundle_tells_everything_to_the_person_alone_by_a_link_that_ends(
    app, client, world, admin, run_jobs, smtp_sink
):
    contact = keep(
        world, "neu", admin, email="amara@example.org", phone="07700 900123", tags=("choir",), job="Nurse"
    )
    with world.context("neu", admin) as session:
        note = add_note(admin, contact, "Sings on Thursdays.", submission_key=uuid4()).id
        other = add_note(admin, contact, "Her sister Ines is ill.", submission_key=uuid4()).id
        session.commit()
    keep(world, "neu", admin, "Somebody Else", email="else@example.org")
    set_days(world, admin, "contacts.archived", 31)
    confirmed(app, client, run_jobs, smtp_sink)
    browser, rights = world.browser(admin), only_request(world, admin)
    place = f"/rights/{rights}"
    assert "Her sister Ines" in browser.get(place).text
    assert browser.post(f"{place}/left-out", data={"left_out": f"contact_note:{other}"}).status_code == 303
    assert browser.post(f"{place}/link").status_code == 303
    run_jobs()
    link = link_in(smtp_sink.messages[-1])
    page = client.get(link)
    assert page.headers["Cache-Control"] == "no-store"
    assert "Amara" not in page.text
    made = json.loads(client.post(f"{link}/json").data)
    everything = json.dumps(made, ensure_ascii=False)
    for word in ("Amara Okafor", "amara@example.org", "+447700900123", "choir", "Nurse", "Sings on Thursdays.",
                 "All of it, please."):  # fmt: skip
        assert word in everything, word
    for word in ("Ines", "Somebody Else", "else@example.org"):
        assert word not in everything, word
    assert "Sings on Thursdays." in client.post(f"{link}/html").text
    assert client.post(f"{link}/pdf").data.startswith(b"%PDF")
    assert client.post(f"{link}/exe").status_code == 404
    # Article 15(1) stands before the data: what for, who receives it, how long, which rights; as it is set now.
    about = {one["title"]: dict(one["facts"]) for one in made["sections"][0]["items"]}
    assert "Explicit consent" in about["Why it is kept, and on which legal basis"]["Signing a pledge"]
    assert "Partners in the coalition" in about["Who receives it"]
    assert about["How long it is kept"]["Archived contacts"] == "31 days at most"
    assert "ico.org.uk" in about["Your rights"]["Complain"]
    log = browser.get(place).text
    assert log.count("The person took their data with their link") == 3
    assert "Took a person&#39;s data out" not in log
    assert client.get(link + "x").status_code == 404
    # A later link ends the earlier one; so does time.
    browser.post(f"{place}/link")
    assert client.get(link).status_code == 404
    run_jobs()
    later = link_in(smtp_sink.messages[-1])
    assert client.get(later).status_code == 200
    with time_machine.travel(now().timestamp() + 15 * 86_400):
        assert client.get(later).status_code == 404
    assert note


def test_nothing_is_handed_out_before_somebody_made_sure(world, admin):
    browser = world.browser(admin)
    files = tuple(f"bundle/{form}" for form in ("pdf", "html", "json"))
    place = opened(browser, email="new@example.org")
    assert "/bundle/" not in browser.get(place).text
    for kind, steps in {
        "access": ("link", *files),
        "erasure": ("erasure",),
        "restriction": ("flag",),
    }.items():
        place = opened(browser, kind, email="new@example.org")
        for step in steps:
            answer = browser.post(f"{place}/{step}", data={"name": "Amara Okafor"})
            assert answer.status_code == 409, (kind, step)
            assert "make sure" in answer.text
        assert browser.post(f"{place}/identity", data={"identity_by": "mail"}).status_code == 422
        assert browser.post(f"{place}/identity", data={"identity_by": "document"}).status_code == 303
        if kind == "access":
            assert [browser.post(f"{place}/{one}").status_code for one in files] == [200] * 3
            assert browser.get(place).text.count("/bundle/") == 3


def test_what_is_held_is_read_before_it_is_closed_and_whom_it_is_about_is_searched(world, admin):
    named = keep(world, "neu", admin, email="amara@example.org")
    other = keep(world, "neu", admin, "Bola Ade", email="bola@example.org", phone="07700 900123")
    keep(world, "praxis", world.user("praxis", "admin"), "Bola Elsewhere")
    browser = world.browser(admin)
    place = opened(browser, email="unknown@example.org")

    def offered(**query):
        page = browser.get(place, query_string=query).text
        return re.findall(r'name="contact"[^>]*value="([^"]*)"', page), page

    ids, page = offered()
    assert ids == [str(named), ""]
    assert page.index("amara@example.org") < page.index("Nobody in our contacts")
    for words in ("Bola", "bola@example.org", "07700 900123"):
        assert offered(find=words)[0] == [str(named), str(other), ""], words
    assert "Nobody found" in offered(find="Zzz")[1]
    assert browser.post(f"{place}/contact", data={"contact": str(other)}).status_code == 303
    page = browser.get(place).text
    assert (
        page.index("1. Who are they?")
        < page.index("2. Read what is held")
        < page.index("bola@example.org</dd>")
    )
    assert (
        page.index("bola@example.org</dd>") < page.index("3. What they asked for") < page.index("4. Close it")
    )


def test_a_confirmed_address_says_nothing_of_a_contact_without_it(
    app, client, world, admin, run_jobs, smtp_sink
):
    keep(world, "neu", admin, email="amara@example.org")
    other = keep(world, "neu", admin, "Bola Ade", email="bola@example.org")
    confirmed(app, client, run_jobs, smtp_sink)
    browser = world.browser(admin)
    place = f"/rights/{only_request(world, admin)}"
    assert browser.post(f"{place}/contact", data={"contact": str(other)}).status_code == 303
    assert browser.post(f"{place}/bundle/json").status_code == 409


def test_a_correction_is_made_on_the_contact(app, client, world, admin, run_jobs, smtp_sink):
    contact = keep(world, "neu", admin, email="amara@example.org", phone="07700 900123")
    confirmed(app, client, run_jobs, smtp_sink, kind="correction")
    browser = world.browser(admin)
    place = f"/rights/{only_request(world, admin)}"
    for field, wrong, right, status in (
        ("name", "", "Amara Okafor-Lee", 303),
        ("email", "amara@example.org", "amara.lee@example.org", 303),
        ("phone", "", "07700 900456", 303),
        ("phone", "+447700900999", "07700 900111", 422),
        ("email", "amara.lee@example.org", "no address", 422),
    ):
        sent = {"field": field, "wrong": wrong, "right": right}
        assert browser.post(f"{place}/correction", data=sent).status_code == status, sent
    page = browser.get(f"/contacts/{contact}").text
    for word in ("Amara Okafor-Lee", "amara.lee@example.org", "07700 900456"):
        assert word in page


@pytest.mark.parametrize(("kind", "tag"), [("objection", "Objected"), ("restriction", "Restricted")])
def test_lists_and_exports_obey_and_it_can_be_lifted(
    app, client, world, admin, run_jobs, smtp_sink, kind, tag
):
    contact = keep(world, "neu", admin, email="amara@example.org")
    keep(world, "neu", admin, "Other Person", email="other@example.org")
    confirmed(app, client, run_jobs, smtp_sink, kind=kind)
    browser = world.browser(admin)
    place = f"/rights/{only_request(world, admin)}"
    assert "amara@example.org" in browser.post("/contacts/exports", data={}).text
    assert browser.post(f"{place}/flag").status_code == 303
    assert tag in browser.get("/contacts").text
    assert f"{tag} on" in browser.get(f"/contacts/{contact}").text
    exported = browser.post("/contacts/exports", data={}).text
    assert "other@example.org" in exported
    assert "amara@example.org" not in exported

    def why():
        with world.context("neu", admin):
            found = suppressed_since(admin.organisation_id, [hash_address("amara@example.org")])
            return [reason for reason, _at in found.values()]

    assert why() == [{"objection": "objected", "restriction": "restricted"}[kind]]
    assert browser.post(f"/rights/contacts/{contact}/flags/{kind}/removal").status_code == 303
    assert why() == []
    assert "amara@example.org" in browser.post("/contacts/exports", data={}).text
