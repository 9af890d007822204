"""The page of one approach, and the buttons on it: steps, owner, calling off, joining, handing over."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.lobbying import queries
from organising.lobbying.approach_states import OPEN, ApproachState, list_steps
from organising.lobbying.approach_words import CHANNELS, STATES
from organising.lobbying.forms import as_id
from organising.lobbying.forms.approaches import (
    BudgetForm,
    CancelForm,
    HandOverForm,
    JoinForm,
    OwnerForm,
    StepForm,
)
from organising.lobbying.models import Approach, Channel
from organising.lobbying.queries.approaches import find_own_side
from organising.lobbying.services import Caution, NeedsConfirmation
from organising.lobbying.services.approach_changes import ReservationClash
from organising.lobbying.services.approach_drafts import list_owners
from organising.lobbying.services.approach_joining import answer_join, ask_to_join, hand_over, withdraw_from
from organising.lobbying.services.approach_steps import assign, cancel_approach, restore_approach, take_step
from organising.lobbying.services.approaches import set_budget
from organising.lobbying.views.approaches import PAST_CONTACTS, filter_form, filters_of
from organising.lobbying.views.blueprint import blueprint
from organising.organisations.queries import list_campaign_organisations
from organising.platform import audit
from organising.platform.access import current_actor, requires
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import Conflict, Invalid
from organising.platform.forms import PlainForm
from organising.platform.pagination import list_first
from organising.platform.permissions import Permission
from organising.platform.spreadsheet import download, table
from organising.safeguards.services import record_export
from organising.safeguards.terms import ExportKind


@blueprint.get("/approaches/<uuid:approach_id>")
@requires(Permission.APPROACHES_VIEW)
def approach(approach_id: UUID) -> str:
    """One approach over all partners: where it stands, what comes next, what happened."""
    return _page(approach_id)


@blueprint.post("/approaches/<uuid:approach_id>/steps")
@requires(Permission.APPROACHES_RESERVE)
def step(approach_id: UUID) -> Response | tuple[str, int]:
    """Take the step that the button names."""
    form = StepForm()
    state = request.form.get("state", "")

    def take() -> None:
        take_step(
            current_actor(),
            approach_id,
            state,
            words=form.words.data or "",
            scheduled_on=form.scheduled_on.data,
            confirmed=form.confirmed(),
        )

    return _do(approach_id, take, _("Kept."), step_form=form)


@blueprint.post("/approaches/<uuid:approach_id>/owner")
@requires(Permission.APPROACHES_RESERVE)
def set_owner(approach_id: UUID) -> Response | tuple[str, int]:
    """Say who of the own organisation sees to it."""
    form = OwnerForm()
    return _do(
        approach_id,
        lambda: assign(current_actor(), approach_id, as_id(form.owner_user_id.data)),
        _("Kept."),
        owner_form=form,
    )


@blueprint.post("/approaches/<uuid:approach_id>/cancellation")
@requires(Permission.APPROACHES_RESERVE)
def cancel(approach_id: UUID) -> Response | tuple[str, int]:
    """Call it off; the answer offers the way back."""
    form = CancelForm()
    return _do(
        approach_id,
        lambda: cancel_approach(
            current_actor(), approach_id, words=form.words.data or "", confirmed=form.confirmed()
        ),
        _("Called off. The days are free for other partners."),
        cancel_form=form,
    )


@blueprint.post("/approaches/<uuid:approach_id>/cancellation/removal")
@requires(Permission.APPROACHES_RESERVE)
def uncancel(approach_id: UUID) -> Response | tuple[str, int]:
    """Take it up again."""
    return _do(approach_id, lambda: restore_approach(current_actor(), approach_id), _("Taken up again."))


@blueprint.post("/approaches/<uuid:approach_id>/joins")
@requires(Permission.APPROACHES_RESERVE)
def join(approach_id: UUID) -> Response | tuple[str, int]:
    """Ask the holder to take one's own organisation along."""
    form = JoinForm()
    return _do(
        approach_id,
        lambda: ask_to_join(
            current_actor(), approach_id, words=form.words.data or "", confirmed=form.confirmed()
        ),
        _("Asked. The answer appears here and on your day’s page."),
        join_form=form,
    )


