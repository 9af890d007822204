"""Saving a filter of the grid under a name, for all partners, and taking it away again."""

from collections.abc import Collection
from urllib.parse import urlencode
from uuid import UUID

from flask_babel import gettext as _

from organising.lobbying.models import NAME_LENGTH, Segment
from organising.lobbying.queries.grid import TargetCriteria
from organising.lobbying.queries.segments import get_own_segment, list_segments
from organising.lobbying.services.shared import authorship, check_takes_part
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.cautions import ask_first, text_cautions
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.permissions import Permission


def save_segment(
    actor: Actor, name: str, criteria: TargetCriteria, *, confirmed: Collection[str] = ()
) -> Segment:
    """Keep the criteria under a name; the same twice is one.

    Raises Forbidden, Invalid by field (a name that the organisation uses already), NeedsConfirmation.
    """
    check_takes_part(actor, Permission.TARGETS_EDIT_LED)
    name, stored = " ".join(name.split()), urlencode(criteria.to_args())
    if not 0 < len(name) <= NAME_LENGTH:
        raise Invalid(_("The segment was not saved yet."), name=_("Give it a name of up to 80 letters."))
    for one in list_segments(actor):
        if one.is_of(actor.organisation_id) and one.name.casefold() == name.casefold():
            if one.criteria == stored:
                return one
            raise Invalid(
                _("The segment was not saved yet."), name=_("You have a segment of this name. Take another.")
            )
    ask_first(text_cautions("name", name, shared=True), confirmed)
    segment = Segment(name=name, criteria=stored, **authorship(actor))
    db.session.add(segment)
    db.session.flush()
    audit.record(actor, "segment.saved", "segment", segment.id)
    return segment


def remove_segment(actor: Actor, segment_id: UUID) -> Segment:
    """Take a segment from the list; twice is once. Raises NotFound for another organisation's."""
    return _turn(actor, segment_id, removed=True)


def restore_segment(actor: Actor, segment_id: UUID) -> Segment:
    """Undo :func:`remove_segment`."""
    return _turn(actor, segment_id, removed=False)


def _turn(actor: Actor, segment_id: UUID, *, removed: bool) -> Segment:
    actor.check(Permission.TARGETS_EDIT_LED)
    segment = get_own_segment(actor, segment_id)
    if segment.remove(now()) if removed else segment.restore():
        audit.record(actor, "segment.removed" if removed else "segment.restored", "segment", segment.id)
        db.session.flush()
    return segment
