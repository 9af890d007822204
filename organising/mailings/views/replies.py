"""What came back: the list to decide on, one message after the other, and who has not answered."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.lobbying.services import AlreadyLogged, Caution, NeedsConfirmation
from organising.mailings import queries
from organising.mailings.forms.replies import ClassForm, FollowUpForm, LogForm
from organising.mailings.incoming import ANSWERS
from organising.mailings.incoming import words as reply_words
from organising.mailings.incoming.states import IncomingState
from organising.mailings.models import KEPT_DAYS, Delivery, IncomingMessage
from organising.mailings.queries import incoming as replies
from organising.mailings.services import incoming_triage as triage
from organising.mailings.services.incoming import CASEWORK_DAYS
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.given import as_id
from organising.platform.pagination import page
from organising.platform.permissions import Permission

from . import blueprint

SIZE = 25
SHOWN = {
    "open": (IncomingState.TRIAGE,),
    "decided": (IncomingState.DECIDED,),
    "automatic": (IncomingState.SETTLED,),
}
Page = str | Response | tuple[str, int]


@blueprint.get("/replies")
@requires(Permission.REPLIES_TRIAGE)
def list_replies() -> str:
    """What waits for a decision, what was decided, what settled itself: ``?show=decided&mailing=…``."""
    show = request.args.get("show", "open")
    show = show if show in SHOWN else "open"
    mailing_id = as_id(request.args.get("mailing"))
    mailing = queries.get_own(current_actor(), mailing_id) if mailing_id else None
    listed = page(
        replies.list_incoming(SHOWN[show], mailing_id=mailing_id),
        order_by=[IncomingMessage.created_at, IncomingMessage.id],
        cursor=request.args.get("cursor"),
        size=SIZE,
        descending=show != "open",
    )
    return render_template(
        "mailings/replies.html",
        page=listed,
        show=show,
        mailing=mailing,
        counts=replies.count_incoming(mailing_id),
        unanswered=replies.list_unanswered() if show == "open" and mailing is None else [],
        names=_names(listed.items),
        words=reply_words,
    )


@blueprint.get("/replies/<uuid:incoming_id>")
@requires(Permission.REPLIES_TRIAGE)
def reply(incoming_id: UUID) -> str:
    """One message, and everything there is to do with it."""
    return _reply_page(replies.get_incoming(incoming_id))


@blueprint.post("/replies/<uuid:incoming_id>/class")
@requires(Permission.REPLIES_TRIAGE)
def decide(incoming_id: UUID) -> Page:
    """Say what it is; an answer then offers what can follow, anything else leads on to the next."""
    row = replies.get_incoming(incoming_id)
    form = ClassForm()
    try:
        triage.decide_class(current_actor(), incoming_id, form.reply_class.data or "")
        db.session.commit()
    except Invalid as invalid:
        form.reply_class.errors = [str(reason) for reason in invalid.details.values()]
        return _reply_page(row, deciding=form), 422
    flash(_("Decided: %(what)s.", what=reply_words.CLASS[row.reply_class or ""][0]), "success")
    if row.reply_class in ANSWERS:
        return redirect(url_for(".reply", incoming_id=incoming_id, _anchor="next"), 303)
    return _onwards()


@blueprint.post("/replies/<uuid:incoming_id>/engagement")
@requires(Permission.REPLIES_TRIAGE)
def log_reply(incoming_id: UUID) -> Page:
    """Put the headline on the timeline that partners share."""
    row = replies.get_incoming(incoming_id)
    form = LogForm()
    try:
        triage.log_answer(
            current_actor(),
            incoming_id,
            headline=form.headline.data or "",
            attended_by=form.attended_by.data or "",
            outcome=form.outcome.data or "",
            confirmed=form.confirmed(),
        )
        db.session.commit()
    except NeedsConfirmation as question:
        return _reply_page(row, logging=form, cautions=question.cautions), 422
    except AlreadyLogged:
        flash(_("It is in the contact log already."), "info")
        return redirect(url_for(".reply", incoming_id=incoming_id), 303)
    except Invalid as invalid:
        form.show(invalid.details)
        return _reply_page(row, logging=form), 422
    flash(_("On the timeline."), "success")
    return redirect(url_for(".reply", incoming_id=incoming_id, _anchor="next"), 303)


@blueprint.post("/replies/<uuid:incoming_id>/follow-up")
@requires(Permission.REPLIES_TRIAGE)
def plan_reply(incoming_id: UUID) -> Page:
    """Plan something to do about it."""
    row = replies.get_incoming(incoming_id)
    form = FollowUpForm()
    # A day that is no day stops here; what the services say comes beside its field.
    form.validate()
    try:
        if form.errors:
            raise Invalid(_("The follow-up was not kept yet."))
        triage.follow_up_on(current_actor(), incoming_id, form.draft(), confirmed=form.confirmed())
        db.session.commit()
    except NeedsConfirmation as question:
        return _reply_page(row, planning=form, cautions=question.cautions), 422
    except Invalid as invalid:
        form.show(invalid.details)
        return _reply_page(row, planning=form), 422
    flash(_("Follow-up planned."), "success")
    return redirect(url_for(".reply", incoming_id=incoming_id, _anchor="next"), 303)


@blueprint.get("/<uuid:mailing_id>/answers")
@requires(Permission.REPLIES_TRIAGE)
def answers(mailing_id: UUID) -> str:
    """What came back to one mailing, and who has not answered."""
    mailing = queries.get_own(current_actor(), mailing_id)
    listed = page(
        replies.list_silent(mailing_id),
        order_by=[Delivery.place, Delivery.id],
        cursor=request.args.get("cursor"),
        size=50,
    )
    return render_template(
        "mailings/answers.html",
        mailing=mailing,
        page=listed,
        classes=replies.count_classes(mailing_id),
        counts=replies.count_incoming(mailing_id),
        deliveries=queries.count_deliveries(mailing),
        names=queries.names_of([one.holding_id for one in listed.items]),
        words=reply_words,
    )


@blueprint.post("/<uuid:mailing_id>/answers/<uuid:delivery_id>/elsewhere")
@requires(Permission.REPLIES_TRIAGE)
def answered_elsewhere(mailing_id: UUID, delivery_id: UUID) -> Response:
    """They answered by another way."""
    triage.note_answered(current_actor(), mailing_id, delivery_id)
    db.session.commit()
    flash(_("Noted as answered."), "success")
    return redirect(url_for(".answers", mailing_id=mailing_id), 303)


@blueprint.post("/<uuid:mailing_id>/answers/looked-at")
@requires(Permission.REPLIES_TRIAGE)
def look_at_answers(mailing_id: UUID) -> Response:
    """No longer ask about those who did not answer."""
    triage.look_at_answers(current_actor(), mailing_id)
    db.session.commit()
    flash(_("Looked at. It is not asked again."), "success")
    return redirect(url_for(".list_replies"), 303)


def _reply_page(
    row: IncomingMessage,
    *,
    deciding: ClassForm | None = None,
    logging: LogForm | None = None,
    planning: FollowUpForm | None = None,
    cautions: Sequence[Caution] = (),
) -> str:
    return render_template(
        "mailings/reply.html",
        row=row,
        mailing=queries.get_own(current_actor(), row.mailing_id) if row.mailing_id else None,
        name=_names([row]).get(row.person_id) if row.person_id else None,
        deciding=deciding or ClassForm(formdata=None, reply_class=row.reply_class or row.proposed),
        logging=logging or LogForm(formdata=None, headline=_headline(row)),
        planning=planning or FollowUpForm(formdata=None),
        wrong=deciding or logging or planning,
        cautions=cautions,
        is_answer=row.state == IncomingState.DECIDED and row.reply_class in ANSWERS,
        words=reply_words,
        following=replies.find_longest_waiting() if row.state == IncomingState.DECIDED else None,
        kept_days=KEPT_DAYS,
        casework_days=CASEWORK_DAYS,
    )


def _headline(row: IncomingMessage) -> str:
    return str(reply_words.CLASS[row.reply_class][2]) if row.reply_class else ""


def _onwards() -> Response:
    """To the next message that waits, the longest first."""
    following = replies.find_longest_waiting()
    if following is None:
        return redirect(url_for(".list_replies"), 303)
    return redirect(url_for(".reply", incoming_id=following), 303)


def _names(rows: Sequence[IncomingMessage]) -> dict[UUID, str]:
    return replies.name_people({row.person_id for row in rows if row.person_id})
