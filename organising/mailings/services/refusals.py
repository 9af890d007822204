"""What follows from refusals: an address that is gone is left out everywhere, a policy or too many stop the mailing."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import func, update

from organising.mailings.models import Mailing, SuppressedFor
from organising.mailings.queries import count_deliveries, count_refusals
from organising.mailings.states import DeliveryState
from organising.mailings.status_codes import Refusal, judge
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import ContactPoint

from .outbox import Result
from .suppressions import suppress, without_address

# Above this share of refusals a mailing stops by itself, once enough have been decided to tell.
MOST_REFUSED = 0.05
ENOUGH_DECIDED = 20
DECIDED = (DeliveryState.ACCEPTED, DeliveryState.FAILED, DeliveryState.BOUNCED, DeliveryState.REPLIED)
POLICY = "The receiving side refused it as a matter of policy: {reply} Nobody is crossed off for it. Put it right, then go on."
MANY = "{refused} of {decided} were refused, more than one in twenty. Look at them before you go on."


def weigh(results: Sequence[Result]) -> tuple[list[Result], str | None]:
    """Results with policy refusals put off rather than failed, and the first such reply, which stops the mailing.

    A message refused for policy a second time has failed: the person who let it go on knows why.
    """
    weighed, stopping = [], None
    for one in results:
        refused = one.state is DeliveryState.FAILED and one.code is not None and one.claim.attempt <= 1
        if refused and judge(one.code or 0, one.reply or "") is Refusal.POLICY:
            stopping = stopping or one.reply or ""
            one = Result(one.claim, DeliveryState.DEFERRED, one.code, one.reply)
        weighed.append(one)
    return weighed, stopping


def without_person(result: Result) -> Result:
    """A result whose words do not say where somebody is written to: only their own row holds that, sealed."""
    if not result.claim.is_private or not result.reply:
        return result
    return replace(result, reply=without_address(result.reply, result.claim.address))


def cross_off_gone(actor: Actor, results: Sequence[Result]) -> None:
    """Write no more to addresses that the receiving side says do not exist. Commits what is crossed off for all."""
    gone = [one.claim for one in results if _is_gone(one)]
    for claim in gone:
        if claim.is_private:
            cross_off_person(actor, claim.address)
    cross_off(actor, [one.address for one in gone if not one.is_private])


def cross_off_person(actor: Actor, address: str) -> None:
    """Note that a signer's or contact's address came back: with their own organisation only, since partners know nothing of them."""
    suppress(actor.organisation_id, address, SuppressedFor.BOUNCED)
    audit.record(actor, "signer.address_crossed_off", "mailing", None)


def _is_gone(one: Result) -> bool:
    return (
        one.state is DeliveryState.FAILED
        and one.code is not None
        and judge(one.code, one.reply or "") is Refusal.NO_SUCH_ADDRESS
    )


def cross_off(actor: Actor, addresses: Sequence[str]) -> int:
    """Note that mail to these addresses came back, for all partners; answers how many contact points. Commits that."""
    wanted = sorted({address.lower() for address in addresses})
    if not wanted:
        return 0
    with use_context(Context(purpose="import")) as session:
        marked = session.execute(
            update(ContactPoint)
            .where(func.lower(ContactPoint.email).in_(wanted), ContactPoint.bounced_at.is_(None))
            .values(bounced_at=now())
            .execution_options(synchronize_session=False)
        ).rowcount  # type: ignore[attr-defined]
        session.commit()
    audit.record(actor, "address.crossed_off", "mailing", None, number=int(marked))
    return int(marked)


def why_too_many(mailing: Mailing) -> str | None:
    """Why a mailing must stop for its refusals, or ``None``. Those that a person knew of when going on don't count."""
    counts = count_deliveries(mailing)
    decided = sum(counts[state] for state in DECIDED)
    if decided < ENOUGH_DECIDED:
        return None
    refused = count_refusals(mailing) - mailing.refusals_known
    return MANY.format(refused=refused, decided=decided) if refused > MOST_REFUSED * decided else None
