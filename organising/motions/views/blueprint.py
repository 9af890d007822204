"""The blueprint that the pages of motions share, and the words that their templates need."""

from flask import Blueprint

from organising.motions import words

blueprint = Blueprint("motions", __name__, url_prefix="/motions")
blueprint.add_app_template_filter(words.forum_words, "motion_forum")
blueprint.add_app_template_filter(words.state_words, "motion_state")
blueprint.add_app_template_filter(words.state_tone, "motion_tone")
