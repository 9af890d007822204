"""Institutions from outside: how asks stand there, requests for information, and who may do what of it."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError

from organising.lobbying.models import AskStatus, InformationRequest, RequestEvent, RequestOwn
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.permissions import Role
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import Institution
from tests.unit.lobbying.seeds import ask_id

DAY = timedelta(days=1)
EDITORS = (Role.COORDINATOR, Role.DEPUTY, Role.ADMIN, Role.ORGANISER)


@pytest.fixture
def bodies(world):
    """Three forces (one gone over into another), a department and a council; by first word, their ids."""
    made = {}
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        for name, kind in (
            ("Vale Police", "police_force"),
            ("Fenwick Police", "police_force"),
            ("Old Police", "police_force"),
            ("Education Department", "department"),
            ("Marlow Council", "local_authority"),
        ):
            one = Institution(
                kind=kind,
                name=name,
                sort_key=name.lower(),
                source="test",
                requests_email=f"foi@{kind}.example",
            )
            session.add(one)
            session.flush()
            made[name.split()[0]] = one.id
        old = session.get_one(Institution, made["Old"])
        old.ended_on, old.successor_id = today() - DAY, made["Fenwick"]
        session.commit()
    return made


def say(world, browser, body, code="POL-1", status="met", **changes):
    form = {
        "ask_id": str(ask_id(world, code)), "status": status, "held_on": today().isoformat(), "words": "Policy published",
    }  # fmt: skip
    return browser.post(f"/institutions/{body}/statuses/new", data=form | changes)


def ask(browser, body, **changes):
    form = {
        "title": "Referrals",
        "wording": "How many victims were referred?",
        "sent_on": today().isoformat(),
    }
    return browser.post(f"/requests/new?institution={body}", data=form | changes)


def made_request(answer):
    assert answer.status_code == 303, answer.text
    return answer.location.rsplit("/", 1)[-1]


def move(browser, request_id, state, **changes):
    form = {"state": state, "on": today().isoformat(), "words": "Two pages"}
    return browser.post(f"/requests/{request_id}/state", data=form | changes)


def plain(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_list_says_how_many_forces_met_an_ask(world, browser, bodies):
    assert say(world, browser, bodies["Vale"]).status_code == 303
    shown = plain(browser.get(f"/institutions?ask={ask_id(world, 'POL-1')}").text)
    assert "2 institutions are asked this" in shown
    assert "Met 1" in shown
    assert "Open 1" in shown
    assert "Vale Police" in shown
    assert "Marlow Council" not in shown
    assert "Old Police" not in shown
    met = plain(browser.get(f"/institutions?ask={ask_id(world, 'POL-1')}&status=met").text)
    assert "Vale Police" in met
    assert "Fenwick Police" not in met
    still_open = plain(browser.get(f"/institutions?ask={ask_id(world, 'POL-1')}&status=open").text)
    assert "Fenwick Police" in still_open
    assert "Vale Police" not in still_open


def test_filters_and_the_csv(world, browser, bodies):
    assert "Marlow Council" in plain(browser.get("/institutions?kind=local_authority").text)
    assert "Vale Police" not in plain(browser.get("/institutions?q=Marlow").text)
    say(world, browser, bodies["Vale"], words="=1+1 published")
    rows = browser.get(f"/institutions.csv?ask={ask_id(world, 'POL-1')}").text
    assert "Vale Police" in rows
    assert "'=1+1 published" in rows
    assert "Marlow" not in rows


def test_a_council_is_asked_for_the_firewall_alone(world, browser, bodies):
    shown = browser.get(f"/institutions/{bodies['Marlow']}").text
    section = shown.split('id="asks"')[1].split("<details")[0]
    assert "FW-1" in section
    assert "POL-1" not in section
    assert "HLT-1" not in section


@pytest.mark.parametrize("status", ["met", "partly_met", "refused"])
def test_what_is_met_or_refused_is_shown_by_something(world, browser, bodies, status):
    assert say(world, browser, bodies["Vale"], status=status, words="").status_code == 422
    assert say(world, browser, bodies["Vale"], status="open", words="").status_code == 303
    assert say(world, browser, bodies["Vale"], held_on=(today() + DAY).isoformat()).status_code == 422


def test_the_same_twice_is_once_and_partners_can_differ(world, browser, bodies):
    say(world, browser, bodies["Vale"])
    say(world, browser, bodies["Vale"])
    with world.context("neu"):
        assert db.session.scalar(select(func.count(AskStatus.id))) == 1
    page = f"/institutions/{bodies['Vale']}"
    assert "Disputed" not in browser.get(page).text
    other = world.browser(world.user("praxis", "organiser"))
    say(world, other, bodies["Vale"], status="refused", words="The chief constable wrote so")
    assert "Disputed" in browser.get(page).text
    say(world, browser, bodies["Vale"], status="refused", words="We read the letter")
    assert "Disputed" not in browser.get(page).text


def test_old_evidence_disputes_nothing(world, browser, bodies):
    long_ago = (today() - 181 * DAY).isoformat()
    say(
        world,
        world.browser(world.user("praxis", "organiser")),
        bodies["Vale"],
        "POL-1",
        "refused",
        held_on=long_ago,
    )
    say(world, browser, bodies["Vale"])
    shown = browser.get(f"/institutions/{bodies['Vale']}").text
    assert "Disputed" not in shown
    assert "Met" in shown


def test_a_successor_starts_open_and_says_from_whom(world, browser, bodies):
    say(world, browser, bodies["Old"])
    shown = plain(browser.get(f"/institutions/{bodies['Fenwick']}").text)
    assert "Carried over from Old Police" in shown
    assert "Another body has taken over" in browser.get(f"/institutions/{bodies['Old']}").text
    listed = plain(browser.get(f"/institutions?ask={ask_id(world, 'POL-1')}").text)
    assert "Carried over from Old Police" in listed
    assert "Met 0" in listed
    say(world, browser, bodies["Fenwick"])
    assert "Carried over" not in browser.get(f"/institutions/{bodies['Fenwick']}").text


def test_a_request_is_chased_answered_and_becomes_evidence(world, browser, bodies):
    sent = today() - 60 * DAY
    request_id = made_request(
        ask(browser, bodies["Vale"], ask_id=str(ask_id(world, "POL-1")), sent_on=sent.isoformat())
    )
    assert "Overdue" in browser.get("/requests").text
    assert "mailto:foi@police_force.example?subject=Referrals" in browser.get(f"/requests/{request_id}").text
    assert "Requests without an answer" in browser.get("/").text + browser.get("/today").text
    assert browser.post(f"/requests/{request_id}/chases").status_code == 303
    browser.post(f"/requests/{request_id}/chases")
    assert move(browser, request_id, "answered", words="").status_code == 422
    assert move(browser, request_id, "answered").status_code == 303
    assert move(browser, request_id, "answered").status_code == 303
    page = browser.get(f"/requests/{request_id}").text
    assert "Two pages" in page
    assert "Overdue" not in page
    form = browser.get(f"/institutions/{bodies['Vale']}/statuses/new?request={request_id}").text
    assert "Shown by the request" in form
    assert say(world, browser, bodies["Vale"], words="", request_id=request_id).status_code == 303
    assert f"/requests/{request_id}" in browser.get(f"/institutions/{bodies['Vale']}").text
    with world.context("neu"):
        assert db.session.scalar(select(func.count(RequestEvent.id))) == 3


def test_what_is_too_long_is_said_and_nothing_of_it_is_cut_off(world, browser, bodies):
    """Half a reference number is no reference: who quotes it reaches nobody."""
    number, exemption = f"FOI/{'7' * 57}", f"Section {'9' * 113}"
    refused = ask(browser, bodies["Vale"], reference=number)
    assert refused.status_code == 422
    assert "Keep it under 60 characters." in refused.text
    assert number in refused.text
    request_id = made_request(ask(browser, bodies["Vale"], reference=number[:60]))
    for field, words, most in (("exemption", exemption, 120), ("reference", number, 60)):
        refused = move(browser, request_id, "refused", **{field: words})
        assert refused.status_code == 422
        assert f"Keep it under {most} characters." in refused.text
        assert words in refused.text
    assert move(browser, request_id, "refused", exemption=exemption[:120]).status_code == 303
    page = browser.get(f"/requests/{request_id}").text
    assert exemption[:120] in page
    assert number[:60] in page


def test_a_review_waits_anew_and_a_wrong_step_is_refused(world, browser, bodies):
    request_id = made_request(ask(browser, bodies["Vale"], sent_on=(today() - 90 * DAY).isoformat()))
    assert move(browser, request_id, "commissioner").status_code == 409
    assert move(browser, request_id, "refused", exemption="section 31").status_code == 303
    assert "section 31" in browser.get(f"/requests/{request_id}").text
    assert move(browser, request_id, "review").status_code == 303
    with world.context("neu"):
        assert db.session.get_one(InformationRequest, request_id).due_on > today()
    assert move(browser, request_id, "commissioner").status_code == 303


def test_nobody_asks_twice_without_knowing(world, browser, bodies):
    other = world.browser(world.user("praxis", "organiser"))
    first = made_request(ask(other, bodies["Vale"], title="Their request"))
    page = browser.get(f"/requests/new?institution={bodies['Vale']}").text
    assert "Asked here already" in page
    assert f"/requests/{first}" in page
    answer = ask(browser, bodies["Vale"])
    assert answer.status_code == 422
    assert "Their request" in answer.text
    key = re.search(r'name="confirmed" value="([^"]+)"', answer.text)[1]
    assert ask(browser, bodies["Vale"], confirmed=key).status_code == 303


@pytest.mark.parametrize("role", list(Role))
def test_who_reads_and_who_writes(world, bodies, organiser, role):
    mine = made_request(ask(world.browser(organiser), bodies["Vale"]))
    actor = world.user("neu", role)
    browser = world.browser(actor)
    for address in ("/institutions", f"/institutions/{bodies['Vale']}", "/requests", f"/requests/{mine}"):
        assert browser.get(address).status_code == 200, address
    may = role in EDITORS
    assert say(world, browser, bodies["Vale"]).status_code == (303 if may else 403)
    assert ask(browser, bodies["Fenwick"]).status_code == (303 if may else 403)
    assert move(browser, mine, "answered").status_code == (303 if may else 403)
    assert _writes(world, actor, bodies) == may


def _writes(world, actor, bodies):
    """Whether the database itself takes a status in this person's name."""
    try:
        with world.context("neu", actor) as session:
            session.add(
                AskStatus(
                    campaign_id=world.campaign, organisation_id=actor.organisation_id, author_label="x",
                    institution_id=bodies["Vale"], ask_id=ask_id(world, "POL-1"), status="open", held_on=today(),
                )
            )  # fmt: skip
            session.flush()
            changed = session.execute(text("UPDATE information_request SET reference = 'x'")).rowcount
            session.rollback()
    except DBAPIError:
        return False
    return changed > 0


