"""“Stop, everyone”: a page where anybody types their address, and the page that the mail to it leads to."""

from flask import Response, redirect, render_template, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Redirect
from wtforms import EmailField
from wtforms.validators import DataRequired, Length

from organising.accounts.limits import knocking
from organising.mailings.services import stops
from organising.outreach.links import read_stop_everyone_token
from organising.platform.access import own_context, public
from organising.platform.db import db
from organising.platform.forgery import tokenless
from organising.platform.forms import PublicForm, parsed
from organising.platform.languages import kept_language
from organising.platform.links import unkept
from organising.platform.tenancy import Context, use_context
from organising.pledges.canonical import parse_email

from .blueprint import blueprint

IDENTITY = Context(purpose="identity")
ANYBODY = "whoever holds an address decides whether the campaign writes to it, known or not"
HOLDER = "the link in the mail is the key to the address that it went to"


class StopForm(PublicForm):
    """An address: the request only sends a mail to whoever owns it."""

    salt = "outreach.stop_everyone"

    email = EmailField(
        _l("Your email address"),
        [DataRequired(_l("Enter your email address.")), Length(max=254), parsed(parse_email)],
    )


@blueprint.route("/stop-everyone", methods=["GET", "POST"])
@public(ANYBODY)
@own_context
@tokenless
@knocking
def ask_everyone() -> Response | Redirect | tuple[str, int] | str:
    """Ask for the mail. Nothing is looked up: the same happens for every address."""
    form = StopForm()
    if not form.is_submitted():
        form.restart()
        return render_template("outreach/ask_everyone.html", form=form)
    if not form.validate():
        return render_template("outreach/ask_everyone.html", form=form), 422
    if not form.is_trap_sprung:
        with use_context(IDENTITY):
            stops.ask_owner(form.email.data or "", kept_language())
            db.session.commit()
    return redirect(url_for("outreach.everyone_asked"), 303)


@blueprint.get("/stop-everyone/sent")
@public("the same page for every address, known or not")
def everyone_asked() -> str:
    """What happens next."""
    return render_template("outreach/everyone_asked.html")


@blueprint.get("/stop-everyone/<token>")
@public(HOLDER)
@own_context
def everyone(token: str) -> Response:
    """Whether everybody is stopped for this address. Opening it changes nothing."""
    return _page(token)


@blueprint.post("/stop-everyone/<token>")
@public(HOLDER)
@own_context
@tokenless
def stop_everyone(token: str) -> Response:
    """Stop every partner."""
    stop = read_stop_everyone_token(token)
    with use_context(IDENTITY):
        stops.lodge(stop)
        db.session.commit()
    return _page(token, changed=True)


@blueprint.post("/stop-everyone/<token>/undo")
@public(HOLDER)
@own_context
@tokenless
def undo_everyone(token: str) -> Response:
    """Let partners write again, each as far as they may."""
    stop = read_stop_everyone_token(token)
    with use_context(IDENTITY):
        stops.lift(stop)
        db.session.commit()
    return _page(token, changed=True)


def _page(token: str, *, changed: bool = False) -> Response:
    stop = read_stop_everyone_token(token)
    with use_context(IDENTITY):
        stopped = stops.is_stopped(stop)
        return unkept(
            render_template("outreach/everyone.html", token=token, stopped=stopped, changed=changed)
        )
