"""Motions from the first word to whom they were sent: as a branch's officer does it, and what partners read at each step."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import func, select

from organising.lobbying.models import Engagement
from organising.lobbying.services.digests import stop_digest
from organising.motions import jobs
from organising.motions.models import CarriedText, Motion, MotionDetail, MotionForwarding, MotionNotice
from organising.motions.services.outcomes import Told, tell_outcome
from organising.platform.actor import Actor
from organising.platform.clock import LONDON, today
from organising.platform.db import db
from organising.platform.ui import longdate
from tests.support.motion_texts import WORDS, Shelf
from tests.support.motions import AMENDED, CANARY, TEXT, Branch, in_days, motion_form, version_of


@pytest.fixture
def branch(world):
    return Branch.at(world)


def _press(browser, place, path, **more):
    page = browser.get(place).text
    return browser.post(f"{place}/{path}", data={"version": version_of(page)} | more)


def test_from_a_model_text_to_the_minister(world, branch, members):
    """Journey 10: model text → localise → submit → outcome, and on to a representative."""
    shelf = Shelf.at(world)
    version = shelf.version(shelf.published())
    officer, partner = world.browser(branch.officer), world.browser(world.user("praxis", "organiser"))
    form = officer.get(f"/motions/new?text={version.id}").text
    assert "Keep school records out of immigration enforcement" in form
    assert "version 1" in form
    refused = officer.post("/motions/new", data=motion_form(forum="", resolves=""))
    assert refused.status_code == 422
    assert "Choose the kind of body." in refused.text
    sent = motion_form(**WORDS.as_dict() | {"title": f"{WORDS.title} {CANARY}"}, text_version=str(version.id))
    place = officer.post("/motions/new", data=sent | {"draft": "yes"}).location.partition("?")[0]
    assert officer.post("/motions/new", data=sent | {"draft": "yes"}).location.startswith(place), "sent twice"
    page = officer.get(place).text
    assert "Beside the model text" in page
    assert "1 clause changed" in page
    assert "This branch resolves:" in page
    assert partner.get(place).status_code == 404
    assert "[date]" in _press(officer, place, "submission").text
    _press(officer, place, "submission", gaps_seen="y")
    seen = partner.get(place).text
    assert "Camden" in seen
    assert WORDS.title in seen, "which model text it is"
    assert CANARY not in seen + partner.get("/motions").text
    assert "Ada Invented" not in seen
    _press(officer, place, "agenda")
    assert "On the agenda" in partner.get(place).text
    outcome = {
        "outcome": "carried",
        "on": in_days(0),
        "votes_for": "21",
        "votes_against": "2",
        "abstained": "",
    }
    text = {name: sent[name] for name in ("title", "notes", "believes", "resolves")}
    doubtful = _press(officer, place, "outcome", **outcome | text | {"votes_for": "1"})
    assert doubtful.status_code == 422
    assert "Was it carried, then?" in doubtful.text
    assert _press(officer, place, "outcome", **outcome | text).status_code == 303
    assert "21 for, 2 against" in officer.get(place).text
    seen = partner.get(place).text
    assert CANARY in seen, "what is carried, partners read"
    assert "21 for" not in seen
    assert "Ada Invented" not in seen
    assert "body carried it" in partner.get("/motions").text
    _forwards(world, branch, place, members)


def _forwards(world, branch, place, members):
    officer = world.browser(branch.officer)
    person_id = next(iter(members.values()))
    sent = {
        "sent_on": in_days(0),
        "sent_by": "letter",
        "note": "Their caseworker is kind.",
        "submission_key": str(uuid4()),
    }
    nobody = _press(officer, place, "forwarding", **sent)
    assert nobody.status_code == 422
    for _twice in range(2):
        assert _press(officer, place, "forwarding", subject_id=str(person_id), **sent).status_code == 303
    _press(
        officer,
        place,
        "forwarding",
        recipient="The regional office",
        **sent | {"submission_key": str(uuid4())},
    )
    with world.context("neu") as session:
        logged = session.scalars(select(Engagement)).one()
        assert (logged.kind, logged.attended_by, logged.person_id) == ("letter", "none", person_id)
        assert "Camden (branch)" in logged.headline
        rows = {one.engagement_id is not None: one.id for one in session.scalars(select(MotionForwarding))}
        assert session.scalars(select(Motion.state)).one() == "forwarded"
    with world.context("praxis") as session:
        assert session.scalars(select(Engagement)).one().id == logged.id
    log = world.browser(world.user("praxis", "organiser")).get(f"/targets/people/{person_id}").text
    assert "caseworker is kind" not in log
    assert "The regional office" in officer.get(place).text
    officer.post(f"{place}/forwarding/{rows[True]}/removal")
    assert "Carried and forwarded" in officer.get(place).text
    officer.post(f"{place}/forwarding/{rows[False]}/removal")
    with world.context("neu") as session:
        assert session.scalars(select(Motion.state)).one() == "carried"
        assert session.scalars(select(Engagement)).one().withdrawn_at is not None


def test_an_amended_text_is_kept_beside_the_one_submitted(world, branch):
    motion_id = branch.submitted()
    place, officer = f"/motions/{motion_id}", world.browser(branch.officer)
    told = {"outcome": "carried_as_amended", "on": in_days(0), "how": "voices"}
    same = {"outcome": "carried", "on": in_days(0)} | AMENDED.as_dict()
    assert "Carried as amended" in _press(officer, place, "outcome", **same).text
    _press(officer, place, "outcome", **told | TEXT.as_dict())
    page = officer.get(place).text
    assert "the text as it was carried is not here yet" in page
    assert "On the voices" in page
    partner = world.browser(world.user("praxis", "organiser"))
    assert CANARY not in partner.get(place).text
    assert "word for word" in _press(officer, place, "amended-text", **TEXT.as_dict()).text
    _press(officer, place, "amended-text", **AMENDED.as_dict())
    page = officer.get(place).text
    assert "every head in the town" in page
    assert "To write to the head." in page
    assert "1 clause changed" in page
    seen = partner.get(place).text
    assert "every head in the town" in seen
    assert "To write to the head." not in seen
    # Told wrongly: it counts no more, and the text that was submitted stands.
    _press(officer, place, "outcome/removal")
    assert "every head" not in officer.get(place).text
    assert CANARY not in partner.get(place).text
    with world.context("neu") as session:
        assert session.scalar(select(func.count(CarriedText.id))) == 0
        assert session.scalars(select(MotionDetail)).one().amended is None


def test_not_reached_it_goes_to_another_meeting_and_withdrawn_it_comes_back(world, branch):
    motion_id = branch.decided("not_reached")
    place, officer = f"/motions/{motion_id}", world.browser(branch.officer)
    late = _press(officer, place, "next-meeting", meeting_on=in_days(-1))
    assert "That day is over." in late.text
    _press(officer, place, "next-meeting", meeting_on=in_days(40), deadline_on=in_days(30))
    motion = branch.read(motion_id)
    assert (motion.state, motion.outcome, motion.meeting_on.isoformat()) == ("submitted", None, in_days(40))
    _press(officer, place, "withdrawal")
    assert branch.read(motion_id).state == "withdrawn"
    _press(officer, place, "withdrawal/removal")
    assert branch.read(motion_id).state == "submitted"
    _press(officer, place, "submission/removal")
    assert world.browser(world.user("praxis", "organiser")).get(place).status_code == 404


def test_what_was_decided_is_told_in_one_form_once(world, branch):
    officer = world.browser(branch.officer)
    told = motion_form(
        forum="trades_council", body="Alderwick Trades Council", meeting_on="", deadline_on="",
        outcome="carried_as_amended", on=in_days(-30), how="unanimous",
    )  # fmt: skip
    future = officer.post("/motions/past", data=told | {"on": in_days(1)})
    assert "That day is still to come." in future.text
    places = {officer.post("/motions/past", data=told).location for _twice in range(2)}
    assert len(places) == 1
    page = officer.get(places.pop()).text
    assert "Carried as amended" in page
    assert "Unanimously" in page
    assert "Alderwick Trades Council" in world.browser(world.user("praxis", "analyst")).get("/motions").text
    lost = motion_form(
        forum="council",
        body="Alderwick Council",
        outcome="lost",
        on=in_days(-3),
        meeting_on="",
        deadline_on="",
    )
    officer.post("/motions/past", data=lost)
    page = world.browser(world.user("praxis", "organiser")).get("/motions?state=counted").text
    assert "Alderwick Trades Council" in page
    assert "Alderwick Council" not in page
    assert "body carried it" in page, "one, and not two: what was lost does not count"


def test_without_a_meeting_it_stands_under_the_day_of_the_decision(branch):
    motion_id = branch.submitted(meeting_on=None)
    told = Told("lost", today() - timedelta(days=9))
    branch.do(branch.officer, tell_outcome, motion_id, branch.version(motion_id), told)
    assert branch.read(motion_id).day == told.on


def test_the_list_is_filtered_paged_and_taken_out(world, branch):
    carried = branch.decided(body="Alderwick branch")
    for number in range(26):
        branch.submitted(body=f"=Body {number:02}", deadline_on=today() + timedelta(days=3))
    officer = world.browser(branch.officer)
    first = officer.get("/motions").text
    assert len(_listed(first)) == 25
    cursor = first.partition("cursor=")[2].partition('"')[0]
    assert len(_listed(officer.get(f"/motions?cursor={cursor}").text)) == 2
    assert str(carried) in officer.get("/motions?state=counted").text
    assert f"has to be in by {longdate(today() + timedelta(days=3))}" in first
    assert TEXT.title in first
    stranger = world.browser(world.user("praxis", "organiser"))
    assert TEXT.title not in stranger.get("/motions?state=submitted").text, "not carried, not theirs"
    assert TEXT.title in stranger.get("/motions?state=counted").text
    assert str(carried) not in officer.get("/motions?due=ahead&forum=branch").text
    taken = world.browser(branch.admin).get("/motions/motions.csv?state=submitted")
    assert taken.text.count("\n") == 27
    assert "'=Body 00" in taken.text
    assert in_days(3) in taken.text
    partners = world.browser(world.user("praxis", "admin")).get("/motions/motions.csv").text
    assert in_days(3) not in partners, "the deadline stays at home"


def _listed(page):
    return re.findall(r'href="/motions/[0-9a-f-]{36}"', page)


def test_two_who_change_a_motion_at_once(world, branch):
    motion_id = branch.draft()
    place, officer = f"/motions/{motion_id}", world.browser(branch.officer)
    shown = version_of(officer.get(f"{place}/edit").text)
    changed = motion_form(version=shown, notes="Mine.", proposer="Cleo Invented")
    assert officer.post(f"{place}/edit", data=changed).status_code == 303
    late = world.browser(branch.admin).post(f"{place}/edit", data=changed | {"notes": "Theirs."})
    assert late.status_code == 409
    assert "Theirs." in late.text
    again = changed | {
        "notes": "Theirs.",
        "version": version_of(late.text),
        "unit": str(branch.officer.unit_id),
    }
    assert world.browser(branch.admin).post(f"{place}/edit", data=again).status_code == 303
    page = officer.get(place).text
    assert "Theirs." in page
    assert "Cleo Invented" in page
    assert "proposer" in page


def test_whoever_looks_after_it_is_reminded_once_before_the_deadline(world, app, branch, smtp_sink):
    noon = datetime.now(LONDON).replace(hour=12, minute=0, second=0, microsecond=0)
    near = branch.draft(deadline_on=today() + timedelta(days=9))
    on_agenda = branch.submitted(deadline_on=today() + timedelta(days=9), body="Done branch")
    branch.step(on_agenda, "put_on_agenda")

    def mails_after(days, hours=0, motion_id=near):
        with time_machine.travel(noon + timedelta(days=days, hours=hours), tick=True):
            with app.app_context():
                jobs.sweep_deadlines()
                db.session.remove()
            with world.context("neu") as session:
                for _twice in range(2):
                    jobs.remind(
                        Actor.system(branch.officer.organisation_id, "NEU", world.campaign), motion_id
                    )
                    session.commit()
        return smtp_sink.to(world.email(branch.officer))

    assert mails_after(1) == [], "it is not near yet"
    assert mails_after(3, hours=9) == [], "nobody is written to by night"
    for day in (3, 4):
        assert len(mails_after(day)) == 1, "once"
    mail = str(smtp_sink.to(world.email(branch.officer))[0])
    assert "Camden" in mail
    assert CANARY not in mail
    assert "Ada Invented" not in mail
    assert f"/motions/{near}" in mail
    assert len(mails_after(4, motion_id=on_agenda)) == 1
    with world.context("neu") as session:
        assert session.scalar(select(func.count(MotionNotice.id))) == 1
    other = branch.draft(deadline_on=today() + timedelta(days=2), body="Other branch")
    assert "One motion of yours" in world.browser(branch.officer).get("/").text
    branch.do(branch.officer, stop_digest, branch.officer.user_id)
    assert len(mails_after(0, motion_id=other)) == 1, "who stopped mail about what is due gets none"
