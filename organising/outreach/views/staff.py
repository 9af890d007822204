"""Writing to contacts, and one mailing's page: whom it reaches, who signs it off, how far it has come."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.accounts.queries import find_email
from organising.contacts.models import Tag
from organising.contacts.queries.contacts import has_contacts, list_unit_names
from organising.contacts.words import SECTORS
from organising.mailings import queries as mailings
from organising.mailings import words as mailing_words
from organising.mailings.forms import AskForm, DecisionForm
from organising.mailings.models import Mailing
from organising.mailings.services.drafting import TextConflict
from organising.mailings.services.people import PeopleWords
from organising.mailings.services.scheduling import look_ahead, outlook_of
from organising.mailings.standing import standing_of
from organising.mailings.states import MailingMode, MailingState
from organising.mailings.views.composing import DRAWN_BY
from organising.outreach import words
from organising.outreach.forms import OutreachForm
from organising.outreach.models import ContactMailing
from organising.outreach.queries import (
    find_segment,
    get_about,
    is_charity,
    list_mailings,
    name_area,
    purposes_of,
)
from organising.outreach.services import drafting, reviewing
from organising.platform.access import current_actor, requires
from organising.platform.db import db, find
from organising.platform.errors import Conflict, Invalid
from organising.platform.form_parts import add_error
from organising.platform.given import as_version
from organising.platform.mail import Refused, ReplyLost
from organising.platform.pagination import page
from organising.platform.permissions import Permission

from .blueprint import blueprint

BODY = 'Hello {{ first_name|"friend" }},\n\n\n\n{{ organisation }}\n'


@blueprint.get("/contacts/mailings")
@requires(Permission.MAILINGS_VIEW)
def index() -> str:
    """The organisation's own mailings to its contacts, the latest first."""
    actor = current_actor()
    listed = page(
        list_mailings(actor),
        order_by=[Mailing.updated_at, Mailing.id],
        cursor=request.args.get("cursor"),
        descending=True,
    )
    return render_template(
        "outreach/index.html",
        page=listed,
        purposes=purposes_of(listed.items),
        kinds=words.KINDS,
        words=mailing_words,
        actor=actor,
        may_draft=_may_draft(),
        has_contacts=has_contacts(),
    )


def _may_draft() -> bool:
    actor = current_actor()
    return actor.can(Permission.MAILINGS_DRAFT) and actor.can(Permission.CONTACTS_KEEP)


