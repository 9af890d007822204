"""Stopping an organisation's updates: by one press in a mail program, or by a button on a page."""

from flask import Response, render_template

from organising.organisations.queries import find_system_actor
from organising.platform.access import own_context, public
from organising.platform.db import db
from organising.platform.forgery import tokenless
from organising.platform.links import unkept
from organising.platform.tenancy import Context, use_context
from organising.updates.links import STOP, TEST
from organising.updates.services.stopping import stop_updates

from .blueprint import blueprint

HOLDER = "who holds the link from an update may stop the updates that it came with, and nothing else"


@blueprint.get("/updates/stop/<token>")
@public(HOLDER)
@own_context
def stop(token: str) -> Response:
    """A page with a button. Opening it changes nothing: scanners of mail open links too."""
    return _page(token, stopped=False)


@blueprint.post("/updates/stop/<token>")
@public(HOLDER)
@own_context
@tokenless
def stop_now(token: str) -> Response:
    """Stop them. A mail program sends this without cookie or token of a form (RFC 8058): the link itself is the proof."""
    organisation_id, delivery_id = STOP.read(token)
    if delivery_id != TEST:
        with use_context(Context(organisation_id=organisation_id)):
            stop_updates(find_system_actor(organisation_id), delivery_id)
            db.session.commit()
    return _page(token, stopped=True)


def _page(token: str, *, stopped: bool) -> Response:
    organisation_id, delivery_id = STOP.read(token)
    with use_context(Context(organisation_id=organisation_id)):
        actor = find_system_actor(organisation_id)
        return unkept(
            render_template(
                "updates/stop.html",
                token=token,
                organisation=actor.organisation_name,
                is_test=delivery_id == TEST,
                stopped=stopped,
            )
        )
