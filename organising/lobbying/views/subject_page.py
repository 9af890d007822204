"""What the pages about a person and about an institution have in common: what was done just now, who leads there."""

from uuid import UUID

from flask import request
from flask_wtf import FlaskForm

from organising.lobbying.forms import AllocationForm, as_id
from organising.lobbying.queries.targets import Allocation
from organising.lobbying.queries.timeline import find_note
from organising.organisations.queries import list_campaign_organisations
from organising.platform.actor import Actor
from organising.platform.forms import PlainForm


def contact_done_now(actor: Actor, name: str) -> UUID | None:
    """The contact that the address names, if it is the organisation's own: ``logged`` or ``withdrawn`` just now."""
    engagement_id = as_id(request.args.get(name))
    return engagement_id if engagement_id and find_note(actor, engagement_id) else None


def allocation_form(actor: Actor, allocation: Allocation, back: str) -> FlaskForm:
    """The form for who leads, with the way ``back``; an empty one for who may not say."""
    if not allocation.may_edit:
        return PlainForm()
    form = AllocationForm()
    form.show_allocation(allocation, list_campaign_organisations(actor.campaign_id), back)
    return form
