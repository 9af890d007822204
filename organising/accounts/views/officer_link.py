"""Officers sign in by a mailed link or its code. Opening a link spends nothing: only the button on its page does."""

from uuid import UUID

from flask import flash, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...platform.access import Readers, before_second_factor, current_actor, public, signed_in
from ...platform.actor import Actor
from ...platform.db import db
from ...platform.errors import NotFound
from ...platform.tenancy import Context, use_context
from .. import officer_links, services
from ..forms import OfficerCodeForm, OfficerLinkForm
from ..limits import knocking
from ..links import OFFICER_LINK, find_row_id
from ..queries import load_signed_in
from . import blueprint
from .door import IDENTITY, Answer, ask_for_code, device, enter, to

# The request that this browser made: its code is of use here and nowhere else.
ASKED = "officer_request"


@blueprint.route("/sign-in/link", methods=["GET", "POST"])
@public("a branch officer who signs in without a password", readers=Readers.STAFF)
@knocking
def ask_officer_link() -> Answer:
    form = OfficerLinkForm()
    if request.method != "POST":
        return render_template("accounts/officer_link_ask.html", form=form)
    if not form.validate():
        return render_template("accounts/officer_link_ask.html", form=form), 422
    with use_context(IDENTITY):
        request_id = officer_links.ask(form.email.data or "")
        db.session.commit()
    session[ASKED] = str(request_id)
    return to(url_for("accounts.officer_code"))


@blueprint.route("/sign-in/link/code", methods=["GET", "POST"])
@public("the same page for every address, known or not", readers=Readers.STAFF)
@knocking
def officer_code() -> Answer:
    asked = session.get(ASKED)
    if not isinstance(asked, str):
        return to(url_for("accounts.ask_officer_link"))
    form = OfficerCodeForm()
    if request.method != "POST":
        return render_template("accounts/officer_code.html", form=form)
    if form.validate():
        with use_context(IDENTITY):
            try:
                began = officer_links.spend_code(UUID(asked), form.code.data or "", device())
            except officer_links.OfficerCodeRefused as error:
                began = None
                form.code.errors = [error.message]
            # A wrong code has been counted.
            db.session.commit()
        if began is not None:
            return _enter(began)
    return render_template("accounts/officer_code.html", form=form), 422


@blueprint.route("/sign-in/officer/<token>", methods=["GET", "POST"])
@public("the link in the mail is the key; opening it changes nothing", readers=Readers.STAFF)
@knocking
def officer_link(token: str) -> Answer:
    link_id = find_row_id(OFFICER_LINK, token)
    if link_id is None:
        raise NotFound
    with use_context(IDENTITY):
        if request.method != "POST":
            found = officer_links.find_open(link_id)
            if found is None:
                return _spent()
            return render_template("accounts/officer_link.html", found=found, token=token)
        try:
            began = officer_links.spend_link(link_id, device())
        except services.LinkSpent:
            return _spent()
        db.session.commit()
    return _enter(began)


def _spent() -> tuple[str, int]:
    return render_template("accounts/officer_link_spent.html"), 410


def _enter(began: officer_links.Began) -> Answer:
    """In by thirty days' session; with a second step first, where the person has one."""
    answer = services.SignInAnswer(
        began.user_id, began.session_epoch, began.has_second_factor, began.session_id
    )
    if began.has_second_factor:
        return ask_for_code(answer, remember=True, wanted=None)
    response = enter(answer, remember=True)
    audit_entry(answer)
    return response


def audit_entry(answer: services.SignInAnswer) -> None:
    """The organisation whose officer came in has it in its log."""
    person = load_signed_in(answer.user_id, answer.session_epoch, answer.session_id)
    for one in person.memberships if person else ():
        with use_context(Context(organisation_id=one.organisation_id, user_id=answer.user_id)):
            assert person is not None
            officer_links.record_entry(
                Actor(
                    person.user_id,
                    person.display_name,
                    one.organisation_id,
                    one.organisation_name,
                    one.role,
                    one.unit_id,
                    one.campaign_id,
                )
            )
            db.session.commit()


@blueprint.post("/account/devices/<uuid:session_id>/ending")
@signed_in("one's own devices")
@before_second_factor
def end_own_session(session_id: UUID) -> Answer:
    user_id, here = current_actor().user_id, current_user.session_id
    assert user_id is not None
    with use_context(Context(user_id=user_id)):
        officer_links.end_own(user_id, session_id)
        db.session.commit()
    if session_id == here:
        session.clear()
        flash(_("You are signed out."), "success")
        return to(url_for("accounts.sign_in"))
    flash(_("That device is signed out."), "success")
    return to(url_for("accounts.account"))
