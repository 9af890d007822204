"""The steps of a motion, each a button: one service, one commit, back to its page."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from organising.motions.forms.motions import AgreeForm, LinkForm, StepForm
from organising.motions.services import linking, outcomes, steps
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.given import as_id
from organising.platform.permissions import Permission

from .blueprint import blueprint
from .motion_writing import own_record
from .motions import render_motion

Answer = Response | tuple[str, int]


def _take(
    motion_id: UUID, step: Callable[[Any], object], said: str, form_class: type[StepForm] = StepForm
) -> Answer:
    """Parse the button's form, take the step, commit, and go back to the motion."""
    form = form_class()
    try:
        if not form.validate():
            raise Invalid(_("This form was damaged. Load the page again."))
        step(form)
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        reasons = [str(one) for name, one in refusal.details.items() if name not in form]
        form.comment.errors = [*form.comment.errors, *(reasons or form.form_errors)]
        return render_motion(motion_id, form), 422
    db.session.commit()
    flash(said, "success")
    return redirect(url_for("motions.show", motion_id=motion_id), 303)  # type: ignore[return-value]


def _step(motion_id: UUID, verb: str, said: str) -> Answer:
    return _take(
        motion_id, lambda form: steps.take_step(current_actor(), motion_id, verb, form.version.shown), said
    )


@blueprint.post("/<uuid:motion_id>/submission")
@requires(Permission.MOTIONS_DRAFT)
def submit(motion_id: UUID) -> Answer:
    """Send a draft in: from here on partners see the headline."""
    return _take(
        motion_id,
        lambda form: steps.take_step(
            current_actor(), motion_id, "submit", form.version.shown, gaps_seen=bool(form.gaps_seen.data)
        ),
        _("It is sent in. Every partner can see the headline."),
    )


@blueprint.post("/<uuid:motion_id>/submission/removal")
@requires(Permission.MOTIONS_DRAFT)
def call_back(motion_id: UUID) -> Answer:
    """Undo the sending in."""
    return _step(motion_id, "call_back", _("It is a draft again, and no partner sees it."))


@blueprint.post("/<uuid:motion_id>/agenda")
@requires(Permission.MOTIONS_DRAFT)
def put_on_agenda(motion_id: UUID) -> Answer:
    """The body takes it up."""
    return _step(motion_id, "put_on_agenda", _("It is on the agenda."))


@blueprint.post("/<uuid:motion_id>/agenda/removal")
@requires(Permission.MOTIONS_DRAFT)
def take_off_agenda(motion_id: UUID) -> Answer:
    """Not on the agenda after all."""
    return _step(motion_id, "take_off_agenda", _("It is not on the agenda."))


@blueprint.post("/<uuid:motion_id>/withdrawal")
@requires(Permission.MOTIONS_DRAFT)
def withdraw(motion_id: UUID) -> Answer:
    """Its movers don't put it."""
    return _step(motion_id, "withdraw", _("It is withdrawn. You can undo that here."))


@blueprint.post("/<uuid:motion_id>/withdrawal/removal")
@requires(Permission.MOTIONS_DRAFT)
def restore(motion_id: UUID) -> Answer:
    """Undo the withdrawal."""
    return _step(motion_id, "restore", _("It stands where it stood."))


@blueprint.post("/<uuid:motion_id>/outcome/removal")
@requires(Permission.MOTIONS_DRAFT)
def take_outcome_back(motion_id: UUID) -> Answer:
    """The outcome was told wrongly."""
    return _take(
        motion_id,
        lambda form: outcomes.take_outcome_back(current_actor(), motion_id, form.version.shown),
        _("The outcome is taken back. The motion counts no more until the right one is told."),
    )


@blueprint.post("/<uuid:motion_id>/comments")
@requires(Permission.MOTIONS_DRAFT)
def comment(motion_id: UUID) -> Answer:
    """Say something of it to one's own people."""
    return _take(
        motion_id,
        lambda form: steps.comment_motion(current_actor(), motion_id, form.comment.data or ""),
        _("Your comment is there for your own people."),
    )


@blueprint.post("/<uuid:motion_id>/agreement")
@requires(Permission.MOTIONS_CONFIRM)
def agree(motion_id: UUID) -> Answer:
    """The organisation agrees that the body is named in public."""
    return _take(
        motion_id,
        lambda form: steps.agree_to_name(
            current_actor(),
            motion_id,
            form.version.shown,
            form.public_name.data or "",
            shows_text=bool(form.shows_text.data),
        ),
        _("Agreed. The campaign’s coordinator can now name the body in public."),
        AgreeForm,
    )


@blueprint.post("/<uuid:motion_id>/agreement/removal")
@requires(Permission.MOTIONS_CONFIRM)
def take_agreement_back(motion_id: UUID) -> Answer:
    """The organisation no longer agrees."""
    return _take(
        motion_id,
        lambda form: steps.take_agreement_back(current_actor(), motion_id, form.version.shown),
        _("Taken back. The body is not named in public."),
    )


@blueprint.post("/<uuid:motion_id>/publication")
@requires(Permission.MOTIONS_PUBLISH)
def publish(motion_id: UUID) -> Answer:
    """Name the body in public, where its organisation agreed."""
    return _take(
        motion_id,
        lambda form: steps.name_in_public(current_actor(), motion_id, form.version.shown, named=True),
        _("The body is named in public."),
    )


@blueprint.post("/<uuid:motion_id>/publication/removal")
@requires(Permission.MOTIONS_PUBLISH)
def unpublish(motion_id: UUID) -> Answer:
    """Name it no more."""
    return _take(
        motion_id,
        lambda form: steps.name_in_public(current_actor(), motion_id, form.version.shown, named=False),
        _("The body is named in public no more."),
    )


@blueprint.post("/<uuid:motion_id>/action")
@requires(Permission.MOTIONS_DRAFT)
def put_in_diary(motion_id: UUID) -> Answer:
    """An action on the day of the meeting, so that it stands in the calendar."""
    return _take(
        motion_id,
        lambda form: linking.put_in_diary(current_actor(), motion_id, form.version.shown),
        _("It stands in the diary and the calendar."),
    )


@blueprint.post("/<uuid:motion_id>/action/link")
@requires(Permission.MOTIONS_DRAFT)
def link_action(motion_id: UUID) -> Answer:
    """Link an action that stands in the diary already."""
    own_record(motion_id)
    chosen = as_id(LinkForm().action.data)
    if chosen is None:
        raise Invalid(_("Choose an action."))
    return _take(
        motion_id,
        lambda form: linking.link_action(current_actor(), motion_id, form.version.shown, chosen),
        _("Linked."),
    )


@blueprint.post("/<uuid:motion_id>/action/removal")
@requires(Permission.MOTIONS_DRAFT)
def unlink_action(motion_id: UUID) -> Answer:
    """Undo the link."""
    return _take(
        motion_id,
        lambda form: linking.unlink_action(current_actor(), motion_id, form.version.shown),
        _("The link is undone. The action stays in the diary."),
    )
