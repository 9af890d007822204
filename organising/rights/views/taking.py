"""The page from which a person takes their bundle: a signed link that ends, and a button for each form of it."""

from uuid import UUID

from flask import Response as FileResponse
from flask import render_template
from werkzeug.wrappers import Response

from organising.accounts.limits import signing
from organising.organisations.queries import find_system_actor
from organising.platform.access import own_context, public
from organising.platform.db import db, find
from organising.platform.errors import NotFound
from organising.platform.languages import in_language
from organising.platform.links import unkept
from organising.platform.tenancy import Context, use_context
from organising.rights.links import BUNDLE_DAYS, read_bundle_token
from organising.rights.models import RightsRequest
from organising.rights.services import access
from organising.rights.services.documents import TYPES, Document, Form, render

from .blueprint import blueprint

HOLDER = (
    "who holds the link that was mailed to a person after they were identified takes what is kept about them"
)


@blueprint.get("/your-data/take/<token>")
@public(HOLDER)
@own_context
def take(token: str) -> Response:
    """The page with the buttons. It shows nothing of the person."""
    organisation_id, request_id, version = read_bundle_token(token)
    with use_context(Context(organisation_id=organisation_id)):
        _held(request_id, version)
        name = find_system_actor(organisation_id).organisation_name
        return unkept(render_template("rights/take.html", token=token, organisation=name, days=BUNDLE_DAYS))


@blueprint.post("/your-data/take/<token>/<form>")
@public(HOLDER)
@own_context
@signing
def take_as(token: str, form: str) -> Response:
    """The bundle as a file, made now."""
    organisation_id, request_id, version = read_bundle_token(token)
    with use_context(Context(organisation_id=organisation_id)):
        actor, row = find_system_actor(organisation_id), _held(request_id, version)
        # Its labels are those of staff's pages, which are in English.
        with in_language(None):
            answer = as_file(access.bundle(actor, row), form, "your-data")
        access.note_taken(actor, row, form, by_person=True)
        db.session.commit()
    return answer


def _held(request_id: UUID, version: int) -> RightsRequest:
    row = find(RightsRequest, request_id)
    if row is None or row.link_version != version or row.identity_at is None or row.details_removed_at:
        raise NotFound
    return row


def as_file(document: Document, form: str, name: str) -> FileResponse:
    """A document as a download that no cache keeps. Raises :class:`NotFound` for a form that there is not."""
    if form not in set(Form):
        raise NotFound
    kind = Form(form)
    return FileResponse(
        render(document, kind),
        content_type=TYPES[kind],
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{kind}"',
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
        },
    )
