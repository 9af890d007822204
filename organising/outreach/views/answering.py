"""The page on which somebody answers whether they agree to be emailed: yes, or that it was not them."""

from flask import Response, render_template

from organising.organisations.queries import find_system_actor
from organising.outreach import personal
from organising.outreach.links import preferences_token, read_confirm_token
from organising.outreach.models import ConsentRequest, RequestKind
from organising.outreach.queries.requests import texts_asked
from organising.outreach.services.asking import asked_until, confirm, disown, is_answerable
from organising.platform.access import own_context, public
from organising.platform.db import db, find
from organising.platform.errors import NotFound
from organising.platform.forgery import tokenless
from organising.platform.links import unkept
from organising.platform.tenancy import Context, use_context

from .blueprint import blueprint

HOLDER = "who holds the link from the mail answers what its address was asked, and nothing else"


@blueprint.get("/agree/<token>")
@public(HOLDER)
@own_context
def answer(token: str) -> Response:
    """What they are asked, with two buttons. Opening it answers nothing: scanners of mail open links too."""
    return _page(token)


@blueprint.post("/agree/<token>")
@public(HOLDER)
@own_context
@tokenless
def agree(token: str) -> Response:
    """They agree."""
    organisation_id, request_id = read_confirm_token(token)
    with use_context(Context(organisation_id=organisation_id)):
        confirm(find_system_actor(organisation_id), request_id)
        db.session.commit()
    return _page(token)


@blueprint.post("/agree/<token>/not-me")
@public(HOLDER)
@own_context
@tokenless
def not_me(token: str) -> Response:
    """It was not them."""
    organisation_id, request_id = read_confirm_token(token)
    with use_context(Context(organisation_id=organisation_id)):
        disown(find_system_actor(organisation_id), request_id)
        db.session.commit()
    return _page(token)


def _page(token: str) -> Response:
    organisation_id, request_id = read_confirm_token(token)
    with use_context(Context(organisation_id=organisation_id)):
        asked = find(ConsentRequest, request_id)
        if asked is None or asked.kind != RequestKind.CONFIRM:
            raise NotFound
        return unkept(
            render_template(
                "outreach/answer.html",
                token=token,
                organisation=find_system_actor(organisation_id).organisation_name,
                state=asked.state,
                is_open=is_answerable(asked),
                until=asked_until(asked),
                texts=[(personal.ABOUT[purpose], words) for purpose, words in texts_asked(asked).items()],  # type: ignore[index]
                own_page=preferences_token(organisation_id, asked.contact_id, asked.email_key),
            )
        )
