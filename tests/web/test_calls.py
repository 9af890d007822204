"""One action put to many units: written, chosen, sent, called off, seen in the grid, the silent reminded."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import event, select

from organising.calls.models import CallEvent, CallMail
from organising.organisations.models import Membership, Unit, UnitArea, UnitKind
from organising.platform.clock import now, today
from organising.platform.db import db, new_id
from tests.support.calls import Asking, link_in, press, words


@pytest.fixture
def asking(world):
    return Asking(world)


def test_an_organiser_asks_two_districts_and_each_answers_by_its_mail(asking, client, smtp_sink, run_jobs):
    ours, theirs = asking.district("Northmoor"), asking.district("Southmere")
    said = words()
    new = asking.browser.post(
        "/actions/calls/new",
        data={
            "title": said.title, "question": said.question, "text": said.text, "due_on": said.due_on.isoformat(),
            "action_kind": "stall", "action_title": said.action_title, "action_on": said.action_on.isoformat(),
            "straight": "y",
        },
    )  # fmt: skip
    assert new.status_code == 303, new.text
    call_id = new.location.split("/")[3]
    page = asking.browser.get(f"/actions/calls/{call_id}/branches")
    assert "Northmoor" in page.text
    chosen = asking.browser.post(
        f"/actions/calls/{call_id}/branches", data={"unit": [ours, theirs], "shown": [ours, theirs]}
    )
    assert chosen.status_code == 303
    assert "2 officers get the mail" in asking.browser.get(f"/actions/calls/{call_id}").text
    assert (
        asking.browser.post(f"/actions/calls/{call_id}/publication", data={"version": "1"}).status_code == 303
    )
    run_jobs()
    assert smtp_sink.messages == []
    asking.send(run_jobs)
    assert len(smtp_sink.messages) == 2
    mine = smtp_sink.to(asking.world.email(asking.officers[ours]))[0]
    assert "Northmoor" in mine["Subject"]
    assert mine["Reply-To"] == asking.world.email(asking.organiser)
    assert "Southmere" not in mine.get_content()
    link = link_in(mine)
    page = client.get(link).text
    assert said.question in page
    assert "Southmere" not in page
    assert press(client, link, "doing", note="We bring a table").status_code == 200
    assert asking.row(call_id, ours)["answer"] == "doing"
    grid = asking.browser.get(f"/actions/calls/{call_id}").text
    assert "Doing it" in grid
    assert "Not heard from" in grid
    assert asking.actions() == [("scheduled", ours, "stall", said.action_on, said.action_title)]


def test_branches_are_chosen_by_region_kind_area_name_or_hand(asking, world):
    region = world.unit("neu", "North", kind=UnitKind.REGION)
    north, south = asking.district("Northmoor"), asking.district("Southmere")
    with world.context("neu", world.user("neu", "admin")) as session:
        session.get_one(Unit, (world.organisation("neu"), north)).parent_id = region
        session.add(
            UnitArea(unit_id=south, gss_code="E14002222", kind="westminster", area_name="Southmere Bay")
        )
        session.commit()
    call_id = asking.draft([])
    page = f"/actions/calls/{call_id}/branches"

    def shown(query):
        return asking.ticked_in(asking.browser.get(f"{page}?all=yes&{query}").text)

    assert shown("") == {"North", "Northmoor", "Southmere"}
    assert shown(f"below={region}") == {"North", "Northmoor"}
    assert shown(f"below={region}&kind=district") == {"Northmoor"}
    assert shown("area=E14002222") == shown("q=south") == {"Southmere"}
    asking.browser.post(page, data={"unit": [north, region], "shown": [north, region]})
    # What is not shown stays as it was chosen.
    asking.browser.post(page, data={"unit": [], "shown": [region, south]})
    assert asking.ticked_in(asking.browser.get(page).text) == {"Northmoor"}


def test_what_is_missing_or_over_is_said_beside_its_field_and_nothing_is_lost(asking):
    yesterday = (today() - timedelta(days=1)).isoformat()
    answer = asking.browser.post(
        "/actions/calls/new",
        data={"title": "Kept words", "due_on": yesterday, "action_kind": "stall", "question": "?"},
    )
    assert answer.status_code == 422
    assert "Kept words" in answer.text
    assert "That day is over" in answer.text
    assert "Give the action a title" in answer.text


def test_the_silent_are_reminded_in_three_clicks_and_nobody_more_than_once_in_three_days(
    asking, client, smtp_sink, run_jobs
):
    north, south = asking.district("Northmoor"), asking.district("Southmere")
    nobody = asking.district("Fernwick", officer=False)
    call_id = asking.call([north, south, nobody])
    asking.send(run_jobs)
    remind = f"/actions/calls/{call_id}/reminder"
    assert f'href="{remind}"' in asking.browser.get(f"/actions/calls/{call_id}").text
    early = asking.browser.get(remind).text
    assert "There is nobody to remind now" in early
    assert "Fernwick" in early
    press(client, asking.link(call_id, north), "not_us")
    with time_machine.travel(now() + timedelta(days=4), tick=True):
        page = asking.browser.get(remind).text
        assert "One branch is written to." in page
        batch = asking.batch_in(page)
        first = asking.browser.post(remind, data={"batch": batch})
        assert first.status_code == 303
        asking.browser.post(remind, data={"batch": batch})
        assert asking.browser.post(remind, data={"batch": str(new_id())}).status_code == 303
        assert asking.count(CallMail, CallMail.kind == "remind") == 1
        assert "Undo the reminder" in asking.browser.get(first.location).text
        asking.browser.post(f"{remind}/removal", data={"batch": batch})
        asking.send(run_jobs)
        assert len(smtp_sink.messages) == 2
        asking.browser.post(remind, data={"batch": str(new_id())})
        asking.send(run_jobs)
        assert [one["Subject"][:8] for one in smtp_sink.messages[2:]] == ["A remind"]
        late = asking.browser.post(f"{remind}/removal", data={"batch": batch}, follow_redirects=True)
        assert "It was too late" in late.text


def test_who_answers_before_the_reminder_leaves_is_not_reminded(asking, client, smtp_sink, run_jobs):
    unit_id = asking.district("Northmoor")
    call_id = asking.call([unit_id])
    press(client, asking.link(call_id, unit_id), "need_help")
    asking.send(run_jobs)
    assert smtp_sink.messages == []


def test_a_unit_without_an_officer_is_named_and_written_to_once_it_has_one(
    asking, world, smtp_sink, run_jobs
):
    unit_id = asking.district("Fernwick", officer=False)
    call_id = asking.draft([unit_id])
    draft = asking.browser.get(f"/actions/calls/{call_id}").text
    assert "No officer is named" in draft
    assert "/organisation/units" in draft
    call_id = asking.call([unit_id])
    grid = asking.browser.get(f"/actions/calls/{call_id}?trouble=y").text
    assert "Fernwick" in grid
    assert "Name an officer" in grid
    world.user("neu", "officer", unit="Fernwick")
    assert "for the first time" in asking.browser.get(f"/actions/calls/{call_id}/reminder").text
    asking.browser.post(f"/actions/calls/{call_id}/reminder", data={"batch": str(new_id())})
    asking.send(run_jobs)
    assert len(smtp_sink.messages) == 1


def test_mail_that_comes_back_is_shown_and_the_next_officer_is_written_to(asking, world, smtp_sink, run_jobs):
    unit_id = asking.district("Northmoor")
    smtp_sink.refuse[world.email(asking.officers[unit_id])] = "550 5.1.1 no such user"
    call_id = asking.call([unit_id])
    asking.send(run_jobs)
    assert "The mail came back" in asking.browser.get(f"/actions/calls/{call_id}").text
    page = f"/actions/calls/{call_id}/branches/{asking.asked(call_id, unit_id)}"
    assert "refused it for good (550)" in asking.browser.get(page).text
    assert "Ring them" in asking.browser.get(f"/actions/calls/{call_id}/reminder").text
    second = world.user("neu", "officer", unit="Northmoor")
    asking.browser.post(f"/actions/calls/{call_id}/reminder", data={"batch": str(new_id())})
    asking.send(run_jobs)
    assert len(smtp_sink.to(world.email(second))) == 1


def test_it_can_be_taken_back_until_the_first_mail_leaves(asking, smtp_sink, run_jobs):
    unit_id = asking.district("Northmoor")
    call_id = asking.call([unit_id])
    assert asking.browser.post(f"/actions/calls/{call_id}/publication/removal").status_code == 303
    asking.send(run_jobs)
    assert smtp_sink.messages == []
    asking.publish(call_id)
    asking.send(run_jobs)
    assert len(smtp_sink.messages) == 1
    assert asking.browser.post(f"/actions/calls/{call_id}/publication/removal").status_code == 409


def test_called_off_tells_those_who_are_in_and_is_undone(asking, client, smtp_sink, run_jobs):
    north, south = asking.district("Northmoor"), asking.district("Southmere")
    call_id = asking.call([north, south])
    asking.send(run_jobs)
    press(client, asking.link(call_id, north), "doing")
    asking.browser.post(f"/actions/calls/{call_id}/withdrawal")
    assert "called off" in client.get(asking.link(call_id, south)).text
    asking.browser.post(f"/actions/calls/{call_id}/withdrawal/removal")
    asking.send(run_jobs)
    assert len(smtp_sink.messages) == 2
    asking.browser.post(f"/actions/calls/{call_id}/withdrawal")
    asking.send(run_jobs)
    assert [one["Subject"] for one in smtp_sink.messages[2:]] == ["Called off: Stalls in May"]


def test_need_help_waits_on_today_until_somebody_has_seen_to_it(asking, client, world):
    unit_id = asking.district("Northmoor")
    call_id = asking.call([unit_id])
    press(client, asking.link(call_id, unit_id), "need_help", note="No table")
    for slug, role, shown in (("neu", "admin", True), ("neu", "analyst", False), ("praxis", "admin", False)):
        assert ("Northmoor: Stalls in May" in world.browser(world.user(slug, role)).get("/").text) is shown
    page = f"/actions/calls/{call_id}/branches/{asking.asked(call_id, unit_id)}"
    assert "No table" in asking.browser.get(page).text
    for path, shown in (("help", False), ("help/removal", True), ("help", False)):
        assert asking.browser.post(f"{page}/{path}").status_code == 303
        assert ("Northmoor: Stalls in May" in asking.browser.get("/").text) is shown


def test_a_call_ends_by_itself_after_its_last_day(asking, app, client):
    from organising.calls import jobs

    unit_id = asking.district("Northmoor")
    call_id = asking.call([unit_id], due_on=today())
    link = asking.link(call_id, unit_id)
    assert press(client, link, "not_us").status_code == 200
    with time_machine.travel(now() + timedelta(days=1, hours=1), tick=True):
        assert press(client, link, "doing").status_code == 409
        for _ in range(2):
            with app.app_context():
                jobs.expire_calls()
        assert "Closed" in asking.browser.get(f"/actions/calls/{call_id}").text
    assert asking.count(CallEvent, CallEvent.what == "expired") == 1


def test_an_organiser_of_a_part_of_the_tree_asks_and_sees_no_more_than_it(asking, world):
    north, south = asking.district("Northmoor"), asking.district("Southmere")
    call_id = asking.call([north, south])
    regional = world.user("neu", "organiser")
    admin = world.user("neu", "admin")
    with world.context("neu", admin) as session:
        membership = session.scalars(select(Membership).where(Membership.user_id == regional.user_id)).one()
        membership.subtree_id = north
        session.commit()
    browser = world.browser(regional)
    grid = browser.get(f"/actions/calls/{call_id}").text
    assert "Northmoor" in grid
    assert "Southmere" not in grid
    assert browser.get(f"/actions/calls/{call_id}/branches/{asking.asked(call_id, south)}").status_code == 404
    assert browser.post(f"/actions/calls/{call_id}/closure").status_code == 403
    chosen = browser.post(f"/actions/calls/{call_id}/branches", data={"unit": [south], "shown": [south]})
    assert chosen.status_code == 422
    draft_id = asking.draft([north, south])
    assert browser.post(f"/actions/calls/{draft_id}/publication", data={"version": "1"}).status_code == 403
    browser.post(f"/actions/calls/{draft_id}/branches", data={"unit": [], "shown": [north, south]})
    assert asking.ticked_in(asking.browser.get(f"/actions/calls/{draft_id}/branches").text) == {"Southmere"}


def test_a_hundred_and_fifty_districts_are_one_page_of_statements(asking, smtp_sink, run_jobs, client):
    few = asking.call([asking.district(name) for name in ("Northmoor", "Southmere", "Fernwick")])
    unit_ids = asking.districts(150)
    call_id = asking.call(unit_ids)
    asking.send(run_jobs)
    assert len({one["To"] for one in smtp_sink.messages}) == len(smtp_sink.messages) == 153
    for place, unit_id in enumerate(unit_ids[:30]):
        answer = ("doing", "not_us", "need_help")[place % 3]
        press(client, asking.link(call_id, unit_id), answer)
    page = asking.browser.get(f"/actions/calls/{call_id}").text
    numbers = asking.numbers_in(page)
    assert numbers == [10, 10, 10, 120]
    assert sum(numbers) == 150
    names = asking.names_in(page)
    assert len(names) == 50
    second = asking.browser.get(asking.next_in(page)).text
    assert not set(names) & set(asking.names_in(second))
    assert asking.names_in(asking.browser.get(f"/actions/calls/{call_id}?q=secretary 007").text) == [
        "District 007"
    ]
    assert len(asking.names_in(asking.browser.get(f"/actions/calls/{call_id}?answer=doing").text)) == 10
    newest = asking.names_in(asking.browser.get(f"/actions/calls/{call_id}?sort=heard").text)
    assert newest[0] == "District 029"

    def statements(address):
        seen = []
        with asking.world.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note := lambda *given: seen.append(given[2]))
        assert asking.browser.get(address).status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    for path in ("", "/branches", "/reminder"):
        assert statements(f"/actions/calls/{call_id}{path}") == statements(f"/actions/calls/{few}{path}"), (
            path
        )
