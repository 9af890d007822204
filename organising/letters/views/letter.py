"""A letter's own page, for who holds the link from the mail: confirm, refuse, take back."""

from collections.abc import Callable

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from organising.letters import queries, texts
from organising.letters.links import read_letter_token
from organising.letters.services import writing
from organising.letters.services.writing import Outcome, Writing
from organising.mailings.states import DeliveryState
from organising.platform.access import own_context, public
from organising.platform.db import db
from organising.platform.forms import PlainForm
from organising.platform.links import unkept
from organising.platform.tenancy import Context, use_context

from .blueprint import blueprint

HOLDER = "who holds the link from the mail holds the letter"


@blueprint.get("/letter/<token>")
@public(HOLDER)
@own_context
def letter(token: str) -> Response:
    """The page of one letter. Opening it changes nothing: scanners of mail open links too."""
    with use_context(Context(subject=read_letter_token(token))) as session:
        return _page(token, writing.get_writing(session.info["context"].subject))


@blueprint.post("/letter/<token>/confirmation")
@public(HOLDER)
@own_context
def confirm(token: str) -> AnyResponse:
    """Confirm the letter; a second press changes nothing."""
    return _change(token, writing.confirm)


@blueprint.post("/letter/<token>/refusal")
@public(HOLDER)
@own_context
def refuse(token: str) -> AnyResponse:
    """Erase a letter that was never confirmed."""
    return _change(token, writing.refuse)


@blueprint.post("/letter/<token>/withdrawal")
@public(HOLDER)
@own_context
def withdraw(token: str) -> AnyResponse:
    """Take a confirmed letter back before it leaves; afterwards, erase what is kept of it."""
    return _change(token, writing.withdraw)


def _change(token: str, verb: Callable[[Writing], Outcome]) -> AnyResponse:
    subject = read_letter_token(token)
    with use_context(Context(subject=subject)):
        outcome = verb(writing.get_writing(subject))
        db.session.commit()
    words = _said(outcome)
    if words:
        flash(words, "warning")
    return redirect(url_for("letters.letter", token=token), 303)


def _said(outcome: Outcome) -> str:
    if outcome is Outcome.ALREADY:
        return _("A letter from this address is on its way already or has left. One letter a person is sent.")
    if outcome is Outcome.CLOSED:
        return _("This page takes no more letters, so yours does not leave. It will be erased.")
    if outcome is Outcome.LEFT:
        return _("It was on its way already, so it can’t be called back. What we kept of it is erased.")
    return ""


def _page(token: str, found: Writing) -> Response:
    state = DeliveryState(found.delivery_state) if found.delivery_state else DeliveryState.QUEUED
    return unkept(
        render_template(
            "letters/letter.html",
            token=token,
            letter=found,
            page=found.page,
            campaign=found.page.campaign if found.page else None,
            member=queries.find_member(found.holding_id),
            leaving=texts.LEAVING[state],
            may_take_back=state in (DeliveryState.QUEUED, DeliveryState.LEASED, DeliveryState.DEFERRED),
            form=PlainForm(),
            texts=texts,
        )
    )
