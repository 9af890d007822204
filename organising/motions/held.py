"""What motions hold of one person: that they proposed or seconded one, by name. All else is about texts, bodies and colleagues."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import delete, select

from organising.platform.actor import Actor
from organising.platform.db import change_rows, db
from organising.platform.people import Holding, Item, Rows, Section, Subject, about_nobody, ids, register

from .models import Motion, MotionMover
from .names import person_key

MOVERS = "motion_mover"


def find_people(actor: Actor, subject: Subject) -> Rows:
    """The motions that bear a name of theirs."""
    keys = [person_key(subject.organisation_id, name) for name in subject.names]
    named = select(MotionMover.id).where(MotionMover.person_key.in_(keys))
    return {MOVERS: frozenset(db.session.scalars(named)) if keys else frozenset()}


def erase_people(actor: Actor, rows: Rows) -> Mapping[str, int]:
    """Take the name out; the motion stays."""
    return {MOVERS: change_rows(delete(MotionMover).where(MotionMover.id.in_(ids(rows, MOVERS))))}


def tell_people(actor: Actor, rows: Rows) -> Sequence[Section]:
    """Each motion that they moved, by its body."""
    found = db.session.execute(
        select(MotionMover, Motion.body)
        .join(Motion, Motion.id == MotionMover.motion_id)
        .where(MotionMover.id.in_(ids(rows, MOVERS)))
        .order_by(MotionMover.created_at)
    )
    items = tuple(
        Item(f"{MOVERS}:{one.id}", body, ((_("Name"), one.name or ""), (_("As"), one.part)), one.created_at)
        for one, body in found
    )
    return (Section(_("Motions that you moved"), items),)


register(
    Holding(
        "motions",
        find_people,
        erase_people,
        tell_people,
        exports=frozenset({MOVERS}),
        erases=frozenset({MOVERS}),
    )
)
about_nobody(
    {
        "motion_detail": "the text of a motion, its votes, and which colleague looks after it",
        "motion_event": "which colleague did what with a motion",
        "motion_forwarding": "to which office or body a carried motion was sent",
        "motion_notice": "which colleague was told of a deadline",
    }
)
