"""Pages of mailings."""

from flask import Blueprint

from organising.mailings.checks import in_groups
from organising.mailings.outcomes import answer_kinds
from organising.mailings.queries import questions_of_contacts  # noqa: F401 (it registers what segments ask)

blueprint = Blueprint("mailings", __name__, url_prefix="/mailings")
blueprint.add_app_template_filter(in_groups, "in_groups")
blueprint.add_app_template_filter(answer_kinds, "answer_kinds")

from . import (  # noqa: E402, F401  # they add their routes
    attachments,
    audience,
    composing,
    identities,
    lines,
    mail_server,
    names,
    pasted,
    progress,
    replies,
    review,
    schedule,
    settlement,
    templates,
    texts,
)
