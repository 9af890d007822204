"""Signatures that are no people's: counted first, taken out with a reason, put back as a whole; only one's own."""

import pytest

from tests.support.pledges import PAGE, Public, count, open_a_drive


@pytest.fixture
def drive_id(world):
    return open_a_drive(world)


@pytest.fixture
def signed(app, client, smtp_sink, run_jobs, owner, drive_id):
    """Twelve of a program's and two people with NEU, and one of the program's addresses with Praxis."""
    public = Public(client, smtp_sink, run_jobs)
    for number in range(12):
        assert (
            public.fill(
                f"{PAGE}/neu?source=odd", email=f"bot{number}@Spam.example", name=f"Bot {number}"
            ).status_code
            == 303
        )
    for email in ("ada@example.org", "esi@notspam.example"):
        public.fill(f"{PAGE}/neu", email=email)
    public.fill(f"{PAGE}/praxis", email="bot99@spam.example")
    owner.rows("UPDATE pledge SET state = 'confirmed', confirmed_at = now()")
    count(app, drive_id)
    return owner


def address(drive_id, query=""):
    return f"/pledges/drives/{drive_id}/invalidations{query}"


def test_counted_first_taken_out_with_a_reason_and_put_back(app, world, drive_id, signed, run_jobs):
    admin = world.sign_in(app.test_client(), world.user("neu", "admin"))
    assert signed.tally(drive_id)["all", "all"] == 15
    seen = admin.get(address(drive_id, "?domain=@SPAM.example"))
    assert "12 signatures of yours are meant" in seen.text
    assert "Bot 11" in seen.text
    assert "and 2 more" in seen.text
    counted = admin.get(address(drive_id, "?source=odd&since=2020-01-01T00:00"))
    assert "12 signatures of yours are meant" in counted.text
    unsaid = admin.post(address(drive_id, "?domain=spam.example"), data={"expected": "12", "reason": " "})
    assert (unsaid.status_code, "Say why" in unsaid.text) == (422, True)
    stale = admin.post(
        address(drive_id, "?domain=spam.example"), data={"expected": "11", "reason": "A program"}
    )
    assert (stale.status_code, "A program" in stale.text) == (409, True)
    assert signed.rows("SELECT count(*) FROM pledge WHERE state = 'invalidated'") == [(0,)]
    made = admin.post(
        address(drive_id, "?domain=spam.example"), data={"expected": "12", "reason": "Sent by a program."}
    )
    assert made.status_code == 303
    run_jobs()
    count(app, drive_id)
    assert signed.tally(drive_id)["all", "all"] == 3
    page = admin.get(address(drive_id)).text
    assert "Sent by a program." in page
    assert "Email addresses at: spam.example" in page
    again = admin.post(address(drive_id, "?domain=spam.example"), data={"expected": "12", "reason": "Twice."})
    assert again.status_code == 409
    ((one,),) = signed.rows("SELECT id FROM pledge_invalidation")
    for _ in range(2):
        assert admin.post(f"/pledges/invalidations/{one}/undo").status_code == 303
    count(app, drive_id)
    assert signed.tally(drive_id)["all", "all"] == 15
    assert "Put back by" in admin.get(address(drive_id)).text
    kept = signed.rows("SELECT reason_cipher, filter_cipher FROM pledge_invalidation")
    assert b"program" not in kept[0][0]
    assert b"spam" not in kept[0][1]


def test_only_an_admin_and_only_ones_own(app, world, drive_id, signed):
    admin = world.sign_in(app.test_client(), world.user("neu", "admin"))
    admin.post(address(drive_id, "?source=odd"), data={"expected": "12", "reason": "A program"})
    ((one,),) = signed.rows("SELECT id FROM pledge_invalidation")
    other = world.sign_in(app.test_client(), world.user("praxis", "admin"))
    assert "1 signature of yours is meant" in other.get(address(drive_id, "?domain=spam.example")).text
    assert other.post(f"/pledges/invalidations/{one}/undo").status_code == 404
    for role in ("organiser", "officer", "analyst"):
        person = world.sign_in(app.test_client(), world.user("neu", role))
        assert person.get(address(drive_id)).status_code == 403
        assert (
            person.post(address(drive_id, "?source=odd"), data={"expected": "12", "reason": "x"}).status_code
            == 403
        )
        assert person.post(f"/pledges/invalidations/{one}/undo").status_code == 403


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?domain=spam", "what stands after the @"),
        ("?source=a;b", "letters, digits and dashes"),
        ("?since=yesterday", "There is no such time"),
        ("?since=2026-05-02T00:00&until=2026-05-01T00:00", "before the other end"),
    ],
)
def test_a_filter_that_makes_no_sense_is_said_and_kept(app, world, drive_id, query, words):
    admin = world.sign_in(app.test_client(), world.user("neu", "admin"))
    answer = admin.get(address(drive_id, query))
    assert answer.status_code == 422
    assert words in answer.text
    assert "of yours" not in answer.text