def test_a_partner_reads_a_request_and_changes_nothing_of_it(world, browser, bodies, organiser):
    mine = made_request(ask(browser, bodies["Vale"]))
    other = world.user("praxis", "coordinator")
    foreign = world.browser(other)
    assert foreign.get(f"/requests/{mine}").status_code == 200
    assert move(foreign, mine, "answered").status_code == 404
    assert foreign.post(f"/requests/{mine}/chases").status_code == 404
    assert move(foreign, uuid4(), "answered").status_code == 404
    with world.context("praxis", other) as session:
        assert session.execute(text("UPDATE information_request SET reference = 'x'")).rowcount == 0
        assert session.scalar(select(func.count()).select_from(RequestOwn)) == 0
    with world.context("neu", organiser) as session:
        assert session.scalar(select(func.count()).select_from(RequestOwn)) == 1


@pytest.mark.parametrize("table", ["ask_status", "request_event"])
@pytest.mark.parametrize("command", ["DELETE FROM {}", "UPDATE {} SET author_label = 'x'"])
def test_history_is_only_ever_added_to(world, organiser, table, command):
    with world.context("neu", organiser) as session, pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text(command.format(table)))


def test_another_bodys_request_shows_nothing(world, browser, bodies):
    request_id = made_request(ask(browser, bodies["Vale"]))
    assert say(world, browser, bodies["Fenwick"], request_id=request_id).status_code == 404


