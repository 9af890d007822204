"""Mail that a person may stop: by its own link, without signing in, and one kind alone; what waits still stands on Today."""

import re
from datetime import timedelta

from sqlalchemy import text

from organising.platform.clock import now
from organising.statements import jobs
from tests.support.statements import Desk


def test_mail_about_statements_is_stopped_by_its_link_and_taken_up_again(app, world, smtp_sink, run_jobs):
    desk = Desk.at(world)
    colleague = world.user("neu", "admin")
    addresses = [world.email(one) for one in (desk.neu, colleague)]

    def asked() -> list[int]:
        """A statement is put to NEU; how many mails each of its two has by then."""
        desk.open_signoff("neu", hard_deadline=now() + timedelta(days=9))
        for _twice in range(2):
            with app.app_context():
                jobs.sweep_questions()
            run_jobs()
        return [len(smtp_sink.to(address)) for address in addresses]

    assert asked() == [1, 1]
    [mail] = smtp_sink.to(addresses[0])
    path = re.search(r"http://localhost(/mail/statements/stop/\S+)", mail.get_content()).group(1)
    anybody = app.test_client()
    assert "Stop this mail: Mail about statements?" in anybody.get(path).text
    assert asked() == [2, 2], "a scanner that follows the link stops nothing"
    assert anybody.post(path.replace("statements", "joining")).status_code == 404
    for _twice in range(2):
        assert "Stopped" in anybody.post(path).text
    assert asked() == [2, 3]
    browser = world.browser(desk.neu)
    assert browser.get("/").text.count("does your organisation sign?") == 3
    page = browser.get("/digest").text
    assert "You stopped this mail." in page
    assert browser.post("/mail/statements/stop/removal").status_code == 303
    assert asked()[0] == 4, "the one that was missed, and the new one"
    assert browser.post("/mail/statements/stop").status_code == 303
    assert asked()[0] == 4
    assert browser.post("/mail/nothing/stop").status_code == 404
    with world.context("neu") as session:
        told = session.scalars(
            text("SELECT action FROM audit_event WHERE action LIKE 'mail.%' ORDER BY created_at")
        )
        assert list(told) == ["mail.stopped", "mail.resumed", "mail.stopped"]
