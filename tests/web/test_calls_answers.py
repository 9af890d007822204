"""What units answer to a call, by the link in their mail or by phone, and the action that comes of it."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from organising.actions.models import ActionCheck
from organising.actions.services.materials import Material
from organising.actions.services.templates import TemplateDraft, keep_template
from organising.calls.links import Asked, answer_token
from organising.calls.models import CallEvent
from organising.organisations.models import UnitOfficer
from organising.platform.clock import now, today
from organising.platform.db import new_id
from organising.platform.errors import Invalid
from tests.support.calls import Asking, press


@pytest.fixture
def asking(world):
    return Asking(world)


def test_scanners_and_prefetching_readers_answer_nothing(asking, client):
    unit_id = asking.district("Northmoor")
    link = asking.link(asking.call([unit_id]), unit_id)
    for method in ("GET", "HEAD", "OPTIONS"):
        for query in ("", "?answer=doing", "?change=yes"):
            assert client.open(link + query, method=method).status_code == 200
    call_id = asking.call_ids[0]
    assert asking.row(call_id, unit_id)["answer"] is None
    assert asking.count(CallEvent, CallEvent.what.like("answered%")) == 0
    page = client.get(link)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_the_answer_needs_no_token_in_a_cookie_but_no_other_site_gives_it(asking, app):
    app.config["WTF_CSRF_ENABLED"] = True
    unit_id = asking.district("Northmoor")
    call_id = asking.call([unit_id])
    link = asking.link(call_id, unit_id)
    elsewhere = app.test_client().post(
        link, data={"answer": "doing"}, headers={"Origin": "https://elsewhere.example"}
    )
    assert elsewhere.status_code == 422
    assert asking.row(call_id, unit_id)["answer"] is None
    assert press(app.test_client(), link, "doing").status_code == 200
    assert asking.row(call_id, unit_id)["answer"] == "doing"


def test_a_forged_foreign_or_outlived_link_opens_nothing(asking, client, world):
    unit_id, other = asking.district("Northmoor"), asking.district("Southmere")
    call_id = asking.call([unit_id])
    link = asking.link(call_id, unit_id)
    token = link.rpartition("/")[2]
    with world.app.app_context():
        row, neu, praxis = (
            asking.asked(call_id, unit_id),
            world.organisation("neu"),
            world.organisation("praxis"),
        )
        of_other = asking.officer_id(other)
        forged = [
            token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB"),
            token[1:],
            answer_token(Asked(neu, row, of_other)),
            answer_token(Asked(praxis, row, asking.officer_id(unit_id))),
            answer_token(Asked(neu, new_id(), asking.officer_id(unit_id))),
        ]
    for one in forged:
        for method in ("GET", "POST"):
            answer = client.open(f"/actions/calls/answer/{one}", method=method, data={"answer": "doing"})
            assert answer.status_code == 404, one
    assert asking.row(call_id, unit_id)["answer"] is None
    with world.context("neu") as session:
        office = session.scalars(select(UnitOfficer).where(UnitOfficer.unit_id == unit_id)).one()
        office.removed_at = now()
        session.commit()
    assert press(client, link, "doing").status_code == 404
    assert client.get(link).status_code == 404


def test_an_answer_can_be_changed_until_the_end_and_its_action_follows(asking, client):
    unit_id = asking.district("Northmoor")
    call_id = asking.call([unit_id])
    link = asking.link(call_id, unit_id)
    for _ in range(3):
        assert press(client, link, "doing").status_code == 200
    assert asking.count(CallEvent, CallEvent.what == "answered_doing") == 1
    assert len(asking.actions()) == 1
    press(client, link, "not_us", note="Half-term")
    assert [state for state, *_ in asking.actions()] == ["cancelled"]
    assert asking.row(call_id, unit_id)["note"] == "Half-term"
    day = today() + timedelta(days=25)
    press(client, link, "doing", held_on=day.isoformat())
    assert [(state, on) for state, _, _, on, _ in asking.actions()] == [("scheduled", day)]
    assert press(client, link, "perhaps").status_code == 422
    assert press(client, link, "doing", held_on="2020-01-01").status_code == 422
    asking.browser.post(f"/actions/calls/{call_id}/closure")
    late = press(client, link, "not_us")
    assert late.status_code == 409
    assert "Answers were taken until" in late.text
    assert asking.row(call_id, unit_id)["answer"] == "doing"
    assert (
        asking.browser.post(
            f"/actions/calls/{call_id}/extension", data={"due_on": (today() + timedelta(days=30)).isoformat()}
        ).status_code
        == 303
    )
    assert press(client, link, "not_us").status_code == 200
    assert asking.row(call_id, unit_id)["answer"] == "not_us"
    assert "What would help?" in press(client, link, "need_help").text
    told = press(client, link, "need_help", note="A gazebo")
    assert "A gazebo" in told.text
    assert "What would help?" not in told.text


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"action_kind": "public_meeting"}, "draft"),
        ({"action_public": True}, "draft"),
        ({"straight": False}, "draft"),
        ({"action_kind": None}, None),
    ],
)
def test_what_needs_approval_is_a_draft_in_the_unit_and_without_a_kind_there_is_no_action(
    asking, client, changes, state
):
    unit_id = asking.district("Northmoor")
    call_id = asking.call([unit_id], **changes)
    assert press(client, asking.link(call_id, unit_id), "doing").status_code == 200
    assert [found for found, *_ in asking.actions()] == ([state] if state else [])


def test_each_action_begins_with_the_checklist_and_materials_of_the_calls_template(asking, client, world):
    admin = world.user("neu", "admin")
    draft = TemplateDraft(
        "stall",
        "Ours",
        checklist=("Ask the council",),
        materials=(Material("Poster", "https://neu.example/p"),),
    )
    with world.context("neu", admin) as session:
        template_id = keep_template(admin, draft).id
        session.commit()
    unit_id = asking.district("Northmoor")
    call_id = asking.call([unit_id], template_id=template_id)
    assert "Ours" in asking.browser.get(f"/actions/calls/new?like={call_id}").text
    assert press(client, asking.link(call_id, unit_id), "doing").status_code == 200
    action_id = asking.row(call_id, unit_id)["action_id"]
    with world.context("neu") as session:
        checks = session.scalars(select(ActionCheck).where(ActionCheck.action_id == action_id))
        assert [one.wording for one in checks] == ["Ask the council"]
    with pytest.raises(Invalid) as wrong:
        asking.draft([unit_id], template_id=template_id, action_kind="training")
    assert "template" in wrong.value.details


def test_two_answers_at_once_are_one_action(asking, app):
    unit_id = asking.district("Northmoor")
    call_id = asking.call([unit_id])
    link = asking.link(call_id, unit_id)
    ready = threading.Barrier(4)
    answers = []

    def give(answer):
        ready.wait()
        answers.append(press(app.test_client(), link, answer).status_code)

    threads = [threading.Thread(target=give, args=(one,)) for one in ("doing", "doing", "not_us", "doing")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert answers == [200] * 4
    found = asking.actions()
    assert len(found) == 1
    assert (asking.row(call_id, unit_id)["answer"] == "doing") == (found[0][0] == "scheduled")


def test_an_answer_by_phone_is_written_down_on_behalf_of_the_officer(asking):
    unit_id = asking.district("Northmoor")
    call_id = asking.call([unit_id])
    page = f"/actions/calls/{call_id}/branches/{asking.asked(call_id, unit_id)}"
    assert asking.browser.post(f"{page}/answer", data={"answer": "doing"}).status_code == 422
    assert asking.browser.post(f"{page}/answer", data={"answer": "doing", "who": "Nadia"}).status_code == 303
    row = asking.row(call_id, unit_id)
    assert (row["answer"], row["via"], row["answered_who"]) == ("doing", "phone", "Nadia")
    assert row["answered_label"] == asking.organiser.display_name
    assert f"{asking.organiser.display_name}, on behalf of Nadia" in asking.browser.get(page).text
    assert [state for state, *_ in asking.actions()] == ["scheduled"]