def test_lists_take_a_constant_number_of_statements(world, browser, bodies):
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        for number in range(30):
            name = f"Force {number:02}"
            session.add(Institution(kind="police_force", name=name, sort_key=name.lower(), source="test"))
        session.commit()
    for body in list(bodies.values())[:3]:
        made_request(ask(browser, body))
        say(world, browser, body)
    seen = []
    with world.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note := lambda *given: seen.append(given[2]))
    try:
        for address in (
            f"/institutions?ask={ask_id(world, 'POL-1')}", "/requests?state=any", f"/institutions/{bodies['Vale']}",
        ):  # fmt: skip
            seen.clear()
            assert browser.get(address).status_code == 200
            most = 30 if bodies["Vale"].hex in address.replace("-", "") else 20
            counted = [one for one in seen if not one.startswith(("SELECT set_config", "SET "))]
            assert len(counted) <= most, (address, len(counted))
    finally:
        event.remove(engine, "before_cursor_execute", note)


def plan(browser, body, what="Ring the press office", days=3):
    form = {"what": what, "due_on": (today() + days * DAY).isoformat()}
    return browser.post(f"/institutions/{body}/follow-ups/new", data=form)


def next_step(html):
    parts = html.split('<p class="next-step__what">')
    return plain(parts[1].split("</section>")[0]) if len(parts) > 1 else ""


