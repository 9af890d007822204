"""The list, one mailing's page, and giving it up."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.mailings import queries, words
from organising.mailings.binding import current_hash
from organising.mailings.content import Letter
from organising.mailings.forms import DecisionForm
from organising.mailings.merge import Unparsable
from organising.mailings.models import Mailing
from organising.mailings.services import decisions, drafting, review, sending
from organising.mailings.services.mail_servers import leaves_through
from organising.mailings.services.scheduling import look_ahead, outlook_of
from organising.mailings.states import BEFORE_SENDING, MailingMode, MailingState
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.pagination import page
from organising.platform.permissions import Permission

from . import blueprint

HAND = (MailingState.DRAFT, *BEFORE_SENDING, MailingState.SENDING, MailingState.PAUSED, MailingState.SENT)
OVER = (MailingState.CLOSED, MailingState.CANCELLED)


@blueprint.get("")
@requires(Permission.MAILINGS_VIEW_COUNTS)
def index() -> str:
    """The mailings in hand or over, and those that wait for this person. Analysts see how many there are."""
    actor = current_actor()
    counts = queries.count_by_state(actor.organisation_id)
    if not actor.can(Permission.MAILINGS_VIEW):
        return render_template("mailings/counts.html", counts=counts, words=words)
    over = request.args.get("show") == "over"
    listed = page(
        queries.list_mailings(OVER if over else HAND),
        order_by=[Mailing.updated_at, Mailing.id],
        cursor=request.args.get("cursor"),
        descending=True,
    )
    waiting, ready = decisions.list_waiting_for(actor), decisions.list_ready_to_send(actor)
    owners = {
        one.organisation_id: queries.name_of(one.organisation_id) for one in [*listed.items, *waiting, *ready]
    }
    return render_template(
        "mailings/index.html",
        page=listed,
        waiting=waiting,
        ready=ready,
        over=over,
        words=words,
        actor=actor,
        owners=owners,
        may_draft=actor.can(Permission.MAILINGS_DRAFT),
    )


@blueprint.get("/<uuid:mailing_id>")
@requires(Permission.MAILINGS_VIEW)
def show(mailing_id: UUID) -> str | Response:
    """One mailing: where it stands, what is missing, who decided what, and what became of it."""
    actor = current_actor()
    mailing = queries.get_mailing(mailing_id)
    if mailing.mode == MailingMode.CONSTITUENT:
        return redirect(url_for("letters.of_mailing", mailing_id=mailing_id), 303)
    own = mailing.organisation_id == actor.organisation_id
    checks = review.check_mailing(mailing)
    counts = queries.count_deliveries(mailing) if own else review.lent_counts(mailing)
    shown = mailing.state not in (MailingState.DRAFT, *OVER)
    content_hash = current_hash(mailing) if shown else ""
    on_record = decisions.standing_answers(mailing, content_hash)
    approval = decisions.standing_approval(mailing, content_hash) if shown else None
    return render_template(
        "mailings/show.html",
        mailing=mailing,
        own=own,
        checks=checks,
        words=words,
        actor=actor,
        sign_offs=queries.list_sign_offs(mailing),
        owner=queries.name_of(mailing.organisation_id),
        reviewer=queries.name_of(mailing.review_organisation_id),
        lead=queries.lead_of(mailing.campaign_id),
        lead_name=queries.name_of(queries.lead_of(mailing.campaign_id)),
        content_hash=content_hash,
        approval=approval,
        first=_first_letter(mailing, checks),
        released=bool(approval) and decisions.standing_release(mailing, content_hash) is not None,
        why_not=decisions.why_not_sign(actor, mailing),
        why_not_name=decisions.why_not_name(actor, mailing),
        named=queries.list_named(mailing, on_record),
        since=queries.changed_since(mailing, actor.organisation_id) if shown else None,
        silent=decisions.list_silent(mailing, on_record) if shown else [],
        own_answer=on_record.get(str(actor.organisation_id)),
        pending=decisions.pending_approval(mailing, content_hash) if shown and not approval else None,
        alone=decisions.is_alone(actor, mailing) and mailing.last_editor_id == actor.user_id,
        form=DecisionForm(formdata=None),
        may_send=decisions.may_release(actor, mailing),
        may_edit=own and actor.can(Permission.MAILINGS_DRAFT),
        may_stop=own and actor.can(Permission.MAILINGS_SEND),
        counts=counts,
        outlook=outlook_of(mailing, counts) or look_ahead(mailing, checks.entries),
        through=leaves_through(mailing) if own else None,
    )


def _first_letter(mailing: Mailing, checks: review.Checks) -> Letter | None:
    if not checks.included:
        return None
    try:
        return queries.texts_of(mailing).letter(checks.included[0])
    except (Unparsable, KeyError):
        return None


@blueprint.post("/<uuid:mailing_id>/cancellation")
@requires(Permission.MAILINGS_DRAFT)
def cancel(mailing_id: UUID) -> Response:
    """Give up a draft, or stop a mailing for good."""
    actor = current_actor()
    mailing = queries.get_own(actor, mailing_id)
    if mailing.state in (MailingState.DRAFT, *BEFORE_SENDING):
        drafting.discard(actor, mailing_id)
        flash(_("The mailing is discarded. Nothing was sent."), "success")
    else:
        sending.cancel(actor, mailing_id)
        flash(_("Cancelled. What had not left will not leave."), "success")
    db.session.commit()
    return redirect(url_for("mailings.show", mailing_id=mailing_id), 303)
