"""Writing updates, and one update's page: whom it reaches, who signs it off, how far it has come."""

from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.accounts.queries import find_email
from organising.mailings import queries as mailings
from organising.mailings import words as mailing_words
from organising.mailings.forms import AskForm, DecisionForm
from organising.mailings.models import Mailing
from organising.mailings.services.drafting import TextConflict
from organising.mailings.services.scheduling import look_ahead, outlook_of
from organising.mailings.standing import standing_of
from organising.mailings.states import MailingMode, MailingState
from organising.mailings.views.composing import DRAWN_BY
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Conflict, NotFound
from organising.platform.given import as_version
from organising.platform.mail import Refused, ReplyLost
from organising.platform.pagination import page
from organising.platform.permissions import Permission
from organising.pledges.models import DriveStatus, PledgeDrive
from organising.pledges.texts import sector_label
from organising.pledges.views.blueprint import chosen_drive, tabs
from organising.updates.forms import UpdateForm
from organising.updates.models import PledgeUpdate
from organising.updates.queries import get_drive, get_update_of, list_updates, name_constituency
from organising.updates.services import drafting, reviewing

from .blueprint import blueprint

BODY = (
    'Hello {{ first_name|"friend" }},\n\n'
    "You signed “{{ pledge }}”. Here is what has happened since.\n\n\n\n"
    "{{ organisation }}\n"
)


@blueprint.get("/pledges/updates")
@requires(Permission.MAILINGS_VIEW)
def index() -> Response | str:
    """The organisation's own updates to the signers of a drive, the latest first."""
    actor = current_actor()
    drive = chosen_drive(actor)
    if drive is None:
        return redirect(url_for("pledges.index"), 303)
    listed = page(
        list_updates(actor, drive.id),
        order_by=[Mailing.updated_at, Mailing.id],
        cursor=request.args.get("cursor"),
        descending=True,
    )
    return render_template(
        "updates/index.html",
        drive=drive,
        tabs=tabs(actor, drive, "updates.index"),
        page=listed,
        words=mailing_words,
        actor=actor,
        may_draft=actor.can(Permission.MAILINGS_DRAFT) and drive.status != DriveStatus.DRAFT,
        reach=reviewing.reach_of(actor, drive.id),
    )


