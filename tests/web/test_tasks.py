"""Tasks from outside: written down once, handed on, spoken of, ended and taken up again, and seen by their own people alone."""

import re
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select, text

from organising.lobbying.digest_jobs import send_digests
from organising.lobbying.services import log_engagement
from organising.lobbying.services.commitments import CommitmentDraft, add_commitment
from organising.platform.clock import LONDON, today
from organising.tasks.models import Task, TaskEvent
from tests.unit.lobbying.seeds import ask_id, seed_members
from tests.unit.lobbying.seeds import draft as engagement

SECRET = "Ring the frightened head teacher"


@pytest.fixture
def people(world):
    return {
        "organiser": world.user("neu", "organiser"),
        "officer": world.user("neu", "officer"),
        "elsewhere": world.user("neu", "officer", unit="Hackney"),
        "analyst": world.user("neu", "analyst"),
        "partner": world.user("praxis", "admin"),
        "lead": world.user("liberty", "coordinator"),
    }


@pytest.fixture
def browsers(world, people):
    return {name: world.browser(actor) for name, actor in people.items()}


def draft(**changes):
    return {"title": SECRET, "key": str(uuid4()), "due_on": "", "details": ""} | changes


def add(browser, world, **changes):
    """Write a task down; its address."""
    data = draft(**changes)
    answer = browser.post("/tasks/new", data=data)
    assert answer.status_code == 303, re.findall(r"field__error.*?</p>", answer.text)
    return f"/tasks/{data['key']}"


