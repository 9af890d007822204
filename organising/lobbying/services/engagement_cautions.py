"""What to ask about a contact before it is logged or changed."""

from collections.abc import Iterator
from datetime import timedelta

from flask_babel import gettext as _

from organising.lobbying.queries.log import find_repeated
from organising.lobbying.queries.members import was_in_office
from organising.lobbying.services.drafts import EngagementDraft, place
from organising.platform.actor import Actor
from organising.platform.cautions import Caution, caution_key, text_cautions
from organising.platform.clock import now

REPEATED_WITHIN = timedelta(hours=24)


def engagement_cautions(actor: Actor, draft: EngagementDraft, *, is_new: bool = True) -> Iterator[Caution]:
    """What to ask about an engagement before it is logged (``is_new``) or changed."""
    yield from text_cautions("headline", draft.line, shared=True)
    yield from text_cautions("note", draft.note, shared=False)
    yield from text_cautions("out_of_office_reason", draft.out_of_office_reason, shared=True)
    for number, attendee in enumerate(draft.attendees, start=1):
        yield from text_cautions(place("attendee", number, "label"), attendee.words, shared=True)
    assert draft.happened_on is not None
    if draft.person_id and not draft.reason and not was_in_office(draft.person_id, draft.happened_on):
        yield Caution(
            "not_in_office",
            "out_of_office_reason",
            _("They held no office on that day, as far as we know. Check the day, or say why it counts."),
            caution_key("not_in_office", ""),
            needs_reason=True,
        )
    if is_new and _looks_repeated(actor, draft):
        who = draft.person_id or draft.institution_id
        yield Caution(
            "repeated",
            "headline",
            _("Your organisation logged the same contact not long ago. Log it again if it happened twice."),
            caution_key("repeated", f"{who}{draft.happened_on}{draft.line}"),
        )


def _looks_repeated(actor: Actor, draft: EngagementDraft) -> bool:
    """A draft restored after a lost answer comes with a new key: the same words tell it."""
    assert draft.happened_on is not None
    return find_repeated(
        actor,
        person_id=draft.person_id,
        institution_id=draft.institution_id,
        happened_on=draft.happened_on,
        kind=draft.kind,
        headline=draft.line,
        since=now() - REPEATED_WITHIN,
    )
