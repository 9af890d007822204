"""What became of a motion, told on a phone; another meeting for one that was not reached; and whom a carried one was sent to."""

from collections.abc import Sequence
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from organising.lobbying.queries.subjects import Subject, choose_subject, find_subject
from organising.motions.forms.motions import AgainForm, ForwardForm, OutcomeForm, Words, first_day, fresh_key
from organising.motions.models import SentBy
from organising.motions.queries.motions import MotionRecord
from organising.motions.services.forwarding import forward_motion, take_forwarding_back
from organising.motions.services.outcomes import put_amended_text, tell_outcome
from organising.motions.services.rules import EditedMeanwhile
from organising.motions.services.steps import bring_again
from organising.platform.access import current_actor, requires
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.form_parts import choices
from organising.platform.given import as_id
from organising.platform.permissions import Permission
from organising.representatives.queries import Suggestion

from .blueprint import blueprint
from .motion_writing import own_record

Answer = Response | str | tuple[str, int]


def back(motion_id: UUID, said: str, saved: str | None = None) -> Response:
    """To the motion's page, saying what was done."""
    db.session.commit()
    flash(said, "success")
    return redirect(url_for("motions.show", motion_id=motion_id, saved=saved), 303)  # type: ignore[return-value]


@blueprint.route("/<uuid:motion_id>/outcome", methods=["GET", "POST"])
@requires(Permission.MOTIONS_DRAFT)
def outcome(motion_id: UUID) -> Answer:
    """What the body decided, how, and where it amended the text, what it carried."""
    record = own_record(motion_id)
    text = record.text
    form = OutcomeForm(
        data=(text.as_dict() if text else {})
        | {"on": first_day(record.motion.meeting_on), "version": record.motion.version}
    )
    if request.method == "GET":
        return _outcome_page(form, record)
    try:
        if not form.validate():
            return _outcome_page(form, record), 422
        sent = form.text()
        told = form.told(sent if sent.title and sent != text else None)
        motion = tell_outcome(current_actor(), motion_id, form.version.shown, told)
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        return _outcome_page(form, own_record(motion_id)), 422
    except EditedMeanwhile:
        db.session.rollback()
        present = own_record(motion_id)
        form.version.raw_data, form.version.data = None, str(present.motion.version)
        return _outcome_page(form, present, is_conflict=True), 409
    said = _("It is written down.")
    if motion.is_counted:
        said = _("Carried: it counts, and partners see the text.")
    return back(motion_id, said, saved="outcome")


def _outcome_page(form: OutcomeForm, record: MotionRecord, *, is_conflict: bool = False) -> str:
    return render_template(
        "motions/outcome.html",
        actor=current_actor(),
        form=form,
        record=record,
        motion=record.motion,
        is_conflict=is_conflict,
    )


@blueprint.route("/<uuid:motion_id>/amended-text", methods=["GET", "POST"])
@requires(Permission.MOTIONS_DRAFT)
def amended_text(motion_id: UUID) -> Answer:
    """The text as it was carried, where "as amended" was told without it."""
    record = own_record(motion_id)
    values = (record.text.as_dict() if record.text else {}) | {"version": record.motion.version}
    form = Words(data=values)
    try:
        if request.method == "POST" and form.validate():
            put_amended_text(current_actor(), motion_id, form.version.shown, form.text())
            return back(motion_id, _("Both texts are kept: as submitted, and as carried."))
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        record = own_record(motion_id)
    page = render_template(
        "motions/amended.html", actor=current_actor(), form=form, record=record, motion=record.motion
    )
    return (page, 422) if form.errors else page


@blueprint.route("/<uuid:motion_id>/next-meeting", methods=["GET", "POST"])
@requires(Permission.MOTIONS_DRAFT)
def again(motion_id: UUID) -> Answer:
    """Before another meeting, with its day and deadline."""
    record = own_record(motion_id)
    form = AgainForm(data={"version": record.motion.version})
    try:
        if request.method == "POST" and form.validate():
            days = (form.meeting_on.data, form.deadline_on.data)
            bring_again(current_actor(), motion_id, form.version.shown, *days)
            return back(motion_id, _("It is before them again. Note it when it is on the agenda."))
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        record = own_record(motion_id)
    page = render_template(
        "motions/again.html", actor=current_actor(), form=form, record=record, motion=record.motion
    )
    return (page, 422) if form.errors else page


@blueprint.route("/<uuid:motion_id>/forwarding", methods=["GET", "POST"])
@requires(Permission.MOTIONS_DRAFT)
def forward(motion_id: UUID) -> Answer:
    """Whom a carried motion was sent to: found by a few letters, or named."""
    record = own_record(motion_id)
    form = ForwardForm(
        data={
            "sent_on": today(),
            "sent_by": SentBy.LETTER,
            "submission_key": fresh_key(),
            "version": record.motion.version,
        }
    )
    if request.method == "GET":
        return _forward_page(form, record, find_subject(as_id(request.args.get("to"))))
    subject, found = choose_subject(form.chosen_ids(), form.subject.data or "")
    try:
        shaped = form.validate()
        if not shaped or (subject is None and (form.subject.data or "").strip()):
            _ask_which(form, found)
            return _forward_page(form, record, subject, found), 422
        person_id, institution_id = (subject.person_id, subject.institution_id) if subject else (None, None)
        sent = form.forwarding(person_id, institution_id)
        key = as_id(form.submission_key.data) or as_id(fresh_key())
        assert key is not None
        forward_motion(current_actor(), motion_id, form.version.shown, sent, key)
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        return _forward_page(form, own_record(motion_id), subject), 422
    return back(
        motion_id, _("It is noted.") if subject is None else _("It is noted, and stands in the contact log.")
    )


def _ask_which(form: ForwardForm, found: Sequence[Suggestion]) -> None:
    if (form.subject.data or "").strip() and not form.subject_id.data:
        words = _("Choose one of those found.") if found else _("Nobody is found by this. Try fewer letters.")
        form.subject.errors = [*form.subject.errors, words]


def _forward_page(
    form: ForwardForm, record: MotionRecord, subject: Subject | None = None, found: Sequence[Suggestion] = ()
) -> str:
    if subject is not None:
        form.subject_id.data, form.subject.data = str(subject.id), subject.name
    form.candidate.choices = choices(
        (str(one.id), f"{one.label}, {one.detail}" if one.detail else one.label) for one in found
    )
    return render_template(
        "motions/forward.html", actor=current_actor(), form=form, record=record, motion=record.motion
    )


@blueprint.post("/<uuid:motion_id>/forwarding/<uuid:forwarding_id>/removal")
@requires(Permission.MOTIONS_DRAFT)
def take_forwarding(motion_id: UUID, forwarding_id: UUID) -> Answer:
    """It was not sent there after all."""
    take_forwarding_back(current_actor(), motion_id, forwarding_id)
    return back(motion_id, _("Taken back, in the contact log too."))
