"""One promise: its history and evidence, what became of it, and the way back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.lobbying import queries
from organising.lobbying.forms.commitments import CommitmentForm, Dated, EvidenceForm, StateForm
from organising.lobbying.models import Commitment
from organising.lobbying.queries import commitments as promises
from organising.lobbying.services import NeedsConfirmation
from organising.lobbying.services.commitment_steps import (
    Step,
    chase_commitment,
    deliver_commitment,
    edit_commitment,
    is_undoable,
    move_commitment,
    redate_commitment,
    undo_change,
)
from organising.lobbying.services.drafts import FollowUpDraft
from organising.lobbying.services.editing import Difference, EditConflict
from organising.lobbying.services.follow_ups import add_follow_up
from organising.lobbying.views.blueprint import blueprint
from organising.lobbying.views.commitments import just_changed
from organising.lobbying.words import COMMITMENT_KINDS, COMMITMENT_STATES
from organising.organisations.models import Ask
from organising.organisations.queries import list_asks, list_open_asks
from organising.organisations.queries.colleagues import list_colleagues
from organising.platform.access import current_actor, requires
from organising.platform.cautions import Caution
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.paths import own_path
from organising.platform.permissions import Permission
from organising.platform.ui import longdate, with_query

WEEK = timedelta(days=7)


@blueprint.get("/promises/<uuid:commitment_id>")
@requires(Permission.ENGAGEMENTS_VIEW)
def commitment(commitment_id: UUID) -> str:
    """A promise with its evidence and history; the own organisation's can be moved on from here."""
    return _show(commitment_id, StateForm(formdata=None))


@blueprint.post("/promises/<uuid:commitment_id>/state")
@requires(Permission.COMMITMENTS_EDIT)
def move(commitment_id: UUID) -> Response | tuple[str, int]:
    """Say what became of it: broken, lapsed, declined, withdrawn or open again."""
    form = StateForm()
    actor = current_actor()
    try:
        step = move_commitment(
            actor,
            commitment_id,
            form.state.data or "",
            reason=form.reason.data or "",
            confirmed=form.confirmed(),
        )
        db.session.commit()
    except NeedsConfirmation as question:
        return _show(commitment_id, form, question.cautions), 422
    except Invalid as invalid:
        form.show(invalid.details)
        return _show(commitment_id, form), 422
    return _back(step)


@blueprint.route("/promises/<uuid:commitment_id>/delivery", methods=["GET", "POST"])
@requires(Permission.COMMITMENTS_EDIT)
def deliver(commitment_id: UUID) -> str | Response | tuple[str, int]:
    """Say what shows that it was delivered: without that it isn't."""
    actor = current_actor()
    found = promises.get_own_commitment(actor, commitment_id)
    form = EvidenceForm()
    cautions: Sequence[Caution] = ()
    if not form.is_submitted():
        form.seen_on.data = today()
    if form.validate_on_submit():
        try:
            step = deliver_commitment(actor, commitment_id, form.draft(), confirmed=form.confirmed())
            db.session.commit()
            return _back(step)
        except NeedsConfirmation as question:
            cautions = question.cautions
        except Invalid as invalid:
            form.show(invalid.details)
    return _form_page("lobbying/commitment_delivery.html", found, form, cautions)


@blueprint.route("/promises/<uuid:commitment_id>/due-day", methods=["GET", "POST"])
@requires(Permission.COMMITMENTS_EDIT)
def redate(commitment_id: UUID) -> str | Response | tuple[str, int]:
    """Set another day."""
    actor = current_actor()
    found = promises.get_own_commitment(actor, commitment_id)
    form = Dated()
    cautions: Sequence[Caution] = ()
    if not form.is_submitted():
        form.due_on.data = today() + WEEK
    else:
        form.take_offer()
    if form.validate_on_submit():
        try:
            step = redate_commitment(actor, commitment_id, form.due_on.data, confirmed=form.confirmed())
            db.session.commit()
            return _back(step)
        except NeedsConfirmation as question:
            cautions = question.cautions
        except Invalid as invalid:
            form.show(invalid.details)
    return _form_page("lobbying/commitment_day.html", found, form, cautions)


@blueprint.post("/promises/<uuid:commitment_id>/chases")
@requires(Permission.COMMITMENTS_EDIT)
def chase(commitment_id: UUID) -> Response:
    """Note that they were reminded today."""
    step = chase_commitment(current_actor(), commitment_id)
    db.session.commit()
    return _back(step)


@blueprint.post("/promises/<uuid:commitment_id>/follow-ups")
@requires(Permission.COMMITMENTS_EDIT)
def plan_next_chase(commitment_id: UUID) -> Response:
    """Plan to chase it in a week, among one's own follow-ups."""
    actor = current_actor()
    found = promises.get_own_commitment(actor, commitment_id)
    what = _("Chase: %(what)s", what=str(COMMITMENT_KINDS[found.kind]))  # type: ignore[index]
    add_follow_up(
        actor, found.person_id, FollowUpDraft(what, today() + WEEK), institution_id=found.institution_id
    )
    db.session.commit()
    flash(_("Planned among your follow-ups, in a week."), "success")
    return redirect(_place(commitment_id), 303)


