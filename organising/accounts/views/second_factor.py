"""One's own second factor: set up, recovery codes, turn off."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...platform.access import before_second_factor, current_actor, second_factor_due, signed_in
from ...platform.clock import now
from ...platform.db import db
from ...platform.errors import Invalid
from ...platform.forms import Form
from ...platform.pictures import qr_svg
from ...platform.tenancy import Context, use_context
from .. import second_factor as services
from ..forms import ConfirmForm, PresentPasswordForm, ProofForm
from ..limits import knocking
from ..queries import read_account
from ..services import SignInRefused
from . import blueprint
from .account import stay
from .door import Answer, to

WHY = "one's own second factor"
Made = TypeVar("Made")


@blueprint.get("/account/second-step")
@signed_in(WHY)
@before_second_factor
def second_factor() -> Answer:
    return _page()


def _page(
    begin: PresentPasswordForm | None = None,
    confirm: ConfirmForm | None = None,
    proof: ProofForm | None = None,
    off: ProofForm | None = None,
) -> str:
    user_id, due = current_actor().user_id, second_factor_due(current_actor())
    assert user_id is not None
    with _identity():
        standing = services.read_standing(user_id)
    account = read_account(user_id)
    secret = standing.secret or ""
    return render_template(
        "accounts/second_factor.html",
        account=account,
        standing=standing,
        due=due,
        by_link=current_user.session_id is not None,
        overdue=due is not None and due <= now(),
        qr=qr_svg(services.provisioning_uri(secret, account.email)) if secret else "",
        key=" ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
        begin=begin or PresentPasswordForm(formdata=None),
        confirm=confirm or ConfirmForm(formdata=None),
        proof=proof or ProofForm(formdata=None, prefix="new"),
        off=off or ProofForm(formdata=None, prefix="off"),
    )


@contextmanager
def _identity() -> Iterator[None]:
    """A session that may reach the person's own secrets."""
    actor = current_actor()
    context = Context(organisation_id=actor.organisation_id, user_id=actor.user_id, purpose="identity")
    with use_context(context):
        yield


def _done(form: Form, act: Callable[[], Made]) -> Made | None:
    """Do it and commit; ``None`` where it was refused, which is committed too, for it counts as a try."""
    with _identity():
        try:
            return act()
        except SignInRefused:
            form["present"].errors = [_("That is not your present password.")]
        except services.CodeRefused as error:
            named = "recovery" if "recovery" in form and form["recovery"].data else "code"
            form[named].errors = [error.message]
        finally:
            db.session.commit()
    return None


def _did(form: Form, act: Callable[[], None]) -> bool:
    """The same for an act that answers nothing: whether it was done."""

    def acted() -> bool:
        act()
        return True

    return _done(form, acted) is not None


@blueprint.post("/account/second-step/beginning")
@signed_in(WHY)
@before_second_factor
@knocking
def begin_second_factor() -> Answer:
    user_id, form = current_user.user_id, PresentPasswordForm()
    if not form.validate():
        return _page(begin=form), 422
    if not _did(form, lambda: services.begin(user_id, form.present.data or "")):
        return _page(begin=form), 422
    return to(url_for("accounts.second_factor") + "#take-in")


@blueprint.post("/account/second-step/cancelling")
@signed_in(WHY)
@before_second_factor
def cancel_second_factor() -> Answer:
    with _identity():
        services.cancel(current_user.user_id)
        db.session.commit()
    flash(_("Nothing was changed. The key that was shown is of no use any more."), "info")
    return to(url_for("accounts.second_factor"))


@blueprint.post("/account/second-step/confirmation")
@signed_in(WHY)
@before_second_factor
@knocking
def confirm_second_factor() -> Answer:
    actor, form = current_actor(), ConfirmForm()
    if not form.validate():
        return _page(confirm=form), 422
    made = _done(form, lambda: services.confirm(actor, current_user.user_id, form.code.data or ""))
    if made is None:
        return _page(confirm=form), 422
    epoch, codes = made
    stay(current_user.user_id, epoch, actor.organisation_id)
    return _codes_page(codes, fresh=True)


@blueprint.post("/account/second-step/codes")
@signed_in(WHY)
@knocking
def renew_recovery_codes() -> Answer:
    actor, form = current_actor(), ProofForm(prefix="new")
    if not form.validate():
        return _page(proof=form), 422
    proof = (form.present.data or "", form.code.data or "", form.recovery.data or "")
    codes = _done(form, lambda: services.renew_codes(actor, current_user.user_id, *proof))
    if codes is None:
        return _page(proof=form), 422
    return _codes_page(codes, fresh=False)


def _codes_page(codes: list[str], *, fresh: bool) -> str:
    """Shown once, as the answer itself: they are kept nowhere that could show them again."""
    return render_template("accounts/recovery_codes.html", codes=codes, fresh=fresh)


@blueprint.post("/account/second-step/codes.txt")
@signed_in("the codes come from the page that showed them, and go back as a file")
def download_recovery_codes() -> Response:
    codes = request.form.getlist("code")
    if len(codes) != services.CODES or not all(services.CODE_SHAPE.fullmatch(code) for code in codes):
        raise Invalid(_("These are no recovery codes. Make new ones on your account page."))
    words = _(
        "Recovery codes for Organising, made on %(day)s. Each works once.", day=now().date().isoformat()
    )
    answer = Response("\n".join([words, "", *codes, ""]), content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="organising-recovery-codes.txt"'
    return answer


@blueprint.post("/account/second-step/ending")
@signed_in(WHY)
@knocking
def turn_off_second_factor() -> Answer:
    actor, form = current_actor(), ProofForm(prefix="off")
    if not form.validate():
        return _page(off=form), 422
    proof = (form.present.data or "", form.code.data or "", form.recovery.data or "")
    if not _did(form, lambda: services.turn_off(actor, current_user.user_id, *proof)):
        return _page(off=form), 422
    flash(_("The second step is off. Signing in asks for your password only."), "success")
    return to(url_for("accounts.second_factor"))
