"""Watching a mailing leave: live counts, pause, go on; then each recipient, and what came of it."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.mailings import queries, words
from organising.mailings.models import Delivery, Mailing
from organising.mailings.outcomes import outcome_of, reasons_withheld
from organising.mailings.queries import after as found
from organising.mailings.queries.incoming import count_classes
from organising.mailings.services import after, review, sending
from organising.mailings.services.mail_servers import leaves_through
from organising.mailings.services.scheduling import outlook_of
from organising.mailings.states import DeliveryState, MailingMode
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.pagination import page
from organising.platform.permissions import Permission
from organising.platform.spreadsheet import download, table
from organising.safeguards.services import record_export
from organising.safeguards.terms import ExportKind

from . import blueprint

# Where mailings of later domains show what became of each message.
OF_PEOPLE = {MailingMode.SIGNERS: "updates.recipients", MailingMode.CONTACTS: "outreach.recipients"}


@blueprint.get("/<uuid:mailing_id>/progress")
@requires(Permission.MAILINGS_VIEW)
def live(mailing_id: UUID) -> str:
    """The part of a mailing's page that changes while it is sent."""
    actor = current_actor()
    mailing = queries.get_mailing(mailing_id)
    own = mailing.organisation_id == actor.organisation_id
    counts = queries.count_deliveries(mailing) if own else review.lent_counts(mailing)
    return render_template(
        "mailings/_progress.html",
        mailing=mailing,
        own=own,
        words=words,
        counts=counts,
        outlook=outlook_of(mailing, counts),
        may_stop=own and actor.can(Permission.MAILINGS_SEND),
        through=leaves_through(mailing) if own else None,
        withheld=reasons_withheld(queries.count_withheld(mailing)) if own else [],
    )


@blueprint.post("/<uuid:mailing_id>/pause")
@requires(Permission.MAILINGS_SEND)
def pause(mailing_id: UUID) -> Response:
    """Stop letting messages go."""
    sending.pause(current_actor(), mailing_id)
    db.session.commit()
    flash(_("Paused. What is in flight arrives; nothing more leaves."), "success")
    return redirect(url_for("mailings.show", mailing_id=mailing_id), 303)


@blueprint.post("/<uuid:mailing_id>/pause/removal")
@requires(Permission.MAILINGS_SEND)
def resume(mailing_id: UUID) -> Response:
    """Go on where it stopped."""
    sending.resume(current_actor(), mailing_id)
    db.session.commit()
    flash(_("Sending goes on."), "success")
    return redirect(url_for("mailings.show", mailing_id=mailing_id), 303)


@blueprint.get("/<uuid:mailing_id>/recipients")
@requires(Permission.MAILINGS_VIEW)
def recipients(mailing_id: UUID) -> str | Response:
    """What became of each message."""
    mailing = queries.get_own(current_actor(), mailing_id)
    state = request.args.get("state", "")
    if mailing.mode in OF_PEOPLE:
        place = OF_PEOPLE[MailingMode(mailing.mode)]
        return redirect(url_for(place, mailing_id=mailing_id, state=state or None), 303)
    states = [state] if state in list(DeliveryState) else []
    listed = page(
        queries.list_deliveries(mailing_id, states),
        order_by=[Delivery.place, Delivery.id],
        cursor=request.args.get("cursor"),
        size=50,
    )
    counts = queries.count_deliveries(mailing)
    return render_template(
        "mailings/recipients.html",
        mailing=mailing,
        page=listed,
        words=words,
        state=state,
        counts=counts,
        funnel=after.funnel_of(mailing, counts),
        outcome_of=outcome_of,
        names=queries.names_of([one.holding_id for one in listed.items]),
        left_out=found.list_left_out(mailing),
        answers=count_classes(mailing.id),
        moves=found.count_moves(mailing),
        corrections=found.list_corrections(mailing.id),
        may_correct=current_actor().can(Permission.MAILINGS_DRAFT)
        and after.why_no_correction(mailing) is None,
    )


@blueprint.get("/<uuid:mailing_id>/recipients.csv")
@requires(Permission.MAILINGS_VIEW)
def recipients_csv(mailing_id: UUID) -> Response:
    """Everybody who was chosen, and what became of each, for a spreadsheet."""
    actor = current_actor()
    text, count = _recipients_table(queries.get_own(actor, mailing_id))
    record_export(actor, ExportKind.SHARED, count, what="recipients of a mailing")
    db.session.commit()
    return download(text, f"recipients-{mailing_id}.csv")


def _recipients_table(mailing: Mailing) -> tuple[str, int]:
    header = [
        _("Representative"), _("Constituency"), _("Address"), _("State"), _("What happened"), _("What to do"),
        _("Code"), _("What the mail server said"), _("Since"), _("Attempts"),
    ]  # fmt: skip
    rows: list[list[object]] = []
    for delivery, name, constituency in found.list_recipients(mailing):
        became = outcome_of(delivery)
        rows.append([
            name, constituency, delivery.address, became.state, became.happened, became.to_do, delivery.last_code,
            delivery.last_reply, delivery.changed_at, delivery.attempt,
        ])  # fmt: skip
    for name, constituency, reason in found.list_left_out(mailing):
        rows.append([name, constituency, None, _("Left out"), words.LEFT_OUT[reason], None, None, None, None, None])  # fmt: skip
    return table(header, rows), len(rows)


@blueprint.route("/<uuid:mailing_id>/correction", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def correction(mailing_id: UUID) -> Response | str:
    """Begin a correction to exactly those who got it, having seen who that is and who is uncertain."""
    actor = current_actor()
    mailing = queries.get_own(actor, mailing_id)
    if request.method == "POST":
        made = after.write_correction(actor, mailing_id)
        made_id = made.id
        db.session.commit()
        flash(_("The draft is there, to exactly those who got the first. Say what was wrong."), "success")
        return redirect(url_for("mailings.text", mailing_id=made_id), 303)
    return render_template(
        "mailings/correction.html",
        mailing=mailing,
        why_not=after.why_no_correction(mailing),
        got=len(found.list_got(mailing)),
        uncertain=found.list_uncertain_names(mailing),
        counts=queries.count_deliveries(mailing),
        words=words,
        may_settle=actor.can(Permission.MAILINGS_SEND),
    )
