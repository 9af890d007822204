"""Where all that protects people's data stands together."""

from flask import render_template

from ...platform.access import current_actor, signed_in
from ...safeguards.practice import find_live, holds_invented_people
from ...safeguards.queries import find_standing
from ...safeguards.storage import find_storage_off
from .blueprint import blueprint


@blueprint.get("/organisation/data-protection")
@signed_in("every member may know what their organisation agreed to; each place asks for its own permission")
def overview() -> str:
    """The places, with how each stands."""
    actor = current_actor()
    return render_template(
        "assurance/overview.html",
        standing=find_standing(actor.organisation_id, actor.campaign_id),
        live=find_live(actor.organisation_id),
        invented=holds_invented_people(),
        storage_off=find_storage_off(actor.organisation_id),
    )