def test_the_page_says_what_comes_next_and_whose_it_is(world, browser, bodies, organiser):
    page = f"/institutions/{bodies['Vale']}"
    assert next_step(browser.get(page).text) == ""
    answer = plan(browser, bodies["Vale"])
    assert answer.status_code == 303
    assert answer.location.startswith(page)
    shown = browser.get(page).text
    assert "Ring the press office" in next_step(shown)
    assert organiser.display_name in next_step(shown)
    assert "Ring the press office" not in browser.get(f"/institutions/{bodies['Fenwick']}").text
    finish = re.search(r'action="(/follow-ups/[^"]+/completion)"', shown)[1]
    done = browser.post(finish, data={"back": page})
    assert done.location.startswith(page)
    after = browser.get(done.location).text
    assert "Marked as done" in after
    assert "Ring the press office" not in after
    assert browser.post(f"{finish}/removal", data={"back": page}).status_code == 303
    assert "Ring the press office" in next_step(browser.get(page).text)


def test_a_partner_sees_nothing_of_a_follow_up_about_an_institution(world, browser, bodies):
    plan(browser, bodies["Vale"])
    for slug, role in (("praxis", "coordinator"), ("neu", "analyst")):
        shown = world.browser(world.user(slug, role)).get(f"/institutions/{bodies['Vale']}").text
        assert "Ring the press office" not in shown
    assert plan(world.browser(world.user("neu", "analyst")), bodies["Vale"]).status_code == 403


def test_a_follow_up_about_an_institution_needs_words_a_day_and_somebody_there(browser, bodies):
    assert plan(browser, bodies["Vale"], what=" ").status_code == 422
    assert plan(browser, bodies["Vale"], days=-1).status_code == 422
    doubtful = plan(browser, bodies["Vale"], what="Ring 020 7946 0000")
    assert doubtful.status_code == 422
    assert "One thing to check first" in doubtful.text
    assert plan(browser, uuid4()).status_code == 404


def test_the_soonest_of_all_that_is_planned_comes_first(browser, bodies):
    plan(browser, bodies["Vale"], days=9)
    plan(browser, bodies["Vale"], what="Read the policy", days=2)
    assert "Read the policy" in next_step(browser.get(f"/institutions/{bodies['Vale']}").text)
