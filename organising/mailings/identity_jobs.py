"""Mail that proves a sender's address: each link once, in the lane of sign-in mail, with a sweep for what no bell was heard for."""

from uuid import UUID

from sqlalchemy import update

from organising.mailings.models import SenderProof
from organising.mailings.proof_links import address_of_proof
from organising.mailings.queries.identities import list_unsent_proofs
from organising.mailings.services.identities import SEND, compose_proof, find_open_proof
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.logging import get_logger
from organising.platform.mail import Refused, ReplyLost, get_mailer
from organising.platform.queue import each_organisation, job, periodic, run
from organising.platform.tenancy import Context, use_context

log = get_logger(__name__)


class _SentElsewhere(Exception):
    """Another worker was quicker, or the link was replaced: this message goes nowhere."""


@job(purpose="sender_proof")
def send_proof(actor: Actor, row_id: UUID) -> None:
    """Mail one link, unless it was sent, used or replaced, or is too old."""
    found = find_open_proof(row_id)
    if found is None or found[0].sent_at is not None:
        return
    proof, identity = found
    mail = compose_proof(
        proof, identity, actor.organisation_name, address_of_proof(actor.organisation_id, row_id)
    )
    try:
        get_mailer().send(mail, before_dot=lambda: _commit_sent(row_id))
    except _SentElsewhere:
        db.session.rollback()
    except ReplyLost:
        log.warning("sender_proof_uncertain", proof=str(row_id))
    except Refused as refused:
        db.session.rollback()
        _note_refusal(row_id, refused)


def _commit_sent(row_id: UUID) -> None:
    moment = now()
    sent = db.session.execute(
        update(SenderProof)
        .where(SenderProof.id == row_id, SenderProof.sent_at.is_(None), SenderProof.expires_at > moment)
        .values(sent_at=moment)
        .returning(SenderProof.id)
    ).all()
    if not sent:
        raise _SentElsewhere
    db.session.commit()


def _note_refusal(row_id: UUID, refused: Refused) -> None:
    """A refusal for good is shown to who asked; any other leaves the link to the sweep."""
    code = refused.code if refused.is_permanent else None
    db.session.execute(
        update(SenderProof).where(SenderProof.id == row_id).values(sent_at=None, refusal_code=code)
    )
    log.warning("sender_proof_refused", proof=str(row_id), code=refused.code)


@periodic(30)
def send_waiting_proofs() -> None:
    """Send what is unsent, with or without a queue."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)):
            waiting = list_unsent_proofs(now())
        for proof_id in waiting:
            run(SEND, organisation_id, proof_id, "sender_proof")
