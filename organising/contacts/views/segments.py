"""Segments: the list, the builder that says in words what is asked and how many it finds, and the ways back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ...platform.access import current_actor, requires
from ...platform.cautions import Caution, NeedsConfirmation
from ...platform.conflicts import EditConflict
from ...platform.db import db, find, get_or_404
from ...platform.errors import Invalid, NotFound
from ...platform.forms import PlainForm
from ...platform.given import as_id
from ...platform.permissions import Permission
from ..criteria import Group, NotCriteria, check_size
from ..forms.builder import MODES, Path, SegmentForm, changed, finished, laid_out, offered, read_tree
from ..models import ContactSegment
from ..queries.questions import list_questions
from ..queries.segments import (
    Questions,
    count_matching,
    describe,
    holds,
    is_allowed,
    list_segments,
    read_criteria,
)
from ..services.segments import (
    edit_segment,
    find_faults,
    may_change,
    name_copy,
    remove_segment,
    restore_segment,
    save_segment,
)
from ..words import FIELDS
from .blueprint import blueprint
from .listing import criteria_of_list


@blueprint.get("/segments")
@requires(Permission.CONTACTS_KEEP)
def segments() -> str:
    """Every saved segment, with what it asks in words."""
    actor, questions = current_actor(), list_questions()
    rows = [(one, read_criteria(one)) for one in list_segments()]
    return render_template(
        "contacts/segments.html",
        rows=[
            (one, describe(group, questions), is_allowed(actor, group, questions), may_change(actor, one))
            for one, group in rows
        ],
        form=PlainForm(formdata=None),
        removed=_removed(),
    )


@blueprint.route("/segments/new", methods=["GET", "POST"])
@requires(Permission.CONTACTS_KEEP)
def new_segment() -> str | Response | tuple[str, int]:
    """Build a segment: from nothing, from what the list is narrowed to, or from another segment."""
    questions, form = list_questions(), SegmentForm()
    if request.method == "GET":
        group = _begun(form)
        return _page(form, group, questions)
    group = read_tree(request.form)
    if act := request.form.get("do"):
        return _after(form, group, questions, act)
    try:
        segment = save_segment(
            current_actor(), form.name.data or "", group, questions, confirmed=form.confirmed()
        )
    except NeedsConfirmation as question:
        return _page(form, group, questions, cautions=question.cautions), 422
    except Invalid as invalid:
        return _refused(form, group, questions, invalid)
    return _kept(segment)


@blueprint.route("/segments/<uuid:contact_segment_id>/edit", methods=["GET", "POST"])
@requires(Permission.CONTACTS_KEEP)
def change_segment(contact_segment_id: UUID) -> str | Response | tuple[str, int]:
    """Change a segment's name and what it asks; of two who do so, the second is told."""
    segment = get_or_404(ContactSegment, contact_segment_id)
    questions = list_questions()
    form = SegmentForm(data={"name": segment.name, "version": str(segment.version)})
    if request.method == "GET":
        return _page(form, read_criteria(segment), questions, segment)
    group = read_tree(request.form)
    if act := request.form.get("do"):
        return _after(form, group, questions, act, segment)
    try:
        edit_segment(
            current_actor(), segment.id, form.name.data or "", group, questions,
            version=form.version.shown, confirmed=form.confirmed(),
        )  # fmt: skip
    except EditConflict as conflict:
        form.version.data = str(conflict.version)
        return _page(form, group, questions, segment, kept=read_criteria(segment)), 409
    except NeedsConfirmation as question:
        return _page(form, group, questions, segment, cautions=question.cautions), 422
    except Invalid as invalid:
        return _refused(form, group, questions, invalid, segment)
    return _kept(segment)


@blueprint.post("/segments/<uuid:contact_segment_id>/removal")
@requires(Permission.CONTACTS_KEEP)
def remove_segment_page(contact_segment_id: UUID) -> Response:
    """Put a segment away; the answer offers the way back."""
    remove_segment(current_actor(), contact_segment_id)
    db.session.commit()
    return redirect(url_for(".segments", removed=contact_segment_id), 303)


