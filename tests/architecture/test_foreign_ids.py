"""Every route with an id: another organisation's private row answers with the bytes of one that never was.

A route that is new here fails until it is named below: either with a private row of Liberty's to ask for as NEU, or with the
reason why partners may see what it names.
"""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, text

from organising.platform.access import access_of
from organising.platform.clock import now, today
from organising.platform.permissions import Permission, may

# What the id of a route names, and why partners may know of it.
SHARED = {
    "ask_id": "asks are published",
    "organisation_id": "who takes part in the campaign is a public fact",
    "person_id": "people in public office are public facts",
    "drive_id": "drives are the campaign's",
    "action_id": "headlines of actions are shared; drafts and private parts have their own tests",
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
    "engagement_id": "headlines of contacts are shared; a foreign one can't be opened for editing",
}
# Routes whose id is a shared row's, but which only its author's organisation may open: asked with a foreign one all the same.
AUTHORS_ONLY = ("engagement_id",)
# Of those, the pages that every partner reads.
PARTNERS_READ = ("lobbying.engagement_history",)
EVERY_PERMISSION_ROLE = "coordinator"


@pytest.fixture
def private_rows(app, world):
    """Rows of Liberty's own, one for every kind of id that a route takes."""
    coordinator = world.user("liberty", "coordinator")
    with app.app_context():
        rows = {
            "unit_id": world.unit("liberty", "National office"),
            "membership_id": _membership(world, coordinator),
        }
    with world.context("liberty", coordinator) as session:
        rows |= _rows(session, world, coordinator)
        session.commit()
    return rows


def _membership(world, actor):
    with world.context("liberty") as session:
        return session.scalar(text("SELECT id FROM membership WHERE user_id = :u"), {"u": actor.user_id})


def _rows(session, world, actor):
    from organising.letters.models import LetterAction, LetterRelay
    from organising.lobbying.models import Engagement, FollowUp
    from organising.mailings.models import IncomingMessage, Mailing, MailingTemplate, SenderIdentity
    from organising.organisations.models import Invitation
    from organising.platform.tenancy import Context, use_context
    from organising.pledges.models import Pledge
    from organising.representatives.models import OfficeHolding, Person
    from tests.support.imports import kept_upload
    from tests.support.pledges import open_a_drive

    person_id = uuid4()
    with use_context(Context(purpose="import")) as imports:
        imports.add(Person(id=person_id, name="Invented Member", sort_key="invented member"))
        imports.flush()
        imports.add(OfficeHolding(id=(holding_id := uuid4()), person_id=person_id, kind="mp", source="test"))
        imports.commit()
    invitation = Invitation(
        email_key=b"k", role="admin", invited_by="x", expires_at=now() + timedelta(days=1)
    )
    invitation.email = "guest@example.org"
    engagement = Engagement(
        campaign_id=world.campaign,
        author_label="x",
        person_id=person_id,
        kind="call",
        attended_by="staff",
        outcome="helpful",
        headline="A headline",
        happened_on=today(),
        submission_key=uuid4(),
    )
    follow_up = FollowUp(person_id=person_id, due_on=today(), owner_user_id=actor.user_id)
    follow_up.what = "Ring them"
    mailing = Mailing(
        organisation_id=actor.organisation_id, campaign_id=world.campaign, title="t", subject="s", body="b", sender_name="n",
        reply_to="r@example.org", created_by_label="x", last_editor_label="x", updated_at=now(), created_by=actor.user_id,
        last_editor_id=actor.user_id,
    )  # fmt: skip
    letters = LetterAction(
        organisation_id=actor.organisation_id, campaign_id=world.campaign, slug="letters", title="t", standfirst="s",
        prompts="p", subject="s", created_by_label="x", last_editor_label="x", updated_at=now(),
    )  # fmt: skip
    template = MailingTemplate(
        organisation_id=actor.organisation_id, name="n", subject="s", body="b", author_label="x"
    )
    upload = kept_upload()
    identity = SenderIdentity(
        organisation_id=actor.organisation_id, name="n", address="a@example.org", reply_to="a@example.org"
    )
    incoming = IncomingMessage(came_by="reply", digest=b"d", size=1, state="triage")
    session.add_all([letters, template, identity, incoming])
    session.flush()
    relay = LetterRelay(action_id=letters.id, holding_id=holding_id, drafted_by_label="x")
    relay.answer = "An answer."
    session.add(relay)
    session.add_all([invitation, engagement, follow_up, mailing, upload])
    session.flush()
    found = {
        "upload_id": upload.id,
        "incoming_id": incoming.id,
        "invitation_id": invitation.id,
        "engagement_id": engagement.id,
        "follow_up_id": follow_up.id,
        "mailing_id": mailing.id,
        "identity_id": identity.id,
        "delivery_id": uuid4(),
        "letter_action_id": letters.id,
        "relay_id": relay.id,
        "template_id": template.id,
    }
    drive_id = open_a_drive(world)
    session.execute(
        insert(Pledge).values(
            organisation_id=actor.organisation_id, id=(pledge_id := uuid4()), campaign_id=world.campaign, drive_id=drive_id,
            signing_id=uuid4(), part="collected", name="Invented Signer", name_folded="invented signer", state="pending",
            wording_version=1, channel="web", person_key=b"p", name_key=b"n", postcode_key=b"c",
        )
    )  # fmt: skip
    return found | {"pledge_id": pledge_id}


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
    values |= {name: 1 for name in rule.arguments if name not in values}
    return browser.open(rule.build(values)[1], method=method, data={} if method == "POST" else None)


def _headers(answer):
    return {name: value for name, value in answer.headers.items() if name not in ("Date", "Set-Cookie")}
