"""Two days after: one mail with one question, answered without signing in, by a button alone, once."""

import re
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from organising.actions.jobs import chase_reports
from organising.actions.models import BranchAction, ReportChase
from organising.organisations.members import end_membership
from organising.organisations.models import Membership
from organising.platform.clock import now
from organising.pledges.models import PaperBatch
from tests.support.actions import planned, state_of
from tests.support.paper import photograph
from tests.support.pledges import open_a_drive

ASKED = "How did it go? Stall outside the library"


@pytest.fixture
def officer(world):
    return world.user("neu", "officer")


@pytest.fixture
def pass_by(app, run_jobs):
    """The sweep, as the worker runs it; twice, so that it can't be once by luck."""

    def sweep():
        for _twice in range(2):
            with app.app_context():
                chase_reports()
            run_jobs()

    return sweep


def ended(world, officer, hours: float, **changes):
    """A stall in the diary that ended so many hours ago."""
    action_id = planned(world, officer, **changes)
    with world.context("neu", officer) as session:
        action = session.get_one(BranchAction, action_id)
        action.ends_at = now() - timedelta(hours=hours)
        action.starts_at = action.ends_at - timedelta(hours=2)
        session.commit()
    return action_id


def mails(sink):
    return [one for one in sink.messages if one["Subject"] == ASKED]


def link_in(mail) -> str:
    return re.search(r"https?://[^/]+(/actions/after/\S+)", mail.get_content()).group(1)


def test_asked_once_after_two_days_and_nobody_sooner(world, officer, smtp_sink, pass_by):
    ended(world, officer, 47)
    ended(world, officer, 24 * 40, title="Long ago")
    pass_by()
    assert smtp_sink.messages == []
    ended(world, officer, 49, venue="12 Secret Passage", notes="Bring the banner")
    pass_by()
    (mail,) = mails(smtp_sink)
    assert world.email(officer) in mail["To"]
    for private in ("Secret Passage", "banner"):
        assert private not in mail.get_content()


def test_opening_the_link_answers_nothing_and_the_button_reports_once(
    world, app, officer, members, smtp_sink, pass_by
):
    open_a_drive(world)
    action_id = ended(world, officer, 49)
    pass_by()
    link = link_in(mails(smtp_sink)[0])
    nobody = app.test_client()
    for _scanner in range(3):
        page = nobody.get(link)
        assert page.status_code == 200
        assert nobody.head(link).status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert state_of(world, action_id) in ("scheduled", "done")
    said = {
        "answer": "happened",
        "attendance": "12",
        "paper_pledges": "41",
        "met-1-who": "Ada Wexcombe",
        "met-1-attended_by": "member",
    }
    photo_id = str(uuid4())
    for _cut_off in range(3):
        with_photo = said | {
            "photos": (BytesIO(photograph()), "a.jpg"),
            "photo_ids": photo_id,
            "may_be_shown": "y",
        }
        answer = app.test_client().post(link, data=with_photo, headers={"Accept": "application/json"})
        assert answer.status_code == 200, answer.text
    page = nobody.get(answer.json["location"]).text
    assert "Thank you. It is reported." in page
    assert ">41<" in page
    assert state_of(world, action_id) == "reported"
    with world.context("neu") as session:
        assert session.scalar(select(func.sum(PaperBatch.claimed))) == 41
        action = session.get_one(BranchAction, action_id)
        assert (action.attendance, action.paper_pledges) == (12, 41)
    own = world.browser(officer).get(f"/actions/{action_id}").text
    assert "Ada Wexcombe" in own
    assert own.count("/report/photos/1?small=1") == 1
    assert "/report/photos/2" not in own
    assert "may be shown" in own
    pass_by()
    assert len(mails(smtp_sink)) == 1


def test_it_did_not_is_undone_on_its_page_and_later_asks_again_in_two_days(
    world, app, officer, smtp_sink, pass_by
):
    action_id = ended(world, officer, 49)
    pass_by()
    link = link_in(mails(smtp_sink)[0])
    for _twice in range(2):
        answer = app.test_client().post(link, data={"answer": "later"})
        assert answer.status_code == 303
    assert "ask again in two days" in app.test_client().get(answer.location).text
    pass_by()
    assert len(mails(smtp_sink)) == 1
    with world.context("neu") as session:
        chase = session.scalars(select(ReportChase)).one()
        assert chase.postponed == 1
        chase.due_at = now() - timedelta(minutes=1)
        session.commit()
    pass_by()
    assert len(mails(smtp_sink)) == 2
    for _twice in range(2):
        assert app.test_client().post(link, data={"answer": "not"}).status_code == 303
    assert state_of(world, action_id) == "cancelled"
    assert "it did not happen" in app.test_client().get(link).text
    page = world.browser(officer).get(f"/actions/{action_id}").text
    assert "It did not take place." in page
    assert "Undo" in page


def test_a_forged_link_one_who_left_and_a_button_on_another_site(world, app, officer, smtp_sink, pass_by):
    action_id = ended(world, officer, 49)
    pass_by()
    link = link_in(mails(smtp_sink)[0])
    client = app.test_client()
    forged = link[:-8] + "A" * 8
    assert client.get(forged).status_code == client.post(forged).status_code == 404
    elsewhere = client.post(link, data={"answer": "not"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 422
    assert client.post(link, data={"answer": "maybe"}).status_code == 422
    wrong = client.post(link, data={"answer": "happened", "attendance": "-3", "paper_pledges": "41"})
    assert wrong.status_code == 422
    assert 'value="41"' in wrong.text
    assert state_of(world, action_id) in ("scheduled", "done")
    admin = world.user("neu", "admin")
    with world.context("neu", admin) as session:
        mine = select(Membership.id).where(Membership.user_id == officer.user_id)
        end_membership(admin, session.scalars(mine).one())
        session.commit()
    assert client.get(link).status_code == 404
    assert client.post(link, data={"answer": "not"}).status_code == 404


def test_the_public_button_needs_no_token_where_tokens_are_asked_for(world, app, officer, smtp_sink, pass_by):
    ended(world, officer, 49)
    pass_by()
    app.config["WTF_CSRF_ENABLED"] = True
    link = link_in(mails(smtp_sink)[0])
    answer = app.test_client().post(link, data={"answer": "happened", "attendance": "7"})
    assert answer.status_code == 303
    signed_in = world.browser(officer)
    refused = signed_in.post("/actions/report", data={"submission_key": str(uuid4())})
    assert refused.status_code == 400


def test_reported_meanwhile_the_link_says_thank_you(world, app, officer, smtp_sink, pass_by):
    action_id = ended(world, officer, 49)
    pass_by()
    link = link_in(mails(smtp_sink)[0])
    assert (
        world.browser(officer).post(f"/actions/{action_id}/report", data={"paper_pledges": "5"}).status_code
        == 303
    )
    answer = app.test_client().post(link, data={"answer": "happened", "paper_pledges": "41"})
    assert answer.status_code == 303
    page = app.test_client().get(answer.location).text
    assert "Thank you. It is reported." in page
    assert ">5<" in page
