"""The blueprint that the pages of tasks share, and the words that their templates need."""

from flask import Blueprint

from organising.tasks import words

blueprint = Blueprint("tasks", __name__, url_prefix="/tasks")
blueprint.add_app_template_filter(words.state_words, "task_state")
blueprint.add_app_template_filter(words.event_words, "task_event")
blueprint.add_app_template_filter(words.field_words, "task_fields")
