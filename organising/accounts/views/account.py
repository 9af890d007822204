"""One's own account, and the organisation one works for."""

from uuid import UUID

from flask import Response, current_app, flash, make_response, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...config import Settings
from ...platform.access import (
    ORGANISATION,
    Readers,
    SignedIn,
    before_second_factor,
    current_actor,
    find_actor,
    public,
    signed_in,
)
from ...platform.db import db
from ...platform.errors import NotFound
from ...platform.tenancy import Context, use_context
from .. import services
from ..forms import ChangePasswordForm, NameForm, ThemeForm
from ..limits import knocking
from ..queries import list_own_sessions, load_signed_in, read_account
from ..words import ROLE_NAMES, ROLE_TASKS
from . import blueprint
from .door import Answer, begin_session, to
from .paths import kept_path

THEME_SECONDS = 365 * 86_400


@blueprint.get("/account")
@public(
    "a person whose last membership has ended may still see their own account; it asks for the sign-in itself",
    readers=Readers.STAFF,
)
@before_second_factor
def account() -> Answer:
    person = _person()
    return _account_page(person) if person else to(url_for("accounts.sign_in", next="/account"))


def _account_page(
    person: SignedIn, name_form: NameForm | None = None, password_form: ChangePasswordForm | None = None
) -> str:
    found = read_account(person.user_id)
    theme = request.cookies.get("theme")
    return render_template(
        "accounts/account.html",
        account=found,
        has_second_factor=person.has_second_factor,
        memberships=find_memberships(person),
        sessions=list_own_sessions(person.user_id),
        session_here=person.session_id,
        by_link=person.session_id is not None,
        name_form=name_form or NameForm(formdata=None, obj=found),
        password_form=password_form or ChangePasswordForm(formdata=None),
        theme_form=ThemeForm(formdata=None, theme=theme if theme in ("light", "dark") else "system"),
        role_names=ROLE_NAMES,
        role_tasks=ROLE_TASKS,
    )


def find_memberships(person: SignedIn) -> tuple[object, ...]:
    """The person's memberships, the current one marked."""
    actor = find_actor()
    return actor.memberships if actor else person.memberships


@blueprint.post("/account/name")
@signed_in("one's own name")
def rename() -> Answer:
    actor, person = current_actor(), _signed_in()
    form = NameForm()
    if not form.validate():
        return _account_page(person, name_form=form), 422
    services.rename(actor, person.user_id, form.display_name.data or "")
    db.session.commit()
    flash(_("Your name is changed."), "success")
    return to(url_for("accounts.account"))


@blueprint.post("/account/password")
@signed_in("one's own password")
@knocking
def change_password() -> Answer:
    actor, person = current_actor(), _signed_in()
    form = ChangePasswordForm()
    if not form.validate():
        return _account_page(person, password_form=form), 422
    context = Context(organisation_id=actor.organisation_id, user_id=person.user_id, purpose="identity")
    with use_context(context):
        try:
            epoch = services.change_password(
                actor, person.user_id, form.present.data or "", form.password.data or ""
            )
        except services.SignInRefused:
            epoch = None
        db.session.commit()
    if epoch is None:
        form.present.errors = [_("That is not your present password.")]
        return _account_page(person, password_form=form), 422
    stay(person.user_id, epoch, actor.organisation_id)
    flash(_("Your password is changed. Every other device is signed out."), "success")
    return to(url_for("accounts.account"))


def stay(user_id: UUID, epoch: int, organisation_id: UUID) -> None:
    """Keep this browser signed in where every other device was just signed out."""
    person = load_signed_in(user_id, epoch, current_user.session_id)
    if person is not None:
        begin_session(person, remember=session.permanent)
        session[ORGANISATION] = str(organisation_id)


@blueprint.post("/account/theme")
@public("how a page looks is nobody's secret", readers=Readers.STAFF)
def theme() -> Response:
    form = ThemeForm()
    response = make_response(to(url_for("accounts.account")))
    if form.validate():
        seconds = 0 if form.theme.data == "system" else THEME_SECONDS
        # The switch in the page reads and writes it too, so it can't be kept from scripts.
        response.set_cookie(
            "theme",
            form.theme.data,
            max_age=seconds,
            samesite="Lax",
            secure=_settings().public_url.startswith("https://"),
        )
    return response


@blueprint.post("/account/organisation")
@signed_in("one of one's own organisations")
@before_second_factor
def switch() -> Response:
    actor = current_actor()
    wanted = {request.form.get("organisation_id"), request.form.get("membership_id")} - {None}
    chosen = next((m for m in actor.memberships if {str(m.organisation_id), str(m.id)} & wanted), None)
    if chosen is None:
        raise NotFound
    session[ORGANISATION] = str(chosen.organisation_id)
    # A form that is open in another tab was filled in for the organisation before: it is refused as stale.
    session.pop("csrf_token", None)
    flash(_("You now work as %(name)s.", name=chosen.organisation_name), "success")
    return to(kept_path(chosen.role) or "/")


def _person() -> SignedIn | None:
    return current_user._get_current_object() if current_user.is_authenticated else None


def _signed_in() -> SignedIn:
    person = _person()
    assert person is not None, "the gate lets nobody else in"
    return person


def _settings() -> Settings:
    found = current_app.config["SETTINGS"]
    assert isinstance(found, Settings)
    return found
