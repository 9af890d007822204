"""Actions and the wall: who may do what, cell by cell; what partners read by page, id and raw SQL."""

from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import select, text

from organising.actions import queries, services
from organising.actions.models import ActionAsk, ActionDetail, BranchAction
from organising.actions.services import Outcome
from organising.actions.states import TRANSITIONS, Standing, Who, may
from organising.organisations.models import Ask
from organising.platform.errors import NotFound
from organising.platform.keys import derive
from organising.platform.permissions import Role
from organising.platform.tenancy import Context
from tests.conftest import INSTALLATION_KEY
from tests.support.actions import a_past, a_plan, happened, planned

CANARY = "canary-4711"
ROLES = [role.value for role in Role]
EDITORS = {"coordinator", "deputy", "admin", "organiser", "officer"}
APPROVERS = {"coordinator", "deputy", "admin"}


# The row "actions" of the permission matrix. Own = own organisation; an officer: the own unit.
MATRIX = {
    "view headline": set(ROLES),
    "create": EDITORS,
    "edit": EDITORS,
    "report": EDITORS,
    "cancel": EDITORS,
    "approve": APPROVERS,
    "request_changes": APPROVERS,
    "check": APPROVERS,
    "see private": EDITORS,
}


@pytest.mark.parametrize("role", ROLES)
def test_the_row_of_the_matrix_cell_by_cell(world, role):
    """A colleague's action of the unit that the officer of this test belongs to."""
    author = world.user("neu", "officer")
    actor = world.user("neu", role)
    browser = world.browser(actor)
    larger = planned(world, author, kind="public_meeting", title="Meeting")
    small = planned(world, author, title="Small", venue=CANARY)
    over = planned(world, author, title="Over")
    happened(world, author, over)
    with world.context("neu", author) as session:
        told = services.report_past_action(author, a_past(), Outcome(paper_pledges=1), uuid4()).id
        session.commit()

    def allowed(answer) -> bool:
        assert answer.status_code in (200, 303, 403, 422), answer.status_code
        return answer.status_code != 403

    page = browser.get(f"/actions/{small}")
    version = {"version": "2"}
    seen = {
        "view headline": allowed(browser.get("/actions")) and allowed(page) and "Small" in page.text,
        "see private": CANARY in page.text,
        "create": allowed(browser.post("/actions/new", data={})),
        "edit": allowed(browser.get(f"/actions/{small}/edit")),
        "cancel": allowed(browser.post(f"/actions/{small}/cancellation", data=version)),
        "report": allowed(browser.post(f"/actions/{over}/report", data={"paper_pledges": "1"})),
        "request_changes": allowed(
            browser.post(f"/actions/{larger}/changes-request", data=version | {"comment": "More"})
        ),
        "check": allowed(browser.post(f"/actions/{told}/report/check", data={"version": "1"})),
    }
    with world.context("neu", author) as session:
        action = session.get_one(BranchAction, larger)
        if action.state == "changes_requested":
            services.submit_action(author, larger, action.version)
        version = {"version": str(session.get_one(BranchAction, larger).version)}
        session.commit()
    seen["approve"] = allowed(browser.post(f"/actions/{larger}/approval", data=version))
    assert seen == {cell: role in may_do for cell, may_do in MATRIX.items()}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("verb", [*sorted(TRANSITIONS), "edit", "correct"])
def test_who_may_use_which_verb(role, verb):
    from organising.platform.actor import Actor

    actor = Actor(uuid4(), "A", uuid4(), "O", Role(role), uuid4() if role == "officer" else None, uuid4())
    who = TRANSITIONS[verb].who if verb in TRANSITIONS else Who.EDITOR
    expected = {Who.EDITOR: EDITORS, Who.APPROVER: APPROVERS, Who.CLOCK: set()}[who]
    assert may(actor, verb, Standing(True, True, False)) == (role in expected)
    assert not may(actor, verb, Standing(False, True, False)), "nobody changes a partner's action"
    own_work = may(actor, verb, Standing(True, True, True))
    assert own_work == (role in expected and who is not Who.APPROVER)
    if who is Who.EDITOR:
        assert not may(actor, verb, Standing(True, False, False)), "an officer stays within the own unit"


