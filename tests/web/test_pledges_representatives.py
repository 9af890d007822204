"""Representatives who signed: recorded with what shows it, a promise delivered on their page, and exact in public."""

import re
from datetime import date, timedelta
from html import unescape
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select, update

from organising.lobbying.models import Commitment
from organising.lobbying.services.commitment_steps import EvidenceDraft, deliver_commitment, move_commitment
from organising.lobbying.services.commitments import CommitmentDraft, add_commitment
from organising.platform.clock import today
from organising.platform.tenancy import Context, use_context
from organising.pledges.models import PledgeRepresentative
from organising.representatives.models import Area, OfficeHolding, Person
from tests.support.pledges import PAGE, open_a_drive

LIST = f"{PAGE}/representatives"
STAFF = "/pledges/representatives"
YESTERDAY = today() - timedelta(days=1)


@pytest.fixture
def drive_id(world):
    return open_a_drive(world)


@pytest.fixture
def new(drive_id):
    """Where a signature of somebody's is recorded."""
    return lambda person: f"/pledges/drives/{drive_id}/representatives/new?person={person}"


def evidence(**given):
    return {"kind": "seen", "words": "Signed at our stall", "seen_on": YESTERDAY.isoformat()} | given


def published(client):
    page = client.get(LIST)
    assert page.status_code == 200
    told = re.search(r'<p class="lead">(\d+) elected', page.text)
    lines = re.findall(r'<strong lang="en-GB">([^<]*)</strong>\s*<span>([^<]*)</span>', page.text)
    return int(told[1]) if told else 0, [(unescape(name), unescape(office)) for name, office in lines]


def promises(world, person):
    with world.context("neu") as session:
        rows = session.execute(
            select(Commitment).where(Commitment.person_id == person).order_by(Commitment.created_at)
        )
        return [(row.state, row.id) for (row,) in rows]


def recorded(world):
    with world.context("neu") as session:
        return session.scalars(
            select(PledgeRepresentative.id).where(PledgeRepresentative.ended_at.is_(None))
        ).all()


def ask(world, actor, person, slug="neu", deliver=False):
    """A promise to sign, of one's own organisation."""
    with world.context(slug, actor) as session:
        draft = CommitmentDraft(
            "sign_pledge", words="Signs when we meet", said_on=YESTERDAY - timedelta(days=9)
        )
        promise = add_commitment(actor, draft, person_id=person)
        if deliver:
            shown = EvidenceDraft("seen", words="We saw it", seen_on=YESTERDAY)
            deliver_commitment(actor, promise.id, shown)
        promise_id = promise.id
        session.commit()
    return promise_id


def test_recorded_on_their_page_in_public_and_taken_back_as_one(
    world, client, browser, members, new, drive_id, owner
):
    ada = members["Ada"]
    assert published(client) == (0, [])
    assert "No representative is recorded yet" in browser.get(STAFF).text
    whose = browser.get(f"/pledges/drives/{drive_id}/representatives/new?q=wexc").text
    assert f"person={ada}" in whose
    for wrong in (
        {"words": ""},
        {"seen_on": ""},
        {"seen_on": (today() + timedelta(days=1)).isoformat()},
        {"kind": "x"},
    ):
        answer = browser.post(new(ada), data=evidence(**wrong))
        assert answer.status_code == 422, wrong
    assert "Signed at our stall" in browser.post(new(ada), data=evidence(seen_on="")).text
    careful = browser.post(new(ada), data=evidence(words="Ring 07700 900123"))
    assert careful.status_code == 422
    assert "looks like a person" in careful.text
    assert promises(world, ada) == []
    assert browser.post(new(ada), data=evidence()).status_code == 303
    assert published(client) == (1, [("Ada Wexcombe", "MP, Fablewick")])
    assert "Ada Wexcombe, MP, Fablewick" in client.get(PAGE).text
    [(state, promise)] = promises(world, ada)
    assert state == "delivered"
    target = browser.get(f"/representatives/{ada}").text
    assert f"/promises/{promise}" in target
    assert "Delivered" in target
    assert "Signed at our stall" in browser.get(f"/promises/{promise}").text
    # Once per person and drive, whoever comes second.
    assert browser.post(new(ada), data=evidence()).status_code == 409
    other = world.browser(world.user("praxis", "organiser"))
    again = other.post(new(ada), data=evidence())
    assert again.status_code == 409
    assert "Ada Wexcombe is recorded already, by NEU." in unescape(again.text)
    assert len(promises(world, ada)) == 1
    [row] = recorded(world)
    removal = f"/pledges/representatives/{row}/removal"
    foreign, absent = other.post(removal), other.post(f"/pledges/representatives/{uuid4()}/removal")
    assert (foreign.status_code, foreign.data) == (absent.status_code, absent.data) == (404, absent.data)
    assert world.browser(world.user("neu", "analyst")).post(removal).status_code == 403
    assert browser.post(removal).status_code == 303
    assert browser.post(removal).status_code == 303
    assert published(client) == (0, [])
    assert [state for state, _ in promises(world, ada)] == ["withdrawn"]
    audit = owner.rows(
        "SELECT action FROM audit_event WHERE subject_type = 'pledge_representative' ORDER BY created_at"
    )
    assert [action for (action,) in audit] == [
        "pledge_representative.recorded",
        "pledge_representative.taken_back",
    ]
    # And anew, by the other partner.
    assert other.post(new(ada), data=evidence()).status_code == 303
    assert published(client)[0] == 1


