"""Demo: the two organisations that publicly backed the launch on 4 December 2018 have signed, and nobody else is shown."""

from collections.abc import Iterable
from uuid import UUID

from ..organisations.queries import get_own_organisation
from ..platform.actor import Actor
from ..platform.tenancy import Context, use_context
from .models import PledgeDrive
from .queries import list_wordings
from .services.sign_ons import SignOnGiven, approve, ask_to_sign, text_hash


def seed(drive_id: UUID, pairs: Iterable[tuple[Actor, Actor]]) -> None:
    """Let each organisation sign: of a pair the first asks, and the second approves. In sessions of its own."""
    for asker, approver in pairs:
        with use_context(_of(asker)) as session:
            drive = session.get_one(PledgeDrive, drive_id)
            wording = list_wordings(drive)[0]
            digest = text_hash(wording)
            given = SignOnGiven(get_own_organisation(asker).name, wording.version, digest)
            sign_on_id = ask_to_sign(asker, drive, given).id
            session.commit()
        with use_context(_of(approver)) as session:
            approve(approver, sign_on_id, digest)
            session.commit()


def _of(actor: Actor) -> Context:
    return Context(organisation_id=actor.organisation_id, user_id=actor.user_id)
