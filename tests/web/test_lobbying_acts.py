"""What happened in Parliament beside what was promised: proposed by the record, answered by a person."""

from datetime import date
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from organising.lobbying.models import ActDecision, AskItem, Commitment, CommitmentEvidence
from organising.lobbying.services.commitments import CommitmentDraft, add_commitment
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import ParliamentaryAct, ParliamentaryItem, PersonIdentifier
from organising.representatives.readers import read_any
from organising.representatives.services import import_records
from tests.unit.lobbying.seeds import ask_id, seed_members
from tests.unit.representatives.conftest import FIXTURES

NUMBERS = {"Ada": "90001", "Bruno": "90002", "Cleo": "90003"}
ASKED = date(2026, 1, 10)


@pytest.fixture
def people(world):
    """Three members with what the small files of Parliament say of them."""
    ids = seed_members(world)
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        for name, number in NUMBERS.items():
            session.add(PersonIdentifier(scheme="mnis", value=number, person_id=ids[name]))
        session.flush()
        for name in ("division.json", "edm.json", "questions.json"):
            import_records(None, read_any(FIXTURES / name))
        session.commit()
    return ids


def item(world, kind):
    with world.app.app_context(), use_context(Context()) as session:
        return session.scalars(select(ParliamentaryItem.id).where(ParliamentaryItem.kind == kind)).one()


def act(world, kind, person):
    with world.app.app_context(), use_context(Context()) as session:
        return session.scalars(
            select(ParliamentaryAct.id).where(
                ParliamentaryAct.item_id == item(world, kind), ParliamentaryAct.person_id == person
            )
        ).one()


def promise(world, actor, person, kind, slug="neu", code="DP-1", said=ASKED):
    with world.context(slug, actor) as session:
        made = add_commitment(
            actor, CommitmentDraft(kind=kind, ask_id=ask_id(world, code), said_on=said), person_id=person
        )
        found = made.id
        session.commit()
    return found


def tie(world, actor, kind, stance="for", code="DP-1"):
    return world.browser(actor).post(
        f"/in-parliament/{item(world, kind)}", data={"ask_id": ask_id(world, code), "stance": stance}
    )


def state(world, commitment: UUID, slug="neu"):
    with world.context(slug) as session:
        return session.scalars(select(Commitment.state).where(Commitment.id == commitment)).one()


def test_a_signature_is_proposed_once_somebody_ties_the_motion_and_settles_only_on_a_yes(
    world, people, organiser
):
    kept = promise(world, organiser, people["Bruno"], "sign_edm")
    browser = world.browser(organiser)
    assert "Nothing to answer" in browser.get("/promises/matches").text
    assert tie(world, organiser, "edm").status_code == 303
    assert state(world, kept) == "promised"
    page = browser.get("/promises/matches").text
    assert "Bruno Tallis" in page
    assert "Firewall for trusted services" in page
    address = f"/promises/{kept}/acts/{act(world, 'edm', people['Bruno'])}/confirmation"
    assert browser.post(address).status_code == 303
    assert browser.post(address).status_code == 303
    assert state(world, kept) == "delivered"
    with world.context("neu", organiser) as session:
        evidence = session.scalars(select(CommitmentEvidence)).one()
        assert evidence.url == "https://edm.parliament.uk/early-day-motion/61001"
        assert (evidence.kind, evidence.seen_on) == ("parliament_record", date(2026, 2, 5))
        assert session.scalars(select(ActDecision.decision)).all() == ["confirmed"]


def test_a_no_is_remembered_and_can_be_undone(world, people, organiser):
    kept = promise(world, organiser, people["Ada"], "written_question")
    tie(world, organiser, "written_question")
    browser = world.browser(organiser)
    address = f"/promises/{kept}/acts/{act(world, 'written_question', people['Ada'])}/rejection"
    answer = browser.post(address, follow_redirects=True).text
    assert "It will not be proposed again." in answer
    assert "Ada Wexcombe" not in answer
    assert browser.post(f"{address}/removal").status_code == 303
    assert "Ada Wexcombe" in browser.get("/promises/matches").text
    assert state(world, kept) == "promised"


@pytest.mark.parametrize(("stance", "outcome"), [("for", "delivered"), ("against", "broken")])
def test_a_recorded_vote_keeps_or_breaks_and_a_missing_one_says_nothing(
    world, people, organiser, stance, outcome
):
    kept = promise(world, organiser, people["Ada"], "vote")
    absent = promise(world, organiser, people["Dora"], "vote")
    tie(world, organiser, "division", stance)
    page = world.browser(organiser).get("/promises/matches").text
    assert ("The other way" in page) == (outcome == "broken")
    assert "Dora" not in page
    world.browser(organiser).post(
        f"/promises/{kept}/acts/{act(world, 'division', people['Ada'])}/confirmation"
    )
    assert state(world, kept) == outcome
    assert state(world, absent) == "promised"


