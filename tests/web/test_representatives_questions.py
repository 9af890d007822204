"""What an import could not match: asked, answered on the page, and applied."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text

from organising.platform.errors import Forbidden
from organising.platform.permissions import Role
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import (
    ImportQuestion,
    OfficeHolding,
    Person,
    PersonIdentifier,
)
from organising.representatives.services.questions import answer_question, ignore_question, reopen_question
from tests.support.imports import apply, count, imported, plain, shown
from tests.support.representatives import (
    MERROW,
    OFFICES,
    Desk,
    answering,
    as_table,
    importing,
    nothing_changed,
    offices,
    seats,
)
from tests.support.world import World


@pytest.fixture
def desk(app: Flask, tmp_path: Path) -> Desk:
    return Desk(app, tmp_path)


@pytest.fixture
def coordinator(world):
    return world.user("liberty", Role.COORDINATOR)


@pytest.fixture
def browser(world, coordinator):
    return world.browser(coordinator)


def test_a_namesake_is_a_question_asked_once_and_the_answer_holds(desk: Desk, world: World) -> None:
    desk.take(offices(MERROW))
    other = offices("Zoë Merrow,councillor,Fablewick,E07009901,Green,2015,,,,,,Fablewick Council,")
    with importing(desk.app) as session:
        session.execute(
            text(
                "INSERT INTO area (id, kind, name, sort_key, gss_code) "
                "VALUES (gen_random_uuid(), 'local_authority', 'Fablewick', 'fablewick', 'E07009901')"
            )
        )
        session.commit()
    first = desk.take(other)
    assert first.counts == {"question": {"created": 1}}
    again = desk.take(other)
    assert again.counts == {}
    assert again.ignored == {"an entry about which a question is open": 1}
    with importing(desk.app) as session:
        question = session.scalars(select(ImportQuestion)).one()
        person = session.scalars(select(Person)).one()
        asked, meant = question.id, person.id
        assert question.candidate_ids == [meant]
    actor = world.user("lead", role=Role.COORDINATOR)
    with answering(desk.app, actor) as session:
        answer_question(actor, asked, meant)
        session.commit()
    assert desk.take(other).counts["term"] == {"created": 1}
    with importing(desk.app) as session:
        assert session.scalars(select(Person)).all()[1:] == []


def test_none_of_them_makes_a_new_person_and_ignoring_leaves_out(desk: Desk, world: World) -> None:
    desk.take(offices(MERROW))
    other = offices("Zoë Merrow,ms,Aberquill,W09999901,Labour,2021,,,,,,Cardiff,")
    desk.take(other)
    with importing(desk.app) as session:
        asked = session.scalars(select(ImportQuestion.id)).one()
    actor = world.user("lead", role=Role.COORDINATOR)
    with answering(desk.app, actor) as session:
        ignore_question(actor, asked)
        session.commit()
    assert desk.take(other).ignored == {"an entry that a person chose to leave out": 1}
    with answering(desk.app, actor) as session:
        reopen_question(actor, asked)
        answer_question(actor, asked, None)
        session.commit()
    desk.take(other)
    with importing(desk.app) as session:
        assert len(session.scalars(select(Person).where(Person.name == "Zoë Merrow")).all()) == 2


def test_only_a_coordinator_answers(desk: Desk, world: World) -> None:
    actor = world.user("lead", role=Role.ORGANISER)
    with answering(desk.app, actor), pytest.raises(Forbidden):
        answer_question(actor, uuid4(), None)


@pytest.fixture
def question(app, browser, run_jobs):
    """A namesake on record without the file's number: the import asks."""
    with app.app_context(), use_context(Context(purpose="import")) as session:
        person = Person(id=uuid4(), name="Cerys Ap-Iwan", sort_key="apiwan cerys")
        session.add(person)
        asked = ImportQuestion(
            source="invented", place="line 2", scheme="invented", value="77", reason="1 on record of this name",
            says={"name": "Cerys Ap-Iwan", "party": "Harbour Party"}, candidate_ids=[person.id],
        )  # fmt: skip
        session.add(asked)
        session.flush()
        ids = asked.id, person.id
        session.commit()
    return ids


def meant(app):
    with app.app_context(), use_context(Context()) as session:
        return session.scalar(select(PersonIdentifier.person_id).where(PersonIdentifier.scheme == "invented"))


