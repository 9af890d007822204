"""What segments ask of pledges: whether somebody with a contact's email address signed with this organisation."""

from collections.abc import Iterable
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select

from ...contacts.queries.happenings import About, Happening, register_happenings
from ...contacts.queries.questions import Operator, Question, Takes, Theme, having_address, register_questions
from ...platform.actor import Actor
from ...platform.db import db
from ...platform.permissions import Permission
from ..models import Pledge, PledgeDrive, PledgeState
from ..texts import state_labels
from .signers import list_signed_with

STANDING = (PledgeState.CONFIRMED, PledgeState.WITNESSED)


@register_questions
def list_pledge_questions() -> Iterable[Question]:
    """Signed, or not: own signers alone, recognised by the address that they signed with."""
    yield Question("pledge", _l("Pledge"), Theme.DID, (
        Operator("signed", _l("was signed by them"), _l("they signed “%(value)s” with you"), _signed, Takes.ID),
        Operator("not_signed", _l("was not signed by them"), _l("they did not sign “%(value)s” with you"),
                 lambda drive_id: ~_signed(drive_id), Takes.ID),
    ), _drives, Permission.SIGNERS_VIEW)  # fmt: skip


@register_happenings
def list_signed(actor: Actor, about: About) -> Iterable[Happening]:
    """What was signed with one of their addresses."""
    if not about.email_keys or not actor.can(Permission.SIGNERS_VIEW):
        return
    labels = state_labels()
    for pledge, title in list_signed_with(about.email_keys):
        words = _("Signed “%(title)s”: %(state)s", title=title, state=labels[pledge.state])
        yield Happening(pledge.created_at, words)


def _signed(drive_id: UUID) -> ColumnElement[bool]:
    own = select(Pledge.email_key).where(Pledge.drive_id == drive_id, Pledge.state.in_(STANDING))
    return having_address(own)


def _drives() -> list[tuple[str, str]]:
    statement = select(PledgeDrive.id, PledgeDrive.title).order_by(PledgeDrive.title, PledgeDrive.id)
    return [(str(row.id), row.title) for row in db.session.execute(statement)]
