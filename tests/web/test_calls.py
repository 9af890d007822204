"""One action put to many units: written, chosen, sent, answered by one question, seen in the grid, the silent reminded."""

import pytest

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
        f"/actions/calls/{call_id}/branches",
        data={"unit": [ours, theirs], "shown": [ours, theirs]},
    )
    assert chosen.status_code == 303
    draft = asking.browser.get(f"/actions/calls/{call_id}")
    assert "2 officers get the mail" in draft.text
    opened = asking.browser.post(f"/actions/calls/{call_id}/publication", data={"version": "1"})
    assert opened.status_code == 303
    run_jobs()
    assert smtp_sink.messages == []
    asking.send(run_jobs)
    assert len(smtp_sink.messages) == 2
    mine = smtp_sink.to(asking.world.email(asking.officers[ours]))[0]
    assert "Northmoor" in mine["Subject"]
    assert "Southmere" not in mine.get_content()
    link = link_in(mine)
    assert press(client, link, "doing", note="We bring a table").status_code == 200
    assert asking.row(call_id, ours)["answer"] == "doing"
    grid = asking.browser.get(f"/actions/calls/{call_id}")
    assert "Doing it" in grid.text
    assert "Not heard from" in grid.text
