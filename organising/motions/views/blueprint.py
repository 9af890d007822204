"""The blueprint that the pages of motions share, and the words that their templates need."""

from flask import Blueprint

from organising.motions import text_words, words
from organising.motions.placeholders import pieces

blueprint = Blueprint("motions", __name__, url_prefix="/motions")
blueprint.add_app_template_filter(words.forum_words, "motion_forum")
blueprint.add_app_template_filter(words.state_words, "motion_state")
blueprint.add_app_template_filter(words.state_tone, "motion_tone")
blueprint.add_app_template_filter(text_words.change_words, "motion_change")
blueprint.add_app_template_filter(text_words.part_opening, "motion_opening")
blueprint.add_app_template_filter(text_words.month_of_year, "month_of_year")
blueprint.add_app_template_filter(pieces, "motion_pieces")
blueprint.add_app_template_filter(words.how_words, "motion_how")
blueprint.add_app_template_filter(words.sent_by_words, "motion_sent_by")
blueprint.add_app_template_filter(words.event_words, "motion_event")
blueprint.add_app_template_filter(words.field_words, "motion_fields")