@blueprint.post("/promises/<uuid:commitment_id>/changes/<uuid:change_id>/removal")
@requires(Permission.COMMITMENTS_EDIT)
def undo(commitment_id: UUID, change_id: UUID) -> Response:
    """Put back what stood before the last change."""
    undo_change(current_actor(), commitment_id, change_id)
    db.session.commit()
    flash(_("Put back."), "success")
    return redirect(_place(commitment_id), 303)


@blueprint.route("/promises/<uuid:commitment_id>/edit", methods=["GET", "POST"])
@requires(Permission.COMMITMENTS_EDIT)
def edit_promise(commitment_id: UUID) -> str | Response | tuple[str, int]:
    """Change what was written down; where someone else was quicker, show both and lose neither."""
    actor = current_actor()
    found = promises.get_own_commitment(actor, commitment_id)
    form = CommitmentForm(**_kept(found))
    form.offer(_offered(found), list_colleagues(actor), None)
    if not form.is_submitted():
        return _edit_page(found, form)
    form.take_offer()
    if not form.validate():
        return _edit_page(found, form), 422
    try:
        edit_commitment(
            actor, commitment_id, form.draft(), version=form.version.shown, confirmed=form.confirmed()
        )
        db.session.commit()
    except EditConflict as conflict:
        form.version.data = str(conflict.version)
        return _edit_page(found, form, differences=conflict.differences), 409
    except NeedsConfirmation as question:
        return _edit_page(found, form, cautions=question.cautions), 422
    except Invalid as invalid:
        form.show(invalid.details)
        return _edit_page(found, form), 422
    flash(_("Change kept."), "success")
    return redirect(url_for(".commitment", commitment_id=commitment_id), 303)


def _show(commitment_id: UUID, form: StateForm, cautions: Sequence[Caution] = ()) -> str:
    actor = current_actor()
    found = promises.get_commitment(actor, commitment_id)
    (row,) = promises.annotate_commitments(actor, [found])
    changes = promises.list_changes(commitment_id)
    return render_template(
        "lobbying/commitment.html",
        row=row,
        one=found,
        seat=_seat(found),
        changes=changes,
        undoable=changes[0] if changes and row.may_edit and is_undoable(changes[0]) else None,
        evidence=promises.list_evidence(commitment_id),
        form=form,
        cautions=cautions,
        confirmed=form.confirmed(),
        changed=just_changed(),
        here=url_for(".commitment", commitment_id=commitment_id),
        today=today(),
    )


def _form_page(
    template: str, found: Commitment, form: Any, cautions: Sequence[Caution]
) -> str | tuple[str, int]:
    shown = render_template(
        template,
        one=found,
        seat=_seat(found),
        form=form,
        cautions=cautions,
        confirmed=form.confirmed(),
        back=own_path(request.values.get("back")) or url_for(".commitment", commitment_id=found.id),
        today=today(),
    )
    return (shown, 422) if form.errors or cautions else shown


def _edit_page(
    found: Commitment,
    form: CommitmentForm,
    *,
    cautions: Sequence[Caution] = (),
    differences: Sequence[Difference] = (),
) -> str:
    codes = {ask.id: ask.code for ask in list_asks(found.campaign_id)} if differences else {}
    return render_template(
        "lobbying/commitment_edit.html",
        one=found,
        seat=_seat(found),
        form=form,
        cautions=cautions,
        confirmed=form.confirmed(),
        differences=[
            (one.field, _said(one.field, one.kept, codes), _said(one.field, one.sent, codes))
            for one in differences
        ],
        today=today(),
    )


def _seat(found: Commitment) -> Any:
    return queries.list_seats([found.person_id]).get(found.person_id) if found.person_id else None


def _kept(found: Commitment) -> dict[str, object]:
    own = promises.find_own_side(found.id)
    return {
        "kind": found.kind,
        "words": found.words,
        "ask_id": str(found.ask_id or ""),
        "said_on": found.asked_on,
        "due_on": found.due_on,
        "owner_user_id": str(own.owner_user_id) if own and own.owner_user_id else "",
        "version": str(found.version),
    }


def _offered(found: Commitment) -> list[Ask]:
    """Open asks, and the one that it was promised for, closed since."""
    asks = list(list_open_asks(found.campaign_id))
    return asks if found.ask is None or found.ask in asks else [found.ask, *asks]


def _said(field: str, value: object, codes: dict[UUID, str]) -> str:
    if isinstance(value, tuple):
        return ", ".join(codes.get(one, "?") for one in value) or str(_("none"))
    if value is None or value == "":
        return str(_("nothing"))
    if field == "kind":
        return str(COMMITMENT_KINDS.get(value, value))  # type: ignore[call-overload]
    return value if isinstance(value, str) else longdate(value)  # type: ignore[arg-type]


def _back(step: Step) -> Response:
    """To the page that the button stood on, with the way back from what was just done."""
    found = step.commitment
    state = str(COMMITMENT_STATES[found.state])  # type: ignore[index]
    if step.change_id is None:
        flash(_("That was so already: %(state)s.", state=state), "success")
    place = with_query(_place(found.id), promise=found.id, changed=step.change_id)
    return redirect(place, 303)


def _place(commitment_id: UUID) -> str:
    return own_path(request.form.get("back")) or url_for(".commitment", commitment_id=commitment_id)