@pytest.mark.parametrize(
    ("name", "kind", "said", "code"),
    [
        ("Cleo", "sign_edm", ASKED, "DP-1"),  # the signature was withdrawn
        ("Bruno", "sign_edm", date(2026, 2, 6), "DP-1"),  # signed before it was promised
        ("Bruno", "table_edm", ASKED, "DP-1"),  # signed, not tabled
        ("Bruno", "sign_edm", ASKED, "FW-1"),  # another ask
        ("Bruno", "speak", ASKED, "DP-1"),  # no list tells of it
    ],
)
def test_what_does_not_fit_is_not_proposed(world, people, organiser, name, kind, said, code):
    promise(world, organiser, people[name], kind, code=code, said=said)
    tie(world, organiser, "edm")
    assert "Nothing to answer" in world.browser(organiser).get("/promises/matches").text


def test_a_motion_against_the_ask_keeps_no_promise(world, people, organiser):
    promise(world, organiser, people["Bruno"], "sign_edm")
    tie(world, organiser, "edm", "against")
    assert "Nothing to answer" in world.browser(organiser).get("/promises/matches").text


def test_a_partners_promise_is_not_ones_own_to_settle(world, people, organiser):
    liberty = world.user("liberty", "organiser")
    kept = promise(world, liberty, people["Bruno"], "sign_edm", slug="liberty")
    tie(world, organiser, "edm")
    browser = world.browser(organiser)
    assert "Bruno Tallis" not in browser.get("/promises/matches").text
    signature = act(world, "edm", people["Bruno"])
    foreign = browser.post(f"/promises/{kept}/acts/{signature}/confirmation")
    absent = browser.post(f"/promises/{uuid4()}/acts/{signature}/confirmation")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.data == absent.data
    assert state(world, kept, "liberty") == "promised"


def test_two_partners_agree_on_what_an_item_means_or_say_so(world, people, organiser):
    praxis = world.user("praxis", "organiser")
    assert tie(world, organiser, "division", "for").status_code == 303
    assert tie(world, praxis, "division", "for").status_code == 303
    refused = tie(world, praxis, "division", "against")
    assert refused.status_code == 422
    assert "NEU has said the opposite" in refused.text
    with world.context("neu", organiser) as session:
        made = session.scalars(select(AskItem)).one()
    assert world.browser(praxis).post(f"/in-parliament/ties/{made.id}/removal").status_code == 404
    assert world.browser(organiser).post(f"/in-parliament/ties/{made.id}/removal").status_code == 303


def test_bad_input_is_told_by_field(world, people, organiser):
    address = f"/in-parliament/{item(world, 'edm')}"
    refused = world.browser(organiser).post(address, data={"ask_id": "", "stance": "perhaps"})
    assert refused.status_code == 422
    assert "Choose the ask that it concerns." in refused.text
    assert "Say whether it is for the ask or against it." in refused.text


@pytest.mark.parametrize(
    ("role", "reads", "ties"),
    [("coordinator", 200, 303), ("deputy", 200, 303), ("admin", 200, 303), ("organiser", 200, 303),
     ("officer", 200, 403), ("analyst", 200, 403)],
)  # fmt: skip
def test_who_reads_and_who_ties(world, people, role, reads, ties, raw_login):
    actor = world.user("neu", role)
    page = world.browser(actor).get(f"/in-parliament/{item(world, 'division')}")
    assert page.status_code == world.browser(actor).get("/in-parliament").status_code == reads
    assert "3 : 1" in page.text
    if ties == 403:
        assert "Tie it to the ask" not in page.text
        ask, division = ask_id(world), item(world, "division")
        # The database says no as well, whatever SQL it is sent.
        with world.context("neu", actor) as session:
            session.add(
                AskItem(
                    campaign_id=world.campaign, author_label="x", item_id=division, ask_id=ask, stance="for"
                )
            )
            with pytest.raises(ProgrammingError, match="row-level security"):
                session.flush()
    else:
        assert tie(world, actor, "division").status_code == ties


def test_the_list_filters_and_pages_without_a_query_for_each_row(world, people, organiser):
    tie(world, organiser, "edm")
    browser = world.browser(organiser)
    assert "Second Reading" not in browser.get("/in-parliament?tied=yes").text
    assert "Second Reading" in browser.get("/in-parliament?tied=no&q=second").text
    assert "Nothing found" in browser.get("/in-parliament?kind=division&tied=yes").text


def test_the_runtime_login_reads_nothing_without_a_context(world, people, organiser, raw_login):
    tie(world, organiser, "edm")
    with raw_login() as connection:
        connection.execute("SET ROLE organising_runtime")
        for table in ("ask_item", "act_decision", "digest_setting"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
        with pytest.raises(psycopg.errors.Error):
            connection.execute("INSERT INTO parliamentary_item (id, kind, source, source_id, title, happened_on) "
                               "VALUES (gen_random_uuid(), 'edm', 'x', 'x', 'x', now())")  # fmt: skip
