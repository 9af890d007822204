"""Writing a call, changing its words, and choosing the units that are asked."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from sqlalchemy import delete, select

from organising.calls.models import ActionCall, CallUnit, NotNow
from organising.calls.states import State
from organising.organisations.queries import list_units_in_reach
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, new_id
from organising.platform.errors import Invalid
from organising.platform.permissions import Permission

from .rules import Words, check_version, check_words, note, take_call, take_whole, write_words


def write_call(actor: Actor, words: Words, *, joint_call_id: UUID | None = None) -> ActionCall:
    """A new draft; nobody is asked before it is put to its units. Raises ``Forbidden``, ``Invalid`` by field."""
    actor.check(Permission.CALLS_MANAGE)
    check_words(actor, words)
    call = ActionCall(
        id=new_id(),
        organisation_id=actor.organisation_id,
        joint_call_id=joint_call_id,
        created_by=actor.user_id,
        author_label=actor.display_name,
        state=State.DRAFT,
        version=1,
    )
    write_words(call, tidy(words))
    db.session.add(call)
    db.session.flush()
    note(actor, call.id, "written", now())
    return call


def edit_call(actor: Actor, call_id: UUID, version: int, words: Words) -> ActionCall:
    """Change a draft's words. What units have answered to stays as they read it. Raises ``NotNow``, ``EditedMeanwhile``."""
    call = take_whole(actor, call_id)
    check_version(call, version)
    _check_draft(call)
    check_words(actor, words)
    if write_words(call, tidy(words)):
        call.version += 1
        note(actor, call.id, "edited", now())
    return call


def choose_units(actor: Actor, call_id: UUID, unit_ids: Collection[UUID], *, shown: Collection[UUID]) -> int:
    """Ask these of the units that were ``shown``, and no other of them; answers how many are asked in all.

    Once the call is open, units are only added: who was asked is not un-asked. Raises ``NotNow``, ``Invalid``.
    """
    call = take_call(actor, call_id)
    if call.state not in (State.DRAFT, State.OPEN):
        raise NotNow("This call is over, so nobody can be added.", state=call.state, verb="choose")
    reach = {one.unit.id for one in list_units_in_reach(actor)}
    wanted, offered = set(unit_ids), set(shown) & reach
    if not wanted <= reach:
        raise Invalid("One of these is not a branch that you can ask.", units="Choose from the list.")
    before = set(db.session.scalars(select(CallUnit.unit_id).where(CallUnit.call_id == call.id)))
    for unit_id in sorted(wanted - before):
        db.session.add(CallUnit(call_id=call.id, unit_id=unit_id))
    gone = (before & offered) - wanted if call.state == State.DRAFT else set()
    if gone:
        db.session.execute(delete(CallUnit).where(CallUnit.call_id == call.id, CallUnit.unit_id.in_(gone)))
    db.session.flush()
    asked = (before | wanted) - gone
    if asked != before:
        note(actor, call.id, "units_chosen", now(), count=len(asked))
    return len(asked)


def tidy(words: Words) -> Words:
    """Without white space around, and without leftovers of an action where none is meant."""
    words = replace(
        words, title=words.title.strip(), question=words.question.strip(), text=words.text.strip()
    )
    if words.action_kind:
        return replace(words, action_title=(words.action_title or "").strip())
    return replace(
        words,
        action_kind=None,
        action_title=None,
        action_on=None,
        action_starts=None,
        action_ends=None,
        action_public=False,
        straight=False,
        template_id=None,
    )


def _check_draft(call: ActionCall) -> None:
    if call.state != State.DRAFT:
        raise NotNow(
            "Branches have read this call, so its words stay. You can change its last day, or call it off.",
            state=call.state,
            verb="edit",
        )
