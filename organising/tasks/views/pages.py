"""The list, one task, a new one, and changing one."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.organisations.queries.colleagues import list_colleagues
from organising.organisations.queries.units import list_units, list_units_in_reach
from organising.platform.access import current_actor, requires
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.forms import PlainForm
from organising.platform.given import as_id
from organising.platform.pagination import page
from organising.platform.paths import own_path
from organising.platform.permissions import Permission, Role
from organising.tasks import queries, services
from organising.tasks.forms import CommentForm, TaskForm
from organising.tasks.mentions import marked
from organising.tasks.models import Task
from organising.tasks.states import State
from organising.tasks.words import news_words

from .blueprint import blueprint

PAGE = 50
LISTS = ("mine", "unit", "ours")


@blueprint.get("")
@requires(Permission.TASKS_KEEP)
def index() -> str:
    """``?whose=mine|unit|ours&done=1``."""
    actor = current_actor()
    wanted = request.args.get("whose", "mine")
    whose = wanted if wanted in LISTS else "mine"
    ended = request.args.get("done") == "1"
    statement = queries.select_tasks(actor, whose, State.DONE if ended else State.OPEN)
    found = page(
        statement,
        order_by=[Task.ended_at, Task.id] if ended else [Task.sort_on, Task.id],
        descending=ended,
        cursor=request.args.get("cursor"),
        size=PAGE,
    )
    return render_template(
        "tasks/index.html",
        page=found,
        whose=whose,
        ended=ended,
        total=queries.count_tasks(statement),
        names=queries.names_of(list_colleagues(actor)),
        units=_unit_names(),
        news=[(one, news_words(one.news.kind, one.news.author_label)) for one in queries.list_news(actor)],
        form=PlainForm(),
        today=today(),
        ended_now=as_id(request.args.get("ended_now")),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.TASKS_KEEP)
def new() -> str | Response | tuple[str, int]:
    """A new task, also from another page of the product: ``?place=/actions/…&title=…``."""
    actor, form = current_actor(), _form()
    if request.method == "GET":
        form.title.data = request.args.get("title", "")[: services.LONGEST["title"]]
        form.place.data = own_path(request.args.get("place")) or ""
        form.assignee_user_id.data = str(actor.user_id)
        return _form_page(form)
    form.validate()
    try:
        if form.errors:
            raise Invalid("")
        task = services.add_task(actor, form.own_key(), form.draft())
    except Invalid as invalid:
        form.show(invalid.details)
        return _form_page(form), 422
    place = task.place
    after = place or url_for(".index", whose="mine" if task.assignee_user_id == actor.user_id else "ours")
    db.session.commit()
    flash(_("Task kept."), "success")
    return redirect(after, 303)


@blueprint.get("/<uuid:task_id>")
@requires(Permission.TASKS_KEEP)
def show(task_id: UUID) -> str:
    """One task with what was said and done."""
    return task_page(queries.get_task(current_actor(), task_id), CommentForm(formdata=None))


@blueprint.route("/<uuid:task_id>/edit", methods=["GET", "POST"])
@requires(Permission.TASKS_KEEP)
def edit(task_id: UUID) -> str | Response | tuple[str, int]:
    """Change what it says, by when and whose it is."""
    actor = current_actor()
    task = queries.get_task(actor, task_id)
    form = _form(task)
    if request.method == "GET":
        return _form_page(form, task)
    form.validate()
    try:
        if form.errors:
            raise Invalid("")
        services.edit_task(actor, task_id, form.version.shown, form.draft())
    except services.EditedMeanwhile as conflict:
        form.form_errors.append(conflict.message)
        form.version.data = str(queries.get_task(actor, task_id).version)
        return _form_page(form, task), 409
    except Invalid as invalid:
        form.show(invalid.details)
        return _form_page(form, task), 422
    db.session.commit()
    flash(_("Change kept."), "success")
    return redirect(url_for(".show", task_id=task_id), 303)


def task_page(task: Task, form: CommentForm) -> str:
    """The page, with what was typed for a comment."""
    actor = current_actor()
    form.own_key()
    names = queries.names_of(list_colleagues(actor))
    return render_template(
        "tasks/show.html",
        task=task,
        events=[(one, marked(one.words or "", names)) for one in queries.list_events(task.id)],
        form=form,
        button_form=PlainForm(),
        names=names,
        units=_unit_names(),
        unseen=[one for one in queries.list_news(actor) if one.task.id == task.id],
        today=today(),
    )


def _form(task: Task | None = None) -> TaskForm:
    actor = current_actor()
    form = TaskForm(obj=task)
    units = [] if actor.role is Role.OFFICER else list_units_in_reach(actor)
    form.offer(
        [(one.user_id, one.name) for one in list_colleagues(actor)],
        [(one.unit.id, f"{'– ' * one.depth}{one.unit.name}") for one in units],
    )
    form.own_key()
    return form


def _form_page(form: TaskForm, task: Task | None = None) -> str:
    return render_template("tasks/form.html", form=form, task=task, place=form.place.data)


def _unit_names() -> dict[UUID, str]:
    return {one.unit.id: one.unit.name for one in list_units(closed=True)}
