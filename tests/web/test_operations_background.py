"""The work in the background: what stands still, and what of one's own failed and is tried again."""

import html
import re

import organising.attendance.jobs as attendance
from organising.platform.queue import enqueue_after_commit
from organising.platform.tenancy import Context, use_context

PLACE = "/organisation/background"
MAIL = "Mail to those who signed up for an action"


def test_an_admin_sees_what_failed_of_their_own_and_has_it_tried_again(app, world, run_jobs, monkeypatch):
    neu, browser = world.organisation("neu"), world.browser(world.user("neu", "admin"))
    partner = world.browser(world.user("liberty", "coordinator"))
    for role in ("organiser", "analyst"):
        assert world.browser(world.user("neu", role)).get(PLACE).status_code == 403
    page = browser.get(PLACE).text
    assert "Nothing failed" in page
    assert "nobody serves" in page, "no worker runs beside the tests"

    def fail(*_arguments: object) -> None:
        raise ValueError("about Esi Storyborn")

    monkeypatch.setattr(attendance, "send_due", fail)
    with app.app_context(), use_context(Context(organisation_id=neu)) as session:
        enqueue_after_commit(
            "organising.attendance.jobs.send_mails",
            organisation_id=neu,
            purpose="attendance_mail",
            queue="urgent",
        )
        session.commit()
    run_jobs()
    page = browser.get(PLACE).text
    assert MAIL in page
    assert "Esi" not in page
    assert MAIL not in partner.get(PLACE).text
    address = html.unescape(re.search(rf'action="({PLACE}/[^"]+/repeat)"', page)[1])
    assert partner.post(address).status_code == 404
    monkeypatch.undo()
    assert "It is tried again now" in browser.post(address, follow_redirects=True).text
    assert browser.post(address).status_code == 404
    run_jobs()
    assert "Nothing failed" in browser.get(PLACE).text
    assert "Had a failed job tried again" in browser.get("/organisation/audit").text
