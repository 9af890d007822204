"""How an office asked to be written to: kept by hand, for every partner's mailings."""

from uuid import UUID

from flask_babel import gettext as _

from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import get_or_404
from organising.platform.errors import Invalid
from organising.platform.permissions import Permission
from organising.representatives.models import ContactPreference, Person

LONGEST_NOTE = 200


def prefer_contact(actor: Actor, person_id: UUID, preference: str, note: str) -> bool:
    """Keep what the office asked for, or nothing for an empty ``preference``; returns whether that changed anything.

    The session's context needs the purpose ``import``. Raises Forbidden, NotFound, Invalid by field.
    """
    actor.check(Permission.REPRESENTATIVES_IMPORT)
    note = " ".join(note.split())
    if preference and preference not in list(ContactPreference):
        raise Invalid(_("This was not kept yet."), preference=_("Choose one of these."))
    if len(note) > LONGEST_NOTE:
        raise Invalid(
            _("This was not kept yet."), note=_("Use at most %(most)s characters.", most=LONGEST_NOTE)
        )
    person: Person = get_or_404(Person, person_id)
    wanted = ContactPreference(preference) if preference else None
    changed = person.prefer(wanted, (note or None) if wanted else None, actor.author_label, now())
    if changed:
        audit.record(actor, "person.contact_preference", "person", person.id, preference=preference)
    return changed
