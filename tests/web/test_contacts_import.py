"""A file of contacts through its pages and a real worker: faults before anything is written, and a whole undo."""

import re

import pytest
from sqlalchemy import select

from organising.contacts import jobs
from organising.contacts.models import Contact
from organising.contacts.services import pieces, writing
from organising.contacts.services.keeping import kept_values
from organising.platform.clock import today
from organising.rights.services import requests
from organising.sharing.services.introductions import IntroductionDraft, introduce
from tests.support.contact_imports import apply, counts, give, settings, stats
from tests.support.contacts import keep
from tests.support.outreach import Writers
from tests.web.test_contacts import names
from tests.web.test_contacts_bulk import do
from tests.web.test_contacts_consent import card
from tests.web.test_contacts_timeline import met
from tests.web.test_retention import hold


def test_every_fault_is_told_with_its_row_and_column_before_anything_is_written(browser, owner):
    place = give(browser).location
    page = browser.get(place).text
    told = [
        (int(re.sub(r"\D", "", row)), column, reason)
        for row, column, reason in re.findall(
            r'<th[^>]*class="numeric"[^>]*>(\d+)</th><td[^>]*>([^<]*)</td><td[^>]*>([^<]*)</td>', page
        )
    ]
    assert [(row, column) for row, column, _ in told] == [
        (4, "name"), (5, "E-mail"), (5, "Mobile"), (5, "Post code"), (6, "Mobile"), (6, "Tag list"),
    ]  # fmt: skip
    for words in ("Write a name", "Enter an email address such as", "too short or too long", "Write a whole postcode",
                  "This cell is a formula", "speak of immigration status", "the same as row 2"):  # fmt: skip
        assert words in page, words
    assert stats(page) == [2, 0, 1, 3]
    assert "Shoe size" in page
    assert set(counts(owner).values()) == {0}


def test_what_is_right_is_written_once_and_the_whole_is_undone_to_the_last_row(
    world, organiser, browser, run_jobs, owner
):
    known = keep(world, "neu", organiser, "Niamh O'Brien", email="niamh@example.org", tags=("old",))
    before = counts(owner)
    with world.context("neu", organiser) as session:
        was = kept_values(session.get_one(Contact, (organiser.organisation_id, known)))
    place = give(browser).location
    page = browser.get(place).text
    sent = settings(page, known_rule="fill", agreed="news.email", agreed_on="2024-06-01")
    refused = browser.post(place, data=sent)
    assert refused.status_code == 422
    assert "Say where it can be looked up" in refused.text
    assert browser.post(place, data=sent | {"evidence": "June form"}).status_code == 303
    page = apply(browser, place, run_jobs)
    assert stats(page) == [1, 1, 1, 3]
    # The worker is rung again, and the button pressed again: nothing is written twice.
    browser.post(f"{place}/application", data={"version": "1"})
    run_jobs()
    assert names(browser, "") == ["Amara Okafor", "Niamh O&#39;Brien"]
    assert names(browser, "q=07700+900001") == ["Amara Okafor"]
    assert names(browser, "q=e14ns") == ["Amara Okafor"]
    assert names(browser, "q=020+7946+0123") == ["Niamh O&#39;Brien"]
    assert names(browser, "agreed=news.email") == ["Amara Okafor"]
    with world.context("neu", organiser) as session:
        amara = session.scalars(select(Contact.id).where(Contact.id != known)).one()
    shown = browser.get(f"/contacts/{amara}").text
    assert "Likes evenings" in shown
    assert "Added from a file" in shown
    assert "June form" in card(browser, amara, "News of the campaign")
    assert owner.rows("SELECT content_cipher IS NULL FROM contact_import") == [(True,)]
    assert owner.rows("SELECT count(*) FROM import_piece") == [(0,)]
    assert browser.post(f"{place}/undo").status_code == 303
    run_jobs()
    page = browser.get(place).text
    assert "Undone on" in page
    assert counts(owner) == before
    with world.context("neu", organiser) as session:
        assert kept_values(session.get_one(Contact, (organiser.organisation_id, known))) == was
    assert names(browser, "q=07700+900001") == []


