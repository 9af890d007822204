"""A contact's own page: what they agreed to with one organisation, without sign-in, by the link in each email."""

from collections.abc import Iterator

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from organising.accounts.limits import knocking
from organising.mailings.services import stops
from organising.organisations.queries import find_system_actor
from organising.outreach import personal
from organising.outreach.links import TEST, Holder, read_preferences_token
from organising.outreach.models import MAILED
from organising.outreach.services.asking import address_mailed, send_fresh_link
from organising.outreach.services.choosing import CHANNELS, KEPT, PAIRS, Pair, choices_of, choose
from organising.platform.access import own_context, public
from organising.platform.db import db
from organising.platform.forgery import tokenless
from organising.platform.languages import kept_language
from organising.platform.links import unkept
from organising.platform.tenancy import Context, use_context

from .blueprint import blueprint
from .everyone import IDENTITY

HOLDER = "who holds the link from an email sees and changes what they agreed to with whoever sent it"


@blueprint.get("/preferences/<token>")
@public(HOLDER)
@own_context
def preferences(token: str) -> Response:
    """What they agreed to, and what was just done. Opening it changes nothing."""
    return _page(token, read_preferences_token(token), said=request.args.get("said", ""))


@blueprint.post("/preferences/<token>")
@public(HOLDER)
@own_context
@tokenless
def keep_preferences(token: str) -> Redirect:
    """Keep what is ticked: all of it, for each purpose and way. An old link takes back, and gives nothing."""
    holder = read_preferences_token(token)
    if holder.contact_id == TEST:
        return _back(token)
    wanted = set() if request.form.get("stop") else set(_ticked())
    if wanted and not holder.is_open:
        return _back(token)
    with use_context(Context(organisation_id=holder.organisation_id)):
        actor = find_system_actor(holder.organisation_id)
        if request.form.get("stop"):
            # What they agreed is kept on record is another thing than being written to.
            wanted = set(choices_of(actor, holder.contact_id).kept)
        choose(actor, holder.contact_id, wanted)
        db.session.commit()
    return _back(token, "kept")


@blueprint.post("/preferences/<token>/link")
@public(HOLDER)
@own_context
@tokenless
@knocking
def fresh_link(token: str) -> Redirect:
    """Mail a fresh link to the contact's address. The page says the same whether there is one or not."""
    holder = read_preferences_token(token)
    if holder.contact_id != TEST:
        with use_context(Context(organisation_id=holder.organisation_id)):
            send_fresh_link(find_system_actor(holder.organisation_id), holder.contact_id, kept_language())
            db.session.commit()
    return _back(token, "link")


@blueprint.post("/preferences/<token>/everyone")
@public(HOLDER)
@own_context
@tokenless
def stop_all_partners(token: str) -> Redirect:
    """Stop every partner, at once: the link was mailed to the address. It is told so, with the way to undo it."""
    holder = read_preferences_token(token)
    address = _address(holder)
    if address is not None:
        with use_context(IDENTITY):
            stops.lodge(stops.token_of(address))
            stops.ask_owner(address, kept_language(), stops.DONE)
            db.session.commit()
    return _back(token, "everyone")


@blueprint.post("/preferences/<token>/everyone/undo")
@public(HOLDER)
@own_context
@tokenless
def undo_all_partners(token: str) -> Redirect:
    """Take that back. An old link does not: it takes back what was agreed, and gives nothing."""
    holder = read_preferences_token(token)
    address = _address(holder) if holder.is_open else None
    if address is None:
        return _back(token)
    with use_context(IDENTITY):
        stops.lift(stops.token_of(address))
        db.session.commit()
    return _back(token, "undone")


def _back(token: str, said: str | None = None) -> Redirect:
    """To the page itself, which begins with what was done, and has its languages."""
    return redirect(url_for("outreach.preferences", token=token, said=said), 303)


def _address(holder: Holder) -> str | None:
    """The address that the link was mailed to, if it is still known."""
    if holder.contact_id == TEST:
        return None
    with use_context(Context(organisation_id=holder.organisation_id)):
        return address_mailed(holder.contact_id, holder.email_key)


def _is_stopped(holder: Holder) -> bool:
    """Whether everybody is stopped, as far as the page tells: of an address that is known no more, nobody writes to it."""
    address = _address(holder)
    if address is None:
        return True
    with use_context(IDENTITY):
        return stops.is_stopped(stops.token_of(address))


def _ticked() -> Iterator[Pair]:
    sent = set(request.form.getlist("yes"))
    yield from ((purpose, channel) for purpose, channel in (*PAIRS, *KEPT) if f"{purpose}.{channel}" in sent)


def _page(token: str, holder: Holder, *, said: str) -> Response:
    if said in ("everyone", "undone") and _is_stopped(holder) != (said == "everyone"):
        # The address of the page says so, and it is not so, or no longer.
        said = ""
    with use_context(Context(organisation_id=holder.organisation_id)):
        actor = find_system_actor(holder.organisation_id)
        is_test = holder.contact_id == TEST
        chosen = None if is_test else choices_of(actor, holder.contact_id)
        return unkept(
            render_template(
                "outreach/preferences.html",
                token=token,
                organisation=actor.organisation_name,
                is_test=is_test,
                is_open=holder.is_open,
                chosen=chosen if is_test or holder.is_open else None,
                said=said,
                purposes=[(one, personal.ABOUT[one]) for one in MAILED],
                channels=[(one, personal.WAYS[one]) for one in CHANNELS],
                on_record=personal.ON_RECORD,
            )
        )
