"""Ending a task and taking it up again, commenting, and marking what one was told as seen."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.organisations.queries.colleagues import list_colleagues
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.given import as_id
from organising.platform.paths import own_path
from organising.platform.permissions import Permission
from organising.platform.ui import with_query
from organising.tasks import queries, services
from organising.tasks.forms import CommentForm
from organising.tasks.mentions import find_strangers

from .blueprint import blueprint
from .pages import task_page


@blueprint.post("/<uuid:task_id>/completion")
@requires(Permission.TASKS_KEEP)
def finish(task_id: UUID) -> Response:
    """Done; the answer offers the way back."""
    return _step(task_id, "finish")


@blueprint.post("/<uuid:task_id>/completion/removal")
@requires(Permission.TASKS_KEEP)
def reopen(task_id: UUID) -> Response:
    """Not done after all."""
    return _step(task_id, "reopen", _("Open again."))


@blueprint.post("/<uuid:task_id>/dropping")
@requires(Permission.TASKS_KEEP)
def drop(task_id: UUID) -> Response:
    """Nobody will do it; its page offers the way back."""
    return _step(task_id, "drop")


@blueprint.post("/<uuid:task_id>/dropping/removal")
@requires(Permission.TASKS_KEEP)
def restore(task_id: UUID) -> Response:
    """It is to be done after all."""
    return _step(task_id, "restore", _("Open again."))


@blueprint.post("/<uuid:task_id>/comments")
@requires(Permission.TASKS_KEEP)
def add_comment(task_id: UUID) -> Response | tuple[str, int]:
    """Say something of it; whoever speaks has read what they were told of it."""
    actor, form = current_actor(), CommentForm()
    words = form.words.data or ""
    try:
        services.comment(actor, task_id, form.own_key(), words)
    except Invalid as invalid:
        form.show(invalid.details)
        return task_page(queries.get_task(actor, task_id), form), 422
    services.see_news(actor, task_id)
    strangers = find_strangers(words, queries.names_of(list_colleagues(actor))) if "@" in words else []
    db.session.commit()
    if strangers:
        names = ", ".join(f"“{name}”" for name in strangers)
        flash(_("No colleague is called %(names)s, so nobody was told there.", names=names), "info")
    return redirect(url_for(".show", task_id=task_id, _anchor="said"), 303)


@blueprint.post("/seen")
@requires(Permission.TASKS_KEEP)
def see() -> Response:
    """What one was told is read: of one task, or all."""
    services.see_news(current_actor(), as_id(request.form.get("task_id")))
    db.session.commit()
    return redirect(_place(), 303)


def _step(task_id: UUID, verb: str, told: str = "") -> Response:
    actor = current_actor()
    services.step(actor, task_id, verb)
    services.see_news(actor, task_id)
    db.session.commit()
    if told:
        flash(told, "success")
    return redirect(with_query(_place(task_id), ended_now=task_id if verb == "finish" else None), 303)


def _place(task_id: UUID | None = None) -> str:
    """The page of the product that the button stood on."""
    fallback = url_for(".show", task_id=task_id) if task_id else url_for(".index")
    return own_path(request.form.get("back")) or fallback