def test_an_officer_of_another_unit_sees_the_headline_and_changes_nothing(world):
    author, other = world.user("neu", "officer"), world.user("neu", "officer", unit="Leeds")
    action_id = planned(world, author, venue=CANARY)
    draft = planned(world, author, submit=False, title=CANARY)
    browser = world.browser(other)
    page = browser.get(f"/actions/{action_id}")
    assert page.status_code == 200
    assert CANARY not in page.text
    assert "History" not in page.text
    for method, path in (
        ("get", "edit"),
        ("post", "edit"),
        ("post", "report"),
        ("get", "report/correction"),
        ("post", "cancellation"),
        ("post", "schedule"),
        ("post", "submission"),
        ("post", "cancellation/removal"),
    ):
        answer = getattr(browser, method)(
            f"/actions/{action_id}/{path}", **({"data": {"version": "2"}} if method == "post" else {})
        )
        assert answer.status_code == 403, path
    assert browser.get(f"/actions/{draft}").status_code == 404
    assert CANARY not in browser.get("/actions").text
    # In an officer's own hands another unit's id changes nothing: the plan is of the own unit.
    with world.context("neu", other) as session:
        made = services.plan_action(other, a_plan(unit_id=world.units["neu/Camden"]))
        detail = session.scalars(select(ActionDetail).where(ActionDetail.action_id == made.id)).one()
        assert detail.unit_id == other.unit_id
        assert made.unit_label == "Leeds"


def test_a_partners_unit_or_colleague_cannot_be_named(world):
    from organising.platform.errors import Invalid

    organiser, stranger = world.user("praxis", "organiser"), world.user("neu", "officer")
    for changes in ({"unit_id": world.units["neu/Camden"]}, {"lead_user_id": stranger.user_id}):
        with world.context("praxis", organiser), pytest.raises(Invalid):
            services.plan_action(organiser, a_plan(**changes))


ROUTES = [
    ("get", ""),
    ("get", "/edit"),
    ("post", "/edit"),
    ("get", "/report"),
    ("post", "/report"),
    ("get", "/report/correction"),
    ("post", "/report/correction"),
    ("post", "/submission"),
    ("post", "/approval"),
    ("post", "/changes-request"),
    ("post", "/schedule"),
    ("post", "/cancellation"),
    ("post", "/cancellation/removal"),
    ("post", "/report/check"),
    ("post", "/closure"),
]
FIELDS = {"version": "1", "comment": "x", "paper_pledges": "1"}


def test_a_partners_draft_answers_with_the_bytes_of_no_action_at_all(world):
    author, partner = world.user("neu", "organiser"), world.user("liberty", "coordinator")
    drafts = [planned(world, author, submit=False, title=CANARY) for _ in range(2)]
    with world.context("neu", author) as session:
        services.cancel_action(author, drafts[1], 1)
        session.commit()
    browser = world.browser(partner)
    for method, path in ROUTES:
        call = getattr(browser, method)
        data = {"data": FIELDS} if method == "post" else {}
        absent = call(f"/actions/{uuid4()}{path}", **data)
        assert absent.status_code == 404, path
        for draft in drafts:
            answer = call(f"/actions/{draft}{path}", **data)
            assert (answer.status_code, answer.data) == (404, absent.data), path
    for query in ("", "?state=draft", "?state=cancelled", "?when=past"):
        assert CANARY not in browser.get(f"/actions{query}").text


