"""Another address for a signature: named by the signer, confirmed from that address, counted once all the while.

What the public does runs in the context of one signing; the mail is sent in the collector's.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select

from ...platform.actor import Actor
from ...platform.clock import now
from ...platform.db import db, find, new_id
from ...platform.discreet import discreet_mail
from ...platform.errors import Conflict, NotFound
from ...platform.languages import in_language, kept_language
from ...platform.message import OutgoingMail
from ...platform.once import send_link
from ...platform.queue import enqueue_after_commit
from ...platform.sealing import blind_index, canonical_email, open_field, seal_field
from ..links import address_url
from ..models import AddressChange, PledgeState
from ..texts import UNCONFIRMED_DAYS
from .afterwards import recounted
from .signing import CHANGE, Signing, move

PAUSE = timedelta(minutes=10)
TABLE = "pledge_address_change"


def ask_for_address(signing: Signing, email: str) -> bool:
    """Keep another address until its own mail is answered, and ring for that mail; returns whether one leaves:
    none for an empty address, or for the one that there is.

    Raises :class:`Conflict` where one was named a moment ago: a link must not be a way to write to many.
    """
    if signing.state != PledgeState.CONFIRMED or signing.details_are_gone:
        return False
    if not email or canonical_email(email) == canonical_email(signing.email or ""):
        return False
    mine, at = CHANGE.c.signing_id == signing.id, now()
    before = db.session.scalar(select(CHANGE.c.created_at).where(mine))
    if before is not None and before > at - PAUSE:
        raise Conflict(
            _("A mail about a new address was asked for a moment ago. Wait ten minutes, then try again.")
        )
    db.session.execute(delete(CHANGE).where(mine))
    change_id, holder = new_id(), signing.collector_id
    row = {
        "organisation_id": holder,
        "id": change_id,
        "pledge_id": signing.pledge_id,
        "signing_id": signing.id,
        "email_cipher": seal_field(db.session(), holder, TABLE, "email_cipher", change_id, email),
        "language": kept_language(),
        "created_at": at,
    }
    db.session.execute(insert(CHANGE), [row])
    enqueue_after_commit(
        "organising.pledges.jobs.send_address_mail",
        organisation_id=holder,
        row_id=change_id,
        purpose="address",
        queue="urgent",
    )
    return True


def find_change(signing_id: UUID, change_id: UUID) -> Any | None:
    """The change that this link is about, while it waits; ``None`` once it was used, replaced or let lie."""
    row = db.session.execute(
        select(CHANGE).where(CHANGE.c.signing_id == signing_id, CHANGE.c.id == change_id)
    ).one_or_none()
    return None if row is None or row.created_at < now() - timedelta(days=UNCONFIRMED_DAYS) else row


def take_address(signing: Signing, change_id: UUID) -> int:
    """Use the new address in every copy: old ballot back, new one cast; answers the version of the links from now on.

    Links that went to the address before open nothing any more. Raises :class:`NotFound`.
    """
    change = find_change(signing.id, change_id)
    if change is None or signing.state != PledgeState.CONFIRMED or signing.details_are_gone:
        raise NotFound
    email = open_field(
        db.session(), change.organisation_id, TABLE, "email_cipher", change.id, change.email_cipher
    )
    keys = recounted(signing.drive_id, email, signing.name or "", signing.postcode or "")
    version = signing.link_version + 1
    for holder, row_id in signing.copies:
        changes = {
            "email_cipher": seal_field(db.session(), holder, "pledge", "email_cipher", row_id, email),
            "email_key": blind_index(holder, "email", canonical_email(email)),
            "link_version": version,
        }
        move(signing, PledgeState.CONFIRMED, holder=holder, **changes, **keys)
    drop_change(signing.id)
    return version


def drop_change(signing_id: UUID) -> None:
    """Forget the address that was named."""
    db.session.execute(delete(CHANGE).where(CHANGE.c.signing_id == signing_id))


def send_address_mail(actor: Actor, change_id: UUID) -> bool:
    """Send the one mail to the new address; returns whether it left now. Runs twice without harm."""
    change = find(AddressChange, change_id)
    if change is None or change.sent_at is not None or change.refusal_code is not None:
        return False
    with in_language(change.language):
        mail = _compose(actor, change)
    change.language = None
    return send_link(AddressChange, change_id, mail).may_have_left


def _compose(actor: Actor, change: AddressChange) -> OutgoingMail:
    text: str = _(
        "Hello,\n\n"
        "If you have just asked for this email, please open this page when you are alone, and press the button "
        "there:\n\n%(link)s\n\n"
        "What it is about: somebody who signed a pledge through %(organisation)s wants to be reached at this address "
        "from now on. Nothing changes before the button is pressed.\n\n"
        "If it was not you, do nothing: this address is forgotten after %(days)d days, or at once on that page.\n",
        link=address_url(change.signing_id, change.id, language=kept_language()),
        organisation=actor.organisation_name,
        days=UNCONFIRMED_DAYS,
    )
    return discreet_mail(change.email or "", text)
