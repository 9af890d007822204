"""Reading every message as it will be sent, asking for sign-off, signing off, and Send."""

from uuid import UUID

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.mailings import queries, words
from organising.mailings.audience import included, list_entries
from organising.mailings.forms import AskForm, DecisionForm
from organising.mailings.merge import Unparsable
from organising.mailings.queries.attachments import list_files
from organising.mailings.services import decisions, review, testing
from organising.mailings.services.colleagues import AnsweredMeanwhile, find_same
from organising.mailings.states import Decision
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Conflict, Invalid, NotFound
from organising.platform.mail import Refused, ReplyLost
from organising.platform.permissions import Permission

from . import blueprint
from .composing import mailing_page

Page = str | Response


@blueprint.get("/<uuid:mailing_id>/messages/<int:number>")
@requires(Permission.MAILINGS_VIEW)
def message(mailing_id: UUID, number: int) -> str:
    """Message ``number`` of all, counted from 1, exactly as it will be sent."""
    actor = current_actor()
    mailing = queries.get_mailing(mailing_id)
    going = included(list_entries(mailing))
    if not 1 <= number <= len(going):
        raise NotFound
    entry, letter, problem, blocks = going[number - 1], None, None, []
    try:
        texts = queries.texts_of(mailing)
        blocks = texts.applied(entry)
        letter = texts.letter(entry)
    except Unparsable as error:
        problem = str(error)
    except KeyError as error:
        problem = _("“%(field)s” has no value and no fallback here.", field=error.args[0])
    return render_template(
        "mailings/message.html",
        mailing=mailing,
        entry=entry,
        letter=letter,
        problem=problem,
        blocks=blocks,
        files=list_files(mailing.id),
        number=number,
        total=len(going),
        sender=mailing.sender or queries.sender_of(mailing),
        going=going,
        may_test=mailing.organisation_id == actor.organisation_id and actor.can(Permission.MAILINGS_DRAFT),
    )


@blueprint.post("/<uuid:mailing_id>/messages/<int:number>/test")
@requires(Permission.MAILINGS_DRAFT)
def test(mailing_id: UUID, number: int) -> Response:
    """Send this message to oneself, marked as a test."""
    try:
        address = testing.send_test(current_actor(), mailing_id, number)
        db.session.commit()
        flash(_("Sent to %(address)s, with [TEST] in the subject.", address=address), "success")
    except (Refused, ReplyLost):
        flash(_("The mail server did not take the test. Try again later."), "error")
    return redirect(url_for("mailings.message", mailing_id=mailing_id, number=number), 303)


@blueprint.route("/<uuid:mailing_id>/review", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def ask(mailing_id: UUID) -> Response | str | tuple[str, int]:
    """What the signer will see, said to the author first; then the question."""
    actor = current_actor()
    mailing = queries.get_own(actor, mailing_id)
    if not mailing.is_draft:
        raise Conflict(_("Sign-off has been asked for already."))
    form = AskForm.of(mailing)
    if form.validate_on_submit():
        review.ask_for_sign_off(actor, mailing_id, lend_to_lead=form.reviewer.data == "lead")
        db.session.commit()
        flash(_("Sign-off is asked for. Any change from now on takes the question back."), "success")
        return redirect(url_for("mailings.show", mailing_id=mailing_id), 303)
    form.reviewer.data = form.reviewer.data or "own"
    rendered = render_template(
        "mailings/ask.html", mailing=mailing, form=form, checks=review.check_mailing(mailing), words=words
    )
    return (rendered, 422) if form.is_submitted() else rendered


@blueprint.post("/<uuid:mailing_id>/review/removal")
@requires(Permission.MAILINGS_DRAFT)
def take_back(mailing_id: UUID) -> Response:
    """Take the question back; the mailing is a draft again."""
    review.take_back(current_actor(), mailing_id)
    db.session.commit()
    flash(_("It is a draft again."), "success")
    return redirect(url_for("mailings.show", mailing_id=mailing_id), 303)


@blueprint.post("/<uuid:mailing_id>/sign-off")
@requires(Permission.MAILINGS_SIGN_OFF)
def sign_off(mailing_id: UUID) -> Page:
    """Sign off, or ask for changes; bound to what was shown."""
    form = DecisionForm()
    try:
        queries.get_mailing(mailing_id)
    except NotFound:
        return gone(mailing_id, form)
    if not form.validate() or form.decision.data not in (Decision.APPROVE, Decision.DECLINE):
        raise Invalid(
            " ".join(str(e) for errors in form.errors.values() for e in errors) or _("Decide first.")
        )
    decision = Decision(form.decision.data)
    try:
        decisions.decide(
            current_actor(), mailing_id, decision, form.content_hash.data or "", form.said, told=form.told
        )
    except Conflict as refused:
        return not_decided(mailing_id, form, refused)
    db.session.commit()
    flash(
        _("You signed it off.") if decision is Decision.APPROVE else _("Your answer is on record."), "success"
    )
    return _to_mailing_or_list(mailing_id)


@blueprint.post("/<uuid:mailing_id>/release")
@requires(Permission.MAILINGS_SEND)
def release(mailing_id: UUID) -> Response:
    """Press Send."""
    form = DecisionForm()
    decisions.release(current_actor(), mailing_id, form.content_hash.data or "")
    db.session.commit()
    flash(_("It is on its way. You can close this page; sending goes on."), "success")
    return redirect(url_for("mailings.show", mailing_id=mailing_id, _anchor="sign-off"), 303)


def not_decided(mailing_id: UUID, form: DecisionForm, refused: Conflict) -> Page:
    """Say why a decision was not kept, beside the mailing as it stands now, with the comment that was typed."""
    db.session.rollback()
    return make_response(mailing_page(mailing_id, form=form, problem=refused.message), 409)


def gone(mailing_id: UUID, form: DecisionForm) -> Response:
    """The list, with who asked for changes, so that the mailing went back to its author. Raises NotFound where nobody
    of one's own did.
    """
    shown, given = form.content_hash.data or "", form.decision.data
    if given not in list(Decision):
        raise NotFound
    try:
        same = find_same(current_actor(), mailing_id, Decision(given), shown, form.said, form.told)
    except AnsweredMeanwhile as answered:
        typed = _("Your comment was not sent: “%(comment)s”", comment=form.said) if form.said else ""
        flash(f"{answered.message} {typed}".strip(), "error")
    else:
        if same is None:
            raise NotFound
        flash(words.ANSWERED[same.decision], "success")
    return redirect(url_for("mailings.index"), 303)


def _to_mailing_or_list(mailing_id: UUID) -> Response:
    """A lent mailing that was declined is lent no longer."""
    try:
        queries.get_mailing(mailing_id)
    except NotFound:
        return redirect(url_for("mailings.index"), 303)
    return redirect(url_for("mailings.show", mailing_id=mailing_id), 303)
