"""The pages of representatives and their salutations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import event

from organising.platform.db import db
from organising.representatives import queries
from organising.representatives.demo import seed_invented_parliament
from tests.support.representatives import DAY, importing, person_called, take
from tests.support.world import World


@pytest.fixture
def both(app: Flask) -> Flask:
    """The small people file and the small table, taken."""
    take(app, "popolo.json")
    take(app, "mp_table.csv")
    return app


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("role", ["coordinator", "deputy", "admin", "organiser", "officer", "analyst"])
def test_every_role_reads_the_list(both: Flask, world: World, role: str) -> None:
    page = world.browser(world.user("neu", role)).get("/representatives")
    assert page.status_code == 200
    assert "Ysolde Brânwen" in page.text
    assert "Baroness Quillan" not in page.text


def test_the_public_reads_no_list(both: Flask, world: World) -> None:
    assert both.test_client().get("/representatives").status_code == 303
    assert both.test_client().get("/representatives/search.json?q=ada").status_code in {303, 401}


@pytest.mark.parametrize(
    ("query", "inside", "outside"),
    [
        ("q=bluen", "Ysolde Brânwen", "Ada Merrow"),
        ("party=green", "Quill South", "Ysolde"),
        ("region=Quillshire", "Ada Merrow", "Ysolde"),
        ("kind=peer", "Baroness Quillan", "Ada Merrow"),
        ("kind=former", "Pell Harrowgate", "Ada Merrow"),
        ("kind=", "Baroness Quillan", "Pell Harrowgate"),
        ("q=zzz", "Nobody found", "Ada Merrow"),
        ("party=none-such&kind=nonsense", "Ada Merrow", "Nobody found"),
        ("q=%00%27%22<script>", "Nobody found", "<script>"),
    ],
)
def test_filters_stand_in_the_address(
    both: Flask, world: World, query: str, inside: str, outside: str
) -> None:
    page = world.browser(world.user("neu")).get(f"/representatives?{query}")
    assert page.status_code == 200
    results = page.text.partition('id="found"')[2]
    assert inside in results
    assert outside not in results


def test_the_list_pages_by_cursor_in_few_queries(app: Flask, world: World) -> None:
    with app.app_context():
        seed_invented_parliament()
    browser = world.browser(world.user("praxis"))
    seen: list[str] = []
    address = "/representatives"
    with app.app_context(), counted_queries() as statements:
        while address:
            before = len(statements)
            page = browser.get(address).text
            assert len(statements) - before < 20
            rows = page.partition("<tbody")[2].partition("</tbody>")[0]
            seen += [row.partition('href="/representatives/')[2][:36] for row in rows.split("<tr")[1:]]
            following = page.partition('button--secondary" href="/representatives?')[2]
            address = (
                "/representatives?" + following.partition('"')[0].replace("&amp;", "&") if following else ""
            )
    assert len(seen) == len(set(seen)) == 650


def test_a_damaged_cursor_is_refused_in_words(both: Flask, world: World) -> None:
    assert world.browser(world.user("neu")).get("/representatives?cursor=xyz").status_code == 422


def test_an_empty_installation_says_what_to_do(app: Flask, world: World) -> None:
    page = world.browser(world.user("neu")).get("/representatives").text
    assert "organising representatives import" in page


def test_suggestions_for_a_combobox(both: Flask, world: World) -> None:
    answer = world.browser(world.user("neu")).get("/representatives/search.json?q=otter")
    dov, lord = person_called(both, "Dov Lanternfield"), person_called(both, "Lord Fennimore of Otterwick")
    assert answer.json == [
        {"id": str(lord), "label": "Lord Fennimore of Otterwick", "detail": "Conservative"},
        {"id": str(dov), "label": "Dov Lanternfield", "detail": "Labour, Otter's Haven"},
    ]


def test_what_is_on_record_of_a_person(both: Flask, world: World) -> None:
    browser = world.browser(world.user("neu"))
    page = browser.get(f"/representatives/{person_called(both, 'Dov Lanternfield')}/record").text
    offices = page.partition('id="terms"')[2].partition("</ol>")[0]
    assert [offices.count(words) for words in ("Labour", "Independent", "2024-11-14", "now")] == [2, 1, 1, 1]
    ysolde = browser.get(f"/representatives/{person_called(both, 'Ysolde Brânwen')}/record").text
    assert "Also known as Ysolde Mary Branwen" in ysolde
    assert "2024-07 – now" in ysolde


def test_the_list_leads_to_the_person(both: Flask, world: World) -> None:
    browser = world.browser(world.user("neu"))
    page = browser.get("/representatives?q=lanternfield").text
    address = page.partition('<th scope="row"')[2].partition('href="')[2].partition('"')[0]
    answer = browser.get(address)
    assert answer.status_code == 200
    assert "Dov Lanternfield" in answer.text


def test_nobody_by_that_id(both: Flask, world: World) -> None:
    browser = world.browser(world.user("neu"))
    for path in (f"{uuid4()}/record", f"{uuid4()}/salutation", "not-an-id/record", "not-an-id"):
        assert browser.get(f"/representatives/{path}").status_code == 404


def test_salutations_are_checked_a_page_at_a_time(both: Flask, world: World) -> None:
    browser = world.browser(world.user("neu", "organiser"))
    page = browser.get("/representatives/salutations").text
    assert "6 are still to be checked." in page
    assert "Dear Dame Ada," in page
    ada, dov = person_called(both, "Ada Merrow"), person_called(both, "Dov Lanternfield")
    form = {"person": [str(ada), str(dov)], f"words-{ada}": "Dame Ada", f"words-{dov}": "Mr Lanternfield"}
    assert browser.post("/representatives/salutations", data=form).status_code == 303
    page = browser.get("/representatives/salutations").text
    assert "2 salutations checked." in page
    assert "4 are still to be checked." in page
    with importing(both):
        reach = {one.name: one for one in queries.list_reach(on=DAY)}
        assert reach["Ada Merrow"].salutation_checked
        assert not reach["Ysolde Brânwen"].salutation_checked


def test_a_salutation_is_mended_by_hand(both: Flask, world: World) -> None:
    browser = world.browser(world.user("praxis", "organiser"))
    address = f"/representatives/{person_called(both, 'Ada Merrow')}/salutation"
    assert "Dame Ada" in browser.get(address).text
    assert browser.post(address, data={"salutation": " "}).status_code == 422
    done = browser.post(address, data={"salutation": "Ms  Merrow", "back": "/representatives?q=ada"})
    assert (done.status_code, done.location) == (303, "/representatives?q=ada")
    with importing(both):
        (ada,) = [one for one in queries.list_reach(on=DAY) if one.name == "Ada Merrow"]
    assert (ada.salutation, ada.salutation_checked) == ("Ms Merrow", True)


def test_no_salutation_leads_off_the_site(both: Flask, world: World) -> None:
    browser = world.browser(world.user("praxis", "organiser"))
    address = f"/representatives/{person_called(both, 'Ada Merrow')}/salutation"
    done = browser.post(address, data={"salutation": "Ms Merrow", "back": "//elsewhere.example/"})
    assert done.location == "/representatives/salutations"


@pytest.mark.parametrize("role", ["officer", "analyst"])
def test_who_drafts_no_mailing_checks_no_salutation(both: Flask, world: World, role: str) -> None:
    browser = world.browser(world.user("neu", role))
    address = f"/representatives/{person_called(both, 'Ada Merrow')}/salutation"
    assert (
        browser.get(address).status_code == browser.post(address, data={"salutation": "x"}).status_code == 403
    )
    assert browser.get("/representatives/salutations").status_code == 403