def test_undoing_leaves_whom_somebody_has_worked_with_since_and_says_why(
    world, organiser, browser, run_jobs, owner, members
):
    team = Writers.at(world)
    why = {
        "Written": "Written about",
        "Asking": "The rights desk has a request about them",
        "Answered": "The rights desk has a request about them",
        "Linked": "The rights desk has a request about them",
        "Agreed": "What they agreed to was written down",
        "Tagged": "Changed together with others",
        "Held": "Held, so that they are not deleted",
        "Offered": "Introduced to a partner",
        "There": "Put to a conversation in the contact log",
    }
    chosen = give(browser, "Name,Email\nMailed,mailed@example.org\n").location
    apply(browser, chosen, run_jobs)
    with world.context("neu", organiser) as session:
        team.says(session.scalars(select(Contact.id)).one())
    # A mailing has everybody in question that there is.
    team.ask(team.draft())
    rows = "".join(f"{one},{one.lower()}@example.org\n" for one in (*why, "Untouched"))
    place = give(browser, f"Name,Email\n{rows}").location
    apply(browser, place, run_jobs)
    with world.context("neu", organiser) as session:
        ids = {one.name: one.id for one in session.scalars(select(Contact))}
    _work_with(world, team, browser, ids, next(iter(members.values())))
    browser.post(f"{place}/undo")
    run_jobs()
    # What the rights desk has is its own: an organiser learns only who can say why.
    assert browser.get(place).text.count("An administrator sees why") == 3
    page = world.browser(team.admin).get(place).text
    assert f"{len(why)} stay, as somebody has worked with them since" in page
    told = dict(re.findall(r'<li><a href="/contacts/[0-9a-f-]{36}">(\w+)</a>: ([^<]*)</li>', page))
    assert told.keys() == why.keys()
    for name, words in why.items():
        assert words in told[name]
    browser.post(f"{chosen}/undo")
    run_jobs()
    assert re.search(r">Mailed</a>: [^<]*In question for a mailing", browser.get(chosen).text)
    assert names(browser, "") == sorted((*why, "Mailed"))
    # What hung on them is there still.
    for table in (
        "contact_note",
        "introduction",
        "retention_hold",
        "engagement_contact",
        "mailing_recipient",
    ):
        assert owner.rows(f"SELECT count(*) > 0 FROM {table}") == [(True,)], table


def _work_with(world, team, browser, ids, person):
    """Something with each, as colleagues do it."""
    admin = team.admin
    browser.post(f"/contacts/{ids['Written']}/notes", data={"body": "Rang them."})
    with world.context("neu", admin) as session:
        for name in ("Asking", "Answered", "Linked"):
            linked = ids[name] if name == "Linked" else None
            asked = requests.Asked("access", name, "" if linked else f"{name}@example.org".lower())
            row = requests.open_request(admin, asked, came_by="post", received_on=today(), contact_id=linked)
            if name == "Answered":
                requests.end(admin, row.id, "done", "Here it is.")
        session.commit()
    team.says(ids["Agreed"], "refused", "invitations")
    do(browser, f"only={ids['Tagged']}&deed=tag&new_tag=stall")
    assert hold(world.browser(admin), f"?contact={ids['Held']}").status_code == 303
    words = IntroductionDraft(world.organisation("liberty"), ("emails",), "Yes.", "phone", today())
    with world.context("neu", team.organiser) as session:
        introduce(team.organiser, ids["Offered"], words)
        session.commit()
    occasion = f"engagement:{met(world, 'neu', team.organiser, person)}"
    browser.post(f"/contacts/{ids['There']}/occasions", data={"occasion": occasion})


