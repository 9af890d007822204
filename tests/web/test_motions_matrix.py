"""The permission matrix for motions, cell by cell, and the wall: coordinator names, admin agrees, organiser drafts and comments,
an officer the own unit's, officer and analyst read what is final, the public what is named; nobody confirms what they told.
"""

from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from organising.motions.models import CarriedText, Motion, MotionArea, MotionDetail, MotionMover
from organising.motions.services import steps, writing
from organising.motions.services.writing import Draft
from organising.motions.states import DEEDS, TRANSITIONS, Standing, Who, may
from organising.platform.actor import Actor
from organising.platform.errors import Forbidden, NotFound
from organising.platform.permissions import Role
from organising.platform.tenancy import Context, use_context
from tests.support.motions import CANARY, TEXT, Branch, version_of

ROLES = [role.value for role in Role]
EDITS = {"coordinator", "deputy", "admin", "organiser", "officer"}
CONFIRMS = {"coordinator", "deputy", "admin"}
NAMES = {"coordinator"}

# Method, path below a motion, who gets past the gate; where there is nothing to press a refusal answers 409 or 422, never 403.
CELLS = [
    ("GET", "", EDITS),
    ("GET", "/edit", EDITS),
    ("POST", "/edit", EDITS),
    ("GET", "/outcome", EDITS),
    ("POST", "/outcome", EDITS),
    ("GET", "/amended-text", EDITS),
    ("POST", "/amended-text", EDITS),
    ("GET", "/next-meeting", EDITS),
    ("POST", "/next-meeting", EDITS),
    ("GET", "/forwarding", EDITS),
    ("POST", "/forwarding", EDITS),
    ("POST", f"/forwarding/{uuid4()}/removal", EDITS),
    ("POST", "/submission", EDITS),
    ("POST", "/submission/removal", EDITS),
    ("POST", "/agenda", EDITS),
    ("POST", "/agenda/removal", EDITS),
    ("POST", "/withdrawal", EDITS),
    ("POST", "/withdrawal/removal", EDITS),
    ("POST", "/outcome/removal", EDITS),
    ("POST", "/comments", EDITS),
    ("POST", "/action", EDITS),
    ("POST", "/action/removal", EDITS),
    ("POST", "/agreement", CONFIRMS),
    ("POST", "/agreement/removal", CONFIRMS),
    ("POST", "/publication", NAMES),
    ("POST", "/publication/removal", NAMES),
]


@pytest.fixture
def branch(world):
    return Branch.at(world)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_exactly_where_it_may(world, role):
    """A colleague's submitted motion of the unit that the officer of this test belongs to; the lead's, who alone names."""
    branch = Branch.at(world, "liberty")
    place = f"/motions/{branch.submitted()}"
    browser, wrong = world.browser(world.user("liberty", role)), []
    for method, path, may_do in [
        *CELLS,
        ("GET", "/new", EDITS),
        ("POST", "/new", EDITS),
        ("POST", "/past", EDITS),
    ]:
        whole = f"/motions{path}" if path in ("/new", "/past") else place + path
        status = browser.open(whole, method=method).status_code
        good = status in (200, 303, 404, 409, 422) if role in may_do else status == 403
        # What is not final is not there for an analyst, which says less than that they may not.
        if role == "analyst" and path == "":
            good = status == 404
        if not good:
            wrong.append((method, path, status))
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("verb", sorted({*TRANSITIONS, *DEEDS}))
def test_who_may_do_what(role, verb):
    actor = Actor(uuid4(), "A", uuid4(), "O", Role(role), uuid4() if role == "officer" else None, uuid4())
    who = TRANSITIONS[verb].who if verb in TRANSITIONS else DEEDS[verb]
    expected = role in {Who.EDITOR: EDITS, Who.CONFIRMER: CONFIRMS, Who.PUBLISHER: NAMES}[who]
    assert may(actor, verb, Standing(True, True, is_lead=True)) == expected
    stranger = Standing(False, False, is_lead=True)
    assert may(actor, verb, stranger) == (expected and who == Who.PUBLISHER), "a partner's motion is theirs"
    assert may(actor, verb, Standing(True, False)) == (expected and who == Who.CONFIRMER)
    theirs = Standing(True, True, told_outcome=True, is_lead=True, agreed=True)
    assert may(actor, verb, theirs) == (expected and verb not in ("agree", "publish")), (
        "nobody approves their own work"
    )


@pytest.mark.parametrize("role", ROLES)
def test_who_reads_what_in_which_state(world, branch, client, role):
    """Of the NEU's motions: the headline, the text, the movers; by the own unit, another, a partner, and the public."""
    draft = branch.draft(body="Draft body", proposer="Ada Invented")
    sent = branch.submitted(body="Sent body", proposer="Ada Invented")
    lost = branch.decided("lost", body="Lost body", proposer="Ada Invented")
    carried = branch.decided(body="Carried body", proposer="Ada Invented")
    other_unit = world.user("neu", role, unit="Leeds") if role == "officer" else world.user("neu", role)
    partner = world.browser(world.user("praxis", role))
    writes = role in EDITS - {"officer"}
    for browser, own in ((world.browser(other_unit), writes), (partner, False)):
        seen = {one: browser.get(f"/motions/{one}") for one in (draft, sent, lost, carried)}
        assert seen[draft].status_code == (200 if own else 404)
        assert seen[sent].status_code == (200 if writes else 404), "an officer or analyst reads what is final"
        assert [seen[one].status_code for one in (lost, carried)] == [200, 200]
        assert (CANARY in seen[lost].text) == own, "what was lost stays at home"
        assert CANARY in seen[carried].text
        assert any("Ada Invented" in page.text for page in seen.values()) == own
        listed = browser.get("/motions").text
        assert ("Draft body" in listed, "Sent body" in listed, "Lost body" in listed) == (own, writes, True)
    assert client.get(f"/motions/{carried}").status_code == 303