def test_an_open_promise_is_moved_and_put_back_and_a_partners_stays_theirs(
    world, client, organiser, browser, members, new
):
    bruno = members["Bruno"]
    own = ask(world, organiser, bruno)
    theirs = ask(world, world.user("praxis", "organiser"), bruno, "praxis")
    assert "becomes delivered" in browser.get(new(bruno)).text
    browser.post(new(bruno), data=evidence(url="https://example.org/post", words=""))
    assert {key: state for state, key in promises(world, bruno)} == {own: "delivered", theirs: "promised"}
    assert published(client) == (1, [("Bruno Tallis", "MP, Marlow Sands")])
    # A promise that is put back by itself takes the name off at once, and delivered again puts it there again.
    with world.context("neu", organiser) as session:
        move_commitment(organiser, own, "promised")
        session.commit()
    assert published(client) == (0, [])
    assert "not shown" in browser.get(STAFF).text
    with world.context("neu", organiser) as session:
        deliver_commitment(organiser, own, EvidenceDraft("seen", words="Again", seen_on=YESTERDAY))
        session.commit()
    assert published(client)[0] == 1
    [row] = recorded(world)
    browser.post(f"/pledges/representatives/{row}/removal")
    assert {key: state for state, key in promises(world, bruno)} == {own: "promised", theirs: "promised"}
    assert published(client) == (0, [])


def test_a_delivered_promise_is_offered_and_stays_delivered_when_taken_off(
    world, client, organiser, browser, members, drive_id
):
    cleo = members["Cleo"]
    promise = ask(world, organiser, cleo, deliver=True)
    show = f"/pledges/drives/{drive_id}/representatives/from-promise/{promise}"
    assert "Show as signed" in browser.get(STAFF).text
    assert "Show as signed" not in world.browser(world.user("praxis", "organiser")).get(STAFF).text
    assert world.browser(world.user("praxis", "organiser")).post(show).status_code == 404
    assert published(client) == (0, [])
    assert browser.post(show).status_code == 303
    browser.post(show)
    assert published(client) == (1, [("Cleo Wexford", "MP, Otterhithe")])
    assert "Show as signed" not in browser.get(STAFF).text
    [row] = recorded(world)
    browser.post(f"/pledges/representatives/{row}/removal")
    assert published(client) == (0, [])
    assert [state for state, _ in promises(world, cleo)] == ["delivered"]
    assert "Show as signed" in browser.get(STAFF).text


def test_they_are_named_as_what_they_were_and_only_in_elected_office(world, client, browser, members, new):
    dora, ada = members["Dora"], members["Ada"]
    refused = browser.post(new(dora), data=evidence())
    assert refused.status_code == 422
    assert "held no elected office on this day" in refused.text
    assert promises(world, dora) == []
    assert browser.post(new(dora), data=evidence(seen_on=date(2019, 5, 1).isoformat())).status_code == 303
    browser.post(new(ada), data=evidence())
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        session.execute(
            update(OfficeHolding)
            .where(OfficeHolding.end_on.is_(None))
            .values(end_on=today(), end_reason="dissolution")
            .execution_options(synchronize_session=False)
        )
        session.execute(
            update(Person).values(name="Another Name").execution_options(synchronize_session=False)
        )
        session.execute(update(Area).values(name="Another seat").execution_options(synchronize_session=False))
        session.commit()
    assert published(client) == (2, [("Dora Quell", "MP, Old Fenwick"), ("Ada Wexcombe", "MP, Fablewick")])
    for language, words in (("cy", "Aelod Seneddol, Fablewick"), ("es", "MP, Fablewick")):
        assert words in unescape(client.get(f"{LIST}?lang={language}").text)


def test_what_is_taken_out_of_the_log_and_closed_drives(
    world, client, browser, members, new, owner, raw_login, drive_id
):
    browser.post(new(members["Ada"]), data=evidence())
    owner.rows("UPDATE pledge_drive SET status = 'closed', closed_at = now()")
    assert published(client)[0] == 1
    owner.rows("UPDATE pledge_drive SET status = 'draft'")
    assert client.get(LIST).status_code == 404
    assert browser.post(new(members["Bruno"]), data=evidence()).status_code == 409
    with world.context("neu") as session:
        from sqlalchemy import text

        assert (
            session.execute(text("SELECT * FROM app.published_representatives(:d)"), {"d": drive_id}).all()
            == []
        )
    # Another organisation's record can't be ended, nor one be written for it.
    [row] = recorded(world)
    connection = raw_login()
    connection.execute("SET ROLE organising_runtime")
    from tests.web.test_pledges_sign_ons_firewall import speak

    praxis = world.user("praxis", "admin")
    speak(connection, praxis)
    ended = "UPDATE pledge_representative SET ended_at = now(), ended_label = 'x' WHERE id = %s"
    assert connection.execute(ended, [row]).rowcount == 0
    speak(connection, praxis)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE pledge_representative SET name = 'x'")
    speak(connection, praxis)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(
            "INSERT INTO pledge_representative SELECT gen_random_uuid(), campaign_id, organisation_id, author_label, "
            "created_at, drive_id, person_id, commitment_id, name, office, place, signed_on, change_id, is_made_here, "
            "ended_at, ended_label FROM pledge_representative"
        )
    for table in ("pledge_representative", "commitment"):
        speak(connection, role="organising_public")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT * FROM {table}")
    assert isinstance(row, UUID)
