"""One contact: how to reach them, what is known, and what happened."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ...organisations.queries import list_names
from ...platform.access import current_actor, requires
from ...platform.actor import Actor
from ...platform.cautions import Caution
from ...platform.clock import today
from ...platform.db import db, get_or_404
from ...platform.forms import PlainForm
from ...platform.given import as_id
from ...platform.panels import list_panels
from ...platform.permissions import Permission
from ..duplicates import RuleKind
from ..forms import NoteForm
from ..models import Contact, ContactNote, DetailKind, SpecialFact
from ..queries.consents import Decided, list_decisions, list_facts, list_standing
from ..queries.contacts import list_areas_of, list_colleagues, list_details, list_tags_of, list_unit_names
from ..queries.duplicates import list_by_id, list_merges
from ..queries.fields import OwnField, list_fields, list_values, say_value
from ..queries.happenings import About, list_happenings, list_occasions
from ..queries.timeline import list_timeline
from ..services.duplicates import list_candidates
from ..services.merging import UNDO_FOR, can_undo
from ..words import CHANNELS, FIELDS, PURPOSES
from .blueprint import blueprint


@blueprint.get("/<uuid:contact_id>")
@requires(Permission.CONTACTS_KEEP)
def show(contact_id: UUID) -> str | Response:
    """One contact's page; of one that was merged, the page of the one it is part of."""
    contact = get_or_404(Contact, contact_id)
    if contact.merged_into_id is not None:
        return redirect(url_for(".show", contact_id=contact.merged_into_id), 303)
    return render_contact(contact)


def render_contact(
    contact: Contact, note_form: NoteForm | None = None, cautions: Sequence[Caution] = ()
) -> str:
    """The page, with the note that was refused where there is one."""
    actor, on = current_actor(), today()
    details = list_details([contact.id]).get(contact.id, [])
    note_form = note_form or NoteForm(formdata=None)
    note_form.key()
    decisions, fields = list_decisions(contact.id), list_fields(removed=True)
    may_merge = actor.can(Permission.CONTACTS_MERGE)
    email_keys = [one.value_key for one in details if one.kind == DetailKind.EMAIL and one.value_key]
    happenings = list_happenings(actor, About(contact.id, email_keys))
    merges = list_merges(contact.id) if may_merge else ()
    return render_template(
        "contacts/show.html",
        contact=contact,
        details={kind: [one for one in details if one.kind == kind] for kind in DetailKind},
        on=on,
        tags=list_tags_of([contact.id]).get(contact.id, []),
        areas=list_areas_of([contact.id], on).get(contact.id, []),
        unit=list_unit_names([contact.unit_id]).get(contact.unit_id) if contact.unit_id else None,
        own=_own(contact.id, fields),
        colleagues=list_colleagues(),
        occasions=_occasions(actor) if contact.archived_at is None else [],
        timeline=list_timeline(contact.id, decisions, fields, happenings),
        consents=_consents(contact.id, decisions),
        names=list_names(actor),
        panels=list_panels(
            "contact",
            actor,
            email_keys=email_keys,
        ),
        asked=list_panels("contact_asked", actor, contact_id=contact.id),
        candidates=list_candidates(actor, RuleKind.BROAD, contact.id)
        if may_merge and contact.archived_at is None
        else [],
        merges=[one for one in merges if can_undo(one)],
        merged_names={one.id: one.name for one in list_by_id([one.merged_id for one in merges]).values()}
        if merges
        else {},
        undo_for=UNDO_FOR,
        note_form=note_form,
        cautions=cautions,
        words=FIELDS,
        button_form=PlainForm(formdata=None),
        removed_note=_removed(contact),
        kept=request.args.get("kept"),
    )


def _occasions(actor: Actor) -> list[tuple[Any, list[tuple[str, str]]]]:
    """Where a contact can have been, under the words of each kind."""
    found = [
        (one.label, [(f"{one.key}:{its_id}", words) for its_id, words in one.offer(actor)])
        for one in list_occasions()
    ]
    return [(label, rows) for label, rows in found if rows]


def _own(contact_id: UUID, fields: Sequence[OwnField]) -> list[tuple[str, str]]:
    """The organisation's own fields in which something stands, in words."""
    values = list_values([contact_id]).get(contact_id, {})
    return [
        (one.name, say_value(one, values[one.id]))
        for one in fields
        if one.id in values and one.field.removed_at is None
    ]


def _consents(
    contact_id: UUID, decisions: Sequence[Decided]
) -> list[tuple[str, Any, list[tuple[str, Decided]], SpecialFact | None]]:
    """For each purpose its label, what stands by channel, and the fact that is kept because of it."""
    standing, facts = list_standing(decisions), list_facts(contact_id)
    return [
        (
            purpose,
            label,
            [(channel, standing[purpose, channel]) for channel in CHANNELS if (purpose, channel) in standing],
            facts.get(purpose),
        )
        for purpose, label in PURPOSES.items()
    ]


def _removed(contact: Contact) -> UUID | None:
    """The note that was taken away just now, to be put back with one tap."""
    note_id = as_id(request.args.get("removed"))
    note = db.session.get(ContactNote, (contact.organisation_id, note_id)) if note_id else None
    gone = note is not None and note.contact_id == contact.id and note.removed_at is not None
    return note_id if gone else None
