"""Signing in and out, and a forgotten password."""

from ipaddress import ip_address
from typing import cast
from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user

from ...config import Settings
from ...platform.access import Readers, SignedIn, find_actor, public
from ...platform.clock import now
from ...platform.db import db
from ...platform.errors import NotFound
from ...platform.paths import own_path
from ...platform.tenancy import Context, use_context
from .. import demo, officer_links, services
from ..forms import NewPasswordForm, ResetForm, SignInForm
from ..limits import knocking
from ..links import PASSWORD_RESET, find_row_id
from ..queries import load_signed_in
from ..words import ROLE_NAMES, device_words
from . import blueprint

Answer = Response | str | tuple[str, int]
IDENTITY = Context(purpose="identity")
# What a session holds between the password and the code.
HALF_WAY = "half_way"


def to(address: str) -> Response:
    """The answer to a POST: look there."""
    return cast(Response, redirect(address, 303))


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public("whoever is not signed in yet", readers=Readers.STAFF)
@knocking
def sign_in() -> Answer:
    form = SignInForm()
    if request.method == "GET":
        wanted = own_path(request.args.get("next"))
        if find_actor() is not None:
            return to(wanted or "/")
        form.next.data = wanted
        return _sign_in_page(form)
    if form.validate():
        answer = _check(form.email.data or "", form.password.data or "")
        if answer is not None:
            remember, wanted = bool(form.remember.data), own_path(form.next.data)
            return (ask_for_code if answer.has_second_factor else enter)(
                answer, remember=remember, wanted=wanted
            )
        form.form_errors.append(
            _("That address and password don’t match. Try again, or choose a new password.")
        )
    return _sign_in_page(form), 422


def _sign_in_page(form: SignInForm) -> str:
    shown = demo.PEOPLE if _is_demo_here() else ()
    return render_template(
        "accounts/sign_in.html",
        form=form,
        demo_people=shown,
        demo_password=demo.PASSWORD,
        role_names=ROLE_NAMES,
    )


def _check(email: str, password: str) -> services.SignInAnswer | None:
    """Try the password; a failure is committed, for it counts."""
    if password == demo.PASSWORD and not _is_demo_here():
        # A database that once held the demo must not open to a password that everybody knows.
        password = ""
    with use_context(IDENTITY):
        try:
            return services.sign_in(email, password)
        except services.SignInRefused:
            return None
        finally:
            db.session.commit()


def ask_for_code(answer: services.SignInAnswer, *, remember: bool, wanted: str | None) -> Response:
    """The password was right: note that in a session in which nobody is signed in yet, and ask for the code."""
    session.clear()
    session[HALF_WAY] = {
        "user": str(answer.user_id),
        "epoch": answer.session_epoch,
        "session": str(answer.session_id or ""),
        "remember": remember,
        "wanted": wanted,
        "at": int(now().timestamp()),
    }
    return to(url_for("accounts.sign_in_code"))


def enter(answer: services.SignInAnswer, *, remember: bool = False, wanted: str | None = None) -> Response:
    """Start a fresh session for this person and go where they wanted to."""
    person = load_signed_in(answer.user_id, answer.session_epoch, answer.session_id)
    if person is None:
        raise NotFound
    begin_session(person, remember=remember)
    if not person.memberships and not (wanted or "").startswith("/invitations/"):
        return to(url_for("accounts.account"))
    return to(wanted or "/")


def begin_session(person: SignedIn, *, remember: bool) -> None:
    """Nothing of an earlier session stays: neither its organisation nor its token."""
    session.clear()
    # A session by link is a row that says itself when it ends.
    session.permanent = remember or person.session_id is not None
    login_user(person)


def device() -> str:
    """What the person's device is called in the list of theirs."""
    return device_words(request.headers.get("User-Agent", ""))


def _is_demo_here() -> bool:
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.demo:
        return False
    host = urlsplit(f"//{request.host}").hostname
    return ip_address(request.remote_addr or "::").is_loopback and host in ("localhost", "127.0.0.1", "::1")


@blueprint.post("/sign-out")
@public("leaving needs no permission", readers=Readers.STAFF)
def sign_out() -> Response:
    if current_user.is_authenticated and current_user.session_id is not None:
        with use_context(Context(user_id=current_user.user_id)):
            officer_links.end_own(current_user.user_id, current_user.session_id)
            db.session.commit()
    session.clear()
    flash(_("You are signed out."), "success")
    return to(url_for("accounts.sign_in"))


@blueprint.route("/password-reset", methods=["GET", "POST"])
@public("whoever forgot their password can't sign in", readers=Readers.STAFF)
@knocking
def ask_reset() -> Answer:
    form = ResetForm()
    if request.method == "GET":
        return render_template("accounts/ask_reset.html", form=form)
    if not form.validate():
        return render_template("accounts/ask_reset.html", form=form), 422
    with use_context(IDENTITY):
        services.ask_password_reset(form.email.data or "")
        db.session.commit()
    return to(url_for("accounts.reset_asked"))


@blueprint.get("/password-reset/sent")
@public("the same page for every address, known or not", readers=Readers.STAFF)
def reset_asked() -> str:
    return render_template("accounts/reset_asked.html")


@blueprint.route("/password-reset/<token>", methods=["GET", "POST"])
@public("the link in the mail is the key", readers=Readers.STAFF)
@knocking
def password_reset(token: str) -> Answer:
    reset_id = _reset_id(token)
    form = NewPasswordForm()
    if request.method == "POST" and form.validate():
        with use_context(IDENTITY):
            try:
                services.finish_password_reset(reset_id, form.password.data or "")
            except services.LinkSpent:
                return _spent_reset()
            db.session.commit()
        session.clear()
        flash(
            _("Your new password is set, and every other device is signed out. Sign in with it now."),
            "success",
        )
        return to(url_for("accounts.sign_in"))
    with use_context(IDENTITY):
        if not services.is_reset_open(reset_id):
            return _spent_reset()
    page = render_template("accounts/password_reset.html", form=form, token=token)
    return (page, 422) if request.method == "POST" else page


def _reset_id(token: str) -> UUID:
    found = find_row_id(PASSWORD_RESET, token)
    if found is None:
        raise NotFound
    return found


def _spent_reset() -> tuple[str, int]:
    return render_template("accounts/reset_spent.html"), 410
