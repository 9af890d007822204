"""The public list of actions, and the page of one with its sign-up.

They run as the public even when a member is signed in, and use no cookie: what one may see must not depend on who else one is.
"""

from datetime import datetime
from uuid import UUID

from flask import Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from organising.organisations.queries import find_campaign_shown
from organising.platform.access import cookieless, own_context, public
from organising.platform.clock import now
from organising.platform.db import db, new_id
from organising.platform.forgery import tokenless
from organising.platform.tenancy import ANONYMOUS, Context, use_context
from organising.pledges.views.limits import ask_to_wait, find_wait
from organising.representatives.models import AreaKind
from organising.representatives.services import AnswerKind, find_areas

from .. import texts
from ..forms.public import SearchForm, SignUpForm
from ..queries import listing
from ..queries.listing import Filters, PublicAction
from ..services import places
from .blueprint import blueprint

ANYONE = "anyone may read what is approved for the public, and sign up for it"


@blueprint.get("/take-part")
@public(ANYONE)
@own_context
@cookieless
@tokenless
def take_part() -> Response:
    """What is coming up, by area, postcode, kind and partner; filters are in the address."""
    at = now()
    with use_context(ANONYMOUS):
        campaign = find_campaign_shown()
        form = SearchForm(formdata=request.args)
        form.offer(listing.list_hosts(campaign.id, at) if campaign else [])
        valid = form.validate()
        found = None
        if campaign is not None:
            filters = _filters(form) if valid else Filters()
            found = listing.list_coming(campaign.id, filters, at, request.args.get("cursor"))
        return make_response(
            render_template(
                "attendance/take_part.html",
                campaign=campaign,
                form=form,
                page=found,
                actions=[listing.describe(row) for row in found.items] if found else [],
                is_filtered=any(form[name].data for name in ("kind", "organisation", "area", "postcode")),
            ),
            200 if valid else 422,
        )


def _filters(form: SearchForm) -> Filters:
    return Filters(
        kind=form.kind.data or "",
        organisation=form.organisation.data or "",
        area=(form.area.data or "").strip(),
        near=_areas_of(form.postcode.data) if form.postcode.data else None,
    )


def _areas_of(postcode: str) -> frozenset[UUID]:
    """The constituency and the council that a postcode lies in: as far as one goes for a meeting."""
    answer = find_areas(postcode)
    near = [answer.constituency, *(one for one in answer.other_areas if one.kind == AreaKind.LOCAL_AUTHORITY)]
    return frozenset(one.id for one in near if one is not None)


@blueprint.route("/take-part/<uuid:action_id>", methods=["GET", "POST"])
@public(ANYONE)
@own_context
@cookieless
@tokenless
def action(action_id: UUID) -> AnyResponse:
    """One action, and signing up for it. A first and a repeated sign-up get the same answer, as does a program's."""
    form, at = SignUpForm(), now()
    with use_context(Context(subject=new_id())) as session:
        found = listing.get_public_action(action_id)
        if found.meets_members:
            form.require_postcode()
        if request.method != "POST" or not found.takes_sign_ups(at):
            form.restart()
            return _page(found, form, at, 409 if request.method == "POST" else 200)
        if not form.validate():
            return _page(found, form, at, 422)
        if seconds := find_wait(form.email.data):
            headers = ask_to_wait(form, seconds)
            response = _page(found, form, at, 429)
            response.headers.update(headers)
            return response
        if not form.is_trap_sprung:
            area_id, why = find_seat(form.postcode.data or "") if found.meets_members else (None, "")
            if why:
                form.postcode.errors = [why]
                return _page(found, form, at, 422)
            places.sign_up(session.info["context"].subject, found, _given(form, area_id))
            db.session.commit()
    return redirect(url_for("attendance.check_email", action_id=action_id), 303)


@blueprint.get("/take-part/<uuid:action_id>/check-your-email")
@public(ANYONE)
@own_context
@cookieless
def check_email(action_id: UUID) -> str:
    """After signing up: the same for everyone."""
    with use_context(ANONYMOUS):
        found = listing.get_public_action(action_id)
        return render_template(
            "attendance/check_email.html", action=found, campaign=find_campaign_shown(), texts=texts
        )


def find_seat(postcode: str) -> tuple[UUID | None, str]:
    """The constituency that a postcode lies in, and why it can't be taken where it is none at all.

    One that the table does not know shuts nobody out: staff see who has no constituency yet.
    """
    answer = find_areas(postcode)
    if answer.kind is AnswerKind.NOT_A_POSTCODE:
        return None, _("Enter a full postcode such as E1 4NS.")
    if answer.kind is AnswerKind.TERMINATED:
        return None, _("This postcode is no longer in use. Enter the present one.")
    return answer.constituency.id if answer.constituency else None, ""


def _given(form: SignUpForm, area_id: UUID | None) -> places.Given:
    return places.Given(
        name=form.name.data or "",
        email=form.email.data or "",
        postcode=(form.postcode.data or "") if area_id or form.postcode.flags.required else "",
        area_id=area_id,
        invitations=bool(form.invitations.data),
    )


def _page(found: PublicAction, form: SignUpForm, at: datetime, status: int) -> Response:
    return make_response(
        render_template(
            "attendance/action.html",
            action=found,
            campaign=find_campaign_shown(),
            form=form,
            takes_sign_ups=found.takes_sign_ups(at),
            is_over=found.is_over(at),
            is_full=listing.is_full(found),
            consent=texts.consent(found.host.name, meets_members=found.meets_members),
            texts=texts,
        ),
        status,
    )
