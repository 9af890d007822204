"""Invented tasks of the demo: one overdue, one handed to an officer, one spoken of, one done."""

from datetime import timedelta

from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import new_id

from .services import TaskDraft, add_task, comment, step


def seed(organiser: Actor, officer: Actor) -> None:
    """Fill the organiser's and the officer's lists; in the organiser's session, committed by the caller."""
    day = today()

    def task(title: str, days: int | None, who: Actor | None, details: str = "") -> TaskDraft:
        due = None if days is None else day + timedelta(days=days)
        return TaskDraft(title, details, due, who.user_id if who else None, None, None)

    leaflets = add_task(organiser, new_id(), task("Order 500 leaflets for the stalls", -2, organiser))
    add_task(organiser, new_id(), task("Ask branches which dates suit them", 5, organiser))
    room = add_task(
        organiser,
        new_id(),
        task("Book the room for the evening meeting", 3, officer, "Step-free, for 40 people."),
    )
    comment(organiser, room.id, new_id(), f"@{officer.display_name} the library said yes last time.")
    comment(organiser, leaflets.id, new_id(), "The printer wants the order before noon.")
    step(
        organiser,
        add_task(organiser, new_id(), task("Send the poster to the printer", -6, organiser)).id,
        "finish",
    )
