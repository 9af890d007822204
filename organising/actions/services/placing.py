"""Where an action is: its postcode as Royal Mail writes it, and the areas that follow from it or are chosen."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select

from organising.actions.models import ActionArea, ActionDetail, BranchAction
from organising.platform.actor import Actor
from organising.platform.clock import LONDON
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.representatives.models import Area
from organising.representatives.postcode_format import NotAPostcode, parse_postcode
from organising.representatives.services import PostcodeAnswer, find_areas


def as_written(postcode: str | None) -> str | None:
    """A postcode in its usual form; one that is none as it was typed, for :func:`check_postcode` to refuse."""
    typed = (postcode or "").strip()
    try:
        return parse_postcode(typed) if typed else None
    except NotAPostcode:
        return typed


def check_postcode(postcode: str | None) -> None:
    """Raise :class:`Invalid` for what can be no postcode. One that no table knows is kept."""
    if postcode is None:
        return
    try:
        parse_postcode(postcode)
    except NotAPostcode as reason:
        raise Invalid("That is not a postcode.", postcode=str(reason)) from None


def put_areas(actor: Actor, action: BranchAction, detail: ActionDetail, chosen: Collection[UUID]) -> bool:
    """Have the action lie where its postcode says and in the areas chosen; answers whether the choice changed.

    What the look-up said stays in the detail, so that a postcode that leads nowhere is told and not lost.
    """
    on = action.starts_at.astimezone(LONDON).date()
    detail.postcode_answer, wanted = find_places(action.postcode, chosen, on=on)
    rows = db.session.execute(
        select(ActionArea.area_id, ActionArea.is_chosen).where(ActionArea.action_id == action.id)
    )
    before = {row.area_id: row.is_chosen for row in rows}
    if before == wanted:
        return False
    db.session.execute(delete(ActionArea).where(ActionArea.action_id == action.id))
    for area_id, is_chosen in sorted(wanted.items()):
        db.session.add(
            ActionArea(
                action_id=action.id,
                area_id=area_id,
                is_chosen=is_chosen,
                campaign_id=action.campaign_id,
                author_label=actor.author_label,
            )
        )
    db.session.flush()
    return {one for one, by_hand in before.items() if by_hand} != {
        one for one, by_hand in wanted.items() if by_hand
    }


def find_places(
    postcode: str | None, chosen: Collection[UUID], *, on: date
) -> tuple[str | None, dict[UUID, bool]]:
    """What the look-up of a postcode said, and the areas that follow from it or are chosen, each with whether it is chosen."""
    answer = find_areas(postcode, on=on) if postcode else None
    areas = dict.fromkeys(_known(chosen), True) | dict.fromkeys(_found(answer), False)
    return str(answer.kind) if answer else None, areas


def _found(answer: PostcodeAnswer | None) -> list[UUID]:
    if answer is None or not answer.is_found or answer.constituency is None:
        return []
    return [answer.constituency.id, *(area.id for area in answer.other_areas)]


def _known(chosen: Collection[UUID]) -> list[UUID]:
    known = list(db.session.scalars(select(Area.id).where(Area.id.in_(list(chosen))))) if chosen else []
    if len(known) != len(set(chosen)):
        raise Invalid("That is not one of the areas.", constituency="Choose one of the constituencies.")
    return known