def test_a_partners_shared_action_can_be_read_and_not_touched(world):
    author, partner = world.user("neu", "organiser"), world.user("liberty", "coordinator")
    action_id = planned(world, author, venue=CANARY, notes=CANARY)
    browser = world.browser(partner)
    absent = browser.get(f"/actions/{uuid4()}")
    for method, path in ROUTES[1:]:
        answer = getattr(browser, method)(
            f"/actions/{action_id}{path}", **({"data": FIELDS} if method == "post" else {})
        )
        assert (answer.status_code, answer.data) == (404, absent.data), path
    page = browser.get(f"/actions/{action_id}").text
    assert CANARY not in page
    assert "Change the plan" not in page
    with world.context("liberty", partner):
        record = queries.get_record(partner, action_id)
        assert (record.detail, record.report, list(record.events), record.verbs) == (
            None,
            None,
            [],
            frozenset(),
        )


def test_the_public_sees_no_action(world, client):
    action_id = planned(world, world.user("neu", "organiser"))
    assert client.get(f"/actions/{action_id}").status_code == 303
    assert client.get("/actions").status_code == 303


def signed(
    connection: "psycopg.Connection[tuple[object, ...]]", context: Context, *, forge: bool = False
) -> None:
    """Announce a context over the runtime login, as the product does."""
    key = b"\0" * 32 if forge else derive(INSTALLATION_KEY, "context")
    connection.execute(
        "SELECT set_config('role', %s, true), set_config('app.context', %s, true)",
        ("organising_runtime", context.sign(key)),
    )


PRIVATE = ("action_detail", "action_report", "action_event")
EVERY = (*PRIVATE, "branch_action", "action_ask")


def test_raw_sql_over_the_login_gives_a_partner_the_headline_alone(world, raw_login):
    author = world.user("neu", "officer")
    with world.context("neu", author) as session:
        ask_ids = frozenset(session.scalars(select(Ask.id).limit(2)))
        services.plan_action(author, a_plan(title=CANARY, ask_ids=ask_ids))
        told = services.report_past_action(
            author, a_past(ask_ids=ask_ids), Outcome(41, incidents=CANARY), uuid4()
        )
        told_id = told.id
        session.commit()
    neu, liberty = world.organisations["neu"], world.organisations["liberty"]

    def rows(table: str, context: Context | None, *, forge: bool = False) -> int:
        with raw_login() as connection:
            if context is not None:
                signed(connection, context, forge=forge)
            return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]

    own, partner = Context(organisation_id=neu), Context(organisation_id=liberty)
    assert {table: rows(table, own) for table in EVERY} == {
        "action_detail": 2,
        "action_report": 1,
        "action_event": 2,
        "branch_action": 2,
        "action_ask": 4,
    }
    assert {table: rows(table, partner) for table in EVERY} == {
        "action_detail": 0,
        "action_report": 0,
        "action_event": 0,
        "branch_action": 1,
        "action_ask": 2,
    }
    for table in EVERY:
        assert rows(table, own, forge=True) == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            rows(table, None)

    changes = [
        ("UPDATE branch_action SET paper_pledges = 0, title = 'x'", 0),
        ("DELETE FROM branch_action", 0),
        ("DELETE FROM action_ask", 0),
    ]
    for statement, touched in changes:
        with raw_login() as connection:
            signed(connection, partner)
            assert connection.execute(statement).rowcount == touched

    def run(context: Context, statement: str, *values: object) -> None:
        with raw_login() as connection:
            signed(connection, context)
            connection.execute(statement, values)

    hang_on = "INSERT INTO action_detail (organisation_id, id, action_id) VALUES (%s, %s, %s)"
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        run(partner, hang_on, liberty, uuid4(), told_id)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(own, "UPDATE action_event SET what = 'nothing'")


def test_what_stays_at_home_is_sealed_on_disk(world):
    author = world.user("neu", "officer")
    planned(world, author, venue=CANARY, notes=CANARY)
    with world.context("neu", author) as session:
        services.report_past_action(
            author, a_past(venue=CANARY), Outcome(1, incidents=CANARY, follow_ups=CANARY), uuid4()
        )
        session.commit()
        for table in EVERY:
            assert CANARY not in str(session.execute(text(f"SELECT {table}::text FROM {table}")).all())