@pytest.mark.parametrize(
    ("rule", "job", "workplace", "state"),
    [("skip", "Teacher", "", 0), ("fill", "Teacher", "The file’s", 1), ("update", "Head", "The file’s", 1)],
)
def test_the_rule_for_who_is_known_already(world, organiser, browser, run_jobs, rule, job, workplace, state):
    contact = keep(world, "neu", organiser, "Nia Ash", email="nia@example.org", job="Teacher", tags=("kept",))
    table = "Name,Email,Job,Workplace,Tags\nNia Ash,NIA@example.org; second@example.org,Head,The file’s,new\n"
    place = give(browser, table).location
    page = browser.get(place).text
    browser.post(place, data=settings(page, known_rule=rule))
    assert stats(apply(browser, place, run_jobs))[1] == state
    with world.context("neu", organiser) as session:
        kept = kept_values(session.get_one(Contact, (organiser.organisation_id, contact)))
    assert (kept["job"], kept["workplace"]) == (job, workplace)
    assert kept["tags"] == (("kept", "new") if state else ("kept",))
    assert [one.value for one in kept["emails"]][1:] == (["second@example.org"] if state else [])
    # A second time there is nothing new.
    place = give(browser, table).location
    assert "very same file was imported on" in browser.get(place).text
    browser.post(place, data=settings(browser.get(place).text, known_rule=rule))
    assert stats(apply(browser, place, run_jobs))[:2] == [0, 0]


def test_columns_are_remembered_and_a_changed_one_is_asked_for_a_name(browser, run_jobs):
    table = "Who,Where to write,Name\nNia Ash,nia@example.org,ignored\n"
    place = give(browser, table).location
    page = browser.get(place).text
    sent = settings(page, **{"column-0": "name", "column-1": "email", "column-2": ""})
    assert browser.post(place, data=settings(page, **{"column-2": ""})).status_code == 422
    wrong = browser.post(place, data=sent | {"column-2": "name"})
    assert wrong.status_code == 422
    assert "Only one column can be the name" in wrong.text
    assert wrong.text.count('<option value="name" selected>') == 2
    assert browser.post(place, data=sent).status_code == 303
    stale = browser.post(place, data=sent)
    assert stale.status_code == 409
    assert browser.post(f"{place}/application", data={"version": "1"}).status_code == 409
    apply(browser, place, run_jobs)
    again = browser.get(give(browser, table.replace("Nia", "Non").replace("nia", "non")).location).text
    assert settings(again)["column-0"] == "name"
    assert settings(again)["column-1"] == "email"
    assert settings(again)["column-2"] == ""


def test_a_worker_that_died_in_between_writes_the_rest_and_nothing_twice(
    app, world, organiser, browser, run_jobs, monkeypatch, owner
):
    table = "Name,Email\n" + "".join(f"Person {n:03d},p{n}@example.org\n" for n in range(50))
    monkeypatch.setattr(pieces, "PIECE", 20)
    place = give(browser, table).location
    browser.post(f"{place}/application", data={"version": "1"})
    written = writing.keep_findings

    def dies(kept, judged):
        if kept.done:
            raise SystemExit
        written(kept, judged)

    monkeypatch.setattr(writing, "keep_findings", dies)
    import_id = place.rpartition("/")[2]
    with pytest.raises(SystemExit):
        _run(app, world, import_id)
    assert owner.rows("SELECT count(*) FROM contact") == [(20,)]
    monkeypatch.setattr(writing, "keep_findings", written)
    with app.app_context():
        jobs.sweep_imports()
    run_jobs()
    page = browser.get(place).text
    assert stats(page)[0] == 50
    assert owner.rows("SELECT count(*), count(DISTINCT name) FROM contact") == [(50, 50)]
    browser.post(f"{place}/undo")
    run_jobs()
    assert owner.rows("SELECT count(*) FROM contact") == [(0,)]


def _run(app, world, import_id):
    from uuid import UUID

    from organising.platform.queue import run

    with app.app_context():
        run("organising.contacts.jobs.go_on", world.organisations["neu"], UUID(import_id), "import")
