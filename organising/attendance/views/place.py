"""One's own place, for who holds the link from the mail: confirm, correct, give up. Without a cookie, as all of this."""

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from organising.letters.queries import find_member_of
from organising.organisations.queries import find_campaign_shown
from organising.platform.access import cookieless, own_context, public
from organising.platform.clock import now, today
from organising.platform.db import db
from organising.platform.forgery import comes_from_elsewhere, tokenless
from organising.platform.links import unkept
from organising.platform.tenancy import Context, use_context

from .. import texts
from ..forms.public import CorrectionForm
from ..links import read_place_token
from ..queries import listing
from ..services import places
from ..services.places import Outcome, Place
from .blueprint import blueprint
from .listing import find_seat

HOLDER = "who holds the link from the mail holds the place"


@blueprint.get("/my-place/<token>")
@public(HOLDER)
@own_context
@cookieless
@tokenless
def my_place(token: str) -> Response:
    """The page of one sign-up. Opening it changes nothing: scanners of mail open links too."""
    with use_context(Context(subject=read_place_token(token))) as session:
        place = places.get_place(session.info["context"].subject)
        return _page(token, place, CorrectionForm.of(place))


@blueprint.post("/my-place/<token>/confirmation")
@public(HOLDER)
@own_context
@cookieless
@tokenless
def confirm_place(token: str) -> AnyResponse:
    """Confirm; a second press changes nothing."""
    return _change(token, places.confirm)


@blueprint.post("/my-place/<token>/withdrawal")
@public(HOLDER)
@own_context
@cookieless
@tokenless
def leave_place(token: str) -> AnyResponse:
    """Give the place up, or erase what was never confirmed."""
    return _change(token, places.leave)


@blueprint.post("/my-place/<token>/details")
@public(HOLDER)
@own_context
@cookieless
@tokenless
def correct_place(token: str) -> AnyResponse:
    """Put name and postcode right."""
    subject, form = read_place_token(token), CorrectionForm()
    with use_context(Context(subject=subject)):
        place = places.get_place(subject)
        valid = form.validate() and not comes_from_elsewhere()
        area_id, why = (place.area_id, "")
        if valid and form.postcode.data and place.postcode:
            area_id, why = find_seat(form.postcode.data)
        if why:
            form.postcode.errors = [why]
        if not valid or why:
            return _page(token, place, form, 422)
        postcode = (form.postcode.data or place.postcode) if place.postcode else ""
        outcome = places.correct(place, form.name.data or "", postcode, area_id)
        db.session.commit()
    return _back(token, outcome)


def _change(token: str, verb: Any) -> AnyResponse:
    subject = read_place_token(token)
    if comes_from_elsewhere():
        return _back(token, Outcome.NOTHING)
    with use_context(Context(subject=subject)):
        outcome = verb(places.get_place(subject))
        db.session.commit()
    return _back(token, outcome)


def _back(token: str, outcome: Outcome) -> AnyResponse:
    return redirect(url_for("attendance.my_place", token=token, done=outcome), 303)


def _page(token: str, place: Place, form: CorrectionForm, status: int = 200) -> Response:
    at = now()
    return unkept(
        render_template(
            "attendance/my_place.html",
            token=token,
            place=place,
            action=place.action,
            campaign=find_campaign_shown(),
            form=form,
            done=request.args.get("done", ""),
            takes_sign_ups=place.action is not None and place.action.takes_sign_ups(at),
            is_over=place.action is not None and place.action.is_over(at),
            is_full=place.action is not None and listing.is_full(place.action),
            member=find_member_of(place.area_id, on=today()) if place.area_id else None,
            texts=texts,
        ),
        status,
    )
