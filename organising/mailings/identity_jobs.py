"""Mail that proves a sender's address: each link once, in the lane of sign-in mail, with a sweep for what no bell was heard for."""

from uuid import UUID

from organising.mailings.models import SenderProof
from organising.mailings.proof_links import address_of_proof
from organising.mailings.queries.identities import list_unsent_proofs
from organising.mailings.services.identities import SEND, compose_proof, find_open_proof
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.once import send_link
from organising.platform.queue import job, periodic, run_in_each


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
    send_link(SenderProof, row_id, mail, SenderProof.expires_at > now())


@periodic(30)
def send_waiting_proofs() -> None:
    """Send what is unsent, with or without a queue."""
    run_in_each(SEND, purpose="sender_proof", find=lambda _: list_unsent_proofs(now()))
