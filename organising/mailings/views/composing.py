"""The list, one mailing's page, and giving it up."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.mailings import queries, words
from organising.mailings.content import Letter
from organising.mailings.forms import DecisionForm
from organising.mailings.merge import Unparsable
from organising.mailings.models import Mailing
from organising.mailings.outcomes import reasons_withheld
from organising.mailings.queries.incoming import count_incoming
from organising.mailings.services import decisions, drafting, review, sending
from organising.mailings.services.scheduling import look_ahead, outlook_of
from organising.mailings.standing import OVER, standing_of
from organising.mailings.states import BEFORE_SENDING, MailingMode, MailingState
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.pagination import page
from organising.platform.permissions import Permission

from . import blueprint

# Pages of mailings that a later domain brings, and how one is drawn that could not keep what was typed into it.
PAGES = {
    MailingMode.CONSTITUENT: "letters.of_mailing",
    MailingMode.SIGNERS: "updates.show",
    MailingMode.CONTACTS: "outreach.show",
}
DRAWN_BY: dict[MailingMode, Callable[[UUID, DecisionForm, str | None], str]] = {}
HAND = (MailingState.DRAFT, *BEFORE_SENDING, MailingState.SENDING, MailingState.PAUSED, MailingState.SENT)


@blueprint.get("")
@requires(Permission.MAILINGS_VIEW_COUNTS)
def index() -> str:
    """The mailings in hand or over, and those that wait for this person. Analysts see how many there are."""
    actor = current_actor()
    counts = queries.count_by_state(actor.organisation_id)
    if not actor.can(Permission.MAILINGS_VIEW):
        return render_template("mailings/counts.html", counts=counts, came_back=count_incoming(), words=words)
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
    return mailing_page(mailing_id)


def mailing_page(
    mailing_id: UUID, *, form: DecisionForm | None = None, problem: str | None = None
) -> str | Response:
    """The page of one mailing, with what was typed into its form, and why that could not be kept."""
    actor = current_actor()
    mailing = queries.get_mailing(mailing_id)
    if form is not None and mailing.mode in DRAWN_BY:
        return DRAWN_BY[MailingMode(mailing.mode)](mailing_id, form, problem)
    if mailing.mode != MailingMode.ORGANISATION:
        return redirect(url_for(PAGES[MailingMode(mailing.mode)], mailing_id=mailing_id), 303)
    checks, standing = review.check_mailing(mailing), standing_of(actor, mailing)
    return render_template(
        "mailings/show.html",
        checks=checks,
        lead=queries.lead_of(mailing.campaign_id),
        lead_name=queries.name_of(queries.lead_of(mailing.campaign_id)),
        first=_first_letter(mailing, checks),
        form=form or DecisionForm(formdata=None),
        problem=problem,
        outlook=outlook_of(mailing, standing["counts"]) or look_ahead(mailing, checks.entries),
        withheld=reasons_withheld(queries.count_withheld(mailing)),
        **standing,
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
