"""Model texts as they are read: the shelf, one text, its versions, its PDF and its plain text."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response, render_template, request
from flask_babel import gettext as _

from organising.motions import differing
from organising.motions.document import typeset
from organising.motions.forms.texts import NoteForm, ShelfForm, WithdrawalForm
from organising.motions.models.texts import ModelVersion
from organising.motions.placeholders import list_gaps
from organising.motions.queries import texts as queries
from organising.motions.queries.carried import list_uses
from organising.motions.queries.localising import likely_forum
from organising.organisations.models import Ask
from organising.organisations.queries import is_lead, list_asks, list_campaign_organisations
from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.differences import compare_texts
from organising.platform.errors import NotFound
from organising.platform.given import as_version
from organising.platform.languages import LANGUAGES
from organising.platform.permissions import Permission
from organising.platform.ui import longdate

from .blueprint import blueprint


@blueprint.get("/texts")
@requires(Permission.MOTIONS_VIEW)
def texts() -> str:
    """The shelf, one's own drafts, and for the coordinator what waits to be published."""
    actor = current_actor()
    asks = campaign_asks(actor)
    form = ShelfForm.of(request.args, asks)
    filters = form.filters()
    publishes = actor.can(Permission.MOTIONS_PUBLISH) and is_lead(actor)
    return render_template(
        "motions/texts.html",
        actor=actor,
        form=form,
        filters=filters,
        found=queries.list_shelf(actor, filters),
        drafts=queries.list_own_drafts(actor) if actor.can(Permission.MOTION_TEXTS_DRAFT) else [],
        offered=queries.list_offered(actor) if publishes else [],
        codes={ask.id: ask.code for ask in asks},
        names=partner_names(actor),
        languages=LANGUAGES,
    )


@blueprint.get("/texts/<uuid:motion_text_id>")
@requires(Permission.MOTIONS_VIEW)
def model_text(motion_text_id: UUID) -> str:
    """One text: the version that is asked for, else the one that stands."""
    return text_page(motion_text_id)


def text_page(
    motion_text_id: UUID,
    *,
    problem: str = "",
    note: NoteForm | None = None,
    withdrawal: WithdrawalForm | None = None,
) -> str:
    """The page of a text; ``problem`` says why a step was not taken, the forms come back with what is wrong."""
    actor = current_actor()
    text = queries.get_text(motion_text_id)
    versions = queries.list_versions(motion_text_id)
    version = _wanted(versions, request.args.get("version"))
    forum = _forum(version)
    asks = [ask for ask in campaign_asks(actor) if ask.id in version.ask_ids]
    return render_template(
        "motions/text.html",
        actor=actor,
        text=text,
        version=version,
        versions=versions,
        draft=queries.draft_of(versions),
        standing=queries.standing_of(versions),
        forum=forum,
        parts=version.text.parts(forum),
        plain=version.text.laid_out(forum),
        gaps=list_gaps(version.text),
        asks=asks,
        names=partner_names(actor),
        language=LANGUAGES[text.language],
        is_own=text.organisation_id == actor.organisation_id and actor.can(Permission.MOTION_TEXTS_DRAFT),
        decides=actor.can(Permission.MOTIONS_PUBLISH) and is_lead(actor),
        uses=list_uses(actor, [one.id for one in versions]),
        problem=problem,
        note=note or NoteForm(formdata=None),
        withdrawal=withdrawal or WithdrawalForm(formdata=None, data={"number": version.number}),
    )


@blueprint.get("/texts/<uuid:motion_text_id>/versions")
@requires(Permission.MOTIONS_VIEW)
def text_versions(motion_text_id: UUID) -> str:
    """What a version says otherwise than the one before it, or than another."""
    text = queries.get_text(motion_text_id)
    versions = queries.list_versions(motion_text_id)
    after = _wanted(versions, request.args.get("to"))
    earlier = [one for one in versions if one.number < after.number]
    from_number = as_version(request.args.get("from"))
    before = next((one for one in earlier if one.number == from_number), earlier[0] if earlier else None)
    return render_template(
        "motions/text_versions.html",
        text=text,
        versions=versions,
        before=before,
        after=after,
        forum=_forum(after),
        differences=differing.compare(before.text, after.text) if before else None,
        briefing=compare_texts(before.briefing, after.briefing) if before else None,
    )


@blueprint.get("/texts/<uuid:motion_text_id>.pdf")
@requires(Permission.MOTIONS_VIEW)
def text_pdf(motion_text_id: UUID) -> Response:
    """A version as a PDF, with the briefing for whoever moves it on a page of its own."""
    version = _wanted(queries.list_versions(motion_text_id), request.args.get("version"))
    document = typeset(
        version.text,
        _forum(version),
        kicker=_("Model motion"),
        mark=_mark(version),
        foot=_foot(version),
        briefing=(_("Briefing for whoever moves it"), version.briefing),
    )
    return _file(document, "application/pdf", version, "pdf")


@blueprint.get("/texts/<uuid:motion_text_id>.txt")
@requires(Permission.MOTIONS_VIEW)
def text_plain(motion_text_id: UUID) -> Response:
    """The motion alone as plain text."""
    version = _wanted(queries.list_versions(motion_text_id), request.args.get("version"))
    return _file(version.text.laid_out(_forum(version)).encode(), "text/plain; charset=utf-8", version, "txt")


def campaign_asks(actor: Actor) -> Sequence[Ask]:
    """The asks that a text of the campaign can raise."""
    return list_asks(actor.campaign_id) if actor.campaign_id else ()


def partner_names(actor: Actor) -> dict[UUID, str]:
    """What partners are called, those that left among them."""
    partners = list_campaign_organisations(actor.campaign_id, with_former=True)
    return {one.id: one.short_name for one in partners}


def _wanted(versions: Sequence[ModelVersion], given: str | None) -> ModelVersion:
    number = as_version(given)
    if not number:
        return queries.standing_of(versions)
    found = next((one for one in versions if one.number == number), None)
    if found is None:
        raise NotFound
    return found


def _forum(version: ModelVersion) -> str:
    given = request.args.get("forum")
    actor = current_actor()
    return (
        given if given in version.forums else likely_forum(actor.unit_id or actor.subtree_id, version.forums)
    )


def _mark(version: ModelVersion) -> str:
    if version.published_at is None:
        return _("Draft")
    return _("Withdrawn: %(reason)s", reason=version.withdrawal_reason) if version.withdrawn_at else ""


def _foot(version: ModelVersion) -> str:
    day = longdate(version.published_at or version.created_at)
    return str(_("Version %(number)d, %(day)s", number=version.number, day=day))


def _file(content: bytes, kind: str, version: ModelVersion, ending: str) -> Response:
    name = f"model-motion-version-{version.number}.{ending}"
    headers: dict[str, Any] = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=kind, headers=headers)
