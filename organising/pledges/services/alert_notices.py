"""The mail about an alert: once to each admin, and without a word of whom it is about."""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from ...platform.actor import Actor
from ...platform.clock import now
from ...platform.db import db, new_id
from ...platform.links import address_of_page
from ...platform.message import OutgoingMail
from ..models import PledgeAlert, PledgeAlertNotice, PledgeDrive


def claim_alert_notice(alert_id: UUID, user_id: UUID, organisation_id: UUID) -> bool:
    """Take the right to write to one admin about one alert: true once, over all workers."""
    statement = insert(PledgeAlertNotice).values(
        organisation_id=organisation_id, id=new_id(), alert_id=alert_id, user_id=user_id, sent_at=now()
    )
    claimed = statement.on_conflict_do_nothing(index_elements=["organisation_id", "alert_id", "user_id"])
    return bool(db.session.execute(claimed.returning(PledgeAlertNotice.id)).all())


def give_alert_notice_back(alert_id: UUID, user_id: UUID) -> None:
    """Let go of a right that came to nothing, so that the sweep tries again."""
    db.session.execute(
        delete(PledgeAlertNotice).where(
            PledgeAlertNotice.alert_id == alert_id, PledgeAlertNotice.user_id == user_id
        )
    )


def compose_alert_notice(person: Actor, email: str, alert: PledgeAlert) -> OutgoingMail:
    """That there is something to look at, and where; numbers and names stay behind the sign-in."""
    drive = db.session.get_one(PledgeDrive, alert.drive_id)
    parts = [
        _("Hello %(name)s,", name=person.display_name),
        _(
            "A lot of signatures with something in common have just come in through your organisation’s links to “%(title)s”.",
            title=drive.title,
        ),
        _(
            "It may be a workplace that signs together, or a letter that you sent out. If it is neither, "
            "look whether people made them. Nothing has been taken out of the count."
        ),
        _("Look at them here:") + "\n" + address_of_page("pledges.index", drive=str(drive.id)),
        _("You get this once for each such case."),
    ]
    subject = _("Please look: many signatures at once")
    return OutgoingMail(to=email, subject=subject, text="\n\n".join(parts) + "\n")
