"""The blueprint that the pages of calls share, and the words that its templates need."""

from flask import Blueprint, Response, make_response

from organising.calls import words

blueprint = Blueprint("calls", __name__, url_prefix="/actions/calls")
blueprint.add_app_template_filter(words.state_words, "call_state")
blueprint.add_app_template_filter(words.state_tone, "call_tone")
blueprint.add_app_template_filter(words.answer_words, "call_answer")
blueprint.add_app_template_filter(words.answer_tone, "call_answer_tone")
blueprint.add_app_template_filter(words.event_words, "call_event")


def unkept(rendered: str, status: int = 200) -> Response:
    """A page whose address is the key: no cache keeps it, no other site is told of it."""
    response = make_response(rendered, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
