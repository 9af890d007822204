"""The desk: who waits and by when, what is over, and writing a request down."""

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.contacts.models import Contact
from organising.contacts.queries.contacts import list_details
from organising.organisations.queries import get_own_organisation
from organising.platform.access import current_actor, requires
from organising.platform.clock import today
from organising.platform.db import db, find
from organising.platform.errors import Invalid
from organising.platform.given import as_id
from organising.platform.pagination import page
from organising.platform.permissions import Permission
from organising.rights.forms import OpenForm
from organising.rights.links import asking_url
from organising.rights.models import RightsRequest
from organising.rights.queries import list_ended, list_waiting
from organising.rights.services.requests import open_request

from .blueprint import blueprint

PAGE = 25


@blueprint.get("/rights")
@requires(Permission.RIGHTS_DESK)
def desk() -> str:
    """Open requests with the days that are left, and those that are over."""
    ended = page(
        list_ended(),
        order_by=[RightsRequest.ended_at, RightsRequest.id],
        cursor=request.args.get("cursor"),
        size=PAGE,
        descending=True,
    )
    return render_template(
        "rights/desk.html",
        waiting=list_waiting(),
        page=ended,
        public_address=asking_url(get_own_organisation(current_actor()).slug),
    )


@blueprint.route("/rights/new", methods=["GET", "POST"])
@requires(Permission.RIGHTS_DESK)
def new() -> str | Response | tuple[str, int]:
    """Write down a request that came by post, phone, mail or face to face."""
    form = OpenForm()
    if request.method == "GET":
        _begin(form)
        return render_template("rights/new.html", form=form)
    try:
        opened = open_request(
            current_actor(),
            form.asked(),
            came_by=form.came_by.data or "",
            received_on=form.received_on.data,
            contact_id=form.contact,
        )
    except ValueError as error:
        form.show({"email": str(error)})
        return render_template("rights/new.html", form=form), 422
    except Invalid as invalid:
        form.validate()
        form.show(invalid.details)
        return render_template("rights/new.html", form=form), 422
    after = url_for(".show", rights_id=opened.id)
    db.session.commit()
    return redirect(after, 303)


def _begin(form: OpenForm) -> None:
    form.received_on.data = today()
    contact_id = as_id(request.args.get("contact"))
    contact = find(Contact, contact_id) if contact_id else None
    if contact is None:
        return
    emails = [one.value for one in list_details([contact.id]).get(contact.id, []) if one.kind == "email"]
    form.contact_id.data, form.name.data = str(contact.id), contact.name
    form.email.data = next((one for one in emails if one), "")


def title_of(row: RightsRequest) -> str:
    """What a request is called in lists and heads."""
    return row.name or _("Erased or long answered")
