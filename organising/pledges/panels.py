"""What other pages show of pledges: how many signed in a member's constituency, and what a contact of one's own signed."""

from collections.abc import Sequence

from flask_babel import gettext as _

from ..platform.actor import Actor
from ..platform.discretion import tellable
from ..platform.panels import Panel, register
from ..platform.permissions import Permission
from ..platform.ui import longdate, number
from .queries import list_cells
from .queries.signers import list_signed_with
from .texts import state_labels


def local_pledges(actor: Actor, *, gss_code: str | None = None, **_about: object) -> Panel | None:
    """The published number of each drive that is counted by constituency; a small one is never said."""
    if gss_code is None or not actor.can(Permission.PLEDGES_TOTALS):
        return None
    cells = list_cells(actor.campaign_id, "constituency", gss_code)
    if not cells:
        return None
    return Panel(
        _("Pledges in the constituency"),
        tuple((cell.title, _in_words(cell.n)) for cell in cells),
        _("Signatures that all partners may know of. Small numbers are never said."),
        max(cell.as_of for cell in cells),
    )


def own_signatures(actor: Actor, *, email_keys: Sequence[bytes] = (), **_about: object) -> Panel | None:
    """What the organisation's own signers with one of these addresses signed. ``email_keys``: blind indexes."""
    if not email_keys or not actor.can(Permission.SIGNERS_VIEW):
        return None
    labels = state_labels()
    facts = tuple(
        (title, f"{labels[pledge.state]}, {longdate(pledge.created_at)}")
        for pledge, title in list_signed_with(email_keys)
    )
    return Panel(_("Pledges signed with this address"), facts) if facts else None


def _in_words(signed: int | None) -> str:
    # One phrase for none, few and hidden: telling them apart would tell who is there.
    told = tellable(signed)
    return number(told) if told else str(_("fewer than 10, or kept back to protect them"))


register("target", local_pledges)
register("contact", own_signatures)
