"""Signing: one journey for the whole page and for the form in a partner's frame, which differ in where it stands and ends."""

from collections.abc import Callable

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from ...platform.db import db, new_id
from ...platform.languages import current_language
from ...platform.tenancy import Context, use_context
from ..forms import SigningForm
from ..queries import SigningPage, get_signing_page
from ..seen import read_seen, seen_token
from ..services import signing as signings
from ..services.kept_pages import get_page_to_sign
from ..services.trending import flow_of
from .credit import credited
from .limits import ask_to_wait, find_wait

# Draws the page around the form, with this status.
Show = Callable[[SigningPage, SigningForm, int], Response]


def take_signature(
    slug: str,
    via: str | None,
    *,
    show: Show,
    thanks: Callable[[SigningPage], str],
    channel: str | None = None,
) -> AnyResponse:
    """Show the form, or take what it was sent with and go to the address that ``thanks`` answers.

    A first and a repeated signature get the same answer, as does a program's. Raises ``NotFound`` where no such drive
    is open or closed.
    """
    form = SigningForm()
    is_valid = request.method == "POST" and form.validate()
    with use_context(Context(subject=new_id())) as session:
        get_page = get_page_to_sign if is_valid else get_signing_page
        page = get_page(slug, via, current_language(), seen=read_seen(form.seen.data))
        if request.method != "POST" or not page.is_open:
            form.restart()
            form.seen.data = seen_token(page)
            return show(page, form, 409 if request.method == "POST" else 200)
        if not is_valid:
            return show(page, form, 422)
        flow = None if form.is_trap_sprung else flow_of(page.collector.id, page.drive.id)
        if seconds := find_wait(form.email.data, flow):
            headers = ask_to_wait(form, seconds)
            response = show(page, form, 429)
            response.headers.update(headers)
            return response
        if not form.is_trap_sprung:
            signings.sign(session.info["context"].subject, page, credited(form.signature(page), channel))
            db.session.commit()
        return redirect(thanks(page), 303)
