"""The list, one mailing's page, and its text."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.accounts.queries import find_email
from organising.mailings import queries, words
from organising.mailings.content import Letter, Texts
from organising.mailings.forms import DecisionForm, WordingForm
from organising.mailings.merge import Field, Unparsable
from organising.mailings.models import Mailing
from organising.mailings.services import drafting, review, sending
from organising.mailings.services.scheduling import look_ahead, outlook_of
from organising.mailings.states import BEFORE_SENDING, MailingState
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Conflict
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
    waiting = queries.list_waiting_for(actor) if actor.can(Permission.MAILINGS_SIGN_OFF) else []
    waiting = [one for one in waiting if review.why_not_sign(actor, one) is None]
    owners = {one.organisation_id: queries.name_of(one.organisation_id) for one in [*listed.items, *waiting]}
    return render_template(
        "mailings/index.html",
        page=listed,
        waiting=waiting,
        over=over,
        words=words,
        actor=actor,
        owners=owners,
        may_draft=actor.can(Permission.MAILINGS_DRAFT),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def new() -> Response | str | tuple[str, int]:
    """Compose a mailing."""
    actor = current_actor()
    form = WordingForm()
    if actor.campaign_id is None:
        raise Conflict(_("Your organisation takes part in no campaign."))
    form.offer(actor.campaign_id)
    if form.validate_on_submit():
        mailing = drafting.compose_mailing(actor, form.wording())
        mailing_id = mailing.id
        db.session.commit()
        flash(_("The draft is saved. Now choose whom it goes to."), "success")
        return redirect(url_for("mailings.audience", mailing_id=mailing_id), 303)
    if not form.is_submitted():
        form.sender_name.data = actor.organisation_name
        form.reply_to.data = find_email(actor.user_id)
    return _text_page(form, None)


@blueprint.route("/<uuid:mailing_id>/text", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def text(mailing_id: UUID) -> Response | str | tuple[str, int]:
    """Change the text; an approval it had is void then."""
    actor = current_actor()
    mailing = queries.get_own(actor, mailing_id)
    form = WordingForm(obj=mailing)
    form.offer(mailing.campaign_id)
    if form.validate_on_submit():
        voided = mailing.state != MailingState.DRAFT
        drafting.edit_wording(actor, mailing_id, form.wording(), _version(form))
        db.session.commit()
        flash(_("Saved. The sign-off is void: ask for it again.") if voided else _("Saved."), "success")
        return redirect(url_for("mailings.show", mailing_id=mailing_id), 303)
    if not form.is_submitted():
        form.ask_id.data = str(mailing.ask_id or "")
        form.version.data = str(mailing.version)
    return _text_page(form, mailing)


def _version(form: WordingForm) -> int:
    try:
        return int(form.version.data or "")
    except ValueError:
        raise Conflict(_("This form is damaged. Reload the page.")) from None


def _text_page(form: WordingForm, mailing: Mailing | None) -> str | tuple[str, int]:
    rendered = render_template("mailings/text.html", form=form, mailing=mailing, fields=list(Field))
    return (rendered, 422) if form.is_submitted() else rendered


@blueprint.get("/<uuid:mailing_id>")
@requires(Permission.MAILINGS_VIEW)
def show(mailing_id: UUID) -> str:
    """One mailing: where it stands, what is missing, who decided what, and what became of it."""
    actor = current_actor()
    mailing = queries.get_mailing(mailing_id)
    own = mailing.organisation_id == actor.organisation_id
    checks = review.check_mailing(mailing)
    counts = queries.count_deliveries(mailing) if own else review.lent_counts(mailing)
    shown = mailing.state not in (MailingState.DRAFT, *OVER)
    content_hash = review.current_hash(mailing) if shown else ""
    approval = review.standing_approval(mailing, content_hash) if shown else None
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
        released=bool(approval) and review.standing_release(mailing, content_hash) is not None,
        why_not=review.why_not_sign(actor, mailing),
        form=DecisionForm(formdata=None),
        may_send=review.may_release(actor, mailing),
        may_edit=own and actor.can(Permission.MAILINGS_DRAFT),
        may_stop=own and actor.can(Permission.MAILINGS_SEND),
        counts=counts,
        outlook=outlook_of(mailing, counts) or look_ahead(mailing, checks.entries),
    )


def _first_letter(mailing: Mailing, checks: review.Checks) -> Letter | None:
    if not checks.included:
        return None
    try:
        return Texts.of(mailing, queries.common_values(mailing)).letter(checks.included[0])
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
