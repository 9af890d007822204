"""Passing an MP's answer on: taken down, read by another person, sent once."""

from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from organising.letters import queries
from organising.letters.cautions import find_cautions
from organising.letters.forms import AnswerForm
from organising.letters.models import RelayState
from organising.letters.services import relaying
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.discretion import SMALL, tellable
from organising.platform.errors import Conflict, Invalid
from organising.platform.forms import PlainForm
from organising.platform.permissions import Permission

from .blueprint import blueprint


@blueprint.route("/letters/<uuid:letter_action_id>/answers/new", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def new_relay(letter_action_id: UUID) -> AnyResponse:
    """Take an answer down."""
    actor = current_actor()
    action = queries.get_action(actor, letter_action_id)
    form = AnswerForm()
    form.offer(relaying.list_members_written_to(action.id))
    if form.is_submitted() and form.validate():
        try:
            relay_id = relaying.draft_relay(
                actor, action.id, UUID(form.holding_id.data), form.answer.data or ""
            ).id
            db.session.commit()
        except (Conflict, Invalid) as error:
            db.session.rollback()
            form.holding_id.errors = [error.message]
        else:
            flash(_("It is taken down. Another person reads it and passes it on."), "success")
            return redirect(url_for("letters.relay", relay_id=relay_id), 303)
    body = render_template(
        "letters/relay_new.html", form=form, action=queries.get_action(actor, letter_action_id)
    )
    return make_response(body, 422 if form.errors else 200)


@blueprint.get("/letters/answers/<uuid:relay_id>")
@requires(Permission.MAILINGS_VIEW)
def relay(relay_id: UUID) -> str:
    """One answer: its words, to about how many it goes, and who approved it."""
    actor = current_actor()
    found = queries.get_relay(actor, relay_id)
    waiting = queries.count_written_to(found.action_id).get(found.holding_id, 0)
    return render_template(
        "letters/relay.html",
        relay=found,
        action=queries.get_action(actor, found.action_id),
        member=queries.find_member(found.holding_id),
        content_hash=relaying.hash_shown(found),
        why_not=relaying.why_not_approve(actor, found),
        may_discard=actor.can(Permission.MAILINGS_DRAFT) and found.state == RelayState.DRAFT,
        cautions=find_cautions(found.answer or ""),
        number=tellable(waiting if found.state == RelayState.DRAFT else queries.count_told(found)),
        small=SMALL,
        form=PlainForm(),
    )


@blueprint.post("/letters/answers/<uuid:relay_id>/approval")
@requires(Permission.MAILINGS_SEND)
def approve_relay(relay_id: UUID) -> AnyResponse:
    """Pass on exactly what was read."""
    changed = relaying.approve_relay(current_actor(), relay_id, request.form.get("content_hash", ""))
    db.session.commit()
    flash(_("It is on its way.") if changed else _("Nothing changed."), "success")
    return redirect(url_for("letters.relay", relay_id=relay_id), 303)


@blueprint.post("/letters/answers/<uuid:relay_id>/removal")
@requires(Permission.MAILINGS_DRAFT)
def discard_relay(relay_id: UUID) -> AnyResponse:
    """Throw away an answer that nobody has approved."""
    action_id = relaying.discard_relay(current_actor(), relay_id)
    db.session.commit()
    flash(_("The answer is thrown away."), "success")
    return redirect(url_for("letters.show", letter_action_id=action_id), 303)
