"""The list of all partners' motions, its CSV, and one motion's page."""

from typing import Any
from uuid import UUID

from flask import Response, render_template, request
from flask_babel import gettext as _

from organising.actions.models import BranchAction
from organising.actions.words import postcode_words
from organising.motions.differing import compare
from organising.motions.forms.motions import AgreeForm, FilterForm, LinkForm, StepForm
from organising.motions.models import Motion
from organising.motions.queries import motions as queries
from organising.motions.queries.texts import find_published, list_titles
from organising.motions.services.linking import list_actions_to_link
from organising.motions.services.localising import find_newer_version
from organising.motions.services.steps import usual_name
from organising.motions.words import forum_words, how_words, state_words
from organising.organisations.queries import list_campaign_organisations
from organising.platform import audit
from organising.platform.access import current_actor, requires
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.pagination import MOST_EXPORTED, page
from organising.platform.permissions import Permission
from organising.platform.spreadsheet import download, table
from organising.safeguards.services import record_export
from organising.safeguards.terms import ExportKind

from .blueprint import blueprint

BY_DAY = [Motion.day, Motion.id]


@blueprint.get("")
@requires(Permission.MOTIONS_VIEW)
def index() -> str:
    """Motions, the latest meeting first; the filters are in the address."""
    actor, form = current_actor(), _filters()
    filters = form.filters()
    found = page(
        queries.list_motions(actor, filters),
        order_by=BY_DAY,
        cursor=request.args.get("cursor"),
        size=25,
        descending=True,
    )
    return render_template(
        "motions/index.html",
        actor=actor,
        form=form,
        filters=filters,
        page=found,
        rows=queries.list_rows(actor, found.items),
        titles=list_titles({one.text_version_id for one in found.items if one.text_version_id}),
        carried=queries.count_carried(actor),
        today=today(),
    )


@blueprint.get("/motions.csv")
@requires(Permission.MOTIONS_VIEW)
def motions_csv() -> Response:
    """The list as filtered: headlines that partners share, and of one's own the deadline and the votes."""
    actor, form = current_actor(), _filters()
    found = queries.list_motions(actor, form.filters()).order_by(Motion.day.desc(), Motion.id.desc())
    rows = queries.list_rows(actor, db.session.scalars(found.limit(MOST_EXPORTED)).unique().all())
    titles = list_titles({row.motion.text_version_id for row in rows if row.motion.text_version_id})
    text = table(
        [
            _("Body"), _("Kind of body"), _("Town or area"), _("Organisation"), _("Branch or group"), _("Meeting"),
            _("State"), _("Decided"), _("Model text"), _("Motions in by"), _("How"), _("For"), _("Against"), _("Abstained"),
        ],
        (_cells(row, titles) for row in rows),
    )  # fmt: skip
    record_export(actor, ExportKind.SHARED, len(rows), what="motions")
    audit.record(actor, "motions.exported", "campaign", actor.campaign_id, rows=len(rows))
    db.session.commit()
    return download(text, f"motions-{today().isoformat()}.csv")


def _cells(row: queries.Row, titles: dict[UUID, str]) -> tuple[object, ...]:
    motion, own = row.motion, row.detail
    model = titles.get(motion.text_version_id) if motion.text_version_id else None
    private = (
        (own.deadline_on, how_words(own.how), own.votes_for, own.votes_against, own.abstained) if own else ()
    )
    return (
        motion.body, forum_words(motion.forum), motion.area, motion.organisation.name, motion.unit_label,
        motion.meeting_on, state_words(motion.state), motion.decided_on, model, *private,
    )  # fmt: skip


def _filters() -> FilterForm:
    actor = current_actor()
    form = FilterForm(formdata=request.args)
    form.offer(actor, list_campaign_organisations(actor.campaign_id))
    form.validate()
    return form


@blueprint.get("/<uuid:motion_id>")
@requires(Permission.MOTIONS_VIEW)
def show(motion_id: UUID) -> str:
    """One motion: its headline for every partner, the rest for its own people."""
    return render_motion(motion_id)


def render_motion(motion_id: UUID, step: StepForm | None = None) -> str:
    """The page, with the form of a refused step where there is one."""
    actor = current_actor()
    record = queries.get_record(actor, motion_id)
    motion, own, model = record.motion, record.text, find_published(record.motion.text_version_id)
    return render_template(
        "motions/show.html",
        actor=actor,
        record=record,
        motion=motion,
        is_own=record.standing.is_own,
        model=model,
        from_model=compare(model.text, own) if model and own else None,
        from_submitted=compare(own, record.amended) if own and record.amended else None,
        postcode=_postcode_words(record),
        action=_action(record),
        link_form=_link_form(record),
        step=step or StepForm(formdata=None, data={"version": motion.version}),
        agreement=_agreement(record, step),
        newer=find_newer_version(actor, record),
        done_drafts=[
            key for key in request.args.getlist("saved") if key in ("new", "past", "edit", "outcome")
        ],
    )


def _agreement(record: queries.MotionRecord, step: StepForm | None) -> AgreeForm:
    """As it was sent, else with the body's name; a workplace's employer is named by whoever agrees, and not by itself."""
    if isinstance(step, AgreeForm):
        return step
    motion = record.motion
    named = usual_name(motion, record.detail)
    return AgreeForm(formdata=None, data={"version": motion.version, "public_name": named})


def _postcode_words(record: queries.MotionRecord) -> str:
    answer = record.detail.postcode_answer if record.detail else None
    return postcode_words(answer) if answer and not record.areas else ""


def _action(record: queries.MotionRecord) -> BranchAction | None:
    action_id = record.detail.action_id if record.detail else None
    return db.session.get(BranchAction, action_id) if action_id else None


def _link_form(record: queries.MotionRecord) -> LinkForm | None:
    """A choice of actions, for those who may edit and where there is any."""
    if record.detail is None or record.detail.action_id or "edit" not in record.verbs:
        return None
    values: dict[str, Any] = {"version": record.motion.version}
    form = LinkForm(formdata=None, data=values)
    form.action.choices = [(str(one.id), one.title) for one in list_actions_to_link(current_actor())]
    return form if form.action.choices else None
