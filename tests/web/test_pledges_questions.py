"""What a drive asks after signing: the collecting organisation's own answers, in no tally, gone with the details."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from organising.platform.clock import now
from organising.pledges.models import Pledge, PledgeAnswer, PledgeDrive
from organising.pledges.queries import list_questions
from organising.pledges.services.signers import remove_details
from tests.support.pledges import PAGE, Public, count, open_a_drive

ASKED = {
    "sectors": ["health", "education"],
    "label_1": "What would help you most?",
    "kind_1": "short",
    "label_2": "How did you hear of us?",
    "kind_2": "choice",
    "choices_2": "From a colleague\nAt a stall",
}
CANARY = "a poster for the staffroom"


@pytest.fixture
def drive_id(world):
    return open_a_drive(world)


@pytest.fixture
def coordinator(world):
    return world.browser(world.user("liberty", "coordinator"))


def asked(world, drive_id, language="en"):
    with world.context("liberty") as session:
        return list_questions(session.get_one(PledgeDrive, drive_id), language)


def test_questions_are_written_translated_and_reworded(world, coordinator, drive_id):
    page = f"/pledges/drives/{drive_id}/questions"
    wrong = coordinator.post(page, data=ASKED | {"choices_2": "Only one"})
    assert wrong.status_code == 422
    assert "What would help you most?" in wrong.text
    assert coordinator.post(page, data=ASKED).status_code == 303
    first, second = asked(world, drive_id)
    assert second.choices == ("From a colleague", "At a stall")
    welsh = {
        "version": "1", "title": "T", "standfirst": "S", "wording": "W",
        f"label_{first.id.hex}": "Beth fyddai’n helpu?",
        f"label_{second.id.hex}": "Sut glywsoch chi?", f"choices_{second.id.hex}": "Gan gydweithiwr\nMewn stondin",
    }  # fmt: skip
    few = coordinator.post(
        f"/pledges/drives/{drive_id}/languages/cy", data=welsh | {f"choices_{second.id.hex}": "Un"}
    )
    assert few.status_code == 422
    assert coordinator.post(f"/pledges/drives/{drive_id}/languages/cy", data=welsh).status_code == 303
    in_welsh = asked(world, drive_id, "cy")
    assert [one.language for one in in_welsh] == ["cy", "cy"]
    assert in_welsh[1].choices[0] == "Gan gydweithiwr"
    assert [one.language for one in asked(world, drive_id, "es")] == ["en", "en"]
    # Other words: the same question, whose translation waits. Other choices: another question.
    coordinator.post(page, data=ASKED | {"label_1": "What would help?", "choices_2": "By post\nBy phone"})
    later = asked(world, drive_id, "cy")
    assert [one.language for one in later] == ["en", "en"]
    assert (later[0].id == first.id, later[1].id == second.id) == (True, False)
    assert "2 shown in English" in coordinator.get(f"/pledges/drives/{drive_id}/languages").text
    coordinator.post(page, data=ASKED | {"label_1": "", "label_2": "", "sectors": []})
    assert asked(world, drive_id) == []


def test_answers_are_the_collectors_alone_and_go_with_the_details(
    world, coordinator, drive_id, client, smtp_sink, run_jobs, owner, app
):
    public = Public(client, smtp_sink, run_jobs)
    coordinator.post(f"/pledges/drives/{drive_id}/questions", data=ASKED)
    first, second = asked(world, drive_id)
    given = {f"q_{first.id.hex}": CANARY, f"q_{second.id.hex}": "At a stall"}
    link = public.sign(f"{PAGE}/neu", lead_updates="y")
    client.post(f"{link}/more", data=given)
    assert owner.rows("SELECT count(*) FROM pledge_answer") == [(0,)]
    public.confirm(link)
    page = client.get(link).text
    assert "What would help you most?" in page
    assert re.findall(r'name="sector"[^>]*value="(\w+)"|value="(\w+)"[^>]*name="sector"', page) != []
    assert "Jobcentres" not in page
    assert client.post(f"{link}/more", data=given | {"sector": "jobcentre"}).status_code == 422
    forged = client.post(f"{link}/more", data=given | {f"q_{second.id.hex}": "Forged"})
    assert (forged.status_code, CANARY in forged.text) == (422, True), "what was typed is kept"
    assert owner.rows("SELECT count(*) FROM pledge_answer") == [(0,)]
    for _ in range(2):
        assert client.post(f"{link}/more", data=given | {"sector": "health"}).status_code == 303
    assert CANARY in client.get(link).text
    count(app, drive_id)
    with world.context("neu") as session:
        pledge = session.scalars(select(Pledge)).one()
        assert pledge.sector == "health"
        answers = session.scalars(select(PledgeAnswer).order_by(PledgeAnswer.asked)).all()
        assert [one.answer for one in answers] == ["At a stall", CANARY]
        pledge_id = pledge.id
    with world.context("liberty") as session:
        assert session.scalars(select(Pledge)).one().part == "shared_with_consent"
        assert session.scalars(select(PledgeAnswer)).all() == []
    neu = world.browser(world.user("neu", "admin"))
    assert CANARY in neu.get(f"/pledges/signers/{pledge_id}").text
    assert CANARY in neu.post(f"/pledges/drives/{drive_id}/exports").text
    assert CANARY not in coordinator.post(f"/pledges/drives/{drive_id}/exports").text
    # In clear it stands nowhere, and another signing's link reaches none of it.
    assert owner.rows(
        "SELECT count(*) FROM pledge_answer WHERE answer_cipher::text LIKE %s", f"%{CANARY}%"
    ) == [(0,)]
    other = public.sign_and_confirm(email="other@example.org", name="Uri Notreal")
    assert CANARY not in client.get(other).text
    assert client.post(f"{other}/more", data={}).status_code == 303
    assert owner.rows("SELECT count(*) FROM pledge_answer") == [(2,)]
    with world.context("neu") as session:
        remove_details(now() + timedelta(days=40))
        session.commit()
    assert owner.rows("SELECT count(*) FROM pledge_answer") == [(0,)]
    assert "What would help you most?" not in client.get(link).text
