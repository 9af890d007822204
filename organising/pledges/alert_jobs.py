"""What comes in suddenly is looked for every two minutes, and an organisation's admins are told of it once."""

from uuid import UUID

from ..organisations.queries import list_people
from ..platform.actor import Actor
from ..platform.clock import now
from ..platform.db import db, find
from ..platform.notices import Notice, tell
from ..platform.permissions import Permission
from ..platform.queue import each_organisation, job, periodic, ring_in_each
from ..platform.tenancy import Context, use_context
from .models import PledgeAlert, PledgeAlertNotice
from .queries.alerts import list_alert_readers, list_open_drives, list_standing_alerts
from .services.alert_notices import compose_alert_notice
from .services.trending import forget_alerts, raise_alerts

TELL = "organising.pledges.alert_jobs.tell_alert"


@periodic(every_seconds=120)
def sweep_alerts() -> None:
    """Compare what came lately with what is usual, each organisation's own, and ring for the admins to be told."""
    at = now()
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)):
            for drive in list_open_drives():
                raise_alerts(Actor.system(organisation_id), drive, at)
            forget_alerts(at)
            db.session.commit()
    ring_in_each(TELL, purpose="alert", queue="mail", find=_list_to_tell)


@job(purpose="alert")
def tell_alert(actor: Actor, row_id: UUID) -> None:
    """Write to each admin who was not told of an alert that still stands. ``row_id``: it."""
    alert = find(PledgeAlert, row_id)
    if alert is None or alert.dismissed_at is not None:
        return
    told = list_alert_readers(alert.id)
    for person, email in _admins(actor.organisation_id, actor.organisation_name):
        if person.user_id not in told:
            _tell(person, email, alert)


def _tell(person: Actor, email: str, alert: PledgeAlert) -> None:
    notice = Notice(
        PledgeAlertNotice,
        organisation_id=person.organisation_id,
        alert_id=alert.id,
        user_id=person.user_id,
    )
    tell(compose_alert_notice(person, email, alert), notice, what="alert_notice")


def _list_to_tell(organisation_id: UUID) -> list[UUID]:
    standing = list_standing_alerts(now())
    admins = {person.user_id for person, _ in _admins(organisation_id)} if standing else set()
    return [alert.id for alert in standing if admins - list_alert_readers(alert.id)]


def _admins(organisation_id: UUID, name: str = "") -> list[tuple[Actor, str]]:
    return list_people(organisation_id, Permission.SIGNERS_INVALIDATE, organisation_name=name)
