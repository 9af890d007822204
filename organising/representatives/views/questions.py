"""The queue of people whom an import could not match for certain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import get_or_404
from organising.platform.errors import Conflict, NotFound
from organising.platform.pagination import page
from organising.platform.permissions import Permission
from organising.platform.tenancy import writing_reference
from organising.representatives import queries
from organising.representatives.forms import AnswerForm, StepForm
from organising.representatives.models import ImportQuestion, QuestionState, UploadState
from organising.representatives.queries.imports import list_candidates, list_questions, list_uploads
from organising.representatives.services.questions import answer_question, ignore_question, reopen_question
from organising.representatives.views.blueprint import blueprint

PAGE = 25
LONGEST_SEARCH = 100
NOBODY = "nobody"


@blueprint.get("/questions")
@requires(Permission.REPRESENTATIVES_IMPORT)
def questions() -> str:
    """Questions in the state that the address names, with who may be meant."""
    return _list()


@blueprint.post("/questions/<uuid:question_id>/answer")
@requires(Permission.REPRESENTATIVES_IMPORT)
def answer(question_id: UUID) -> AnyResponse | tuple[str, int]:
    """Say who is meant: ``person_id`` of somebody on record, or ``nobody`` for somebody new."""
    get_or_404(ImportQuestion, question_id)
    form = AnswerForm()
    named = (form.person_id.data or "").strip()
    try:
        person_id = None if named == NOBODY else UUID(named)
    except ValueError:
        # Without a script nobody could choose: what the words find is listed below the question.
        words = (form.member.data or "")[:LONGEST_SEARCH]
        found = queries.search(words, on=today()) if words.strip() else []
        said = _("Choose who is meant.") if found else _("Nobody is found by that. Try fewer letters.")
        return _list(question_id, said, found), 422
    return _step(question_id, lambda actor: answer_question(actor, question_id, person_id))


@blueprint.post("/questions/<uuid:question_id>/exclusion")
@requires(Permission.REPRESENTATIVES_IMPORT)
def exclude(question_id: UUID) -> AnyResponse | tuple[str, int]:
    """Leave these entries out of every import."""
    return _step(question_id, lambda actor: ignore_question(actor, question_id))


@blueprint.post("/questions/<uuid:question_id>/reopening")
@requires(Permission.REPRESENTATIVES_IMPORT)
def reopen(question_id: UUID) -> AnyResponse | tuple[str, int]:
    """Undo an answer."""
    return _step(question_id, lambda actor: reopen_question(actor, question_id))


def _step(question_id: UUID, work: Callable[[Actor], ImportQuestion]) -> AnyResponse | tuple[str, int]:
    """Write to the reference tables, for which the request's own session has no right."""
    get_or_404(ImportQuestion, question_id)
    if not StepForm().validate_on_submit():
        return _list(question_id, _("This form is damaged. Reload the page and send it again.")), 422
    actor = current_actor()
    try:
        with writing_reference(actor):
            name, state = _words(work(actor))
    except (Conflict, NotFound) as error:
        said = error.message or _("That person is no longer on record.")
        return _list(question_id, said), 409 if isinstance(error, Conflict) else 422
    flash(f"{name}: {state}", "success")
    return redirect(url_for(".questions"), 303)


def _words(question: ImportQuestion) -> tuple[str, str]:
    if question.state == QuestionState.OPEN:
        return question.name, _("asked again.")
    if question.state == QuestionState.IGNORED:
        return question.name, _("left out of every import.")
    return question.name, _("answered. It holds for the next import of the file.")


def _list(
    question_id: UUID | None = None, problem: str = "", suggestions: Sequence[queries.Suggestion] = ()
) -> str:
    state = request.args.get("state", QuestionState.OPEN)
    if state not in list(QuestionState):
        state = QuestionState.OPEN
    found = page(
        list_questions(state),
        order_by=[ImportQuestion.created_at, ImportQuestion.id],
        cursor=request.args.get("cursor") if question_id is None else None,
        size=PAGE,
    )
    candidates = list_candidates(found.items)
    meant = {one.person_id for one in found.items if one.person_id}
    return render_template(
        "representatives/questions.html",
        page=found,
        state=state,
        states=[
            (QuestionState.OPEN, _("Open")),
            (QuestionState.ANSWERED, _("Answered")),
            (QuestionState.IGNORED, _("Left out")),
        ],
        candidates=candidates,
        holdings=queries.current_holdings(list(candidates.keys() | meant), today()),
        labels=_labels(),
        uploads=list_uploads(UploadState.DONE),
        form=AnswerForm(formdata=None),
        suggestions=suggestions,
        wrong_id=question_id,
        problem=problem,
        nobody=NOBODY,
    )


def _labels() -> dict[str, str]:
    return {
        "name": _("Name"), "party": _("Party"), "seat": _("Constituency"), "area": _("Constituency"),
        "start": _("From"), "end": _("Until"), "email": _("Address"), "role": _("Post"), "years": _("Years"),
    }  # fmt: skip
