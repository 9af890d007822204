"""Accepting an invitation: the link opens a page, the acceptance is a POST."""

from flask import Response, flash, render_template, request, session
from flask_babel import gettext as _
from flask_login import current_user

from ...platform.access import ORGANISATION, Readers, own_context, public
from ...platform.db import db
from ...platform.errors import NotFound
from ...platform.permissions import Role
from ...platform.tenancy import Context, use_context
from .. import joining, officer_links
from ..forms import JoinAsOfficerForm, JoinForm
from ..limits import knocking
from ..links import INVITATION, find_row_id
from ..services import LinkSpent, SignInAnswer
from ..words import ROLE_NAMES, ROLE_TASKS
from . import blueprint
from .door import Answer, device, enter, to


@blueprint.route("/invitations/<token>", methods=["GET", "POST"])
@public("whoever holds the link may see what it invites to", readers=Readers.STAFF)
@own_context
@knocking
def invitation(token: str) -> Answer:
    found = _find(token)
    if found.state != "open":
        return _page("accounts/invitation_closed.html", found), 410
    if found.known_user_id is not None:
        return _known(found, token)
    form = JoinAsOfficerForm() if found.role is Role.OFFICER else JoinForm()
    if request.method == "POST" and form.validate():
        with use_context(_context(found)):
            try:
                person = joining.accept_as_new(found, form.display_name.data or "", form.password.data or "")
            except LinkSpent:
                return _page("accounts/invitation_closed.html", _find(token)), 410
            session_id = None
            if not form.password.data:
                session_id = officer_links.open_session(person, found.organisation_id, device())
            db.session.commit()
        return _welcome(enter(SignInAnswer(person, 0, session_id=session_id)), found)
    page = _page("accounts/invitation.html", found, form=form, token=token, standing="new")
    return (page, 422) if request.method == "POST" else page


def _known(found: joining.OpenedInvitation, token: str) -> Answer:
    """The address has an account: only its owner, signed in, may accept."""
    signed_in_as = current_user.user_id if current_user.is_authenticated else None
    if signed_in_as != found.known_user_id:
        standing = "stranger" if signed_in_as else "signed_out"
        page = _page("accounts/invitation.html", found, token=token, standing=standing)
        return (page, 403) if request.method == "POST" else page
    if request.method == "GET":
        return _page("accounts/invitation.html", found, token=token, standing="known")
    with use_context(_context(found)):
        try:
            joining.accept_as_known(found, current_user.user_id, current_user.display_name)
        except LinkSpent:
            return _page("accounts/invitation_closed.html", _find(token)), 410
        db.session.commit()
    return _welcome(to("/"), found)


def _welcome(answer: Response, found: joining.OpenedInvitation) -> Response:
    session[ORGANISATION] = str(found.organisation_id)
    session.pop("csrf_token", None)
    flash(_("Welcome. You now work with %(name)s.", name=found.organisation_name), "success")
    return answer


def _find(token: str) -> joining.OpenedInvitation:
    invitation_id = find_row_id(INVITATION, token)
    if invitation_id is None:
        raise NotFound
    with use_context(Context(purpose="identity")):
        found = joining.find_invitation(invitation_id)
    if found is None:
        raise NotFound
    return found


def _context(found: joining.OpenedInvitation) -> Context:
    """The link's holder acts in the inviting organisation for this one transaction.

    It has its audit line there.
    """
    return Context(organisation_id=found.organisation_id, purpose="identity")


def _page(template: str, found: joining.OpenedInvitation, **values: object) -> str:
    return render_template(template, invitation=found, role_names=ROLE_NAMES, role_tasks=ROLE_TASKS, **values)
