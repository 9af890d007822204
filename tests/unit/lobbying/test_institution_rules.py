"""What the services refuse of institutions, whichever page or command asks them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from organising.lobbying.models import InformationRequest
from organising.lobbying.services import NeedsConfirmation
from organising.lobbying.services.commitments import add_commitment
from organising.lobbying.services.institution_asks import StatusDraft, claim_status
from organising.lobbying.services.requests import ReplyDraft, RequestDraft, make_request, move_request
from organising.platform.clock import today
from organising.platform.errors import Invalid
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import Institution
from tests.unit.lobbying.promise_seeds import promise
from tests.unit.lobbying.seeds import ask_id, seed_members

DAY = timedelta(days=1)


@pytest.fixture
def organiser(world):
    return world.user("neu", "organiser")


@pytest.fixture
def bodies(world):
    """A force and a council, by kind."""
    made = {}
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        for name, kind in (("Vale Police", "police_force"), ("Marlow Council", "local_authority")):
            one = Institution(kind=kind, name=name, sort_key=name.lower(), source="test")
            session.add(one)
            session.flush()
            made[kind] = one.id
        session.commit()
    return made


@pytest.fixture
def session(world, organiser):
    with world.context("neu", organiser) as session:
        yield session


def request(**changes):
    return RequestDraft(
        **{"title": "Referrals", "wording": "How many were referred?", "sent_on": today() - 40 * DAY}
        | changes
    )


def status(world, code="POL-1", **changes):
    return StatusDraft(
        **{"ask_id": ask_id(world, code), "status": "met", "held_on": today(), "words": "So they say"}
        | changes
    )


def refused(do, *given, **named):
    with pytest.raises(Invalid) as caught:
        do(*given, **named)
    return set(caught.value.details)


def test_an_ask_stands_only_with_a_body_of_which_it_is_asked(world, organiser, bodies, session):
    council = bodies["local_authority"]
    assert refused(claim_status, organiser, council, status(world)) == {"ask_id"}
    assert claim_status(organiser, council, status(world, "FW-1")).status == "met"
    assert claim_status(organiser, bodies["police_force"], status(world)).status == "met"


def test_a_request_without_an_answer_shows_nothing(world, organiser, bodies, session):
    force = bodies["police_force"]
    made = make_request(organiser, force, request(), confirmed=None)
    claim = status(world, words="", request_id=made.id)
    assert refused(claim_status, organiser, force, claim) == {"words"}
    move_request(organiser, made.id, "refused", ReplyDraft(today(), exemption="section 31"))
    assert claim_status(organiser, force, claim).request_id == made.id


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reference": "r" * 61}, "reference"),
        ({"title": " \n "}, "title"),
        ({"owner_user_id": uuid4()}, "owner_user_id"),
    ],
)
def test_a_request_is_written_down_whole_or_not_at_all(organiser, bodies, session, changes, field):
    wrong = refused(make_request, organiser, bodies["police_force"], request(**changes), confirmed=None)
    assert wrong == {field}
    assert session.scalars(select(InformationRequest)).all() == []


def test_a_partners_colleague_chases_nothing_of_ours(world, organiser, bodies, session):
    other = world.user("praxis", "organiser")
    draft = request(owner_user_id=other.user_id)
    assert refused(make_request, organiser, bodies["police_force"], draft, confirmed=None) == {
        "owner_user_id"
    }


def test_a_title_stands_on_one_line(organiser, bodies, session):
    made = make_request(
        organiser, bodies["police_force"], request(title=" Referrals\nof victims "), confirmed=None
    )
    assert made.title == "Referrals of victims"


@pytest.mark.parametrize(("field", "most"), [("exemption", 120), ("reference", 60)])
def test_a_reply_keeps_to_its_lengths(organiser, bodies, session, field, most):
    made = make_request(organiser, bodies["police_force"], request(), confirmed=None)
    reply = {"on": today(), "words": "Two pages"}
    too_long = ReplyDraft(**reply | {field: "x" * (most + 1)})
    assert refused(move_request, organiser, made.id, "answered", too_long) == {field}
    move_request(organiser, made.id, "answered", ReplyDraft(**reply | {field: "x" * most}))
    assert len(getattr(made, field)) == most


def test_a_promise_asks_first_whoever_writes_it_down(world, organiser, session):
    ada = seed_members(world)["Ada"]
    draft = promise(words="Ring her on 020 7946 0000")
    with pytest.raises(NeedsConfirmation) as caught:
        add_commitment(organiser, draft, person_id=ada, confirmed=())
    keys = [one.key for one in caught.value.cautions]
    assert add_commitment(organiser, draft, person_id=ada, confirmed=keys).words == draft.words
