"""The demo's pledge: quick to write, counted, published, and with nobody real in it."""

import re

from sqlalchemy import event, select

from organising.platform.db import db
from organising.pledges import demo, demo_paper
from organising.pledges.models import PaperRow, Pledge
from organising.pledges.queries import count_own, read_tally


def test_the_demo_is_quick_counted_and_invented(app, world):
    world.organisation("lawrs")
    coordinator = world.user("liberty", "coordinator")
    statements: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
        drive_id = demo.seed(coordinator)
    with world.context("liberty") as session:
        public, coalition, own = read_tally(drive_id), read_tally(drive_id, "coalition"), count_own(drive_id)
        emails = [pledge.email for pledge in session.scalars(select(Pledge))]
    # Each of the four partners' people are published in full tens.
    assert public.total == coalition.total
    assert public.total is not None
    assert demo.SIGNERS - 4 * 10 < public.total <= demo.SIGNERS
    assert public.total % 10 == 0
    assert len(public.by("running")) > 10
    assert own.total == len(emails) > 100
    assert all(email.endswith("@example.org") for email in emails)
    assert len(statements) < 100, "written in lots, not signer by signer"


def test_the_demo_has_a_welsh_text_a_milestone_and_a_sheet_to_check(app, client, world):
    coordinator, officer = world.user("liberty", "coordinator"), world.user("neu", "officer")
    camden = world.unit("neu")
    with app.app_context():
        drive_id = demo.seed(coordinator)
        for _ in range(2):
            demo_paper.seed(officer, drive_id)
    page = client.get(f"/pledge/{demo.DRIVE.slug}?lang=cy").text
    assert demo.WELSH.title in page
    assert demo.WELSH.wording.split("\n")[0] in page
    assert "1,000" in world.browser(coordinator).get(f"/pledges/drives/{drive_id}/milestones").text
    browser = world.browser(world.user("neu", "admin"))
    listed = browser.get(f"/pledges/paper?drive={drive_id}").text
    assert listed.count(demo_paper.LABEL) == 1
    batch = re.search(r'href="(/pledges/paper/[0-9a-f-]{36})"', listed)[1]
    assert browser.get(f"{batch}/scans/1").status_code == 200
    with world.context("neu") as session:
        emails = [row.email for row in session.scalars(select(PaperRow)) if row.email]
        assert all(email.endswith("@example.org") for email in emails)
        assert read_tally(drive_id, "coalition").by("unit")[str(camden)] >= 10
        assert session.scalar(select(Pledge.unit_id).where(Pledge.unit_id.is_not(None)).limit(1)) == camden
