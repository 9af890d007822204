"""Calls to every partner: the coordinator asks, each partner decides, and only safe numbers of units come back."""

from uuid import UUID

from sqlalchemy import func, select

from organising.actions.queries import list_templates
from organising.calls.models import ActionCall, CallUnit, Decision, JointCall, JointPart, JointState, NotNow
from organising.calls.queries.calls import find_running_pass_on
from organising.calls.queries.joint import find_own_part, get_joint
from organising.calls.states import Answer, State
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.db import db
from organising.platform.discretion import tellable_roughly
from organising.platform.errors import Forbidden, Invalid
from organising.platform.permissions import Permission

from .drafting import tidy, write_call
from .rules import TEMPLATE, Words, check_words, write_words


def launch_joint(actor: Actor, words: Words) -> JointCall:
    """Ask every partner. Each one's admin decides for its own units. Raises ``Forbidden``, ``Invalid`` by field."""
    actor.check(Permission.CALLS_LAUNCH)
    if actor.campaign_id is None:
        raise Invalid("Your organisation takes part in no campaign.")
    check_words(actor, words)
    call = JointCall(campaign_id=actor.campaign_id, author_label=actor.author_label, state=JointState.OPEN)
    write_words(call, tidy(words))
    db.session.add(call)
    db.session.flush()
    audit.record(actor, "joint_call.launched", "joint_call", call.id)
    return call


def withdraw_joint(actor: Actor, joint_call_id: UUID) -> bool:
    """Call it off for the coalition. What partners passed on is theirs, and stays. Whether it changed anything."""
    call = _take_own(actor, joint_call_id)
    if not call.withdraw():
        return False
    audit.record(actor, "joint_call.withdrawn", "joint_call", call.id)
    return True


def restore_joint(actor: Actor, joint_call_id: UUID) -> bool:
    """Undo the calling off; returns whether it changed anything."""
    call = _take_own(actor, joint_call_id)
    if not call.restore():
        return False
    audit.record(actor, "joint_call.restored", "joint_call", call.id)
    return True


def pass_on(actor: Actor, joint_call_id: UUID) -> ActionCall:
    """Take it over as a draft of the own organisation's, in its own words from here on. Done twice, it is one draft."""
    actor.check(Permission.CALLS_RELAY)
    joint = _open_for_decision(actor, joint_call_id)
    found = find_running_pass_on(joint.id)
    if found is not None:
        return found
    kept = {name: getattr(joint, name) for name in TEMPLATE}
    if joint.template_id not in {one.id for one in list_templates(actor)}:
        # The lead's own, or gone: the kind's checklist is there all the same.
        kept["template_id"] = None
    words = Words(joint.title, joint.question, joint.text, joint.due_on, **kept)
    call = write_call(actor, words, joint_call_id=joint.id)
    _decide(actor, joint, Decision.PASSED_ON)
    return call


def decline(actor: Actor, joint_call_id: UUID) -> bool:
    """Not for the own units; it can be passed on later all the same. Returns whether it changed anything."""
    actor.check(Permission.CALLS_RELAY)
    joint = _open_for_decision(actor, joint_call_id)
    running = find_running_pass_on(joint.id)
    if running is not None:
        raise NotNow(
            "You have passed this on. Call your own call off first.", state=running.state, verb="decline"
        )
    return _decide(actor, joint, Decision.DECLINED)


def publish_numbers(actor: Actor) -> int:
    """Write how many of the own units are asked and are doing it, rounded, where they are enough to be told.

    For the sweep; answers how many calls were counted anew.
    """
    rows = db.session.execute(
        select(
            ActionCall.joint_call_id,
            func.count(CallUnit.id),
            func.count(CallUnit.id).filter(CallUnit.answer == Answer.DOING),
        )
        .join(
            CallUnit,
            (CallUnit.call_id == ActionCall.id) & (CallUnit.organisation_id == ActionCall.organisation_id),
        )
        .where(ActionCall.joint_call_id.is_not(None), ActionCall.state.in_((State.OPEN, State.CLOSED)))
        .group_by(ActionCall.joint_call_id)
    ).all()
    changed = 0
    for joint_call_id, asked, doing in rows:
        assert joint_call_id is not None
        part = find_own_part(actor, joint_call_id)
        told = tellable_roughly(asked), tellable_roughly(doing)
        if part is not None and (part.asked, part.doing) != told:
            (part.asked, part.doing), part.counted_at = told, now()
            changed += 1
    return changed


def _decide(actor: Actor, joint: JointCall, decision: Decision) -> bool:
    part = find_own_part(actor, joint.id)
    if part is not None and part.decision == decision:
        return False
    if part is None:
        part = JointPart(
            campaign_id=joint.campaign_id, joint_call_id=joint.id, author_label=actor.organisation_name
        )
        db.session.add(part)
    part.decision = decision
    db.session.flush()
    audit.record(actor, f"joint_call.{decision}", "joint_call", joint.id)
    return True


def _open_for_decision(actor: Actor, joint_call_id: UUID) -> JointCall:
    joint = get_joint(actor, joint_call_id)
    if not joint.takes_decisions(today()):
        raise NotNow("This call is over.", state=joint.state, verb="decide")
    return joint


def _take_own(actor: Actor, joint_call_id: UUID) -> JointCall:
    actor.check(Permission.CALLS_LAUNCH)
    call = get_joint(actor, joint_call_id)
    if call.organisation_id != actor.organisation_id:
        raise Forbidden("Another organisation wrote this call.")
    return call
