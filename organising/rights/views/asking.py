"""The public's pages: asking without an account, and saying that it was, or was not, oneself.

They run as the public even when a member is signed in, and answer the same whoever is known: nothing is looked up.
"""

from collections.abc import Callable

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from organising.accounts.limits import signing
from organising.organisations.queries import find_system_actor
from organising.platform.access import own_context, public
from organising.platform.actor import Actor
from organising.platform.db import db, find, new_id
from organising.platform.links import unkept
from organising.platform.tenancy import ANONYMOUS, Context, use_context
from organising.rights.forms import AskForm
from organising.rights.links import read_confirm_token
from organising.rights.models import RequestState, RightsRequest
from organising.rights.queries.public import find_asked, list_asked
from organising.rights.services import requests
from organising.rights.services.mail import UNCONFIRMED_DAYS

from .blueprint import blueprint

ANYONE = "anyone may ask an organisation about their own data"
HOLDER = "who holds the link from the mail says whether it was them, and reads nothing"


@blueprint.get("/your-data")
@public(ANYONE)
@own_context
def index() -> str:
    """Whom one can ask: the organisations that stand in public."""
    with use_context(ANONYMOUS):
        return render_template("rights/whom.html", organisations=list_asked())


@blueprint.route("/your-data/<organisation>", methods=["GET", "POST"])
@public(ANYONE)
@own_context
@signing
def ask(organisation: str) -> Response:
    """The form. A first and a repeated request, by somebody known or not, get the same answer, as does a program's."""
    form = AskForm()
    with use_context(Context(subject=new_id())) as session:
        asked = find_asked(organisation)
        valid = request.method == "POST" and (form.is_trap_sprung or form.validate())
        if not valid:
            if request.method == "GET":
                form.restart()
            body = render_template("rights/ask.html", form=form, organisation=asked)
            return make_response(body, 422 if request.method == "POST" else 200)
        if not form.is_trap_sprung:
            subject = session.info["context"].subject
            requests.ask(subject, asked.id, form.asked())
            db.session.commit()
    return redirect(url_for(".check_email", organisation=organisation), 303)


@blueprint.get("/your-data/<organisation>/check-your-email")
@public(ANYONE)
@own_context
def check_email(organisation: str) -> str:
    """After asking: the same for everyone."""
    with use_context(ANONYMOUS):
        return render_template(
            "rights/check_email.html", organisation=find_asked(organisation), days=UNCONFIRMED_DAYS
        )


@blueprint.get("/your-data/confirm/<token>")
@public(HOLDER)
@own_context
def confirm(token: str) -> Response:
    """A page with two buttons. Opening it changes nothing: scanners of mail open links too."""
    return _page(token)


@blueprint.post("/your-data/confirm/<token>")
@public(HOLDER)
@own_context
def confirm_now(token: str) -> Response:
    """It was them: the request begins."""
    return _decide(token, requests.confirm)


@blueprint.post("/your-data/confirm/<token>/refusal")
@public(HOLDER)
@own_context
def refuse(token: str) -> Response:
    """It was not them: what was typed goes."""
    return _decide(token, requests.take_back)


def _decide(token: str, decide: Callable[[Actor, RightsRequest], bool]) -> Response:
    organisation_id, request_id = read_confirm_token(token)
    with use_context(Context(organisation_id=organisation_id)):
        row = find(RightsRequest, request_id)
        if row is not None:
            decide(find_system_actor(organisation_id), row)
            db.session.commit()
    return redirect(url_for(".confirm", token=token), 303)


def _page(token: str) -> Response:
    organisation_id, request_id = read_confirm_token(token)
    with use_context(Context(organisation_id=organisation_id)):
        row = find(RightsRequest, request_id)
        body = render_template(
            "rights/confirm.html",
            token=token,
            organisation=find_system_actor(organisation_id).organisation_name,
            state=row.state if row is not None else None,
            kind=row.kind if row is not None else None,
            unconfirmed=RequestState.UNCONFIRMED,
        )
    return unkept(body)
