"""Joining forces: one partner proposes, the other decides; each decision is a row of its own organisation (ADR 3).

Nothing but the headlines, which both read anyway, and the words of the proposal pass between them.
"""

from datetime import datetime
from uuid import UUID

from organising.actions import queries
from organising.actions.models import ActionJoining, BranchAction, NotNow
from organising.actions.queries.together import OPEN, Proposal, get_proposal, list_proposals
from organising.actions.states import JOININGS, Joining
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, new_id
from organising.platform.errors import Forbidden, Invalid, NotFound
from organising.platform.locks import take_turns
from organising.platform.queue import enqueue_after_commit

from .rules import note, take

TELL = "organising.actions.jobs.tell_joining"

LONGEST_WORDS = 600
ALIVE = frozenset({Joining.PROPOSED, Joining.ACCEPTED})


def propose_joining(
    actor: Actor, action_id: UUID, other_action_id: UUID, words: str, *, at: datetime | None = None
) -> UUID:
    """Ask a partner to run its action and ours together. Proposed twice, it is proposed once.

    Raises ``Invalid`` for words that are too long, ``NotNow`` where one of the two can't be joined any more.
    """
    if len(words) > LONGEST_WORDS:
        message = f"Use at most {LONGEST_WORDS} characters."
        raise Invalid(message, words=message)
    ours = take(actor, action_id, "edit").action
    theirs = queries.get_record(actor, other_action_id).action
    if theirs.organisation_id == actor.organisation_id:
        raise NotFound
    # Both sides may propose at once: the second finds what the first wrote.
    take_turns("joining", *sorted((ours.id, theirs.id), key=str))
    for one in list_proposals(actor, ours):
        if one.theirs is not None and one.theirs.id == theirs.id and one.state in ALIVE:
            return one.id
    for action in (ours, theirs):
        if action.state not in OPEN:
            raise NotNow(
                "Both actions have to be sent in, and neither may be over or called off.",
                state=action.state,
                verb="propose",
            )
    moment, proposal_id = at or now(), new_id()
    _write(
        actor, proposal_id, ours.id, theirs, Joining.PROPOSED, moment, words=words.strip(), row_id=proposal_id
    )
    note(actor, ours, "join_proposed", moment)
    return proposal_id


def decide_joining(actor: Actor, proposal_id: UUID, verb: str, *, at: datetime | None = None) -> Proposal:
    """Withdraw, accept, decline or leave; pressed twice it changes nothing.

    Accepting puts another's name beside ours, so it takes those who may approve. Raises ``NotFound``, ``Forbidden``, ``NotNow``.
    """
    take_turns("joining proposal", proposal_id)
    proposal = get_proposal(actor, proposal_id)
    ours = take(actor, proposal.our_action_id, "edit" if verb != "accept" else "comment").action
    if verb == "accept" and not queries.can_approve(actor):
        raise Forbidden("Those who approve your organisation's actions decide this.")
    step = JOININGS[verb]
    if proposal.state == step.target:
        return proposal
    if verb not in proposal.verbs or proposal.theirs is None:
        raise NotNow(
            "This can't be done as the proposal stands now. Load the page again.",
            state=proposal.state,
            verb=verb,
        )
    if verb == "accept":
        _check_open(ours, proposal.theirs)
    moment = at or now()
    _write(actor, proposal_id, ours.id, proposal.theirs, Joining(str(step.target)), moment)
    note(actor, ours, f"join_{step.target}", moment)
    return get_proposal(actor, proposal_id)


def _check_open(*actions: BranchAction) -> None:
    for action in actions:
        if action.state not in OPEN:
            raise NotNow("One of the two actions is over or called off.", state=action.state, verb="accept")


def _write(
    actor: Actor,
    proposal_id: UUID,
    action_id: UUID,
    theirs: BranchAction,
    decision: Joining,
    at: datetime,
    *,
    words: str = "",
    row_id: UUID | None = None,
) -> None:
    decided_id = row_id or new_id()
    db.session.add(
        ActionJoining(
            id=decided_id,
            campaign_id=theirs.campaign_id,
            organisation_id=actor.organisation_id,
            author_label=actor.author_label,
            proposal_id=proposal_id,
            action_id=action_id,
            other_action_id=theirs.id,
            other_organisation_id=theirs.organisation_id,
            decision=decision,
            words=words,
            created_at=at,
        )
    )
    db.session.flush()
    enqueue_after_commit(
        TELL,
        organisation_id=theirs.organisation_id,
        row_id=decided_id,
        purpose="tell_of_joining",
        queue="mail",
    )
