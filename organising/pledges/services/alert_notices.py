"""The mail about an alert: once to each admin, and without a word of whom it is about."""

from flask_babel import gettext as _

from ...platform.actor import Actor
from ...platform.db import db
from ...platform.links import address_of_page
from ...platform.message import OutgoingMail
from ..models import PledgeAlert, PledgeDrive


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
