"""Alerts on the pledge's page: what they say, where they lead, and that they can be dismissed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from ...platform.access import current_actor, requires
from ...platform.clock import LONDON, now
from ...platform.db import db, get_or_404
from ...platform.moments import MINUTES
from ...platform.permissions import Permission
from ...platform.ui import longdate
from ..models import AlertKind, PledgeAlert
from ..services.trending import dismiss_alert
from .blueprint import blueprint


@dataclass(frozen=True)
class AlertShown:
    """One alert in words, and the filter that finds what it is about."""

    alert: PledgeAlert
    words: str
    times: str
    address: str


@blueprint.post("/pledges/alerts/<uuid:alert_id>/dismissal")
@requires(Permission.SIGNERS_INVALIDATE)
def dismiss(alert_id: UUID) -> AnyResponse:
    """Take an alert off the page; the signatures stay as they are."""
    alert = get_or_404(PledgeAlert, alert_id)
    dismissed = dismiss_alert(current_actor(), alert, now())
    drive_id = alert.drive_id
    db.session.commit()
    if dismissed:
        flash(_("Dismissed. The signatures count as before."), "success")
    return redirect(url_for("pledges.index", drive=drive_id), 303)


def shown(alert: PledgeAlert) -> AlertShown:
    """What the page says of an alert."""
    chosen: dict[str, Any] = {} if alert.subject is None else {str(alert.kind): alert.subject}
    address = url_for(
        "pledges.invalidations",
        drive_id=alert.drive_id,
        since=_minute(alert.since),
        # Of a minute that has begun, all is meant.
        until=_minute(alert.until + timedelta(seconds=59)),
        **chosen,
    )
    return AlertShown(alert, _words(alert), _times(alert), address)


def _words(alert: PledgeAlert) -> str:
    values = {"number": alert.number, "among": alert.among, "subject": alert.subject}
    said = {
        AlertKind.DOMAIN: _(
            "%(number)s of your %(among)s newest signatures have an email address at %(subject)s.", **values
        ),
        AlertKind.SOURCE: _(
            "%(number)s of your %(among)s newest signatures came by the link named %(subject)s.", **values
        ),
        AlertKind.NETWORK: _(
            "%(number)s of your %(among)s newest signatures came from one part of the internet, such as one workplace "
            "or one mobile provider.",
            **values,
        ),
    }[AlertKind(alert.kind)]
    if alert.usual is None:
        return f"{said} {_('It is too early to say what is usual here.')}"
    return f"{said} {_('Usually it is %(usual)s in a hundred.', usual=alert.usual)}"


def _times(alert: PledgeAlert) -> str:
    since, until = (moment.astimezone(LONDON) for moment in (alert.since, alert.until))
    values = {"since": f"{since:%H:%M}", "until": f"{until:%H:%M}", "day": longdate(until)}
    if since.date() == until.date():
        return _("They came between %(since)s and %(until)s on %(day)s.", **values)
    return _(
        "They came between %(since)s on %(before)s and %(until)s on %(day)s.",
        before=longdate(since),
        **values,
    )


def _minute(moment: datetime) -> str:
    return moment.astimezone(LONDON).strftime(MINUTES)
