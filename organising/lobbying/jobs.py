"""The sweep over reservations: what nobody agreed to in time is free again for every partner."""

from organising.lobbying.queries.approaches import list_expired
from organising.lobbying.services import departures  # noqa: F401 (it registers what a departure releases)
from organising.lobbying.services.approach_steps import expire_approach
from organising.organisations.models import Organisation
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.queue import each_organisation, periodic
from organising.platform.tenancy import Context, use_context


@periodic(every_seconds=900)
def expire_reservations() -> None:
    """End reservations whose days are over, one by one, so that one that fails leaves the others done."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)) as session:
            name = session.get_one(Organisation, organisation_id).short_name
            for approach_id, campaign_id in list_expired(organisation_id):
                expire_approach(Actor.system(organisation_id, name, campaign_id), approach_id)
                db.session.commit()
