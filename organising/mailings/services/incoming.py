"""Mail that comes back: kept once, before it is acknowledged, and read once afterwards."""

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from organising.mailings.incoming import ReplyClass, classify, read_message, return_paths
from organising.mailings.incoming.kinds import Severity
from organising.mailings.incoming.reading import MOST_READ
from organising.mailings.incoming.return_paths import ReturnAddress, ReturnKind
from organising.mailings.incoming.states import CameBy, IncomingState
from organising.mailings.models import Delivery, IncomingMessage
from organising.mailings.queries.incoming import (
    find_by_digest,
    find_sent,
    get_incoming,
    is_about_person,
    list_due_for_erasure,
)
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, find, new_id
from organising.platform.logging import get_logger
from organising.platform.queue import each_organisation, enqueue_after_commit
from organising.platform.returned import tell_returned
from organising.platform.sealing import blind_index
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import OfficeHolding

from .incoming_effects import follow

log = get_logger(__name__)
READ = "organising.mailings.incoming.jobs.read_incoming"
# As the outbox makes them: whatever is not of this form is asked for in no organisation.
OF_OURS = re.compile(r"<[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}@[^<>@\s]+>")
BY_KIND = {ReturnKind.BOUNCE: CameBy.BOUNCE, ReturnKind.REPLY: CameBy.REPLY}
LONGEST_BODY = 20_000
LONGEST_LINE = 500
CASEWORK_DAYS = 7


@dataclass(frozen=True)
class Kept:
    """The row that a message is kept in, and whether this call made it: one that comes twice finds the first."""

    organisation_id: UUID
    id: UUID
    is_new: bool


def whose(envelope_recipient: str) -> ReturnAddress | None:
    """Whose message an envelope's recipient takes, or ``None`` where the product takes none for it."""
    return return_paths.read(envelope_recipient)


def receive(raw: bytes, envelope_recipient: str, envelope_sender: str | None = None) -> Kept | None:
    """Keep a message that came to a genuine return path, and commit that; ``None`` for any other address."""
    address = whose(envelope_recipient)
    if address is None:
        return None
    if envelope_sender == "":
        # As a delivering server notes it: nobody is to be answered, so no person wrote this.
        raw = b"Return-Path: <>\r\n" + raw
    with use_context(Context(organisation_id=address.organisation_id)) as session:
        if address.kind is ReturnKind.BOUNCE and _is_of_single(raw, address.row_id):
            session.commit()
            return Kept(address.organisation_id, address.row_id, is_new=False)
        return _keep(session, address.organisation_id, address.row_id, BY_KIND[address.kind], raw)


def _is_of_single(raw: bytes, row_id: UUID) -> bool:
    """Whether a single mail came back, which its row notes; nothing of the message is kept then."""
    if find(Delivery, row_id) is not None:
        return False
    bounce = classify(read_message(raw)).bounce
    for_good = bounce is not None and bounce.severity is Severity.HARD
    return tell_returned(row_id, for_good=for_good)


def receive_answer(raw: bytes) -> Kept | None:
    """Keep a message that says which letter it answers, and commit that; ``None`` where it names none of ours.

    Only whoever has had the letter knows its Message-ID. What comes so is an answer at most, never a bounce.
    """
    message = read_message(raw)
    named = [one for one in message.references if one != message.message_id and OF_OURS.fullmatch(one)]
    if not named:
        return None
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)) as session:
            delivery = find_sent(named)
            if delivery is not None:
                return _keep(session, organisation_id, delivery.id, CameBy.REFERENCE, raw)
    return None


def read_incoming(actor: Actor, incoming_id: UUID) -> IncomingMessage:
    """Read what was kept, let it take effect, and erase the bytes. Read twice, it changes nothing more.

    Raises NotFound. Where the message's own delivery is not decided yet, it is left for later.
    """
    row = get_incoming(incoming_id, lock=True)
    if row.state != IncomingState.RECEIVED or row.raw is None:
        return row
    message = read_message(row.raw.encode("latin-1"))
    judgement = classify(message)
    if judgement.bounce is not None:
        row.severity, row.status = judgement.bounce.severity, judgement.bounce.status
    outcome = follow(actor, row, message, judgement)
    if outcome is None:
        return row
    row.verdict, row.proposed, row.why = judgement.verdict, judgement.proposed, outcome.why or judgement.why
    row.sender = (message.sender or message.first("from"))[:LONGEST_LINE] or None
    # What comes back to a constituent's letter may quote it, and to a signer name them: that it came is enough.
    if not is_about_person(row):
        row.subject = message.subject[:LONGEST_LINE] or None
        row.body = outcome.words[:LONGEST_BODY] or None
    if judgement.proposed is ReplyClass.CASEWORK:
        row.erase_at = now() + timedelta(days=CASEWORK_DAYS)
    settled = outcome.settled
    row.settle(IncomingState.SETTLED if settled else IncomingState.TRIAGE, row.proposed if settled else None)
    db.session.flush()
    return row


def erase_due() -> int:
    """Erase the words whose day has come; answers of how many messages."""
    return sum(row.forget(now()) for row in list_due_for_erasure(now()))


def digest_of(raw: bytes, organisation_id: UUID, delivery_id: UUID, came_by: CameBy) -> bytes:
    """What a message is known by when it comes again, by another way and with other headers in transit."""
    kept = raw[:MOST_READ].replace(b"\r\n", b"\n")
    message = read_message(kept)
    body = kept.partition(b"\n\n")[2].rstrip()
    named = [message.first(name) for name in ("message-id", "from", "date", "subject")]
    said = "\n".join([*named, str(delivery_id), came_by, hashlib.sha256(body).hexdigest()])
    return blind_index(organisation_id, "incoming message", said)


def _keep(session: Session, organisation_id: UUID, delivery_id: UUID, came_by: CameBy, raw: bytes) -> Kept:
    digest = digest_of(raw, organisation_id, delivery_id, came_by)
    earlier = find_by_digest(digest)
    if earlier is not None:
        return Kept(organisation_id, earlier, is_new=False)
    row = _row(delivery_id, came_by, digest, raw)
    kept = Kept(organisation_id, row.id, is_new=True)
    session.add(row)
    try:
        enqueue_after_commit(READ, organisation_id=organisation_id, row_id=kept.id, purpose="read_incoming")
        session.commit()
    except IntegrityError:
        # Two connections brought it at the same instant.
        session.rollback()
        earlier = find_by_digest(digest)
        if earlier is None:
            raise
        return Kept(organisation_id, earlier, is_new=False)
    log.info("mail_came_back", came_by=came_by, size=len(raw))
    return kept


def _row(delivery_id: UUID, came_by: CameBy, digest: bytes, raw: bytes) -> IncomingMessage:
    found = db.session.execute(
        select(Delivery.mailing_id, OfficeHolding.person_id)
        .outerjoin(OfficeHolding, OfficeHolding.id == Delivery.holding_id)
        .where(Delivery.id == delivery_id)
    ).one_or_none()
    row = IncomingMessage(
        id=new_id(),
        delivery_id=delivery_id if found else None,
        mailing_id=found.mailing_id if found else None,
        person_id=found.person_id if found else None,
        came_by=came_by,
        digest=digest,
        size=len(raw),
        state=IncomingState.RECEIVED,
    )
    row.raw = raw[:MOST_READ].decode("latin-1")
    return row
