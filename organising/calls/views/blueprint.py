"""The blueprint that the pages of calls share, and the words that its templates need."""

from flask import Blueprint

from organising.calls import words

blueprint = Blueprint("calls", __name__, url_prefix="/actions/calls")
blueprint.add_app_template_filter(words.state_words, "call_state")
blueprint.add_app_template_filter(words.state_tone, "call_tone")
blueprint.add_app_template_filter(words.answer_words, "call_answer")
blueprint.add_app_template_filter(words.answer_tone, "call_answer_tone")
blueprint.add_app_template_filter(words.event_words, "call_event")
