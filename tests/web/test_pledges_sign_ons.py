"""Organisations that sign: asked by one person, approved by another, published exactly, and off the list at once."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import text

from organising.pledges.models import PledgeSignOn
from organising.pledges.sign_on_jobs import sweep_sign_ons
from tests.support.pledges import PAGE, open_a_drive
from tests.support.sign_ons import LIST, Signing, published, rows_of

ROLES = ("coordinator", "deputy", "admin", "organiser", "officer", "analyst")


@pytest.fixture
def signing(world):
    return Signing(world, open_a_drive(world))


@pytest.fixture
def page(signing):
    """The page on which an organisation signs."""
    return f"/pledges/drives/{signing.drive_id}/sign-on"


def words(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def form_of(browser, page, **given):
    """What the page's own form would send."""
    shown = browser.get(page).text
    hidden = dict(re.findall(r'name="(version|text_hash)"[^>]*value="([^"]+)"', shown))
    return hidden | {"name": "National Education Union"} | given


def approval_of(browser, page):
    """Where the form to approve goes, with what it carries."""
    shown = browser.get(page).text
    action = re.search(r'action="(/pledges/sign-ons/[^"]+/approval)"', shown)
    digest = re.search(r'name="text_hash" value="([0-9a-f]{64})"', shown)
    return action and action[1], {"text_hash": digest[1]} if digest else {}


def test_from_the_invitation_to_the_public_list(
    world, app, client, signing, page, smtp_sink, run_jobs, owner
):
    coordinator = world.browser(world.user("liberty", "coordinator"))
    asker, approver = signing.pair("neu")
    other = world.user("neu", "deputy")
    assert published(client) == (0, [])
    assert "No organisation has signed yet." in client.get(LIST).text
    invite = f"/pledges/drives/{signing.drive_id}/sign-on-invitations"
    neu = str(world.organisations["neu"])
    assert coordinator.post(invite, data={}).status_code == 422
    assert coordinator.post(invite, data={"organisations": [str(uuid4())]}).status_code == 422
    assert coordinator.post(invite, data={"organisations": [neu]}).status_code == 303
    # Twice is once, also as a request that the page does not offer any more.
    assert coordinator.post(invite, data={"organisations": [neu]}).status_code == 422
    run_jobs()
    told = sorted(str(mail["To"]) for mail in smtp_sink.messages)
    assert told == sorted([world.email(approver), world.email(other)])
    assert "asks whether NEU signs" in smtp_sink.messages[0].get_content()
    assert "Asked to sign" in words(coordinator.get("/pledges/organisations"))
    assert "You are asked to sign" in words(world.browser(approver).get("/"))

    smtp_sink.messages.clear()
    mine = world.browser(asker)
    given = form_of(
        mine,
        page,
        note="Our executive agreed on Monday.",
        signatory="Ada Examplewright",
        signatory_role="President",
    )
    assert mine.post(page, data=given | {"name": " "}).status_code == 422
    assert "Ada Examplewright" in mine.post(page, data=given | {"name": " "}).text
    assert mine.post(page, data=given | {"signatory": ""}).status_code == 422
    assert mine.post(page, data=given).status_code == 303
    assert mine.post(page, data=given).status_code == 409
    assert published(client) == (0, [])
    run_jobs()
    told = sorted(str(mail["To"]) for mail in smtp_sink.messages)
    assert told == sorted([world.email(approver), world.email(other)])
    assert "executive" not in smtp_sink.messages[0].get_content()
    with app.app_context():
        sweep_sign_ons()
    run_jobs()
    assert len(smtp_sink.messages) == 2
    assert "A colleague asks that you sign" in words(world.browser(approver).get("/"))

    theirs = world.browser(approver)
    assert "Our executive agreed on Monday." in theirs.get(page).text
    action, carried = approval_of(theirs, page)
    assert theirs.post(action, data=carried | {"answer": "Minuted."}).status_code == 303
    assert theirs.post(action, data=carried).status_code == 303
    assert published(client) == (1, ["National Education Union"])
    assert "Signed for it: Ada Examplewright, President" in words(client.get(LIST))
    assert "National Education Union" in client.get(PAGE).text
    assert "On the public list" in words(coordinator.get("/pledges/organisations"))
    assert "1 organisation, exactly as the public reads it" in words(mine.get("/pledges/organisations"))
    actions = [
        row[0]
        for row in owner.rows("SELECT action FROM audit_event WHERE action ^@ 'sign_on.' ORDER BY created_at")
    ]
    assert actions == ["sign_on.invited", "sign_on.asked", "sign_on.signed"]

    [row] = rows_of(world, "neu", signing.drive_id)
    assert world.browser(asker).post(f"/pledges/sign-ons/{row.id}/withdrawal").status_code == 403
    assert theirs.post(f"/pledges/sign-ons/{row.id}/withdrawal").status_code == 303
    assert published(client) == (0, [])
    assert "National Education Union" not in client.get(PAGE).text
    assert "Took its name back" in words(coordinator.get("/pledges/organisations"))
    assert theirs.post(f"/pledges/sign-ons/{row.id}/withdrawal").status_code == 303
    assert theirs.post(action, data=carried).status_code == 409