@blueprint.route("/pledges/drives/<uuid:drive_id>/updates/new", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def new(drive_id: UUID) -> Response | str | tuple[str, int]:
    """Write an update to the own signers of a drive."""
    actor = current_actor()
    drive = get_drive(drive_id)
    form = UpdateForm()
    form.offer()
    if not _is_preview() and form.is_submitted() and form.validate():
        mailing_id = drafting.compose_update(actor, drive_id, form.words(), form.question()).id
        db.session.commit()
        flash(_("The draft is saved. Read it, then ask for sign-off."), "success")
        return redirect(url_for("updates.show", mailing_id=mailing_id), 303)
    if not form.is_submitted():
        form.body.data, form.sender_name.data = BODY, actor.organisation_name
        form.reply_to.data = find_email(actor.user_id)
    return _text_page(form, drive, None)


@blueprint.route("/pledges/updates/<uuid:mailing_id>/text", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def text(mailing_id: UUID) -> Response | str | tuple[str, int]:
    """Change an update; an approval it had is void then."""
    actor = current_actor()
    mailing = mailings.get_own(actor, mailing_id)
    update = get_update_of(mailing)
    drive = get_drive(update.drive_id)
    form = UpdateForm.of(mailing, update)
    if not _is_preview() and form.is_submitted() and form.validate():
        voided = mailing.state != MailingState.DRAFT
        try:
            drafting.edit_update(
                actor, mailing_id, form.words(), form.question(), as_version(form.version.data)
            )
        except TextConflict as conflict:
            form.version.data = str(conflict.version)
            return _text_page(form, drive, mailing, conflict)
        db.session.commit()
        flash(_("Saved. The sign-off is void: ask for it again.") if voided else _("Saved."), "success")
        return redirect(url_for("updates.show", mailing_id=mailing_id), 303)
    return _text_page(form, drive, mailing)


@blueprint.get("/pledges/updates/<uuid:mailing_id>")
@requires(Permission.MAILINGS_VIEW)
def show(mailing_id: UUID) -> str:
    """One update. An organisation that was asked for sign-off sees its text and its count, and nobody it goes to."""
    return update_page(mailing_id, DecisionForm(formdata=None))


def update_page(mailing_id: UUID, form: DecisionForm, problem: str | None = None) -> str:
    """The page of one update, with what was typed into its form, and why that could not be kept."""
    actor = current_actor()
    mailing = mailings.get_mailing(mailing_id)
    update = get_update_of(mailing)
    standing = standing_of(actor, mailing)
    checks = reviewing.check_update(mailing, own=standing["own"])
    return render_template(
        "updates/show.html",
        update=update,
        drive=get_drive(update.drive_id),
        question=_in_words(update),
        checks=checks,
        sender=mailing.sender or mailings.sender_of(mailing),
        form=form,
        problem=problem,
        outlook=outlook_of(mailing, standing["counts"]) or look_ahead(mailing),
        why_no_correction=drafting.why_no_correction(mailing),
        **standing,
    )


@blueprint.post("/pledges/updates/<uuid:mailing_id>/test")
@requires(Permission.MAILINGS_DRAFT)
def test(mailing_id: UUID) -> Response:
    """Send it to oneself, marked as a test."""
    try:
        address = reviewing.send_test(current_actor(), mailing_id)
        db.session.commit()
        flash(_("Sent to %(address)s, with [TEST] in the subject.", address=address), "success")
    except (Refused, ReplyLost):
        flash(_("The mail server did not take the test. Try again later."), "error")
    return redirect(url_for("updates.show", mailing_id=mailing_id), 303)


@blueprint.route("/pledges/updates/<uuid:mailing_id>/review", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def ask(mailing_id: UUID) -> Response | str | tuple[str, int]:
    """Ask a colleague, or the campaign's lead, to sign it off."""
    actor = current_actor()
    mailing = mailings.get_own(actor, mailing_id)
    get_update_of(mailing)
    if not mailing.is_draft:
        raise Conflict(_("Sign-off has been asked for already."))
    form = AskForm.of(mailing)
    if form.validate_on_submit():
        reviewing.ask_about_update(actor, mailing_id, lend_to_lead=form.reviewer.data == "lead")
        db.session.commit()
        flash(_("Sign-off is asked for. Any change from now on takes the question back."), "success")
        return redirect(url_for("updates.show", mailing_id=mailing_id), 303)
    form.reviewer.data = form.reviewer.data or "own"
    rendered = render_template(
        "updates/ask.html", mailing=mailing, form=form, checks=reviewing.check_update(mailing, own=True)
    )
    return (rendered, 422) if form.is_submitted() else rendered


@blueprint.post("/pledges/updates/<uuid:mailing_id>/correction")
@requires(Permission.MAILINGS_DRAFT)
def correct(mailing_id: UUID) -> Response:
    """Begin a correction to those who got it and still agree."""
    made_id = drafting.write_correction(current_actor(), mailing_id).id
    db.session.commit()
    flash(_("The draft is there, to those who got the first. Say what was wrong."), "success")
    return redirect(url_for("updates.text", mailing_id=made_id), 303)


DRAWN_BY[MailingMode.SIGNERS] = update_page


def _is_preview() -> bool:
    return request.method == "POST" and bool(request.form.get("preview"))


def _in_words(update: PledgeUpdate) -> list[tuple[str, str | date]]:
    """Which signers are meant, each part of the question under its name."""
    said: list[tuple[str, str | date]] = []
    if update.sector:
        said.append((_("Sector"), sector_label(update.sector)))
    if update.constituency_code:
        said.append((_("Constituency"), name_constituency(update.constituency_code)))
    if update.unit_label:
        said.append((_("Unit"), update.unit_label))
    if update.since:
        said.append((_("Signed on or after"), update.since))
    return said


def _text_page(
    form: UpdateForm, drive: PledgeDrive, mailing: Mailing | None, conflict: TextConflict | None = None
) -> str | tuple[str, int]:
    if drive.status == DriveStatus.DRAFT:
        raise NotFound
    actor = current_actor()
    shown = reviewing.preview(actor, drive.id, form.words(), form.question(), mailing)
    rendered = render_template(
        "updates/text.html",
        form=form,
        drive=drive,
        mailing=mailing,
        checks=shown,
        conflict=conflict,
        is_preview=_is_preview(),
    )
    if conflict:
        return rendered, 409
    return (rendered, 422) if form.is_submitted() and not _is_preview() else rendered
