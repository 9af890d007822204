"""One request: its clock, who it is about, what is held, and what can be done next."""

from typing import Any
from uuid import UUID

from flask import flash, make_response, render_template, request
from werkzeug.wrappers import Response

from organising.contacts.models import Contact
from organising.contacts.queries.duplicates import list_by_id
from organising.organisations.queries import list_names
from organising.platform.access import current_actor, requires
from organising.platform.audit_words import in_words
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import Conflict
from organising.platform.forms import PlainForm
from organising.platform.given import as_id
from organising.platform.permissions import Permission
from organising.rights.forms import (
    ByNameForm,
    CorrectForm,
    EndForm,
    ExtendForm,
    IdentityForm,
    LinkForm,
    NameForm,
    PauseForm,
)
from organising.rights.models import RightsRequest
from organising.rights.queries import get_request, get_times, list_deeds, list_mail
from organising.rights.services import access
from organising.rights.services.documents import Form
from organising.rights.services.subjects import describe_contacts, list_likely, search_for

from .blueprint import blueprint
from .listing import title_of
from .taking import as_file

FORMS: dict[str, Any] = {
    "link_form": LinkForm,
    "identity_form": IdentityForm,
    "pause_form": PauseForm,
    "extend_form": ExtendForm,
    "correct_form": CorrectForm,
    "name_form": NameForm,
    "by_name_form": ByNameForm,
    "end_form": EndForm,
}


@blueprint.get("/rights/<uuid:rights_id>")
@requires(Permission.RIGHTS_DESK)
def show(rights_id: UUID) -> str:
    """The page of one request."""
    return render_request(get_request(rights_id))


@blueprint.post("/rights/<uuid:rights_id>/bundle/<form>")
@requires(Permission.RIGHTS_DESK)
def take_bundle(rights_id: UUID, form: str) -> Response:
    """The bundle as a file, to hand over to whom somebody made sure of. It is a POST since it leaves a trace."""
    actor, row = current_actor(), get_request(rights_id)
    try:
        document = access.bundle(actor, row)
    except Conflict as conflict:
        flash(conflict.message, "error")
        return make_response(render_request(row), 409)
    answer = as_file(document, form, f"request-{row.number}")
    access.note_taken(actor, row, Form(form), by_person=False)
    db.session.commit()
    return answer


def render_request(row: RightsRequest, **refused: Any) -> str:
    """The page; ``refused``: a form that was refused, in place of a fresh one."""
    actor, times = current_actor(), get_times(row)
    forms = {name: refused.get(name) or form(formdata=None) for name, form in FORMS.items()}
    words = request.args.get("find", "").strip()
    found = search_for(actor, words) if words and row.is_open else []
    contacts = _contacts(row, found)
    forms["link_form"].offer(describe_contacts(contacts), row.contact_id)
    forms["pause_form"].about(row.identity_at is not None)
    if "by_name_form" not in refused:
        forms["by_name_form"].by_name.data = row.by_name
    sections = access.gather(actor, row) if row.details_removed_at is None else []
    return render_template(
        "rights/show.html",
        request_row=row,
        title=title_of(row),
        times=times,
        on=today(),
        days_left=times.days_left(today()),
        may_extend=_may_extend(row),
        contact=next((one for one in contacts if one.id == row.contact_id), None),
        words=words,
        found=found,
        contacts=contacts,
        sections=sections,
        items=sum(len(section.items) for section in sections),
        deeds=[(one, in_words(one.action)) for one in list_deeds(row.id)],
        names=list_names(actor),
        mail=list_mail(row.id),
        button_form=PlainForm(formdata=None),
        **forms,
    )


def _may_extend(row: RightsRequest) -> bool:
    until = get_times(row).extend_until
    return row.is_open and row.extended_on is None and until is not None and until >= today()


def _contacts(row: RightsRequest, found: list[Contact]) -> list[Contact]:
    """Who it may be: those of the name or the address, whom a search found, and the one that was chosen."""
    offered = {one.id: one for one in [*(list_likely(row) if row.is_open else ()), *found]}
    more = [one for one in (row.contact_id, as_id(request.args.get("contact"))) if one is not None]
    return list((offered | list_by_id(more)).values())
