"""What lobbying holds of one person: in which talks with representatives they were. All else is about people in office."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import delete, select

from organising.platform.actor import Actor
from organising.platform.db import change_rows, db
from organising.platform.people import Holding, Item, Rows, Section, Subject, about_nobody, ids, register

from .models import Engagement
from .models.presences import EngagementContact

TABLE = "engagement_contact"


def find_presences(actor: Actor, subject: Subject) -> Rows:
    """Where one of their contacts was."""
    theirs = select(EngagementContact.id).where(EngagementContact.contact_id.in_(list(subject.contact_ids)))
    return {TABLE: frozenset(db.session.scalars(theirs))}


def erase_presences(actor: Actor, rows: Rows) -> Mapping[str, int]:
    """Remove that they were there."""
    gone = delete(EngagementContact).where(EngagementContact.id.in_(ids(rows, TABLE)))
    return {TABLE: change_rows(gone)}


def tell_presences(actor: Actor, rows: Rows) -> Sequence[Section]:
    """Each with who wrote it down."""
    found = db.session.execute(
        select(EngagementContact, Engagement.headline)
        .join(Engagement, Engagement.id == EngagementContact.engagement_id)
        .where(EngagementContact.id.in_(ids(rows, TABLE)))
        .order_by(EngagementContact.created_at)
    )
    items = tuple(
        Item(f"{TABLE}:{one.id}", title, ((_("Written down by"), one.author_label),), one.created_at)
        for one, title in found
    )
    return (Section(_("Talks you were in"), items),)


register(
    Holding(
        "lobbying",
        find_presences,
        erase_presences,
        tell_presences,
        exports=frozenset({TABLE}),
        erases=frozenset({TABLE}),
    )
)
about_nobody(
    {
        "approach_own": "which colleague asks a representative, with a note about that",
        "commitment_own": "which colleague looks after a representative's promise",
        "digest_setting": "which colleague wants no daily mail",
        "engagement_note": "a note on a talk with a representative; the page warns against naming a constituent",
        "engagement_note_revision": "what such a note said before",
        "follow_up": "what a colleague does next about a representative",
        "notice_read": "which colleague has read a notice",
        "request_own": "which colleague looks after a request for information",
    }
)
