"""Changing a contact of one's own organisation, taking it out of the log and putting it back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from organising.lobbying import queries
from organising.lobbying.forms import EditForm
from organising.lobbying.forms.contact_parts import kept_attendee
from organising.lobbying.models import Engagement, EngagementNote
from organising.lobbying.queries.additions import Additions, list_additions
from organising.lobbying.queries.log import list_raisable
from organising.lobbying.queries.revisions import list_ask_codes, list_names
from organising.lobbying.queries.subjects import Subject
from organising.lobbying.services import (
    Caution,
    EditConflict,
    NeedsConfirmation,
    edit_engagement,
    restore_engagement,
    withdraw_engagement,
)
from organising.lobbying.services.drafts import AttendeeDraft
from organising.lobbying.services.editing import Difference, Value, open_for_editing
from organising.lobbying.views.blueprint import blueprint
from organising.lobbying.words import STAFF_ROLES, VALUES, subject_url
from organising.organisations.queries import list_campaign_organisations
from organising.platform.access import current_actor, requires
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.forms import PlainForm
from organising.platform.permissions import Permission
from organising.platform.ui import longdate


@blueprint.get("/contact-log/<uuid:engagement_id>/edit")
@requires(Permission.ENGAGEMENTS_LOG)
def edit(engagement_id: UUID) -> str:
    """The contact as it is, to be changed."""
    engagement, note = open_for_editing(current_actor(), engagement_id)
    form = EditForm(formdata=None, **_kept(engagement, note))
    _offer(form, engagement)
    return _page(form, engagement, note)


@blueprint.post("/contact-log/<uuid:engagement_id>/edit")
@requires(Permission.ENGAGEMENTS_LOG)
def update(engagement_id: UUID) -> Response | tuple[str, int]:
    """Keep the change; where someone else was quicker, show both and lose neither."""
    actor = current_actor()
    engagement, note = open_for_editing(actor, engagement_id)
    form = EditForm()
    _offer(form, engagement)
    shaped = form.validate()
    if form.wants_more:
        form.clear_errors()
        return _page(form, engagement, note), 200
    if not shaped:
        return _page(form, engagement, note), 422
    draft, version = form.draft(Subject(engagement.person, engagement.institution)), form.version.shown
    try:
        edit_engagement(actor, engagement_id, draft, version=version, confirmed=form.confirmed())
        place = f"contact-{engagement_id}"
        after = subject_url(engagement, kept=f"{place}-{version}", _anchor=place)
        db.session.commit()
    except EditConflict as conflict:
        form.version.data = str(conflict.version)
        form.renew()
        return _page(form, engagement, note, differences=conflict.differences, sent_version=version), 409
    except NeedsConfirmation as question:
        return _page(form, engagement, note, cautions=question.cautions), 422
    except Invalid as invalid:
        form.show(invalid.details)
        return _page(form, engagement, note), 422
    flash(_("Change kept."), "success")
    return redirect(after, 303)


@blueprint.post("/contact-log/<uuid:engagement_id>/withdrawal")
@requires(Permission.ENGAGEMENTS_LOG)
def withdraw(engagement_id: UUID) -> Response:
    """Take a contact out of the log."""
    actor = current_actor()
    leaving = list_additions(actor, engagement_id).leaving
    after = subject_url(withdraw_engagement(actor, engagement_id), withdrawn=engagement_id)
    db.session.commit()
    flash(
        " ".join([_("Taken out of the log. Partners no longer see it."), *_gone_with_it(leaving)]), "success"
    )
    return redirect(after, 303)


@blueprint.post("/contact-log/<uuid:engagement_id>/withdrawal/removal")
@requires(Permission.ENGAGEMENTS_LOG)
def restore(engagement_id: UUID) -> Response:
    """Put a contact back into the log."""
    restored = restore_engagement(current_actor(), engagement_id)
    after = subject_url(restored, _anchor=f"contact-{engagement_id}")
    db.session.commit()
    flash(_("Back in the log."), "success")
    return redirect(after, 303)


def _gone_with_it(leaving: Additions) -> list[str]:
    """What was taken out with a contact, in one sentence, where anything was."""
    counted = (
        (len(leaving.commitments), lambda number: ngettext("one promise", "%(num)d promises", number)),
        (len(leaving.positions), lambda number: ngettext("one position", "%(num)d positions", number)),
        (len(leaving.follow_ups), lambda number: ngettext("one follow-up", "%(num)d follow-ups", number)),
    )
    parts = [in_words(number) for number, in_words in counted if number]
    return [_("With it went: %(what)s. Put it back, and so do they.", what=", ".join(parts))] if parts else []


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


def _offer(form: EditForm, engagement: Engagement) -> None:
    """Open asks, and those raised then that have closed since; partners, and who took part."""
    asks = list_raisable(engagement)
    form.offer_asks(asks)
    form.open_groups(
        [ask for ask in asks if ask.is_open],
        list_campaign_organisations(engagement.campaign_id),
        attendees=[kept_attendee(one) for one in engagement.attendees],
    )


def _page(
    form: EditForm,
    engagement: Engagement,
    note: EngagementNote,
    *,
    cautions: Sequence[Caution] = (),
    differences: Sequence[Difference] = (),
    sent_version: int | None = None,
) -> str:
    subject = Subject(engagement.person, engagement.institution)
    return render_template(
        "lobbying/edit_engagement.html",
        form=form,
        button_form=PlainForm(formdata=None),
        engagement=engagement,
        subject=subject,
        is_author=note.author_user_id == current_actor().user_id and bool(note.body),
        seat=queries.list_seats([subject.person_id]).get(subject.person_id) if subject.person_id else None,
        cautions=cautions,
        confirmed=form.confirmed(),
        recorded=list_additions(current_actor(), engagement.id),
        differences=_in_words(differences),
        sent_version=sent_version,
        today=today(),
    )


def _in_words(differences: Sequence[Difference]) -> list[tuple[str, str, str]]:
    """Each field with what is kept and what was sent, as a person reads them."""
    if not differences:
        return []
    parts = [part for one in differences for value in (one.kept, one.sent) for part in _parts(value)]
    partners = {one.organisation_id for one in parts if isinstance(one, AttendeeDraft)}
    names = list_ask_codes() | list_names(one for one in partners if one is not None)
    return [
        (one.field, _said(one.field, one.kept, names), _said(one.field, one.sent, names))
        for one in differences
    ]


def _parts(value: Value) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ()


def _said(field: str, value: Value, names: dict[UUID, str]) -> str:
    if isinstance(value, tuple):
        return ", ".join(sorted(_named(one, names) for one in value)) or str(_("none"))
    if value is None or value == "":
        return str(_("nothing"))
    if isinstance(value, str):
        return str(VALUES.get(field, {}).get(value, value))
    return longdate(value)


def _named(one: UUID | AttendeeDraft, names: dict[UUID, str]) -> str:
    if isinstance(one, UUID):
        return names.get(one, "?")
    if one.staff_role:
        return str(STAFF_ROLES.get(one.staff_role, one.staff_role))  # type: ignore[call-overload]
    name = names.get(one.organisation_id, "?") if one.organisation_id else "?"
    return f"{name} ({one.words})" if one.words else name
