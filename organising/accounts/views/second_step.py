"""The second step of signing in: a code, after the right password."""

from datetime import timedelta
from uuid import UUID

from flask import flash, render_template, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ...platform.access import Readers, SignedIn, public
from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import now
from ...platform.db import db
from ...platform.paths import own_path
from ...platform.tenancy import Context, use_context
from .. import officer_links, second_factor
from ..forms import CodeForm
from ..limits import knocking
from ..queries import load_signed_in
from ..services import SignInAnswer
from . import blueprint
from .door import HALF_WAY, IDENTITY, Answer, enter, to
from .officer_link import audit_entry

# Long enough to find the phone, too short for somebody who finds the browser.
LASTS = timedelta(minutes=10)


@blueprint.get("/sign-in/code")
@public("whoever has just given the right password", readers=Readers.STAFF)
def sign_in_code() -> Answer:
    return _page(CodeForm(formdata=None)) if _find_half_way() else _begin_again()


@blueprint.post("/sign-in/code")
@public("whoever has just given the right password", readers=Readers.STAFF)
@knocking
def check_sign_in_code() -> Answer:
    found = _find_half_way()
    if found is None:
        return _begin_again()
    answer, remember, wanted = found
    form = CodeForm()
    if not form.validate():
        return _page(form), 422
    refusal, left = _check(answer, form)
    if refusal:
        field = form.recovery if form.recovery.data else form.code
        field.errors = [*field.errors, refusal]
        return _page(form), 422
    person = load_signed_in(answer.user_id, answer.session_epoch, answer.session_id)
    if person is None:
        # The password was changed meanwhile.
        return _begin_again()
    response = enter(answer, remember=remember, wanted=wanted)
    if answer.session_id is not None:
        audit_entry(answer)
    if left is not None:
        _audit(person)
        flash(
            ngettext(
                "You used a recovery code; %(num)d is left. Renew them on your account page.",
                "You used a recovery code; %(num)d are left.",
                left,
            ),
            "warning" if left < 3 else "info",
        )
    return response


def _check(answer: SignInAnswer, form: CodeForm) -> tuple[str, int | None]:
    """The refusal, or nothing, and how many recovery codes are left if one was used. Committed either way."""
    with use_context(IDENTITY):
        try:
            left = second_factor.check(answer.user_id, form.code.data or "", form.recovery.data or "")
            if answer.session_id is not None:
                officer_links.confirm_session(answer.session_id)
            return "", left
        except second_factor.CodeRefused as error:
            return error.message, None
        finally:
            db.session.commit()


def _find_half_way() -> tuple[SignInAnswer, bool, str | None] | None:
    """Who gave the right password in this browser in the last ten minutes, and where they were going."""
    kept = session.get(HALF_WAY)
    if not isinstance(kept, dict) or kept["at"] < (now() - LASTS).timestamp():
        return None
    session_id = UUID(kept["session"]) if kept["session"] else None
    answer = SignInAnswer(UUID(kept["user"]), int(kept["epoch"]), True, session_id)
    return answer, bool(kept["remember"]), own_path(kept["wanted"])


def _begin_again() -> Answer:
    session.pop(HALF_WAY, None)
    flash(_("Begin with your address and password: the page for the code was open for too long."), "info")
    return to(url_for("accounts.sign_in"))


def _page(form: CodeForm) -> str:
    kept = session.get(HALF_WAY) or {}
    return render_template("accounts/sign_in_code.html", form=form, by_link=bool(kept.get("session")))


def _audit(person: SignedIn) -> None:
    """Each organisation that the person can now work in has it in its log."""
    for one in person.memberships:
        with use_context(Context(organisation_id=one.organisation_id, user_id=person.user_id)):
            actor = Actor(
                person.user_id,
                person.display_name,
                one.organisation_id,
                one.organisation_name,
                one.role,
                one.unit_id,
                one.campaign_id,
            )
            record(actor, "account.recovery_code_used", "user", person.user_id)
            db.session.commit()
