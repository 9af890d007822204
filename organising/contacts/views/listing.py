"""The list of contacts with its search as one types, its numbers for those who see no person, and the file."""

from flask import Response, render_template, request, url_for

from ...organisations.queries import list_units
from ...platform.access import current_actor, requires
from ...platform.actor import Actor
from ...platform.clock import today
from ...platform.db import db, find
from ...platform.errors import Invalid
from ...platform.pagination import page
from ...platform.permissions import Permission, Role
from ...platform.spreadsheet import download
from ...safeguards.services import may_take_out
from ...safeguards.terms import ExportKind
from ..criteria import Group
from ..forms import ContactFilter, ExportForm
from ..forms.bulk import ChangeForm
from ..forms.lists import NAMED
from ..models import Contact, ContactSegment
from ..queries.contacts import (
    count_contacts,
    has_contacts,
    list_areas_of,
    list_areas_with_contacts,
    list_colleagues,
    list_tags,
    list_tags_of,
    list_unit_names,
)
from ..queries.questions import list_questions
from ..queries.segments import describe, list_segments, read_criteria
from ..services.counting import count_totals
from ..services.exporting import export_contacts, needs_reason
from ..services.searching import search_contacts
from ..services.segments import may_change
from .blueprint import blueprint

PAGE = 50
# Of what words find, no more are counted: whoever finds a thousand goes on typing.
MOST_COUNTED = 1_000


@blueprint.get("")
@requires(Permission.CONTACTS_COUNT)
def index() -> str:
    """Contacts by name, narrowed by what stands in the address; numbers alone for an analyst."""
    actor = current_actor()
    if not actor.can(Permission.CONTACTS_KEEP):
        return render_template("contacts/totals.html", totals=count_totals(actor))
    form = filter_form()
    return _list(form, ExportForm(formdata=None, data=request.args.to_dict()))


@blueprint.post("/exports")
@requires(Permission.CONTACTS_EXPORT)
def export() -> Response | tuple[str, int]:
    """The contacts of the list as CSV. It is a POST since it leaves a trace: who took how many, and what for."""
    filters_form, form = filter_form(request.form), ExportForm()
    form.offer()
    if not form.validate():
        return _list(filters_form, form), 422
    try:
        text = export_contacts(current_actor(), filters_form.filters(), form.reason.data or "")
    except Invalid as invalid:
        form.show(invalid.details)
        return _list(filters_form, form), 422
    db.session.commit()
    return download(text, f"contacts-{today().isoformat()}.csv")


def filter_form(given: object = None) -> ContactFilter:
    """The list's filters, of the address unless given."""
    actor = current_actor()
    form = ContactFilter(request.args if given is None else given)
    units = [] if actor.role is Role.OFFICER else list_units()
    segments = list_segments()
    form.offer(units, list_tags(), list_areas_with_contacts(today()), segments)
    return form


def bulk_form(actor: Actor, form: ContactFilter) -> ChangeForm:
    """What to do with all that the list found."""
    made = ChangeForm(formdata=None)
    made.offer(None if actor.role is Role.OFFICER else form.units, list_colleagues())
    return made


def criteria_of_list() -> Group:
    """What the list's filters in the address ask, for a segment to begin with; a segment among them as a group."""
    filters = filter_form().filters()
    group = filters.criteria()
    segment = find(ContactSegment, filters.segment_id) if filters.segment_id else None
    if segment is None:
        return group
    asked = read_criteria(segment)
    return Group(parts=(asked, *group.parts)) if group.parts else asked


def _list(form: ContactFilter, export_form: ExportForm) -> str:
    actor, filters = current_actor(), form.filters()
    statement = search_contacts(actor, filters)
    found = page(
        statement, order_by=[Contact.sort_key, Contact.id], cursor=request.args.get("cursor"), size=PAGE
    )
    ids = [one.id for one in found.items]
    export_form.offer()
    address = {name: value for name in NAMED if (value := form[name].data)}
    segment = find(ContactSegment, filters.segment_id) if filters.segment_id else None
    return render_template(
        "contacts/index.html",
        form=form,
        export_form=export_form,
        needs_reason=needs_reason(actor),
        may_export=actor.can(Permission.CONTACTS_EXPORT) and may_take_out(actor, ExportKind.CONTACTS),
        filters=filters,
        change_form=bulk_form(actor, form),
        address=address,
        segment=segment,
        says=describe(read_criteria(segment), list_questions()) if segment else "",
        may_change=segment is not None and may_change(actor, segment),
        page=found,
        here=url_for(".index", **address),
        total=count_contacts(statement, MOST_COUNTED if filters.words else None),
        most_counted=MOST_COUNTED,
        is_empty=not found.items and not has_contacts(),
        tags=list_tags_of(ids),
        areas=list_areas_of(ids, today()),
        units=list_unit_names({one.unit_id for one in found.items if one.unit_id}),
    )
