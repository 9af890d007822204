"""The page with the one question after an action, for whoever holds the link: no sign-in, and nothing else of the organisation."""

from uuid import UUID

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from organising.actions.chase_links import read_chase_token
from organising.actions.models import BranchAction, ReportChase
from organising.actions.queries.chases import find_asked
from organising.actions.report_forms import AfterForm
from organising.actions.services import chasing
from organising.actions.services.report_photos import PHOTOS
from organising.files.doors import takes_files
from organising.platform.access import Readers, own_context, public
from organising.platform.actor import Actor
from organising.platform.db import db, find
from organising.platform.errors import Conflict, Invalid, NotFound
from organising.platform.forgery import comes_from_elsewhere, tokenless
from organising.platform.links import unkept
from organising.platform.tenancy import Context, use_context

from . import blueprint
from .reporting import wants_json

HOLDER = "who holds the link from the mail says how one action went, and sees nothing else"
Answer = Response | tuple[Response, int]


@blueprint.get("/after/<token>")
@public(HOLDER, readers=Readers.STAFF)
@own_context
def after(token: str) -> Response:
    """What is asked. Opening it answers nothing: scanners of mail open links too."""
    organisation_id, chase_id = read_chase_token(token)
    with use_context(Context(organisation_id=organisation_id)):
        chase, action, actor = _asked(chase_id)
        form = AfterForm(formdata=None)
        form.open_met()
        return _page(token, actor, chase, action, form)


@blueprint.post("/after/<token>")
@public(HOLDER, readers=Readers.STAFF)
@own_context
@tokenless
@takes_files(PHOTOS)
def answer_after(token: str) -> Answer:
    """The answer: it happened, it did not, or later."""
    organisation_id, chase_id = read_chase_token(token)
    with use_context(Context(organisation_id=organisation_id)):
        actor = _asked(chase_id)[2]
    # Now as the person who was asked: the database lets the link no further than them.
    with use_context(Context(organisation_id=organisation_id, user_id=actor.user_id)):
        statement = select(ReportChase).where(ReportChase.id == chase_id).with_for_update()
        chase = db.session.scalars(statement).one()
        form = AfterForm()
        form.open_met()
        try:
            if comes_from_elsewhere():
                raise Invalid(_("This was sent from another site. Press the button again."))
            if form.wants_more:
                return _page(token, actor, chase, _action(chase), form)
            if not _is_right(form):
                return _refused(token, actor, chase, form)
            answer = _answer(actor, chase, form)
        except Invalid as refusal:
            db.session.rollback()
            form.show(refusal.details or {"": refusal.message})
            return _refused(token, actor, chase, form)
        except Conflict:
            # A colleague was quicker, or it moved on: the page says so by itself.
            db.session.rollback()
            answer = ""
        db.session.commit()
    address = url_for("actions.after", token=token, said=answer or None)
    return jsonify(location=address) if wants_json() else redirect(address, 303)  # type: ignore[return-value]


def _answer(actor: Actor, chase: ReportChase, form: AfterForm) -> str:
    if form.answer.data == "not":
        chasing.say_it_did_not(actor, chase)
    elif form.answer.data == "later":
        return "later" if chasing.ask_later(chase) else "never"
    elif form.answer.data == "happened":
        chasing.say_it_happened(actor, chase, form.what_came())
    else:
        raise Invalid(_("Press one of the buttons."))
    return str(form.answer.data)


def _is_right(form: AfterForm) -> bool:
    if form.answer.data != "happened":
        return True
    shaped, clear = form.validate(), form.find_people()
    return shaped and clear


def _asked(chase_id: UUID) -> tuple[ReportChase, BranchAction, Actor]:
    """The question with whom it was put to. Raises :class:`NotFound` where they have left since."""
    chase = find(ReportChase, chase_id)
    if chase is None:
        raise NotFound
    action = _action(chase)
    asked = find_asked(chase.user_id, action)
    if asked is None:
        raise NotFound
    return chase, action, asked.actor


def _action(chase: ReportChase) -> BranchAction:
    return db.session.get_one(BranchAction, chase.action_id)


def _refused(token: str, actor: Actor, chase: ReportChase, form: AfterForm) -> Answer:
    if wants_json():
        wrong = {name or "": [str(reason) for reason in reasons] for name, reasons in form.errors.items()}
        return jsonify(errors=wrong), 422
    return _page(token, actor, chase, _action(chase), form, 422)


def _page(
    token: str, actor: Actor, chase: ReportChase, action: BranchAction, form: AfterForm, status: int = 200
) -> Response:
    body = render_template(
        "actions/after.html",
        token=token,
        chase=chase,
        action=action,
        form=form,
        of_unit=actor.unit_id,
        organisation=actor.organisation_name,
        is_open=not chasing.is_answered(action),
        said=request.args.get("said") if request.args.get("said") in ("later", "never") else None,
    )
    return unkept(body, status)
