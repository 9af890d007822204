"""A contact's history, and making a sentence of its note the headline."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.lobbying.forms import PromotionForm
from organising.lobbying.models import Engagement, EngagementNote
from organising.lobbying.queries.log import find_engagement
from organising.lobbying.queries.revisions import list_history
from organising.lobbying.services import (
    EditConflict,
    NeedsConfirmation,
    list_sentences,
    open_for_promotion,
    promote_sentence,
)
from organising.lobbying.views.blueprint import blueprint
from organising.lobbying.words import subject_url
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Invalid, NotFound
from organising.platform.permissions import Permission


@blueprint.get("/contact-log/<uuid:engagement_id>/history")
@requires(Permission.ENGAGEMENTS_VIEW)
def engagement_history(engagement_id: UUID) -> str:
    """Who of the own organisation changed what, and when; for partners, that it was changed."""
    actor = current_actor()
    engagement = find_engagement(actor, engagement_id)
    if engagement is None:
        raise NotFound
    return render_template(
        "lobbying/engagement_history.html",
        engagement=engagement,
        steps=list_history(actor, engagement),
        is_own=engagement.organisation_id == actor.organisation_id,
    )


@blueprint.get("/contact-log/<uuid:engagement_id>/promotion")
@requires(Permission.ENGAGEMENTS_LOG)
def promotion(engagement_id: UUID) -> str:
    """The sentences of one's own note, to choose one from."""
    engagement, note = open_for_promotion(current_actor(), engagement_id)
    form = PromotionForm(formdata=None, version=str(engagement.version))
    return _page(form, engagement, note)


@blueprint.post("/contact-log/<uuid:engagement_id>/promotion")
@requires(Permission.ENGAGEMENTS_LOG)
def promote(engagement_id: UUID) -> Response | tuple[str, int]:
    """First show the chosen sentence as the headline that it would be; then, once agreed to, make it that."""
    actor = current_actor()
    engagement, note = open_for_promotion(actor, engagement_id)
    form = PromotionForm()
    sentences = list_sentences(note)
    if request.form.get("do") == "choose":
        chosen = form.chosen(sentences)
        if chosen is None:
            form.show({"sentence": _("Choose a sentence.")})
            return _page(form, engagement, note), 422
        form.headline.data = chosen
        return _page(form, engagement, note), 200
    try:
        promote_sentence(
            actor,
            engagement_id,
            form.headline.data or "",
            version=form.version.shown,
            is_agreed=bool(form.is_agreed.data),
            confirmed=form.confirmed(),
        )
        after = subject_url(engagement, _anchor=f"contact-{engagement_id}")
        db.session.commit()
    except EditConflict as conflict:
        form.version.data = str(conflict.version)
        return _page(form, engagement, note, kept=engagement.headline), 409
    except NeedsConfirmation as question:
        return _page(form, engagement, note, cautions=question.cautions), 422
    except Invalid as invalid:
        form.show(invalid.details)
        return _page(form, engagement, note), 422
    flash(_("All partners now read this headline. What it was before is in the history."), "success")
    return redirect(after, 303)


def _page(form: PromotionForm, engagement: Engagement, note: EngagementNote, **more: Any) -> str:
    form.offer(list_sentences(note))
    return render_template(
        "lobbying/promote_sentence.html",
        form=form,
        engagement=engagement,
        back=url_for(".edit", engagement_id=engagement.id),
        confirmed=form.confirmed(),
        **{"cautions": (), "kept": None} | more,
    )
