"""Writing a mailing: its text with the letter beside it as somebody would read it, and its earlier texts."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.accounts.queries import find_email
from organising.mailings import queries
from organising.mailings.forms import WordingForm
from organising.mailings.models import Mailing
from organising.mailings.queries.texts import get_template, get_version, list_templates, list_versions
from organising.mailings.services import drafting
from organising.mailings.services import texts as services
from organising.mailings.services.drafting import TextConflict
from organising.mailings.services.previewing import list_picks, preview
from organising.mailings.states import MailingState
from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.differences import compare_texts
from organising.platform.errors import Conflict
from organising.platform.given import as_id, as_version
from organising.platform.permissions import Permission

from . import blueprint


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def new() -> Response | str | tuple[str, int]:
    """Compose a mailing: from nothing, from a template, or from the text of an earlier one."""
    actor = current_actor()
    form = WordingForm()
    if actor.campaign_id is None:
        raise Conflict(_("Your organisation takes part in no campaign."))
    form.offer(actor.campaign_id)
    if _is_preview():
        return _text_page(form, None)
    if form.validate_on_submit():
        mailing = drafting.compose_mailing(actor, form.wording())
        mailing_id = mailing.id
        db.session.commit()
        flash(_("The draft is saved. Now choose whom it goes to."), "success")
        return redirect(url_for("mailings.audience", mailing_id=mailing_id), 303)
    if not form.is_submitted():
        form.sender_name.data = actor.organisation_name
        form.reply_to.data = find_email(actor.user_id)
        _begin_with(actor, form)
    return _text_page(form, None)


@blueprint.route("/<uuid:mailing_id>/text", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def text(mailing_id: UUID) -> Response | str | tuple[str, int]:
    """Change the text; an approval it had is void then."""
    actor = current_actor()
    mailing = queries.get_own(actor, mailing_id)
    form = WordingForm(obj=mailing)
    form.offer(mailing.campaign_id)
    if mailing.identity_id is not None:
        form.keep_sender(mailing)
    if _is_preview():
        return _text_page(form, mailing)
    if form.validate_on_submit():
        voided = mailing.state != MailingState.DRAFT
        try:
            drafting.edit_wording(actor, mailing_id, form.wording(), as_version(form.version.data))
        except TextConflict as conflict:
            form.version.data = str(conflict.version)
            return _text_page(form, mailing, conflict)
        db.session.commit()
        flash(_("Saved. The sign-off is void: ask for it again.") if voided else _("Saved."), "success")
        return redirect(url_for("mailings.show", mailing_id=mailing_id), 303)
    if not form.is_submitted():
        form.ask_id.data = str(mailing.ask_id or "")
        form.version.data = str(mailing.version)
    return _text_page(form, mailing)


@blueprint.get("/<uuid:mailing_id>/versions")
@requires(Permission.MAILINGS_DRAFT)
def versions(mailing_id: UUID) -> str:
    """Every text that was saved, and what one of them (``number``) differs in from the one before or from today's."""
    actor = current_actor()
    mailing = queries.get_own(actor, mailing_id)
    kept = list_versions(actor, mailing_id)
    number = request.args.get("number", kept[0].number if kept else 0, int)
    shown = next((one for one in kept if one.number == number), None)
    before = next((one for one in kept if shown and one.number == shown.number - 1), None)
    from_now = bool(request.args.get("now"))
    old, new_ = (shown, mailing) if from_now else (before, shown)
    return render_template(
        "mailings/versions.html",
        mailing=mailing,
        versions=kept,
        shown=shown,
        from_now=from_now,
        subject=compare_texts(old.subject if old else "", new_.subject) if shown and new_ else [],
        body=compare_texts(old.body if old else "", new_.body) if shown and new_ else [],
        is_now=shown is not None and (shown.subject, shown.body) == (mailing.subject, mailing.body),
        open=mailing.state in drafting.OPEN_FOR_EDIT,
    )


@blueprint.post("/<uuid:mailing_id>/versions/<int:number>/return")
@requires(Permission.MAILINGS_DRAFT)
def bring_back(mailing_id: UUID, number: int) -> Response:
    """Write with an earlier text again; nothing is lost by it."""
    actor = current_actor()
    get_version(actor, mailing_id, number)
    services.bring_back(actor, mailing_id, number, as_version(request.form.get("version")))
    db.session.commit()
    flash(_("Version %(number)s is back. What stood until now is kept too.", number=number), "success")
    return redirect(url_for("mailings.versions", mailing_id=mailing_id), 303)


def _is_preview() -> bool:
    return request.method == "POST" and bool(request.form.get("preview"))


def _begin_with(actor: Actor, form: WordingForm) -> None:
    """Fill in the text of a template or of an earlier mailing that the address names."""
    template_id, mailing_id = as_id(request.args.get("template")), as_id(request.args.get("from"))
    if template_id:
        template = get_template(actor, template_id)
        form.subject.data, form.body.data = template.subject, template.body
    elif mailing_id:
        earlier = queries.get_own(actor, mailing_id)
        for field in (form.subject, form.body, form.sender_name, form.reply_to):
            field.data = getattr(earlier, field.name)
        form.title.data = _("%(title)s, again", title=earlier.title)[:120]
        form.ask_id.data = str(earlier.ask_id or "")


def _text_page(
    form: WordingForm, mailing: Mailing | None, conflict: TextConflict | None = None
) -> str | tuple[str, int]:
    actor = current_actor()
    shown = preview(actor, mailing, form.draft(), as_id(form.shown_to_id.data), form.shown_to.data or "")
    rendered = render_template(
        "mailings/text.html",
        form=form,
        mailing=mailing,
        preview=shown,
        picks=list_picks(),
        sender=queries.sender_of(mailing) if mailing and mailing.identity_id else None,
        conflict=conflict,
        theirs=compare_texts(mailing.body, form.body.data or "") if conflict and mailing else [],
        templates=list_templates(actor) if mailing is None else [],
    )
    if conflict:
        return rendered, 409
    return (rendered, 422) if form.is_submitted() and not _is_preview() else rendered
