"""Changing a contact of one's own organisation, taking it out of the log and putting it back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from organising.lobbying import queries
from organising.lobbying.forms import EditForm, EmptyForm
from organising.lobbying.models import Engagement, EngagementNote
from organising.lobbying.services import (
    Caution,
    EditConflict,
    NeedsConfirmation,
    edit_engagement,
    restore_engagement,
    withdraw_engagement,
)
from organising.lobbying.services.editing import Difference, Value, open_for_editing
from organising.lobbying.views.blueprint import blueprint
from organising.lobbying.words import ATTENDANCE, KINDS, OUTCOMES
from organising.organisations.models import Ask
from organising.platform.access import current_actor, requires
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.permissions import Permission
from organising.platform.ui import longdate

WORDS: dict[str, dict[Any, Any]] = {"kind": KINDS, "attended_by": ATTENDANCE, "outcome": OUTCOMES}


@blueprint.get("/contact-log/<uuid:engagement_id>/edit")
@requires(Permission.ENGAGEMENTS_LOG)
def edit(engagement_id: UUID) -> str:
    """The contact as it is, to be changed."""
    engagement, note = open_for_editing(current_actor(), engagement_id)
    form = EditForm(formdata=None, **_kept(engagement, note))
    form.offer_asks(_offered(engagement))
    return _page(form, engagement)


@blueprint.post("/contact-log/<uuid:engagement_id>/edit")
@requires(Permission.ENGAGEMENTS_LOG)
def update(engagement_id: UUID) -> Response | tuple[str, int]:
    """Keep the change; where someone else was quicker, show both and lose neither."""
    actor = current_actor()
    engagement, _note = open_for_editing(actor, engagement_id)
    form = EditForm()
    form.offer_asks(_offered(engagement))
    if not form.validate():
        return _page(form, engagement), 422
    draft = form.draft(engagement.person_id, engagement.submission_key)
    try:
        edit_engagement(actor, engagement_id, draft, version=_version(form), confirmed=form.confirmed())
        person_id = engagement.person_id
        db.session.commit()
    except EditConflict as conflict:
        sent, form.version.data = _version(form), str(conflict.version)
        return _page(form, engagement, differences=conflict.differences, sent_version=sent), 409
    except NeedsConfirmation as question:
        return _page(form, engagement, cautions=question.cautions), 422
    except Invalid as invalid:
        form.show(invalid.details)
        return _page(form, engagement), 422
    flash(_("Change kept."), "success")
    place = f"contact-{engagement_id}"
    kept = f"{place}-{_version(form)}"
    return redirect(url_for(".target", person_id=person_id, kept=kept, _anchor=place), 303)


@blueprint.post("/contact-log/<uuid:engagement_id>/withdrawal")
@requires(Permission.ENGAGEMENTS_LOG)
def withdraw(engagement_id: UUID) -> Response:
    """Take a contact out of the log."""
    person_id = withdraw_engagement(current_actor(), engagement_id).person_id
    db.session.commit()
    flash(_("Taken out of the log. Partners no longer see it."), "success")
    return redirect(url_for(".target", person_id=person_id, withdrawn=engagement_id), 303)


@blueprint.post("/contact-log/<uuid:engagement_id>/withdrawal/removal")
@requires(Permission.ENGAGEMENTS_LOG)
def restore(engagement_id: UUID) -> Response:
    """Put a contact back into the log."""
    person_id = restore_engagement(current_actor(), engagement_id).person_id
    db.session.commit()
    flash(_("Back in the log."), "success")
    return redirect(url_for(".target", person_id=person_id, _anchor=f"contact-{engagement_id}"), 303)


def _kept(engagement: Engagement, note: EngagementNote) -> dict[str, object]:
    return {
        "happened_on": engagement.happened_on,
        "kind": engagement.kind,
        "attended_by": engagement.attended_by,
        "outcome": engagement.outcome,
        "headline": engagement.headline,
        "note": note.body or "",
        "ask_ids": [str(ask.id) for ask in engagement.asks],
        "out_of_office_reason": engagement.out_of_office_reason or "",
        "version": str(engagement.version),
    }


def _offered(engagement: Engagement) -> Sequence[Ask]:
    """Open asks, and those raised then that have closed since."""
    raised = [ask.id for ask in engagement.asks]
    return db.session.scalars(
        select(Ask)
        .where(Ask.campaign_id == engagement.campaign_id, Ask.closed_at.is_(None) | Ask.id.in_(raised))
        .order_by(Ask.place)
    ).all()


def _version(form: EditForm) -> int:
    text = form.version.data or ""
    return int(text) if text.isdigit() and len(text) < 9 else 0


def _page(
    form: EditForm,
    engagement: Engagement,
    *,
    cautions: Sequence[Caution] = (),
    differences: Sequence[Difference] = (),
    sent_version: int | None = None,
) -> str:
    codes = dict(db.session.execute(select(Ask.id, Ask.code)).all()) if differences else {}
    return render_template(
        "lobbying/edit_engagement.html",
        form=form,
        button_form=EmptyForm(formdata=None),
        engagement=engagement,
        person=engagement.person,
        seat=queries.list_seats([engagement.person_id]).get(engagement.person_id),
        cautions=cautions,
        confirmed=form.confirmed(),
        differences=[
            (one.field, _said(one.field, one.kept, codes), _said(one.field, one.sent, codes))
            for one in differences
        ],
        sent_version=sent_version,
        today=today(),
    )


def _said(field: str, value: Value, codes: dict[UUID, str]) -> str:
    """A field's value as a person reads it."""
    if isinstance(value, tuple):
        return ", ".join(sorted(codes.get(one, "?") for one in value)) or str(_("none"))
    if value is None or value == "":
        return str(_("nothing"))
    if isinstance(value, str):
        return str(WORDS.get(field, {}).get(value, value))
    return longdate(value)
