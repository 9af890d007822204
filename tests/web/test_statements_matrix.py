"""The permission matrix for statements, cell by cell: coordinator publishes, admin signs, organiser drafts and comments,
officer and analyst read what is final, the public what is released.
"""

import pytest

from organising.statements.services import steps
from organising.statements.states import Kind
from tests.support.statements import CANARY, Desk

ROLES = ("coordinator", "deputy", "admin", "organiser", "officer", "analyst")
EVERYONE = set(ROLES)
DRAFTS = {"coordinator", "deputy", "admin", "organiser"}
SIGNS = {"coordinator", "deputy", "admin"}
PUBLISHES = {"coordinator"}

# Method, path below a statement, who gets past the gate; where there is nothing to press a refusal answers 404, 409 or 422, never 403.
CELLS = [
    ("GET", "", EVERYONE),
    ("GET", ".pdf", EVERYONE),
    ("GET", "/versions", EVERYONE),
    ("GET", "/text", DRAFTS),
    ("POST", "/text", DRAFTS),
    ("GET", "/plan", DRAFTS),
    ("POST", "/plan", DRAFTS),
    ("POST", "/comments", DRAFTS),
    ("POST", "/consultation", DRAFTS),
    ("POST", "/consultation/removal", DRAFTS),
    ("POST", "/putting-away", DRAFTS),
    ("POST", "/putting-away/removal", DRAFTS),
    ("POST", "/mailing", DRAFTS),
    ("GET", "/signature", SIGNS),
    ("POST", "/signature", SIGNS),
    ("POST", "/signature/refusal", SIGNS),
    ("POST", "/signature/removal", SIGNS),
    ("POST", "/lock", PUBLISHES),
    ("POST", "/opening", PUBLISHES),
    ("POST", "/sign-off", PUBLISHES),
    ("POST", "/end", PUBLISHES),
    ("POST", "/embargo", PUBLISHES),
    ("POST", "/release", PUBLISHES),
    ("GET", "/correction", PUBLISHES),
    ("POST", "/correction", PUBLISHES),
    ("POST", "/retirement", PUBLISHES),
    ("POST", "/retirement/removal", PUBLISHES),
    ("POST", "/taking-on", PUBLISHES),
]


@pytest.fixture
def desk(world):
    return Desk.at(world)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_exactly_where_it_may(world, desk, role):
    statement_id = desk.begin(Kind.BRIEFING)
    desk.plan(statement_id, "liberty", "neu")
    browser = world.browser(world.user("liberty", role))
    wrong = []
    for method, path, may in [*CELLS, ("GET", "/new", DRAFTS), ("POST", "/new", DRAFTS)]:
        whole = f"/statements{path}" if path == "/new" else f"/statements/{statement_id}{path}"
        status = browser.open(whole, method=method).status_code
        good = status in (200, 303, 404, 409, 422) if role in may else status == 403
        # The draft is not there for an officer or analyst, which says less than that they may not.
        if role in ("officer", "analyst") and may is EVERYONE:
            good = status == 404
        if not good:
            wrong.append((method, path, status))
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_who_reads_the_text_in_which_state(world, desk, client, role):
    """Liberty's briefing without an embargo, that NEU is asked about and Praxis is not: who reads it, state by state."""
    statement_id = desk.begin(Kind.BRIEFING)
    desk.plan(statement_id, "neu")
    browsers = {slug: world.browser(world.user(slug, role)) for slug in ("liberty", "neu", "praxis")}
    drafts = role in DRAFTS
    expected = {
        "draft": (drafts, False, False),
        "consultation": (drafts, drafts, False),
        "locked": (drafts, drafts, False),
        "signoff_open": (drafts, drafts, False),
        "final": (True, True, True),
        "released": (True, True, True),
    }

    def look(state):
        got = tuple(CANARY in browsers[slug].get(f"/statements/{statement_id}").text for slug in browsers)
        assert got == expected[state], (state, got)

    look("draft")
    for state, step in (
        ("consultation", lambda: desk.do(desk.coordinator, steps.consult, statement_id)),
        ("locked", lambda: desk.lock(statement_id)),
        ("signoff_open", lambda: desk.do(desk.coordinator, steps.open_signoff, statement_id)),
    ):
        step()
        look(state)
    desk.sign(desk.neu, statement_id)
    desk.do(desk.coordinator, steps.finish, statement_id)
    look("final")
    slug = "schools-are-no-border-kanarienvogel-under-embargo"
    assert client.get(f"/published/{slug}").status_code == 404
    desk.do(desk.coordinator, steps.release, statement_id)
    look("released")
    assert CANARY in client.get(f"/published/{slug}").text
