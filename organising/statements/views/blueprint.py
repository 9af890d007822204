"""The blueprint that the pages of this domain share."""

from flask import Blueprint

from organising.statements import words
from organising.statements.kinds import kind_words

blueprint = Blueprint("statements", __name__)
blueprint.add_app_template_filter(kind_words, "statement_kind")
blueprint.add_app_template_filter(words.state_words, "statement_state")
blueprint.add_app_template_filter(words.state_tone, "statement_tone")
blueprint.add_app_template_filter(words.outcome_words, "statement_outcome")
blueprint.add_app_template_filter(words.decision_words, "statement_decision")