def test_the_public_reads_nothing_but_what_is_named(world, app, branch):
    """By the public's own role in the database: headline, areas and text, only while both have said yes."""
    carried, motion_id = branch.decided(), branch.named(body="Named body")

    def read():
        with app.app_context(), use_context(Context(subject=uuid4())) as session:
            return {
                column.class_.__tablename__: session.scalars(select(column)).all()
                for column in (Motion.id, CarriedText.motion_id, MotionArea.motion_id)
            }

    seen = read()
    assert seen["motion"] == [motion_id]
    assert seen["motion_carried_text"] == [motion_id]
    public = Context(subject=uuid4())
    with app.app_context(), use_context(public) as session, pytest.raises(ProgrammingError):
        session.execute(text("SELECT 1 FROM motion_detail"))
    branch.do(branch.admin, steps.take_agreement_back, motion_id, branch.version(motion_id))
    assert read()["motion"] == []
    assert carried is not None


def test_a_body_is_named_by_two_who_did_not_tell_it(world, branch):
    """The administrator who agrees is not who told the outcome, and the coordinator who names it not who agreed."""
    motion_id = branch.decided()
    place, coordinator = f"/motions/{motion_id}", world.browser(branch.coordinator)
    version = {"version": str(branch.version(motion_id))}
    assert coordinator.post(f"{place}/publication", data=version).status_code == 409, "nobody agreed yet"
    admin = world.browser(branch.admin)
    assert "We agree to be named" in admin.get(place).text
    admin.post(f"{place}/agreement", data=version)
    assert "Name it in public" not in admin.get(place).text
    assert (
        world.browser(world.user("praxis", "coordinator"))
        .post(f"{place}/publication", data=version)
        .status_code
        == 403
    )
    page = coordinator.get(place).text
    coordinator.post(f"{place}/publication", data={"version": version_of(page)})
    assert branch.read(motion_id).published_at is not None
    assert "Anyone can read" in coordinator.get(place).text
    # Told wrongly after all: nobody is named any more.
    officer = world.browser(branch.officer)
    officer.post(f"{place}/outcome/removal", data={"version": version_of(officer.get(place).text)})
    assert branch.read(motion_id).published_at is None
    own = Branch(world, branch.admin, branch.admin, branch.coordinator)
    told = own.decided(body="Told by the administrator", unit_id=branch.officer.unit_id)
    refused = admin.post(f"/motions/{told}/agreement", data={"version": str(branch.version(told))})
    assert refused.status_code == 403
    assert "someone else has to confirm it" in refused.text
    ours = Branch.at(world, "liberty")
    lone = Branch(world, ours.officer, ours.coordinator, ours.coordinator)
    with pytest.raises(Forbidden, match="You agreed"):
        lone.named(body="Agreed and named by one")


def test_the_database_alone_names_a_body(world, app, branch):
    motion_id = branch.decided()
    branch.do(branch.admin, steps.agree_to_name, motion_id, branch.version(motion_id))
    with pytest.raises(ProgrammingError) as refusal, world.context("neu", branch.admin) as session:
        session.execute(text("UPDATE motion SET published_at = now() WHERE id = :m"), {"m": motion_id})
    assert isinstance(refusal.value.orig, psycopg.errors.InsufficientPrivilege)
    for slug, actor in (("neu", branch.admin), ("liberty", world.user("liberty", "admin"))):
        with pytest.raises(ProgrammingError), world.context(slug, actor) as session:
            session.execute(text("SELECT app.name_motion(:m, 1, true, 'x')"), {"m": motion_id})


def test_partners_reach_no_private_row_by_any_way(world, branch):
    motion_id = branch.decided(proposer="Ada Invented")
    draft = branch.draft(body="Draft body")
    praxis = world.user("praxis", "organiser")
    with world.context("praxis", praxis) as session:
        assert session.scalars(select(Motion.id)).all() == [motion_id]
        for model in (MotionDetail, MotionMover):
            assert session.scalars(select(model)).all() == []
            assert session.execute(text(f"SELECT count(*) FROM {model.__tablename__}")).scalar() == 0
        changed = session.execute(text("UPDATE motion SET body = 'x' WHERE id = :m"), {"m": motion_id})
        assert changed.rowcount == 0
        for one in (motion_id, draft, uuid4()):
            with pytest.raises(NotFound):
                steps.take_step(praxis, one, "withdraw", 1)
        other = Draft("branch", TEXT, "Ours", unit_id=world.units["neu/Camden"])
        with pytest.raises(Exception, match="not one of you"):
            writing.write_motion(praxis, other, uuid4())


def test_an_officer_of_another_unit_changes_nothing(world, branch):
    place = f"/motions/{branch.decided()}"
    browser = world.browser(world.user("neu", "officer", unit="Leeds"))
    for method, path, may_do in CELLS:
        if may_do is EDITS and path:
            status = browser.open(place + path, method=method, data={"version": "2"}).status_code
            assert status in (403, 404, 422), (method, path, status)