@pytest.mark.parametrize("role", ROLES)
def test_each_role_asks_and_decides_as_the_matrix_says_and_nobody_their_own(
    world, client, signing, page, role
):
    browser = world.browser(world.user("neu", role))
    may_ask, may_decide = role not in ("officer", "analyst"), role in ("coordinator", "deputy", "admin")
    assert browser.get(page).status_code == 200
    assert ("Ask for approval" in browser.get(page).text) is may_ask
    asked = browser.post(page, data=form_of(browser, page) if may_ask else {"name": "NEU", "version": 1})
    assert asked.status_code == (303 if may_ask else 403)
    if not may_ask:
        signing.ask("neu")
    [row] = rows_of(world, "neu", signing.drive_id)
    action = f"/pledges/sign-ons/{row.id}"
    if may_ask:
        assert approval_of(browser, page)[0] is None
        own = browser.post(f"{action}/approval", data={"text_hash": row.wording_hash})
        assert own.status_code == 403
        assert ("You asked for this, so someone else has to decide." in own.text) is may_decide
        assert browser.post(f"{action}/refusal").status_code == 403
        assert published(client) == (0, [])
        assert browser.post(f"{action}/taking-back").status_code == 303
        assert signing.state("neu") == "none"
        action = f"/pledges/sign-ons/{signing.ask('neu')}"
    decided = browser.post(f"{action}/approval", data={"text_hash": row.wording_hash})
    assert decided.status_code == (303 if may_decide else 403)
    assert published(client)[0] == (1 if may_decide else 0)
    assert browser.post(f"{action}/withdrawal").status_code == (303 if may_decide else 403)
    host = browser.post(f"/pledges/drives/{signing.drive_id}/sign-on-invitations", data={})
    assert host.status_code == 403 if role != "coordinator" else host.status_code in (403, 422)


def test_a_new_wording_is_signed_anew_and_the_earlier_one_stays_with_its_own_words(
    world, client, signing, page
):
    signing.sign("neu", "NEU")
    signing.ask("liberty", "Liberty")
    stale = form_of(world.browser(signing.pair("praxis")[0]), page, name="Praxis")
    signing.reword("A later text, in other words.")
    # Who had it open is told, and loses nothing.
    praxis = world.browser(signing.pair("praxis")[0])
    refused = praxis.post(page, data=stale | {"note": "Typed with care."})
    assert refused.status_code == 409
    assert "Typed with care." in refused.text
    assert "A later text" in refused.text
    # A request for the text before can't be approved; asked anew it can.
    [waiting] = [
        row for row in rows_of(world, "liberty", signing.drive_id) if row.state == "internal_approval"
    ]
    liberty = world.browser(signing.pair("liberty")[1])
    assert "has a new version since this was asked for" in liberty.get(page).text
    old = liberty.post(f"/pledges/sign-ons/{waiting.id}/approval", data={"text_hash": waiting.wording_hash})
    assert old.status_code == 409
    signing.approve("liberty", signing.ask("liberty", "Liberty"))
    assert published(client) == (2, ["Liberty", "NEU"])
    shown = client.get(LIST).text
    assert "an earlier wording" in shown
    assert "People must be able to send their children to school" in shown
    assert "has a new version since you signed" in words(world.browser(signing.pair("neu")[1]).get(page))
    again = signing.ask("neu", "NEU")
    assert published(client) == (2, ["Liberty", "NEU"])
    signing.approve("neu", again)
    shown = client.get(LIST).text
    assert "an earlier wording" not in shown
    assert published(client) == (2, ["Liberty", "NEU"])
    assert sorted(row.state for row in rows_of(world, "neu", signing.drive_id)) == ["replaced", "signed"]
    # Another name for the same text is a request of its own.
    signing.sign("neu", "National Education Union")
    assert published(client) == (2, ["Liberty", "National Education Union"])


