"""Switching people-storage off lets go of who signed up and who is named: wherever the database would take in nobody any more."""

from datetime import timedelta

from organising.assurance.services.erasing import EMPTIED
from tests.support.attendance import Visitor, approved, called_off, moved
from tests.support.motions import motion_form

REMOVAL = "/organisation/people-storage/removal"


def test_those_who_signed_up_and_those_who_are_named_go_and_numbers_stay(
    app, world, owner, smtp_sink, run_jobs
):
    author, admin = world.user("neu", "organiser"), world.user("neu", "admin")
    action_id = approved(world, author=author)
    Visitor(app, smtp_sink, run_jobs).going(action_id)
    browser = world.browser(author)
    assert (
        browser.post(f"/actions/{action_id}/roles", data={"part": "steward", "name": "Ada Named"}).status_code
        == 303
    )
    officer = world.browser(world.user("neu", "officer"))
    assert officer.post("/motions/new", data=motion_form()).status_code == 303
    assert owner.rows("SELECT count(*) FROM motion_mover") == [(2,)]
    people = world.browser(admin)
    early = people.post(REMOVAL, data={"name": "NEU"})
    assert (early.status_code, "still ahead" in early.text) == (409, True)
    moved(world, action_id, -timedelta(days=12))
    assert people.post(REMOVAL, data={"name": "NEU"}).status_code == 303
    for table in ("sign_up", "motion_mover", "action_role"):
        assert owner.rows(f"SELECT count(*) FROM {table}") == [(0,)], table
    assert owner.rows("SELECT signed_up, deleted_at IS NOT NULL FROM sign_up_page") == [(1, True)]
    refused = officer.post("/motions/new", data=motion_form())
    assert (refused.status_code, "keeps no people" in refused.text) == (409, True)


def test_the_mail_that_it_is_off_is_waited_for(app, world, owner, smtp_sink, run_jobs):
    action_id = approved(world)
    visitor = Visitor(app, smtp_sink, run_jobs)
    visitor.going(action_id)
    called_off(world, action_id)
    admin = world.browser(world.user("neu", "admin"))
    assert admin.post(REMOVAL, data={"name": "NEU"}).status_code == 409
    # An undo within five minutes tells nobody.
    visitor.pass_time()
    owner.rows(
        "UPDATE attendance_mail SET confirmation_due_at = now() - interval '1 minute' WHERE confirmation_sent_at IS NULL"
    )
    visitor.pass_time()
    assert admin.post(REMOVAL, data={"name": "NEU"}).status_code == 303


def test_every_table_that_takes_in_nobody_is_emptied(owner):
    """The triggers say where people come in; what erases them has to know each of those places."""
    doors = owner.rows(
        "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE p.proname = 'refuse_people'"
    )
    assert {table for (table,) in doors} == set(EMPTIED)
