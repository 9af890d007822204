"""In whose names a mailing speaks: choosing partners, and their answers, signed in or from the message."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.mailings import queries, words
from organising.mailings.audience import included, list_entries
from organising.mailings.binding import current_hash
from organising.mailings.forms import DecisionForm, NamesForm
from organising.mailings.links import read_sign_off_token
from organising.mailings.models import Mailing
from organising.mailings.queries.lines import agreed_in_advance
from organising.mailings.services import answers, decisions, signatories
from organising.mailings.services.colleagues import told_of
from organising.mailings.states import BEFORE_SENDING, Decision, MailingState
from organising.organisations.queries import list_publishable
from organising.platform.access import Readers, current_actor, own_context, public, requires
from organising.platform.db import db
from organising.platform.errors import Conflict, DomainError, Invalid, NotFound
from organising.platform.permissions import Permission
from organising.platform.tenancy import Context, use_context

from . import blueprint
from .review import Page, gone, not_decided


@blueprint.route("/<uuid:mailing_id>/names", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def names(mailing_id: UUID) -> Response | str | tuple[str, int]:
    """Choose which partners are asked for their name, and until when they can answer."""
    actor = current_actor()
    mailing = queries.get_own(actor, mailing_id)
    if mailing.state not in (MailingState.DRAFT, *BEFORE_SENDING):
        raise Conflict(_("This mailing is on its way or over, so its names can’t be chosen any more."))
    form = NamesForm()
    offered = [one for one in list_publishable(mailing.campaign_id) if one[0] != mailing.organisation_id]
    in_advance = agreed_in_advance(mailing)
    form.offer(offered, may_hurry=bool(in_advance) or mailing.objection_hours == signatories.SHORTEST_WINDOW)
    if form.validate_on_submit():
        voided = mailing.state != MailingState.DRAFT
        before = mailing.version
        try:
            named = signatories.name_organisations(actor, mailing_id, form.chosen, int(form.hours.data))
        except Invalid as invalid:
            form.hours.errors = [*form.hours.errors, invalid.message]
            return _names_page(mailing, form, offered, in_advance)
        version = named.version
        db.session.commit()
        flash(
            _("Saved. The sign-off is void: ask for it again.")
            if voided and version != before
            else _("Saved."),
            "success",
        )
        return redirect(url_for("mailings.show", mailing_id=mailing_id), 303)
    if not form.is_submitted():
        form.show([one.signatory_id for one in queries.list_signatories(mailing.id)], mailing.objection_hours)
    return _names_page(mailing, form, offered, in_advance)


def _names_page(
    mailing: Mailing, form: NamesForm, offered: list[tuple[UUID, str]], in_advance: frozenset[str]
) -> str | tuple[str, int]:
    rendered = render_template(
        "mailings/names.html",
        mailing=mailing,
        form=form,
        offered=offered,
        in_advance=[name for one, name in offered if str(one) in in_advance],
    )
    return (rendered, 422) if form.errors else rendered


@blueprint.post("/<uuid:mailing_id>/name")
@requires(Permission.MAILINGS_SIGN_OFF)
def name(mailing_id: UUID) -> Page:
    """Put the own organisation's name under what was shown, or leave it out."""
    try:
        queries.get_mailing(mailing_id)
    except NotFound:
        return gone(mailing_id, DecisionForm())
    decision, form = _given()
    try:
        decisions.answer_for_name(
            current_actor(), mailing_id, decision, form.content_hash.data or "", form.said, told=form.told
        )
    except Conflict as refused:
        return not_decided(mailing_id, form, refused)
    db.session.commit()
    flash(words.ANSWERED[decision], "success")
    return redirect(url_for("mailings.show", mailing_id=mailing_id), 303)


@blueprint.post("/<uuid:mailing_id>/comment")
@requires(Permission.MAILINGS_VIEW)
def comment(mailing_id: UUID) -> Response:
    """Say something to the mailing's organisation without deciding."""
    queries.get_mailing(mailing_id)
    form = DecisionForm()
    if not form.validate() or not (form.comment.data or "").strip():
        raise Invalid(_said(form) or _("Write the comment first."))
    decisions.comment_on(current_actor(), mailing_id, form.content_hash.data or "", form.comment.data or "")
    db.session.commit()
    flash(_("Your comment is on record."), "success")
    return redirect(url_for("mailings.show", mailing_id=mailing_id), 303)


@blueprint.route("/answer/<token>", methods=["GET", "POST"])
@public(
    "the link in a request for sign-off answers for one person about one content; a scanner sees buttons only",
    readers=Readers.STAFF,
)
@own_context
def answer_link(token: str) -> str | tuple[str, int]:
    """Read what one was asked about, and answer, without signing in."""
    asked = read_sign_off_token(token)
    form = DecisionForm()
    with use_context(Context(organisation_id=asked.organisation_id, user_id=asked.user_id)) as session:
        actor, mailing = answers.find_asked(asked)
        done: Decision | None = None
        problem: str | None = None
        if form.is_submitted():
            try:
                decision, given = _given()
                answers.answer(actor, asked, decision, given.said, given.told)
                session.commit()
                done = decision
            except DomainError as refused:
                session.rollback()
                problem = refused.message
                actor, mailing = answers.find_asked(asked)
        going = included(list_entries(mailing)) if mailing else []
        on_record = decisions.standing_answers(mailing, asked.content_hash) if mailing else {}
        rendered = render_template(
            "mailings/answer.html",
            token=token,
            form=form,
            actor=actor,
            mailing=mailing,
            owner=queries.name_of(mailing.organisation_id) if mailing else "",
            going=going,
            letter=answers.first_letter(mailing, going) if mailing else None,
            names=queries.list_named(mailing, on_record) if mailing else [],
            silent=decisions.list_silent(mailing, on_record) if mailing else [],
            standing=mailing is not None and current_hash(mailing) == asked.content_hash,
            why_not_name=decisions.why_not_name(actor, mailing) if mailing else None,
            why_not_sign=decisions.why_not_sign(actor, mailing) if mailing else None,
            own_answer=on_record.get(str(asked.organisation_id)),
            given=answers.own_answers(actor, mailing) if mailing else [],
            told=told_of(actor, mailing, asked.content_hash) if mailing else ("", ""),
            done=done,
            problem=problem,
            words=words,
        )
    return (rendered, 409) if problem else rendered


def _given() -> tuple[Decision, DecisionForm]:
    """The decision, and the form it came with; raises :class:`Invalid` with what is missing."""
    form = DecisionForm()
    try:
        decision = Decision(form.decision.data or "")
    except ValueError:
        raise Invalid(_("Decide first.")) from None
    if not form.validate():
        raise Invalid(_said(form))
    return decision, form


def _said(form: DecisionForm) -> str:
    return " ".join(str(error) for errors in form.errors.values() for error in errors)