@blueprint.route("/contacts/mailings/new", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def new() -> Response | str | tuple[str, int]:
    """Write to own contacts."""
    actor = current_actor()
    form = OutreachForm()
    form.offer(is_charity=is_charity(actor.organisation_id))
    if not _is_preview() and form.is_submitted() and form.validate():
        try:
            mailing_id = drafting.compose_outreach(actor, form.words(), form.question()).id
        except Invalid as invalid:
            return _refused(form, None, invalid)
        db.session.commit()
        flash(_("The draft is saved. Read it, then ask for sign-off."), "success")
        return redirect(url_for("outreach.show", mailing_id=mailing_id), 303)
    if not form.is_submitted():
        form.body.data, form.sender_name.data = BODY, actor.organisation_name
        form.reply_to.data = find_email(actor.user_id)
    return _text_page(form, None)


@blueprint.route("/contacts/mailings/<uuid:mailing_id>/text", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def text(mailing_id: UUID) -> Response | str | tuple[str, int]:
    """Change a mailing; an approval it had is void then."""
    actor = current_actor()
    mailing = mailings.get_own(actor, mailing_id)
    form = OutreachForm.of(mailing, get_about(mailing), is_charity=is_charity(actor.organisation_id))
    if not _is_preview() and form.is_submitted() and form.validate():
        voided = mailing.state != MailingState.DRAFT
        version = as_version(form.version.data)
        try:
            drafting.edit_outreach(actor, mailing_id, form.words(), form.question(), version)
        except TextConflict as conflict:
            form.version.data = str(conflict.version)
            return _text_page(form, mailing, conflict)
        except Invalid as invalid:
            return _refused(form, mailing, invalid)
        db.session.commit()
        flash(_("Saved. The sign-off is void: ask for it again.") if voided else _("Saved."), "success")
        return redirect(url_for("outreach.show", mailing_id=mailing_id), 303)
    return _text_page(form, mailing)


@blueprint.get("/contacts/mailings/<uuid:mailing_id>")
@requires(Permission.MAILINGS_VIEW)
def show(mailing_id: UUID) -> str:
    """One mailing. An organisation that was asked for sign-off sees its text and its count, and nobody it goes to."""
    return outreach_page(mailing_id, DecisionForm(formdata=None))


def outreach_page(mailing_id: UUID, form: DecisionForm, problem: str | None = None) -> str:
    """The page of one mailing, with what was typed into its form, and why that could not be kept."""
    actor = current_actor()
    mailing = mailings.get_mailing(mailing_id)
    about = get_about(mailing)
    standing = standing_of(actor, mailing)
    return render_template(
        "outreach/show.html",
        about=about,
        kind=words.KINDS[about.purpose],  # type: ignore[index]
        basis=words.BASES[about.basis],  # type: ignore[index]
        question=_in_words(about, own=standing["own"]),
        checks=reviewing.check_outreach(mailing, own=standing["own"]),
        left_out=words.LEFT_OUT,
        sender=mailing.sender or mailings.sender_of(mailing),
        form=form,
        problem=problem,
        outlook=outlook_of(mailing, standing["counts"]) or look_ahead(mailing),
        **standing,
    )


@blueprint.post("/contacts/mailings/<uuid:mailing_id>/test")
@requires(Permission.MAILINGS_DRAFT)
def test(mailing_id: UUID) -> Response:
    """Send it to oneself, marked as a test."""
    try:
        address = reviewing.send_test(current_actor(), mailing_id)
        db.session.commit()
        flash(_("Sent to %(address)s, with [TEST] in the subject.", address=address), "success")
    except (Refused, ReplyLost):
        flash(_("The mail server did not take the test. Try again later."), "error")
    return redirect(url_for("outreach.show", mailing_id=mailing_id), 303)


@blueprint.route("/contacts/mailings/<uuid:mailing_id>/review", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def ask(mailing_id: UUID) -> Response | str | tuple[str, int]:
    """Ask a colleague, or the campaign's lead, to sign it off."""
    actor = current_actor()
    mailing = mailings.get_own(actor, mailing_id)
    get_about(mailing)
    if not mailing.is_draft:
        raise Conflict(_("Sign-off has been asked for already."))
    form = AskForm.of(mailing)
    if form.validate_on_submit():
        reviewing.ask_about_outreach(actor, mailing_id, lend_to_lead=form.reviewer.data == "lead")
        db.session.commit()
        flash(_("Sign-off is asked for. Any change from now on takes the question back."), "success")
        return redirect(url_for("outreach.show", mailing_id=mailing_id), 303)
    form.reviewer.data = form.reviewer.data or "own"
    rendered = render_template(
        "outreach/ask.html",
        mailing=mailing,
        form=form,
        checks=reviewing.check_outreach(mailing, own=True),
        left_out=words.LEFT_OUT,
    )
    return (rendered, 422) if form.is_submitted() else rendered


DRAWN_BY[MailingMode.CONTACTS] = outreach_page


def _is_preview() -> bool:
    return request.method == "POST" and bool(request.form.get("preview"))


def _in_words(about: ContactMailing, *, own: bool) -> list[tuple[str, str]]:
    """Which contacts are meant, each part of the question under its name. A tag and a branch are the owner's to read."""
    said: list[tuple[str, str]] = []
    if about.tag_id:
        tag = find(Tag, about.tag_id) if own else None
        gone = _("one that nobody bears any more") if own else _("a tag of theirs")
        said.append((_("Tag"), tag.name if tag else gone))
    if about.segment_id:
        segment = find_segment(about.segment_id) if own else None
        gone = _("one that was removed") if own else _("one of theirs")
        said.append((_("Segment"), segment.name if segment else gone))
    if about.unit_id:
        name = list_unit_names([about.unit_id]).get(about.unit_id) if own else None
        gone = _("one that is no more") if own else _("one of theirs")
        said.append((_("Branch or group"), name or gone))
    if about.gss_code:
        said.append((_("Area"), name_area(about.gss_code)))
    if about.sector:
        said.append((_("Sector"), str(SECTORS[about.sector])))  # type: ignore[index]
    if about.quiet_days:
        said.append((_("Left out"), _("who got an email within %(n)s days", n=about.quiet_days)))
    return said


def _refused(form: OutreachForm, mailing: Mailing | None, invalid: Invalid) -> tuple[str, int]:
    for name, reason in invalid.details.items():
        if name in form:
            add_error(form[name], str(reason))
    if not invalid.details:
        form.form_errors.append(invalid.message)
    rendered = _text_page(form, mailing)
    return rendered if isinstance(rendered, tuple) else (rendered, 422)


def _text_page(
    form: OutreachForm, mailing: Mailing | None, conflict: TextConflict | None = None
) -> str | tuple[str, int]:
    actor = current_actor()
    rendered = render_template(
        "outreach/text.html",
        form=form,
        mailing=mailing,
        checks=_shown(form, mailing),
        left_out=words.LEFT_OUT,
        conflict=conflict,
        is_preview=_is_preview(),
        organisation=actor.organisation_name,
    )
    if conflict:
        return rendered, 409
    return (rendered, 422) if form.is_submitted() and not _is_preview() else rendered


def _shown(form: OutreachForm, mailing: Mailing | None) -> reviewing.OutreachChecks | None:
    """How it reads and whom it reaches, once it is said what it is for."""
    question = form.question()
    if question.purpose not in words.KINDS:
        return None
    given: PeopleWords = form.words()
    return reviewing.preview(current_actor(), given, question, mailing)
