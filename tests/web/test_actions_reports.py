"""Reports and what they pass on: batches of paper, lines of the contact log, versions, and questions about them."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from organising.actions.models import ActionReport, ReportMeeting, ReportPhoto, ReportVersion
from organising.actions.services.report_photos import delete_removed_photos
from organising.lobbying.models import Engagement
from organising.platform.clock import now, today
from organising.pledges.models import PaperBatch
from tests.support.actions import happened, planned, version_of
from tests.support.paper import PLACE, photograph
from tests.support.pledges import open_a_drive

JSON = {"Accept": "application/json"}


@pytest.fixture
def drive(world):
    return open_a_drive(world)


@pytest.fixture
def officer(world):
    return world.user("neu", "officer")


def told(members, **changes: str) -> dict[str, str]:
    """A stall with 41 signatures, one member in person and one whose staff came."""
    fields = {
        "kind": "stall",
        "day": today().isoformat(),
        "area": "Alderwick",
        "paper_pledges": "41",
        "attendance": "12",
        "submission_key": str(uuid4()),
        "met-1-person_id": str(members["Ada"]),
        "met-1-attended_by": "member",
        "met-2-who": "Bruno",
        "met-2-attended_by": "staff",
    }
    return fields | changes


def reported(browser, fields) -> str:
    answer = browser.post("/actions/report", data=fields)
    assert answer.status_code == 303, answer.text
    return answer.location.split("?")[0]


def kept(world) -> dict[str, object]:
    """All that a report makes, counted."""
    with world.context("neu") as session:

        def count(model) -> int:
            own = model.organisation_id == world.organisations["neu"]
            return session.scalar(select(func.count(model.id)).where(own)) or 0

        return {
            "reports": count(ActionReport),
            "batches": count(PaperBatch),
            "claimed": session.scalar(select(func.sum(PaperBatch.claimed))),
            "met": count(ReportMeeting),
            "log": {
                (one.person_id, one.attended_by, one.withdrawn_at is None)
                for one in session.scalars(select(Engagement))
            },
        }


def test_a_report_begins_a_batch_and_logs_whom_they_met(world, officer, members, drive):
    browser = world.browser(officer)
    path = reported(browser, told(members))
    log = {(members["Ada"], "member", True), (members["Bruno"], "staff", True)}
    assert kept(world) == {"reports": 1, "batches": 1, "claimed": 41, "met": 2, "log": log}
    page = browser.get(path).text
    assert "Go to the batch" in page
    assert "Type these in" not in page
    partner = world.browser(world.user("praxis", "organiser"))
    assert "Met at “Street stall”, Alderwick" in partner.get("/contact-log").text


def test_a_report_sent_by_a_phone_again_and_again_is_one_of_each(world, officer, members, drive):
    fields = told(members)
    browsers = [world.browser(officer) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(b.post, "/actions/report", data=fields, headers=JSON) for b in browsers]
        answers = [one.result() for one in sent]
    assert {one.status_code for one in answers} == {200}
    assert len({one.json["location"] for one in answers}) == 1
    found = kept(world)
    assert (found["reports"], found["batches"], found["claimed"], found["met"]) == (1, 1, 41, 2)
    assert len(found["log"]) == 2


def test_what_is_wrong_comes_back_as_reasons_and_nothing_is_kept(world, officer, members, drive):
    browser = world.browser(officer)
    wrong = told(members, **{"met-2-who": "Zzyzx", "attendance": "-4"})
    answer = browser.post("/actions/report", data=wrong, headers=JSON)
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"met-2-who", "attendance"}
    page = browser.post("/actions/report", data=wrong)
    assert page.status_code == 422
    assert "Nobody is found by “Zzyzx”" in page.text
    assert 'value="41"' in page.text
    assert kept(world)["reports"] == 0
    assert kept(world)["log"] == set()


def test_a_correction_follows_through_to_the_batch_and_the_log_and_can_be_undone(
    world, officer, members, drive
):
    browser = world.browser(officer)
    path = reported(browser, told(members))
    form = browser.get(path + "/report/correction").text
    corrected = told(members, paper_pledges="43", version=version_of(form), incidents="A man shouted")
    corrected |= {"met-1-attended_by": "staff", "met-2-who": ""}
    assert browser.post(path + "/report/correction", data=corrected).status_code == 303
    ada, bram = members["Ada"], members["Bruno"]
    found = kept(world)
    assert (found["claimed"], found["met"]) == (43, 1)
    assert found["log"] == {(ada, "staff", True), (bram, "staff", False)}

    history = browser.get(path + "/report/versions").text
    assert re.search(r"<del>.*41.*</del>", history)
    assert re.search(r"<ins>.*43.*</ins>", history)
    assert "A man shouted" in history
    for _twice in range(2):
        answer = browser.post(path + "/report/versions/1/return", data={"version": version_of(history)})
        assert answer.status_code in (303, 409)
    found = kept(world)
    assert (found["claimed"], found["met"]) == (41, 2)
    assert found["log"] == {(ada, "member", True), (bram, "staff", True)}
    with world.context("neu") as session:
        assert session.scalar(select(func.count(ReportVersion.id))) == 3
        assert session.scalars(select(ActionReport)).one().incidents is None
    partner = world.browser(world.user("praxis", "admin"))
    assert partner.get(path + "/report/versions").status_code == 404
    analyst = world.browser(world.user("neu", "analyst"))
    assert analyst.get(path + "/report/versions").status_code in (403, 404)


def test_a_batch_that_was_sent_in_is_no_longer_the_reports(world, officer, members, drive):
    browser = world.browser(officer)
    path = reported(browser, told(members))
    with world.context("neu", officer) as session:
        batch = session.scalars(select(PaperBatch)).one()
        batch.state = "submitted"
        session.commit()
    form = browser.get(path + "/report/correction").text
    corrected = told(members, paper_pledges="45", version=version_of(form))
    assert browser.post(path + "/report/correction", data=corrected).status_code == 303
    assert kept(world)["claimed"] == 41


def test_keyed_before_it_is_reported_only_the_rest_is_claimed(world, officer, members, drive):
    action_id = planned(world, officer)
    happened(world, officer, action_id)
    browser = world.browser(officer)
    cover = {
        "label": "First sheet",
        "held_on": (today() - timedelta(days=1)).isoformat(),
        "claimed": "30",
        "wording_version": "1",
        "action": str(action_id),
    }
    browser.post("/pledges/paper/new", data=cover | {"client_id": str(uuid4())})
    with world.context("neu") as session:
        begun = session.scalar(select(func.count(PaperBatch.id)).where(PaperBatch.action_id == action_id))
    answer = browser.post(f"/actions/{action_id}/report", data=told(members))
    assert answer.status_code == 303, answer.text
    assert begun == 1
    assert kept(world)["claimed"] == 41


def test_without_a_pledge_or_with_nobody_kept_the_number_stands_alone(world, officer, members):
    path = reported(world.browser(officer), told(members))
    assert kept(world)["batches"] == 0
    assert ">41<" in world.browser(officer).get(path).text


def test_an_admin_compares_asks_back_and_checks(world, officer, members, drive):
    admin, browser = world.user("neu", "admin"), world.browser(officer)
    path = reported(browser, told(members))
    checker = world.browser(admin)
    page = checker.get(path + "/report/check").text
    for words in ("41", "12", "0 typed in", "Waiting to be typed in"):
        assert words in page
    version = {"version": version_of(page)}
    assert checker.post(path + "/report/question", data=version | {"comment": " "}).status_code == 422
    for _twice in range(2):
        answer = checker.post(path + "/report/question", data=version | {"comment": "Really 41?"})
        assert answer.status_code == 303
    shown = browser.get(path).text
    assert shown.count("Really 41?") == 2  # once above, once in the history
    assert "A question about your report" in browser.get("/actions").text
    form = browser.get(path + "/report/correction").text
    assert "Really 41?" in form
    same = told(members, version=version_of(form))
    refused = browser.post(path + "/report/correction", data=same)
    assert refused.status_code == 422
    assert "Answer the question, or correct what is wrong." in refused.text
    for _twice in range(2):
        answer = browser.post(path + "/report/correction", data=same | {"answer": "Yes, counted twice"})
        assert answer.status_code == 303
    assert "A question about your report" not in browser.get("/actions").text
    assert browser.get(path).text.count("Yes, counted twice") == 1
    assert "Yes, counted twice" in checker.get(path + "/report/check").text
    assert checker.post(path + "/report/question", data=version | {"comment": "Or 14?"}).status_code == 303
    form = browser.get(path + "/report/correction").text
    corrected = told(members, paper_pledges="14", version=version_of(form))
    assert browser.post(path + "/report/correction", data=corrected).status_code == 303
    assert "A question about your report" not in browser.get("/actions").text
    assert "Yes, counted twice" not in checker.get(path + "/report/check").text
    stale = checker.post(path + "/report/check", data=version)
    assert stale.status_code == 409, "what was seen is not what stands now"
    page = checker.get(path + "/report/check").text
    assert checker.post(path + "/report/check", data={"version": version_of(page)}).status_code == 303
    refused = browser.post(path + "/report/versions/1/return", data={"version": version_of(page)})
    assert refused.status_code == 409
    assert browser.get(path + "/report/check").status_code == 403, "nobody checks their own"
    partner = world.browser(world.user("praxis", "admin"))
    assert partner.get(path + "/report/check").status_code == 404
    assert "Really 41?" not in partner.get(path).text


def test_only_a_motion_has_an_outcome_of_one(world, officer, members):
    browser = world.browser(officer)
    path = reported(browser, told(members, kind="motion", motion_outcome="carried_as_amended"))
    assert "Carried as amended" in browser.get(path).text
    reported(browser, told(members, title="No motion", motion_outcome="lost"))
    with world.context("neu") as session:
        assert {one.motion_outcome for one in session.scalars(select(ActionReport))} == {
            "carried_as_amended",
            None,
        }


def test_the_list_of_who_is_in_office_is_for_anybody_and_may_be_kept(world, app, members):
    answer = app.test_client().get("/actions/report/people.json")
    assert answer.status_code == 200
    assert "max-age" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert [str(members["Ada"])] == [row[0] for row in answer.json if row[1].startswith("Ada")]
    anonymous = app.test_client().get("/actions/report/token.json", headers=JSON)
    assert anonymous.status_code == 401


def with_photos(fields, *pictures: bytes, ids=()) -> dict[str, object]:
    files = [(BytesIO(one), f"{place}.jpg") for place, one in enumerate(pictures)]
    return fields | {"photos": files, "photo_ids": list(ids), "may_be_shown": "y"}


def test_a_photograph_is_kept_once_without_its_place_and_for_ones_own_people_alone(
    app, world, officer, members
):
    browser, taken, ids = world.browser(officer), photograph(), [str(uuid4())]
    assert PLACE in taken
    fields = told(members)
    for _cut_off in range(3):
        answer = browser.post("/actions/report", data=with_photos(fields, taken, ids=ids), headers=JSON)
        assert answer.status_code == 200, answer.text
    path = answer.json["location"].split("?")[0]
    page = browser.get(path).text
    assert page.count("may be shown") == 1
    kept_one = browser.get(path + "/report/photos/1")
    assert kept_one.content_type == "image/jpeg"
    assert PLACE not in kept_one.data
    assert b"Exif" not in kept_one.data
    assert "no-store" in kept_one.headers["Cache-Control"]
    assert browser.get(path + "/report/photos/2").status_code == 404
    for other in (world.user("praxis", "admin"), world.user("neu", "officer", unit="Leeds")):
        assert world.browser(other).get(path + "/report/photos/1").status_code == 404
        assert world.browser(other).post(path + "/report/photos/1/removal").status_code in (403, 404)
    with world.context("neu") as session:
        assert session.scalars(select(ReportPhoto.content_cipher)).one() is None
    lying = [
        one.read_bytes() for one in (app.config["SETTINGS"].data_dir / "files").rglob("*") if one.is_file()
    ]
    assert len(lying) == 2, "the picture, and the same small"
    assert not any(b"JFIF" in one for one in lying)
    small = browser.get(path + "/report/photos/1?small=1")
    assert len(small.data) <= len(kept_one.data)


def test_a_photograph_is_taken_out_put_back_and_gone_after_a_fortnight(world, app, officer, members):
    browser = world.browser(officer)
    sent = with_photos(told(members), photograph(), photograph("red"))
    path = browser.post("/actions/report", data=sent).location.split("?")[0]
    browser.post(path + "/report/photos/1/consent", data={"shown": "no"})
    assert browser.get(path).text.count("own people only") == 1
    browser.post(path + "/report/photos/1/removal")
    page = browser.get(path).text
    assert "photos/1/removal/undo" in page
    assert browser.get(path + "/report/photos/1").status_code == 404
    browser.post(path + "/report/photos/1/removal/undo")
    assert browser.get(path + "/report/photos/1").status_code == 200
    browser.post(path + "/report/photos/2/removal")
    for days, left in ((13, 2), (15, 1)):
        with world.context("neu") as session:
            delete_removed_photos(now() + timedelta(days=days))
            session.commit()
        with world.context("neu") as session:
            assert session.scalar(select(func.count(ReportPhoto.id))) == left


def test_what_is_no_photograph_keeps_nothing_of_the_report(world, officer, members):
    browser = world.browser(officer)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    answer = browser.post("/actions/report", data=with_photos(told(members), svg), headers=JSON)
    assert answer.status_code == 422
    assert "photos" in answer.json["errors"]
    assert kept(world)["reports"] == 0


def test_two_stalls_of_one_day_with_the_same_number_are_two_reports(world, officer, members, drive):
    browser = world.browser(officer)
    first = reported(browser, told(members))
    again = reported(browser, told(members))
    assert again == first, "the form opened anew with the same words in it"
    assert reported(browser, told(members, area="Brackenby")) != first
    assert reported(browser, told(members, leaflets="200")) != first
    assert kept(world)["reports"] == 3
