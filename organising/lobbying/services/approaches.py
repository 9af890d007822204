"""Reserving a representative, and changing what was reserved: the database keeps two partners apart."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from organising.lobbying.approach_states import OPEN, ApproachState
from organising.lobbying.models import Approach, ApproachAsk, ApproachDeed, PressureBudget
from organising.lobbying.queries.approaches import find_own_side
from organising.lobbying.services.approach_changes import (
    change,
    check_free,
    note_event,
    open_approach,
    own_side,
    raise_clash,
)
from organising.lobbying.services.approach_drafts import (
    ApproachDraft,
    check_draft,
    draft_cautions,
    list_owners,
)
from organising.lobbying.services.shared import authorship, check_takes_part
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.cautions import ask_first
from organising.platform.clock import now
from organising.platform.conflicts import Difference, Value, check_version, list_differences
from organising.platform.db import db, new_id
from organising.platform.errors import Conflict, Invalid
from organising.platform.locks import take_turns
from organising.platform.permissions import Permission

COMPARED = ("channel", "starts_on", "ends_on", "purpose", "ask_ids", "due_on", "note")
MOST_BUDGETED = 99


@dataclass(frozen=True)
class Reserved:
    """The reservation, and whether this call made it: a form sent twice finds the first one's."""

    approach: Approach
    is_new: bool


def reserve_approach(actor: Actor, draft: ApproachDraft, *, confirmed: Collection[str] = ()) -> Reserved:
    """Reserve a person or an institution for a channel and some days.

    Raises Forbidden; Invalid with reasons by field; NeedsConfirmation; ReservationClash where a live approach, a
    partner's or one's own, holds some of the days.
    """
    check_takes_part(actor, Permission.APPROACHES_RESERVE)
    # Of two sendings of one form at the same instant, the second waits until the first is kept or lost.
    take_turns("approach form", draft.submission_key)
    earlier = db.session.scalar(
        select(Approach).where(
            Approach.campaign_id == actor.campaign_id, Approach.submission_key == draft.submission_key
        )
    )
    if earlier is not None:
        return Reserved(earlier, is_new=False)
    if wrong := check_draft(actor, draft):
        raise Invalid(_("Nothing is reserved yet."), **wrong)
    check_free(actor, **draft.wanted)
    ask_first(draft_cautions(actor, draft), confirmed)
    approach = _insert(actor, draft)
    note_event(actor, approach, ApproachDeed.RESERVED, words=draft.reason or "", to_state=approach.state)
    _write_asks(actor, approach, draft.ask_ids)
    side = own_side(actor, approach)
    side.owner_user_id = draft.owner_user_id
    side.note = draft.note.strip() or None
    db.session.flush()
    return Reserved(approach, is_new=True)


def edit_approach(
    actor: Actor, approach_id: UUID, draft: ApproachDraft, *, version: int, confirmed: Collection[str] = ()
) -> Approach:
    """Change dates, channel, purpose, asks, due day and the own note; ``version`` is the one the form was opened with.

    The note is the actor's own organisation's. Raises NotFound, Forbidden, Invalid, NeedsConfirmation, Conflict for
    one that is over, EditConflict, ReservationClash.
    """
    approach = open_approach(actor, approach_id)
    if approach.state not in OPEN:
        raise Conflict(_("This approach is over. Reserve it again instead."))
    differences = _differences(actor, approach, draft)
    check_version(
        approach.version,
        version,
        differences,
        _("Someone else changed this approach while you were writing."),
    )
    if not differences:
        return approach
    if wrong := check_draft(actor, draft, approach):
        raise Invalid(_("The change was not kept yet."), **wrong)
    if approach.is_live:
        subject = {"person_id": approach.person_id, "institution_id": approach.institution_id}
        check_free(actor, **draft.wanted | subject, but=approach.id)
    ask_first(draft_cautions(actor, draft, approach), confirmed)
    changed = [one.field for one in differences]
    if "note" in changed:
        own_side(actor, approach).note = draft.note.strip() or None
    if changed != ["note"]:
        _apply(actor, approach, draft)
        note_event(
            actor, approach, ApproachDeed.EDITED, words=", ".join(one for one in changed if one != "note")
        )
    db.session.flush()
    return approach


