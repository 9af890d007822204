"""Every route with an id: another organisation's private row answers with the bytes of one that never was.

A route that is new here fails until it is named below: either with a private row of Liberty's to ask for as NEU, or with the
reason why partners may see what it names.
"""

from uuid import uuid4

from organising.platform.access import access_of
from organising.platform.permissions import Permission, may
from tests.support.routes import any_value

# What the id of a route names, and why partners may know of it.
SHARED = {
    "ask_id": "asks are published",
    "organisation_id": "who takes part in the campaign is a public fact",
    "person_id": "people in public office are public facts",
    "drive_id": "drives are the campaign's",
    "milestone_id": "milestones are on the public page; a foreign one cannot be changed (test_pledges_milestones)",
    "representative_id": "who signed in office is public; a foreign record can't be taken back (test_pledges_representatives)",
    "origin_id": "a frame's headers name its sites; a foreign one can't be taken away (test_pledges_embeds)",
    "action_id": "headlines of actions are shared; drafts and private parts have their own tests",
    "joint_call_id": "calls to every partner are shared; a foreign one can't be called off (test_calls_joint)",
    "parliament_id": "parliaments and their dates are public facts",
    "item_id": "motions, divisions and questions are public facts",
    "act_id": "what members did in Parliament is a public fact; the promise beside it has its own check",
    "tie_id": "which ask an item concerns is shared; only its author takes it back",
    "change_id": "who allocated what, and a promise's history, are shared; a foreign change can't be opened (test_lobbying_targets)",
    "segment_id": "segments are shared; a foreign one can't be removed (test_lobbying_segments)",
    "approach_id": "reservations are shown to every partner before it makes its own",
    "commitment_id": "promises are shared; a foreign one can't be changed, which tests/web/test_lobbying_promises.py asks",
    "institution_id": "public bodies are public facts",
    "request_id": "requests are shared; a foreign one can't be moved, which tests/web/test_lobbying_institutions.py asks",
    "recess_id": "recesses are public facts",
    "line_id": "lines are proposed to every partner; a foreign one can't be taken out (test_mailings_lines)",
    "question_id": "what an import could not match is of public facts, and one list for all coordinators",
    "stakeholder_id": "the directory is shared; a foreign record can't be changed (test_sharing_stakeholders)",
    "entry_id": "headlines about stakeholders are shared; a foreign one can't be changed (test_sharing_stakeholders)",
    "engagement_id": "headlines of contacts are shared; a foreign one can't be opened for editing",
}
# Routes whose id is a shared row's, but which only its author's organisation may open: asked with a foreign one all the same.
AUTHORS_ONLY = ("engagement_id",)
# Of those, the pages that every partner reads.
PARTNERS_READ = ("lobbying.engagement_history",)
EVERY_PERMISSION_ROLE = "coordinator"


def _routes(app):
    for rule in app.url_map.iter_rules():
        named = [name for name, kind in rule._converters.items() if type(kind).__name__ == "UUIDConverter"]
        if named:
            yield rule, named


def test_every_id_in_a_route_is_known_here(app, private_rows):
    for rule, named in _routes(app):
        for name in named:
            assert name in private_rows or name in SHARED, (
                f"{rule.endpoint}: say in this file what {name} names"
            )


def test_a_foreign_id_answers_as_one_that_never_was(app, world, private_rows):
    asked = 0
    browser = world.browser(world.user("neu", EVERY_PERMISSION_ROLE))
    for rule, named in _routes(app):
        access = access_of(app, rule.endpoint)
        assert access.permission is None or may(EVERY_PERMISSION_ROLE, Permission(access.permission))
        private = [
            name for name in named if name in private_rows and (name not in SHARED or name in AUTHORS_ONLY)
        ]
        if not private or rule.endpoint in PARTNERS_READ:
            continue
        for method in sorted(rule.methods & {"GET", "POST"}):
            foreign = _ask(browser, rule, method, {n: private_rows[n] for n in named})
            absent = _ask(browser, rule, method, {n: uuid4() for n in named})
            assert foreign.status_code == 404, (rule.endpoint, method, foreign.status_code)
            assert foreign.data == absent.data, (rule.endpoint, method)
            assert _headers(foreign) == _headers(absent), (rule.endpoint, method)
            asked += 1
    assert asked > 25


def _ask(browser, rule, method, values):
    values |= {name: any_value(rule, name) for name in rule.arguments if name not in values}
    return browser.open(rule.build(values)[1], method=method, data={} if method == "POST" else None)


def _headers(answer):
    return {name: value for name, value in answer.headers.items() if name not in ("Date", "Set-Cookie")}