def test_a_task_is_written_once_handed_on_done_and_taken_up_again(world, people, browsers):
    key = str(uuid4())
    officer = str(people["officer"].user_id)
    for _ in range(2):
        add(browsers["organiser"], world, key=key, assignee_user_id=officer, due_on=today().isoformat())
    with world.context("neu") as session:
        [task] = session.scalars(select(Task)).all()
        assert task.unit_id == people["officer"].unit_id, "it is the officer's unit's"
    place = f"/tasks/{key}"
    front = browsers["officer"].get("/").text
    assert "One task is yours to do now" in front
    assert "One thing is new in your tasks" in front
    assert "overdue" not in front
    mine = browsers["officer"].get("/tasks").text
    assert "asks you to do</a>" not in mine
    assert re.search(r"asks you to do <a href=\"" + place, mine)
    assert SECRET in browsers["officer"].get("/tasks?whose=unit").text
    done = browsers["officer"].post(f"{place}/completion", data={"back": "/tasks"})
    assert done.headers["Location"] == f"/tasks?ended_now={key}"
    assert "Undo" in browsers["officer"].get(done.headers["Location"]).text
    assert browsers["officer"].post(f"{place}/completion").status_code == 303, "twice is no error"
    assert "has done" in browsers["organiser"].get("/tasks").text
    assert browsers["organiser"].get(f"{place}/edit").status_code == 200
    assert browsers["organiser"].post(f"{place}/edit", data=draft(version="2")).status_code == 409
    assert browsers["officer"].post(f"{place}/completion/removal").status_code == 303
    assert browsers["organiser"].post(f"{place}/dropping").status_code == 303
    assert browsers["organiser"].post(f"{place}/completion").status_code == 409
    assert browsers["organiser"].post(f"{place}/dropping/removal").status_code == 303
    with world.context("neu") as session:
        said = session.scalars(select(TaskEvent.what).order_by(TaskEvent.created_at)).all()
    assert said == ["added", "finish", "reopen", "drop", "restore"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"title": "  "}, "Say what is to be done."),
        ({"title": "x" * 201}, "Use at most 200 characters."),
        ({"due_on": "2026-11-31"}, "There is no such day."),
        ({"due_on": "1026-11-30"}, "within the next five years"),
        ({"assignee_user_id": str(uuid4())}, "Choose somebody of your organisation."),
        ({"unit_id": str(uuid4())}, "Choose one of your units."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(world, browsers, changes, told):
    answer = browsers["organiser"].post("/tasks/new", data=draft(details="Keep these words") | changes)
    assert answer.status_code == 422
    assert told in answer.text
    assert "Keep these words" in answer.text
    with world.context("neu") as session:
        assert session.scalars(select(Task)).all() == []


def test_two_who_change_it_lose_nothing(world, browsers):
    place = add(browsers["organiser"], world)
    first = draft(title="First", version="1")
    assert browsers["organiser"].post(f"{place}/edit", data=first).status_code == 303
    second = browsers["organiser"].post(f"{place}/edit", data=draft(title="Second", version="1"))
    assert second.status_code == 409
    assert 'value="Second"' in second.text
    version = re.search(r'name="version"[^>]*value="(\d+)"', second.text).group(1)
    assert (
        browsers["organiser"].post(f"{place}/edit", data=draft(title="Second", version=version)).status_code
        == 303
    )
    assert "Second" in browsers["organiser"].get(place).text


def test_a_comment_tells_whom_it_names_who_can_open_it_from_then_on(world, people, browsers):
    place = add(browsers["organiser"], world)
    assert browsers["elsewhere"].get(place).status_code == 404
    name = people["elsewhere"].display_name
    said = {"words": f"@{name}, <b>do</b> you know them?", "key": str(uuid4())}
    for _ in range(2):
        assert browsers["organiser"].post(f"{place}/comments", data=said).status_code == 303
    assert "named you in" in browsers["elsewhere"].get("/tasks").text
    page = browsers["elsewhere"].get(place).text
    assert page.count(f"<b>@{name}</b>") == 1
    assert "&lt;b&gt;do&lt;/b&gt;" in page
    assert browsers["elsewhere"].post("/tasks/seen", data={"back": "/tasks"}).status_code == 303
    assert "named you in" not in browsers["elsewhere"].get("/tasks").text
    assert browsers["elsewhere"].get(place).status_code == 200
    answered = {"words": "I do.", "key": str(uuid4())}
    assert browsers["elsewhere"].post(f"{place}/comments", data=answered).status_code == 303
    assert "commented on" in browsers["organiser"].get("/tasks").text
    assert browsers["organiser"].post(f"{place}/comments", data={"words": " "}).status_code == 422
    named = {"words": "Ask @Zed, or press@zed.example", "key": str(uuid4())}
    assert browsers["organiser"].post(f"{place}/comments", data=named).status_code == 303
    assert "No colleague is called “Zed”, so" in browsers["organiser"].get(place).text
    ambiguous = browsers["organiser"].post(f"{place}/comments", data={"words": "@Neu?", "key": str(uuid4())})
    assert ambiguous.status_code == 422
    assert "write the whole name" in ambiguous.text


def test_an_officer_sees_the_own_units_and_nobody_elses(world, people, browsers):
    place = add(browsers["organiser"], world, unit_id=str(people["officer"].unit_id))
    theirs = add(browsers["officer"], world, title="Of the branch")
    assert browsers["officer"].get(place).status_code == 200
    for ask in (place, theirs, f"{place}/edit"):
        assert browsers["elsewhere"].get(ask).status_code == 404
    assert browsers["elsewhere"].post(f"{place}/completion").status_code == 404
    assert SECRET not in browsers["elsewhere"].get("/tasks?whose=ours").text
    assert browsers["organiser"].get(theirs).status_code == 200
    assert browsers["analyst"].get("/tasks").status_code == 403


def test_no_partner_sees_a_task_and_the_database_holds_no_word_of_it(world, people, browsers, owner):
    place = add(browsers["organiser"], world)
    for partner in ("partner", "lead"):
        absent = browsers[partner].get(f"/tasks/{uuid4()}")
        foreign = browsers[partner].get(place)
        assert (foreign.status_code, foreign.data) == (404, absent.data)
        assert browsers[partner].post(f"{place}/comments", data={"words": "x"}).status_code == 404
        assert SECRET not in browsers[partner].get("/tasks?whose=ours").text
    for slug, actor in (("praxis", people["partner"]), ("liberty", people["lead"])):
        with world.context(slug, actor) as session:
            for table in ("task", "task_event", "task_news"):
                assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0
    assert SECRET.encode() not in owner.rows("SELECT title_cipher FROM task")[0][0]


def test_the_mornings_mail_counts_and_repeats_no_word(world, app, people, browsers, run_jobs, smtp_sink):
    # A day that is no Monday, on which digests repeat what is due long since.
    day = today() + timedelta(days=1 + (1 - today().weekday()) % 7)
    add(browsers["organiser"], world, assignee_user_id=str(people["officer"].user_id), due_on=day.isoformat())
    with time_machine.travel(datetime.combine(day, time(8), LONDON), tick=False):
        for _ in range(2):
            with app.app_context():
                send_digests()
            run_jobs()
    [mail] = [one for one in smtp_sink.messages if world.email(people["officer"]) in one["To"]]
    words = mail.get_content().replace("\r\n", "\n")
    assert "Your tasks:\n- 1 is due.\n- 1 thing is new." in words
    assert "frightened" not in words


def test_lists_are_paged_by_day_and_those_without_come_last(world, browsers):
    for place in range(55):
        due = (today() + timedelta(days=place)).isoformat() if place < 52 else ""
        add(browsers["organiser"], world, title=f"Task {place:02}", due_on=due)
    first = browsers["organiser"].get("/tasks?whose=ours").text
    assert re.findall(r"Task \d\d</a>", first)[0] == "Task 00</a>"
    more = re.search(r'href="([^"]*cursor=[^"]*)"', first).group(1).replace("&amp;", "&")
    second = browsers["organiser"].get(more).text
    assert sorted(re.findall(r"Task (\d\d)</a>", first + second)) == [f"{n:02}" for n in range(55)]


def test_what_partners_did_since_the_last_look(world, people, browsers):
    members = seed_members(world)

    def logged(headline):
        with world.context("neu", people["organiser"]) as session:
            log_engagement(people["organiser"], engagement(members["Ada"], headline=headline))
            session.commit()

    logged("Spoke at the school gate")
    assert "One thing since you last looked" in browsers["partner"].get("/").text
    page = browsers["partner"].get("/partners").text
    assert "Spoke at the school gate" in page
    opened = re.search(r'name="at" value="([^"]+)"', page).group(1)
    logged("Rang the office")
    assert browsers["partner"].post("/partners/seen", data={"at": opened}).status_code == 303
    page = browsers["partner"].get("/partners").text
    assert "Rang the office" in page, "what came after the page was opened was not seen on it"
    assert "school gate" not in page
    far = (datetime.now(LONDON) + timedelta(days=9)).isoformat()
    assert browsers["partner"].post("/partners/seen", data={"at": far}).status_code == 303
    logged("Wrote back")
    assert "Wrote back" in browsers["partner"].get("/partners").text, "nobody looks ahead"
    assert "Wrote back" not in browsers["organiser"].get("/partners").text, "one's own is no news"


def test_todays_overdue_tasks_are_not_its_overdue_promises(world, people, browsers):
    mine, yesterday = str(people["organiser"].user_id), (today() - timedelta(days=1)).isoformat()
    members = seed_members(world)
    with world.context("neu", people["organiser"]) as session:
        for days in (3, 4):
            promise = CommitmentDraft(
                kind="sign_edm",
                ask_id=ask_id(world),
                said_on=today() - timedelta(days=30),
                due_on=today() - timedelta(days=days),
                words="Will sign",
            )
            add_commitment(people["organiser"], promise, person_id=members["Bruno"])
        session.commit()
    add(browsers["organiser"], world, assignee_user_id=mine, due_on=yesterday)
    front = browsers["organiser"].get("/").text
    assert "1 overdue</span>" in front
    assert "All 2 overdue promises" in front
