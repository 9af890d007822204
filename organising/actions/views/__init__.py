"""Pages of actions. All addresses, below /actions:

GET (list), <id> · GET and POST new, report, <id>/edit, <id>/report, <id>/report/correction ·
POST <id>/submission, approval, changes-request, schedule, cancellation, cancellation/removal,
report/check, closure · GET <id>/preparation · POST <id>/checklist, checklist/ticks, roles, materials, comments ·
GET and POST <id>/risks · GET and POST approvals, <id>/partners · POST proposals/<id>/<verb> · GET templates, templates/<id> · GET and POST templates/new, templates/<id>/edit
"""

from flask import Blueprint

from organising.actions import (
    digest,  # noqa: F401 (the morning's mail says what waits)
    open_work,  # noqa: F401 (closing a unit shows it, and a hand-over moves it)
    preparing_words,
    queries_of_contacts,  # noqa: F401 (it says who was there)
    report_words,
    words,
)
from organising.representatives.words import area_kind_words

blueprint = Blueprint("actions", __name__, url_prefix="/actions")
blueprint.add_app_template_filter(words.kind_words, "action_kind")
blueprint.add_app_template_filter(words.state_words, "action_state")
blueprint.add_app_template_filter(words.state_tone, "action_tone")
blueprint.add_app_template_filter(words.time_words, "action_time")
blueprint.add_app_template_filter(words.time_parts, "action_time_parts")
blueprint.add_app_template_filter(words.event_words, "action_event")
blueprint.add_app_template_filter(words.postcode_words, "action_postcode")
blueprint.add_app_template_filter(area_kind_words, "area_kind")
blueprint.add_app_template_filter(words.fold_history, "folded")
blueprint.add_app_template_filter(words.field_words, "action_fields")
blueprint.add_app_template_filter(preparing_words.part_words, "action_part")
blueprint.add_app_template_filter(preparing_words.near_words, "near_words")
blueprint.add_app_template_filter(preparing_words.joining_words, "joining_words")
blueprint.add_app_template_filter(preparing_words.joining_tone, "joining_tone")
blueprint.add_app_template_filter(preparing_words.degree_words, "risk_degree")
blueprint.add_app_template_global(preparing_words.level_words, "risk_level")
blueprint.add_app_template_global(preparing_words.level_tone, "risk_tone")
blueprint.add_app_template_filter(report_words.motion_words, "motion_outcome")
blueprint.add_app_template_filter(report_words.met_with_words, "met_with")

from . import (  # noqa: E402
    approvals,
    chase,
    joining,
    listing,
    planning,
    preparing,
    report_pages,
    reporting,
    steps,
    templates,
)

__all__ = [
    "approvals",
    "blueprint",
    "chase",
    "joining",
    "listing",
    "planning",
    "preparing",
    "report_pages",
    "reporting",
    "steps",
    "templates",
]