def test_only_members_and_the_lead_are_ever_read_whatever_was_signed(world, client, signing, page):
    before = words(world.browser(signing.pair("praxis")[0]).get(page))
    assert "contributors are not on the list" in before
    assert "contributors are not on the list" not in words(world.browser(signing.pair("neu")[0]).get(page))
    signing.sign("praxis", "Praxis")
    assert published(client) == (0, [])
    assert "Only members of the coalition and its lead" in words(
        world.browser(signing.pair("praxis")[0]).get(page)
    )
    for status in ("prospect", "invited", "member", "contributor", "lead", "member"):
        signing.set_status("praxis", status)
        is_public = status in ("member", "lead")
        assert published(client) == ((1, ["Praxis"]) if is_public else (0, [])), status
        assert ("Praxis" in client.get(PAGE).text) is is_public, status
        assert signing.state("praxis") == ("published" if is_public else "signed"), status
    # Leaving takes the name back, and coming back does not put it there again.
    signing.set_status("praxis", "left")
    assert published(client) == (0, [])
    signing.set_status("praxis", "member")
    assert published(client) == (0, [])
    assert signing.state("praxis") == "withdrawn"
    signing.ask("praxis", "Praxis")
    signing.set_status("praxis", "left")
    signing.set_status("praxis", "member")
    assert signing.state("praxis") == "withdrawn"
    signing.sign("praxis", "Praxis")
    assert published(client) == (1, ["Praxis"])


def test_a_draft_has_no_list_and_an_archived_drive_takes_nothing(world, client, signing, page, owner):
    signing.sign("neu", "NEU")
    owner.rows("UPDATE pledge_drive SET status = 'draft'")
    assert client.get(LIST).status_code == 404
    assert signing.state("neu") == "signed"
    with world.context("liberty") as session:
        assert (
            session.execute(text("SELECT * FROM app.published_sign_ons(:d)"), {"d": signing.drive_id}).all()
            == []
        )
    owner.rows("UPDATE pledge_drive SET status = 'archived'")
    browser = world.browser(signing.pair("liberty")[0])
    assert "Ask for approval" not in browser.get(page).text
    wording = rows_of(world, "neu", signing.drive_id)[0]
    given = {"name": "Liberty", "version": "1", "text_hash": wording.wording_hash}
    assert browser.post(page, data=given).status_code == 409
    assert signing.press("neu", "withdraw", wording.id)


def test_an_invitation_is_declined_taken_back_and_sent_again(world, client, signing, page):
    coordinator = world.browser(world.user("liberty", "coordinator"))
    neu, list_page = str(world.organisations["neu"]), "/pledges/organisations"
    invite = f"/pledges/drives/{signing.drive_id}/sign-on-invitations"
    admin = world.browser(signing.pair("neu")[1])
    assert admin.post(f"{page}/refusal").status_code == 409
    coordinator.post(invite, data={"organisations": [neu]})
    assert signing.state("neu") == "invited"
    assert coordinator.post(f"{invite}/{neu}/removal").status_code == 303
    assert signing.state("neu") == "none"
    coordinator.post(invite, data={"organisations": [neu]})
    assert admin.post(f"{page}/refusal", data={"answer": "Not this year, canary."}).status_code == 303
    assert signing.state("neu") == "declined"
    shown = coordinator.get(list_page)
    assert "Does not sign" in words(shown)
    assert "canary" not in shown.text
    assert "Not this year, canary." in admin.get(page).text
    assert coordinator.post(invite, data={"organisations": [neu]}).status_code == 303
    assert signing.state("neu") == "invited"
    # A partner invites nobody to another's pledge.
    assert world.browser(world.user("neu", "coordinator")).post(
        invite, data={"organisations": [neu]}
    ).status_code in (403, 422)
    assert client.get(LIST).text.count("NEU") == 0


def test_a_colleague_declines_and_what_stands_goes_on_standing(world, client, signing, page):
    signing.sign("neu", "NEU")
    asked = signing.ask("neu", "National Education Union")
    assert signing.state("neu") == "internal_approval"
    admin = world.browser(signing.pair("neu")[1])
    assert "On the public list" in words(
        world.browser(world.user("liberty", "coordinator")).get("/pledges/organisations")
    )
    assert (
        admin.post(f"/pledges/sign-ons/{asked}/refusal", data={"answer": "Keep the short name."}).status_code
        == 303
    )
    assert published(client) == (1, ["NEU"])
    assert signing.state("neu") == "published"
    states = sorted(row.state for row in rows_of(world, "neu", signing.drive_id))
    assert states == ["declined", "signed"]
    with world.context("neu") as session:
        assert session.get_one(PledgeSignOn, asked).decided_label