@blueprint.post("/approaches/<uuid:approach_id>/joins/withdrawal")
@requires(Permission.APPROACHES_RESERVE)
def leave(approach_id: UUID) -> Response | tuple[str, int]:
    """Take the wish back, or leave."""
    return _do(approach_id, lambda: withdraw_from(current_actor(), approach_id), _("Taken back."))


@blueprint.post("/approaches/<uuid:approach_id>/joins/<uuid:organisation_id>/answer")
@requires(Permission.APPROACHES_RESERVE)
def answer(approach_id: UUID, organisation_id: UUID) -> Response | tuple[str, int]:
    """Take a partner along, or not."""
    accepted = request.form.get("answer") == "accept"
    return _do(
        approach_id,
        lambda: answer_join(current_actor(), approach_id, organisation_id, accepted=accepted),
        _("They are with you now.") if accepted else _("Answered."),
    )


@blueprint.post("/approaches/<uuid:approach_id>/hand-over")
@requires(Permission.APPROACHES_RESERVE)
def give(approach_id: UUID) -> Response | tuple[str, int]:
    """Hand it over to another partner, at once."""
    form = HandOverForm()
    partner_id = as_id(form.organisation_id.data)

    def hand() -> None:
        if partner_id is None:
            raise Invalid(_("Nothing was handed over yet."), organisation_id=_("Choose a partner."))
        hand_over(
            current_actor(), approach_id, partner_id, words=form.words.data or "", confirmed=form.confirmed()
        )

    return _do(approach_id, hand, _("Handed over. Both partners are told."), hand_over_form=form)


@blueprint.get("/approaches.csv")
@requires(Permission.APPROACHES_VIEW)
def export_approaches() -> Response:
    """The shared side of the approaches that the filters leave. Private notes are in no export."""
    actor = current_actor()
    ordered = queries.select_approaches(actor, filters_of(filter_form(actor))).order_by(
        Approach.due_on, Approach.id
    )
    rows = list_first(ordered)
    record_export(actor, ExportKind.SHARED, len(rows), what="approaches")
    audit.record(actor, "approaches.exported", "approach", rows=len(rows))
    text = _csv(rows)
    db.session.commit()
    return download(text, f"approaches-{today().isoformat()}.csv")


@blueprint.route("/approaches/budget", methods=["GET", "POST"])
@requires(Permission.CAMPAIGN_EDIT)
def pressure_budget() -> str | Response | tuple[str, int]:
    """How much partners together may ask of one representative."""
    actor = current_actor()
    budget = queries.find_budget(actor)
    form = BudgetForm(mails=budget.mail, calls=budget.calls, visits=budget.visits)
    if form.validate_on_submit():
        try:
            set_budget(actor, mails=form.mails.data, calls=form.calls.data, visits=form.visits.data)
            db.session.commit()
        except Invalid as invalid:
            for name, reason in invalid.details.items():
                form[name].errors = [str(reason)]
        else:
            flash(_("Budget kept."), "success")
            return redirect(url_for(".approaches"), 303)
    shown = render_template("lobbying/approach_budget.html", form=form)
    return (shown, 422) if form.errors else shown


