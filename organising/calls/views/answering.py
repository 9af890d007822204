"""The page with the one question, for whoever holds the link: no sign-in, and nothing of any other unit."""

from flask import Response, render_template, request
from flask_babel import gettext as _

from organising.calls.forms import AnswerForm, tell
from organising.calls.links import Asked, read_answer_token
from organising.calls.models import ActionCall, CallUnit, NotNow
from organising.calls.queries.units import find_present, unit_name
from organising.calls.services import answering
from organising.calls.services.rules import LONGEST
from organising.calls.services.turning import action_of
from organising.organisations.queries import find_system_actor
from organising.platform.access import Readers, own_context, public
from organising.platform.clock import today
from organising.platform.db import db, find
from organising.platform.errors import Invalid, NotFound
from organising.platform.forgery import comes_from_elsewhere, tokenless
from organising.platform.links import unkept
from organising.platform.tenancy import Context, use_context

from .blueprint import blueprint

HOLDER = "who holds the link from the mail answers one question for one unit, and sees nothing else"


@blueprint.get("/answer/<token>")
@public(HOLDER, readers=Readers.STAFF)
@own_context
def answer(token: str) -> Response:
    """What is asked, with three buttons. Opening it answers nothing: scanners of mail open links too."""
    asked = read_answer_token(token)
    with use_context(Context(organisation_id=asked.organisation_id)):
        return _page(token, asked)


@blueprint.post("/answer/<token>")
@public(HOLDER, readers=Readers.STAFF)
@own_context
@tokenless
def give_answer(token: str) -> Response:
    """The answer; the last one counts until the end."""
    asked = read_answer_token(token)
    with use_context(Context(organisation_id=asked.organisation_id)):
        form = AnswerForm()
        try:
            if comes_from_elsewhere():
                raise Invalid(_("This was sent from another site. Press the button again."))
            if not form.validate():
                return _page(token, asked, form, status=422)
            answering.answer_by_link(asked, form.said())
        except Invalid as refusal:
            db.session.rollback()
            tell(form, refusal)
            return _page(token, asked, form, status=422)
        except NotNow:
            # Closed while the page lay open: it says so by itself.
            db.session.rollback()
            return _page(token, asked, status=409)
        db.session.commit()
        return _page(token, asked, is_kept=True)


def _page(
    token: str, asked: Asked, form: AnswerForm | None = None, *, is_kept: bool = False, status: int = 200
) -> Response:
    row = find(CallUnit, asked.call_unit_id)
    if row is None or find_present(row.unit_id, asked.officer_id) is None:
        raise NotFound
    call = find(ActionCall, row.call_id)
    assert call is not None
    if call.opened_at is None:
        raise NotFound
    action = action_of(row.action_id)
    if form is None:
        form = AnswerForm(formdata=None, data={"held_on": row.held_on, "note": row.note or ""})
    return unkept(
        render_template(
            "calls/answer.html",
            token=token,
            form=form,
            call=call,
            asked=row,
            unit=unit_name(row.unit_id),
            organisation=find_system_actor(asked.organisation_id).organisation_name,
            takes_answers=call.takes_answers(today()),
            action=action,
            is_kept=is_kept,
            longest_note=LONGEST["note"],
            wants_change=request.args.get("change") == "yes",
        ),
        status,
    )