def test_a_question_is_answered_undone_and_left_out(app, world, browser, question):
    asked, person = question
    page = plain(browser.get("/representatives/questions"))
    for words in ("Cerys Ap-Iwan", "Harbour Party", "line 2", "This is them", "Nobody: leave it out"):
        assert words in page
    assert "Questions (1)" in plain(browser.get("/representatives"))
    url = f"/representatives/questions/{asked}"
    assert browser.post(f"{url}/answer", data={"person_id": str(person)}).status_code == 303
    assert meant(app) == person
    assert "says Liberty coordinator" in plain(browser.get("/representatives/questions?state=answered"))
    assert browser.post(f"{url}/reopening").status_code == 303
    assert meant(app) is None
    assert browser.post(f"{url}/exclusion").status_code == 303
    assert "Left out by" in plain(browser.get("/representatives/questions?state=ignored"))
    assert "No questions" in plain(browser.get("/representatives/questions"))


def test_an_answer_holds_for_the_import_that_is_done_again(app, browser, run_jobs):
    scottish = (
        "msp.csv",
        (OFFICES + "\nZoë Merrow,msp,Fablewick,S16009901,Green,2021-05-07,,,,,,Holyrood,17\n").encode(),
    )
    welsh = ("ms.csv", (OFFICES + "\nZoë Merrow,ms,Aberquill,W09999901,Labour,2021,,,,,,Cardiff,\n").encode())
    imported(browser, run_jobs, scottish)
    url, page = imported(browser, run_jobs, welsh)
    assert "Question for you New Zoë Merrow" in page
    asked, listed = browser.get("/representatives/questions"), "/representatives/questions"
    assert "Import ms.csv again" in plain(asked)
    form = re.search(r'action="([^"]+/answer)">.*?name="person_id" value="([0-9a-f-]{36})"', asked.text, re.S)
    assert browser.post(form[1], data={"person_id": form[2]}).location.endswith(listed)
    terms = count(app, OfficeHolding)
    again = browser.post(f"{url}/comparison")
    assert "Term of office New" in plain(browser.get(again.location))
    assert count(app, OfficeHolding) == terms
    apply(browser, url)
    run_jobs()
    assert (count(app, OfficeHolding), count(app, Person)) == (terms + 1, 1)


def test_without_a_script_the_words_find_somebody(app, browser, question):
    asked, _person = question
    url = f"/representatives/questions/{asked}/answer"
    answer = browser.post(url, data={"person_id": "", "member": "zzzz"})
    assert (answer.status_code, "Nobody is found" in plain(answer)) == (422, True)
    assert browser.post(url, data={"person_id": str(uuid4())}).status_code == 422
    assert meant(app) is None


def test_the_questions_are_the_coordinators(world, question):
    asked, person = question
    for role in Role:
        if role != Role.COORDINATOR:
            other = world.browser(world.user("neu", role))
            for step in ("answer", "exclusion", "reopening"):
                url = f"/representatives/questions/{asked}/{step}"
                assert other.post(url, data={"person_id": str(person)}).status_code == 403


def without_number(row: dict[str, str], **changes: str) -> dict[str, str]:
    return {**row, "member_id": "", **changes}


def ask_of(browser, name):
    """The question about somebody on the page: where it is answered, and who may be meant."""
    page = browser.get("/representatives/questions").text
    card = next(part for part in page.split('<div class="section">') if name in part)
    ids = re.findall(r'name="person_id" value="([0-9a-f-]{36})"', card)
    return re.search(r'action="([^"]+/answer)"', card)[1], ids


def sitting(app, name):
    with importing(app) as session:
        held = select(OfficeHolding).join(Person).where(Person.name == name, OfficeHolding.end_on.is_(None))
        return [(one.area.name, one.party.name) for one in session.scalars(held)]


def test_a_row_without_a_number_that_agrees_with_the_record_is_no_question(desk: Desk) -> None:
    desk.take(as_table(seats(3)))
    rows = seats(3)
    result = desk.take(
        as_table([rows[0], without_number(rows[1], member_email="new@parliament.example"), rows[2]])
    )
    assert (result.questions, result.rejected, result.counts["term"]) == ((), (), {"unchanged": 3})
    # Recognised by name and seat, so what the row says else of them is taken.
    assert result.counts["contact_point"] == {"unchanged": 2, "closed": 1, "created": 1}