def set_budget(actor: Actor, *, mails: int | None, calls: int | None, visits: int | None) -> None:
    """Set how often partners together may write to, ring and visit one representative in 30 days. Raises Invalid."""
    actor.check(Permission.CAMPAIGN_EDIT)
    wanted: dict[str, Any] = {"mails": mails, "calls": calls, "visits": visits}
    wrong = {
        name: _("Write a number from 0 to %(most)s.", most=MOST_BUDGETED)
        for name, number in wanted.items()
        if number is None or not 0 <= number <= MOST_BUDGETED
    }
    if wrong:
        raise Invalid(_("The budget was not kept yet."), **wrong)
    db.session.add(PressureBudget(**wanted, **authorship(actor)))
    audit.record(actor, "pressure_budget.set", "pressure_budget", actor.campaign_id, **wanted)
    db.session.flush()


def _insert(actor: Actor, draft: ApproachDraft) -> Approach:
    owners = list_owners(actor) if draft.owner_user_id else []
    owner_label = next((one.display_name for one in owners if one.user_id == draft.owner_user_id), "")
    approach = Approach(
        id=new_id(),
        person_id=draft.person_id,
        institution_id=draft.institution_id,
        channel=draft.channel,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        due_on=draft.due_on,
        purpose=draft.line,
        state=ApproachState.ASSIGNED if draft.owner_user_id else ApproachState.IDENTIFIED,
        owner_label=owner_label,
        pressure_reason=draft.reason,
        submission_key=draft.submission_key,
        version=1,
        changed_at=now(),
        **authorship(actor),
    )
    try:
        with db.session.begin_nested():
            db.session.add(approach)
    except IntegrityError as error:
        raise_clash(actor, error, **draft.wanted)
    return approach


def _write_asks(actor: Actor, approach: Approach, ask_ids: Collection[UUID]) -> None:
    for ask_id in sorted(set(ask_ids)):
        db.session.add(ApproachAsk(approach_id=approach.id, ask_id=ask_id, **authorship(actor)))
    db.session.flush()


def _differences(actor: Actor, approach: Approach, draft: ApproachDraft) -> list[Difference]:
    side = find_own_side(actor, approach.id)
    kept: dict[str, Value] = {
        "channel": approach.channel,
        "starts_on": approach.starts_on,
        "ends_on": approach.ends_on,
        "purpose": approach.purpose,
        "ask_ids": tuple(sorted(ask.id for ask in approach.asks)),
        "due_on": approach.due_on,
        "note": (side.note if side else None) or "",
    }
    sent: dict[str, Value] = {
        "channel": draft.channel,
        "starts_on": draft.starts_on,
        "ends_on": draft.ends_on,
        "purpose": draft.line,
        "ask_ids": tuple(sorted(set(draft.ask_ids))),
        "due_on": draft.due_on,
        "note": draft.note.strip(),
    }
    return list_differences(COMPARED, kept, sent)


def _apply(actor: Actor, approach: Approach, draft: ApproachDraft) -> None:
    values: dict[str, Any] = {
        "channel": draft.channel,
        "starts_on": draft.starts_on,
        "ends_on": draft.ends_on,
        "purpose": draft.line,
        "due_on": draft.due_on,
    }
    if draft.reason:
        values["pressure_reason"] = draft.reason
    change(actor, approach, **values)
    raised = {ask.id for ask in approach.asks}
    if raised != set(draft.ask_ids):
        db.session.execute(
            delete(ApproachAsk)
            .where(ApproachAsk.approach_id == approach.id, ApproachAsk.ask_id.not_in(list(draft.ask_ids)))
            .execution_options(synchronize_session=False)
        )
        _write_asks(actor, approach, set(draft.ask_ids) - raised)
        db.session.expire(approach, ["asks"])
