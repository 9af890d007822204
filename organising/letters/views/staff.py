"""Staff's pages: the organisation's own actions. Counts only: no page of the product shows a writer or a letter."""

from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from organising.letters import queries, texts
from organising.letters.content import hash_action
from organising.letters.forms import ActionForm
from organising.letters.links import writing_url
from organising.letters.models import ActionState, LetterAction
from organising.letters.services import actions
from organising.mailings import words as mailing_words
from organising.mailings.queries import count_deliveries, get_own
from organising.organisations.models import Organisation
from organising.organisations.queries import find_ask, get_own_organisation
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.discretion import SMALL
from organising.platform.errors import Conflict, Invalid
from organising.platform.forms import PlainForm
from organising.platform.pagination import page
from organising.platform.permissions import Permission

from .blueprint import blueprint


@blueprint.get("/letters")
@requires(Permission.MAILINGS_VIEW)
def index() -> str:
    """The organisation's actions, the latest first."""
    actor = current_actor()
    listed = page(
        queries.list_actions(),
        order_by=[LetterAction.updated_at, LetterAction.id],
        cursor=request.args.get("cursor"),
        descending=True,
    )
    return render_template(
        "letters/index.html",
        page=listed,
        words=texts.ACTION,
        counts={one.id: queries.count_letters(one.id) for one in listed.items},
        may_draft=actor.can(Permission.MAILINGS_DRAFT),
    )


@blueprint.route("/letters/new", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def new() -> AnyResponse:
    """Draft an action."""
    actor = current_actor()
    if actor.campaign_id is None:
        raise Conflict(_("Your organisation takes part in no campaign."))
    form = ActionForm()
    form.offer(actor.campaign_id)
    if form.is_submitted() and form.validate():
        try:
            action_id = actions.draft_action(actor, form.words()).id
            db.session.commit()
        except (Conflict, Invalid) as error:
            db.session.rollback()
            form.slug.errors = [error.message]
        else:
            flash(_("The draft is saved. Another person reads it and opens it."), "success")
            return redirect(url_for("letters.show", letter_action_id=action_id), 303)
    return _text_page(form, None)


@blueprint.route("/letters/<uuid:letter_action_id>/text", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def text(letter_action_id: UUID) -> AnyResponse:
    """Change a draft."""
    actor = current_actor()
    action = queries.get_action(actor, letter_action_id)
    form = ActionForm(obj=action, ask_id=str(action.ask_id or ""))
    form.offer(action.campaign_id)
    if form.is_submitted() and form.validate():
        try:
            actions.edit_action(actor, letter_action_id, form.words())
            db.session.commit()
        except (Conflict, Invalid) as error:
            db.session.rollback()
            form.slug.errors = [error.message]
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("letters.show", letter_action_id=letter_action_id), 303)
    return _text_page(form, letter_action_id)


@blueprint.get("/letters/<uuid:letter_action_id>")
@requires(Permission.MAILINGS_VIEW)
def show(letter_action_id: UUID) -> str:
    """One action: its words, its link, how many wrote, and what became of the letters."""
    actor = current_actor()
    action = queries.get_action(actor, letter_action_id)
    mailing = get_own(actor, action.mailing_id) if action.mailing_id else None
    host = get_own_organisation(actor)
    return render_template(
        "letters/show.html",
        action=action,
        ask=find_ask(action.ask_id),
        host=host,
        word=texts.ACTION[ActionState(action.state)],
        mailing=mailing,
        words=mailing_words,
        counts=queries.count_letters(action.id),
        deliveries=count_deliveries(mailing) if mailing else {},
        constituencies=queries.tell_by_constituency(action.id),
        small=SMALL,
        content_hash=hash_action(action),
        why_not=actions.why_not_open(actor, action),
        may_close=actor.can(Permission.MAILINGS_SEND),
        may_edit=actor.can(Permission.MAILINGS_DRAFT) and action.state == ActionState.DRAFT,
        share_url=_share_url(host, action),
        relays=[(one, _name_of(one.holding_id)) for one in queries.list_relays(action.id)],
        may_draft=actor.can(Permission.MAILINGS_DRAFT),
        form=PlainForm(),
    )


@blueprint.get("/letters/of/<uuid:mailing_id>")
@requires(Permission.MAILINGS_VIEW)
def of_mailing(mailing_id: UUID) -> AnyResponse:
    """The action whose letters leave by this mailing."""
    mailing = get_own(current_actor(), mailing_id)
    action = queries.find_action_of(mailing.id)
    if action is None:
        return redirect(url_for("letters.index"), 303)
    return redirect(url_for("letters.show", letter_action_id=action.id), 303)


@blueprint.post("/letters/<uuid:letter_action_id>/opening")
@requires(Permission.MAILINGS_SEND)
def open_action(letter_action_id: UUID) -> AnyResponse:
    """Approve exactly what was read, and let people write."""
    changed = actions.open_action(current_actor(), letter_action_id, request.form.get("content_hash", ""))
    db.session.commit()
    flash(_("It is open. Share its link.") if changed else _("Nothing changed."), "success")
    return redirect(url_for("letters.show", letter_action_id=letter_action_id), 303)


@blueprint.post("/letters/<uuid:letter_action_id>/closure")
@requires(Permission.MAILINGS_SEND)
def close_action(letter_action_id: UUID) -> AnyResponse:
    """Take no more letters."""
    changed = actions.close_action(current_actor(), letter_action_id)
    db.session.commit()
    flash(
        _("It is closed. Letters already confirmed still leave.") if changed else _("Nothing changed."),
        "success",
    )
    return redirect(url_for("letters.show", letter_action_id=letter_action_id), 303)


def _share_url(host: Organisation, action: LetterAction) -> str:
    return writing_url(host.slug, action.slug)


def _name_of(holding_id: UUID) -> str:
    member = queries.find_member(holding_id)
    return member.name if member else ""


def _text_page(form: ActionForm, action_id: UUID | None) -> AnyResponse:
    body = render_template("letters/text.html", form=form, action_id=action_id)
    return make_response(body, 422 if form.errors else 200)