def test_a_row_that_names_somebody_only_is_asked_answered_and_applied(app, browser, run_jobs):
    rows = seats(3)
    imported(browser, run_jobs, ("mps.csv", as_table(rows).encode()), as_of="2026-06-01")
    rows[0] = without_number(
        rows[0], full_title="Ms Molly Fam0b MP", display_as="Ms Molly Fam0b", party_text="Green"
    )
    later = ("later.csv", as_table(rows).encode())
    url, page = imported(browser, run_jobs, later, as_of="2026-07-01")
    assert "Question for you New Molly Fam0b" in page
    # Nothing is guessed: who sits there is on record as before.
    assert sitting(app, "Memb0a Fam0b") == [("Seat Aawick", "Labour")]
    asked = plain(browser.get("/representatives/questions"))
    assert all(words in asked for words in ("Molly Fam0b", "Seat Aawick", "line 2", "a name and no number"))
    answer, (sits_there,) = ask_of(browser, "Molly Fam0b")
    assert browser.post(answer, data={"person_id": sits_there}).status_code == 303
    assert "Import later.csv again" in plain(browser.get("/representatives/questions"))
    browser.post(f"{url}/comparison")
    apply(browser, url)
    run_jobs()
    # The same person, under the name that the newer table gives.
    assert sitting(app, "Molly Fam0b") == [("Seat Aawick", "Green Party")]
    assert count(app, Person) == 3
    assert "Nothing changes" in shown(browser, later, as_of="2026-07-01")[1]


def test_somebody_new_without_a_number_takes_the_seat_once_a_person_says_so(app, browser, run_jobs):
    rows = seats(2)
    imported(browser, run_jobs, ("mps.csv", as_table(rows).encode()), as_of="2026-06-01")
    rows[1] = without_number(rows[1], full_title="Mx Robin Lark MP", display_as="Mx Robin Lark")
    later = ("later.csv", as_table(rows).encode())
    imported(browser, run_jobs, later, as_of="2026-07-01")
    assert (sitting(app, "Robin Lark"), count(app, Person)) == ([], 2)
    answer, _candidates = ask_of(browser, "Robin Lark")
    browser.post(answer, data={"person_id": "nobody"})
    imported(browser, run_jobs, later, as_of="2026-07-01")
    assert sitting(app, "Robin Lark") == [("Seat Abwick", "Conservative")]
    assert sitting(app, "Memb1a Fam1b") == []


def test_a_row_left_out_is_counted_and_changes_nothing(desk: Desk, world: World) -> None:
    desk.take(as_table(seats(2)))
    rows = [
        without_number(seats(2)[0], full_title="Mx Robin Lark MP", display_as="Mx Robin Lark"),
        seats(2)[1],
    ]
    assert desk.take(as_table(rows)).counts["question"] == {"created": 1}
    assert desk.take(as_table(rows)).ignored == {"an entry about which a question is open": 1}
    actor = world.user("lead", role=Role.COORDINATOR)
    with answering(desk.app, actor) as session:
        ignore_question(actor, session.scalars(select(ImportQuestion.id)).one())
        session.commit()
    left = desk.take(as_table(rows))
    assert left.ignored == {"an entry that a person chose to leave out": 1}
    assert nothing_changed(left)


CURRENT = "PCON24CD,PCON24NM,MP,ID,TheyWorkForYou ID,Party name"
CANDIDATES = "ONS ID,Constituency name,By-election date,Party name,Candidate first name,Candidate surname,Member MNIS ID,DC Person ID,Votes"


def test_the_other_tables_ask_too(desk: Desk) -> None:
    desk.take(
        [CURRENT, "E99000001,Fablewick,Ada Merrow,7001,77001,Labour", "E99000002,Quill,Ned Orr,7002,,Green"]
    )
    asked = desk.take([CURRENT, "E99000001,Fablewick,A Merrow,,,Labour", "E99000002,Quill,Ned Orr,,,Green"])
    assert [one.says["name"] for one in asked.questions] == ["A Merrow"]
    # Known by the other number alone, she is nobody to be asked about.
    assert desk.take([CURRENT, "E99000001,Fablewick,Anna Merrow,,77001,Labour"]).questions == ()
    stood = desk.take([
        CANDIDATES,
        "E99000001,Fablewick,01/05/2026,Green,Ned,Orr,,,120",
        "E99000001,Fablewick,01/05/2026,Labour,Una,Wren,,,99",
    ])  # fmt: skip
    assert [(one.says["name"], one.says["seat"]) for one in stood.questions] == [("Ned Orr", "Fablewick")]
    # Nobody on record is called so: she is new.
    assert desk.terms("candidate") == [("Una Wren", None, "2026-05-01")]