def _do(approach_id: UUID, deed: Callable[[], Any], said: str, **forms: Any) -> Response | tuple[str, int]:
    """Do it, commit, come back; or the page again, with what is wrong and everything that was typed."""
    form = next(iter(forms.values()), None)
    if form is not None and not form.validate():
        return _page(approach_id, **forms), 422
    try:
        deed()
        db.session.commit()
    except NeedsConfirmation as question:
        db.session.rollback()
        return _page(approach_id, cautions=question.cautions, asked=next(iter(forms), ""), **forms), 422
    except ReservationClash as clash:
        db.session.rollback()
        return _page(approach_id, clash=clash, **forms), 409
    except Conflict as conflict:
        db.session.rollback()
        return _page(approach_id, refused=conflict.message, **forms), 409
    except Invalid as invalid:
        db.session.rollback()
        if form is not None:
            form.show(invalid.details)
        return _page(approach_id, **forms), 422
    flash(said, "success")
    return redirect(url_for(".approach", approach_id=approach_id), 303)


def _page(
    approach_id: UUID,
    *,
    cautions: Sequence[Caution] = (),
    clash: ReservationClash | None = None,
    refused: str = "",
    asked: str = "",
    step_form: StepForm | None = None,
    owner_form: OwnerForm | None = None,
    cancel_form: CancelForm | None = None,
    join_form: JoinForm | None = None,
    hand_over_form: HandOverForm | None = None,
) -> str:
    actor = current_actor()
    one = queries.get_approach(actor, approach_id)
    (row,) = queries.describe(actor, [one])
    side = find_own_side(actor, approach_id)
    owner_form = owner_form or OwnerForm(formdata=None)
    hand_over_form = hand_over_form or HandOverForm(formdata=None)
    if row.may_edit:
        owner_form.offer(list_owners(actor) if row.is_own else ())
        partners = list_campaign_organisations(actor.campaign_id)
        hand_over_form.offer((str(p.id), p.short_name) for p in partners if p.id != one.organisation_id)
    of_subject = queries.list_approaches(
        actor, person_id=one.person_id, institution_id=one.institution_id, live_only=True
    )
    shown = (step_form, owner_form, cancel_form, join_form, hand_over_form)
    return render_template(
        "lobbying/approach.html",
        one=one,
        row=row,
        note=side.note if side else None,
        steps=_steps(row.is_own, one.state),
        is_open=one.state in OPEN,
        history=queries.list_history(approach_id),
        others=[other for other in of_subject if other.approach.id != one.id],
        contacts=queries.list_timeline(
            actor, one.person_id, institution_id=one.institution_id, limit=PAST_CONTACTS
        ),
        pressure=queries.measure_pressure(actor, one.person_id, institution_id=one.institution_id),
        seat=queries.list_seats([one.person_id]).get(one.person_id) if one.person_id else None,
        step_form=step_form or StepForm(formdata=None),
        owner_form=owner_form,
        cancel_form=cancel_form or CancelForm(formdata=None),
        join_form=join_form or JoinForm(formdata=None),
        hand_over_form=hand_over_form,
        failed=next((form for form in shown if form is not None and form.errors), None),
        cautions=cautions,
        asked=asked,
        confirmed=request.form.getlist("confirmed")[:20],
        clash=clash,
        held=queries.describe(actor, clash.holders) if clash else [],
        refused=refused,
        kept=request.args.get("kept", ""),
        form=PlainForm(formdata=None),
        today=today(),
    )


def _steps(is_own: bool, state: str) -> list[ApproachState]:
    """The next states; seeing to it oneself is not for a coordinator of another organisation."""
    return [one for one in list_steps(state) if is_own or one is not ApproachState.ASSIGNED]


def _csv(rows: Sequence[Approach]) -> str:
    header = [
        _("Whom"), _("How"), _("State"), _("Partner"), _("Who sees to it"), _("From"), _("Until"),
        _("Agreed day"), _("Next step due"), _("What it is for"), _("Asks"),
    ]  # fmt: skip
    return table(header, map(_cells, rows))


def _cells(one: Approach) -> list[object]:
    return [
        one.subject_name, CHANNELS[Channel(one.channel)], STATES[ApproachState(one.state)],
        one.organisation.short_name, one.owner_label, one.starts_on, one.ends_on, one.scheduled_on, one.due_on,
        one.purpose, ", ".join(ask.code for ask in one.asks),
    ]  # fmt: skip
