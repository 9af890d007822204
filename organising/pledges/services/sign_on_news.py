"""Who is written to about an organisation's sign-on, once each: what waits for them, and never what a colleague noted."""

from uuid import UUID

from flask_babel import gettext as _

from ...organisations.queries import list_people
from ...platform.actor import Actor
from ...platform.links import address_of_page
from ...platform.message import OutgoingMail
from ...platform.permissions import Permission
from ..models import PledgeDrive


def list_deciders(
    organisation_id: UUID, name: str, campaign_id: UUID, *, but: UUID | None = None
) -> list[tuple[Actor, str]]:
    """Who in the session's organisation decides, each with their address. ``but``: the person who asked."""
    people = list_people(
        organisation_id, Permission.SIGN_ONS_APPROVE, organisation_name=name, campaign_id=campaign_id
    )
    return [(person, email) for person, email in people if person.user_id != but]


def compose_notice(person: Actor, email: str, drive: PledgeDrive, *, asked_by: str | None) -> OutgoingMail:
    """The mail: ``asked_by`` a colleague, or, where that is ``None``, by the campaign's coordinator."""
    values = {
        "title": drive.title,
        "name": person.display_name,
        "own": person.organisation_name,
        "who": asked_by,
    }
    if asked_by is None:
        subject = _("Will %(own)s sign? %(title)s", **values)
        what = _("The campaign’s coordinator asks whether %(own)s signs the pledge “%(title)s”.", **values)
        how = _("Somebody with you asks for it, somebody else approves it. You can also decline.")
    else:
        subject = _("For you to decide: %(title)s", **values)
        what = _("%(who)s asks that %(own)s signs the pledge “%(title)s”.", **values)
        how = _("Read the wording, then approve or decline. Nothing is signed until you do.")
    page = address_of_page("pledges.sign_on", drive_id=str(drive.id))
    parts = [_("Hello %(name)s,", **values), what, how + "\n" + page, _("You get this once.")]
    return OutgoingMail(to=email, subject=subject, text="\n\n".join(parts) + "\n")