@blueprint.post("/segments/<uuid:contact_segment_id>/restoration")
@requires(Permission.CONTACTS_KEEP)
def restore_segment_page(contact_segment_id: UUID) -> Response:
    """Bring a segment back."""
    restore_segment(current_actor(), contact_segment_id)
    db.session.commit()
    flash(_("The segment is back."), "success")
    return redirect(url_for(".segments"), 303)


def _begun(form: SegmentForm) -> Group:
    """What a new segment begins with."""
    if "copy" not in request.args:
        return criteria_of_list()
    copied = as_id(request.args.get("copy"))
    segment = find(ContactSegment, copied) if copied else None
    if segment is None:
        raise NotFound
    form.name.data = name_copy(segment)
    return read_criteria(segment)


def _after(
    form: SegmentForm, group: Group, questions: Questions, act: str, segment: ContactSegment | None = None
) -> str:
    """The page after a button that changes the tree, or asks how many it finds."""
    group, new = changed(group, act, request.form, questions)
    # What somebody has just begun is not a fault yet.
    shown = find_faults(current_actor(), group, questions) if act == "count" else {}
    return _page(form, group, questions, segment, faults=shown, new=new)


def _refused(
    form: SegmentForm,
    group: Group,
    questions: Questions,
    invalid: Invalid,
    segment: ContactSegment | None = None,
) -> tuple[str, int]:
    faults = find_faults(current_actor(), group, questions)
    form.show(
        {name: reason for name, reason in invalid.details.items() if not (name == "criteria" and faults)}
    )
    return _page(form, group, questions, segment, faults=faults), 422


def _kept(segment: ContactSegment) -> Response:
    after, name = url_for(".index", segment=segment.id), segment.name
    db.session.commit()
    flash(_("“%(name)s” is saved.", name=name), "success")
    return redirect(after, 303)


def _page(
    form: SegmentForm,
    group: Group,
    questions: Questions,
    segment: ContactSegment | None = None,
    *,
    faults: dict[int, str] | None = None,
    new: Path | None = None,
    cautions: Sequence[Caution] = (),
    kept: Group | None = None,
) -> str:
    actor = current_actor()
    unfinished = find_faults(actor, group, questions)
    counted = finished(group, unfinished)
    return render_template(
        "contacts/segment.html",
        form=form,
        segment=segment,
        here=url_for(".change_segment", contact_segment_id=segment.id)
        if segment
        else url_for(".new_segment"),
        nest=laid_out(group, questions, faults=faults, new=new),
        is_swap="HX-Request" in request.headers,
        wrong=_placed(laid_out(group, questions, faults=faults)) if faults else [],
        offered=offered(questions, actor),
        modes=MODES,
        said=describe(counted, questions),
        count=_count(counted, questions),
        unfinished=len(unfinished),
        cautions=cautions,
        words=FIELDS,
        kept=describe(kept, questions) if kept else None,
    )


def _count(group: Group, questions: Questions) -> int | None:
    """How many it finds now; None where nobody would read so much."""
    try:
        check_size(group)
    except NotCriteria:
        return None
    return count_matching(holds(group, questions))


def _placed(nest: Any) -> list[tuple[str, str, str]]:
    """Every fault with the id and the label of what it is about, for the list above the form."""
    found = []
    for one in nest.rows:
        if hasattr(one, "rows"):
            found += _placed(one)
        elif one.error:
            target = f"value-{one.name}" if one.takes else f"row-{one.name}"
            found.append((target, str(one.question.label) if one.question else _("Condition"), one.error))
    return found


def _removed() -> ContactSegment | None:
    """The segment that was put away just now."""
    segment_id = as_id(request.args.get("removed"))
    segment = find(ContactSegment, segment_id) if segment_id else None
    return segment if segment is not None and segment.removed_at is not None else None