def test_the_list_in_code_hides_what_the_database_hides(world):
    author, analyst = world.user("neu", "organiser"), world.user("neu", "analyst")
    draft = planned(world, author, submit=False)
    with world.context("neu", analyst), pytest.raises(NotFound):
        queries.get_record(analyst, draft)
    with world.context("neu", author):
        assert queries.get_record(author, draft).sees_private
    with world.context("praxis") as session:
        assert session.scalars(select(BranchAction)).all() == []
        assert session.scalars(select(ActionAsk)).all() == []


# The rest of the row: what is prepared, who else approves, templates, and two partners' joint actions.
PREPARING = {
    "prepare": EDITORS,
    "read preparation": EDITORS,
    "comment": EDITORS,
    "propose to join": EDITORS,
    "accept to join": APPROVERS,
    "see the queue": APPROVERS,
    "approve several": APPROVERS,
    "give approval": {"coordinator", "admin"},
    "write a template": EDITORS - {"officer"},
    "template for all": {"coordinator"},
    "read templates": set(ROLES),
}


@pytest.mark.parametrize("role", [*ROLES, "public"])
def test_the_row_of_the_matrix_for_preparing_and_joining(world, role):
    """At the lead, so that the coordinator's cells can be told from an administrator's."""
    author, actor = world.user("liberty", "officer"), None
    browser = world.app.test_client() if role == "public" else None
    if browser is None:
        actor = world.user("liberty", role)
        browser = world.browser(actor)
    partner = world.user("praxis", "admin")
    larger = planned(world, author, "liberty", kind="public_meeting", title="Meeting", is_public=True)
    small = planned(world, author, "liberty", title="Small")
    theirs, second = (planned(world, partner, "praxis", title=title) for title in ("Theirs", "Second"))
    with world.context("praxis", partner) as session:
        asked = services.propose_joining(partner, theirs, small, "")
        session.commit()

    def allowed(answer) -> bool:
        assert answer.status_code in (200, 302, 303, 403, 404, 409, 422), answer.status_code
        return answer.status_code in (200, 303, 409, 422) and "/sign-in" not in (answer.location or "")

    template = {"kind": "stall", "name": "Ours"}
    seen = {
        "prepare": allowed(browser.post(f"/actions/{small}/checklist", data={"lines": "Pens"}))
        and allowed(browser.post(f"/actions/{small}/roles", data={"part": "steward", "name": "Invented"}))
        and allowed(browser.get(f"/actions/{larger}/risks")),
        "read preparation": allowed(browser.get(f"/actions/{small}/preparation")),
        "comment": allowed(browser.post(f"/actions/{small}/comments", data={"comment": "Well"})),
        "propose to join": allowed(browser.post(f"/actions/{small}/partners", data={"other": str(second)})),
        "accept to join": allowed(browser.post(f"/actions/proposals/{asked}/accept")),
        "see the queue": allowed(browser.get("/actions/approvals")),
        "approve several": allowed(browser.post("/actions/approvals", data={"seen": f"{larger}:2"})),
        "give approval": allowed(
            browser.post(f"/actions/approvals/delegates/{world.user('liberty', 'organiser').user_id}")
        ),
        "write a template": allowed(browser.post("/actions/templates/new", data=template)),
        "template for all": allowed(
            browser.post("/actions/templates/new", data=template | {"for_coalition": "y"})
        ),
        "read templates": allowed(browser.get("/actions/templates")),
    }
    assert seen == {cell: role in may_do for cell, may_do in PREPARING.items()}
    with world.context("liberty", author) as session:
        assert session.get_one(BranchAction, larger).state == (
            "approved" if role in APPROVERS else "submitted"
        )
