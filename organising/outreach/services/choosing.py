"""What somebody chooses on their own preference page: each yes and each no is written down as theirs, nothing rewritten."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from organising.contacts.models import (
    ConsentChannel,
    ConsentDecision,
    ConsentPurpose,
    ConsentSource,
    Contact,
    ContactConsent,
)
from organising.contacts.queries.consents import Decided, list_decisions, list_standing, list_wordings
from organising.contacts.queries.contacts import find_whole
from organising.contacts.services.consents import first_wording, wording_of
from organising.outreach.models import MAILED
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, new_id
from organising.platform.errors import NotFound

from .stopping import THEMSELVES

CHANNELS = tuple(one for one in ConsentChannel if one is not ConsentChannel.RECORD)
Pair = tuple[ConsentPurpose, ConsentChannel]
PAIRS: tuple[Pair, ...] = tuple((purpose, channel) for purpose in MAILED for channel in CHANNELS)
KEPT: tuple[Pair, ...] = tuple((one, ConsentChannel.RECORD) for one in ConsentPurpose if one.is_special)


@dataclass(frozen=True)
class Choices:
    """What one contact agreed to with one organisation: pairs of purpose and channel, and the words of each purpose.

    ``soft`` are those that rest on a charity's soft opt-in; ``kept`` the facts of a special category with consent.
    """

    contact_id: UUID
    given: frozenset[Pair]
    soft: frozenset[Pair]
    kept: frozenset[Pair]
    wordings: dict[ConsentPurpose, str]


def choices_of(actor: Actor, contact_id: UUID) -> Choices:
    """The choices as they stand; of one that was merged, of whom it is part of. Raises :class:`NotFound`."""
    contact = _contact(contact_id)
    standing = list_standing(list_decisions(contact.id))
    known = list_wordings()
    return Choices(
        contact.id,
        frozenset(pair for pair in PAIRS if _lets_write(standing.get(pair))),
        frozenset(pair for pair in PAIRS if _is(standing.get(pair), ConsentDecision.SOFT_OPT_IN)),
        frozenset(pair for pair in KEPT if _is(standing.get(pair), ConsentDecision.GIVEN)),
        {
            purpose: known[purpose][0].text if known.get(purpose) else first_wording(actor, purpose)
            for purpose in MAILED
        },
    )


def choose(actor: Actor, contact_id: UUID, wanted: Collection[Pair]) -> int:
    """Write down what changed against what stands; answers how many decisions that were.

    What is of a special category can only be taken back here: a tick is no record of a membership.
    """
    contact = _contact(contact_id, lock=True)
    standing = list_standing(list_decisions(contact.id))
    key, changed = new_id(), []
    for pair in (*PAIRS, *KEPT):
        before, wants = standing.get(pair), pair in wanted
        has = _lets_write(before)
        if wants == has or (wants and pair in KEPT):
            continue
        changed.append(pair)
        _write(
            actor,
            contact.id,
            pair,
            ConsentDecision.GIVEN if wants else ConsentDecision.WITHDRAWN,
            before,
            key,
        )
    db.session.flush()
    if changed:
        audit.record(
            actor,
            "consent.chosen",
            "contact",
            contact.id,
            given=[f"{purpose}.{channel}" for purpose, channel in changed if (purpose, channel) in wanted],
            withdrawn=[
                f"{purpose}.{channel}" for purpose, channel in changed if (purpose, channel) not in wanted
            ],
        )
    return len(changed)


def _write(
    actor: Actor,
    contact_id: UUID,
    pair: Pair,
    decision: ConsentDecision,
    before: Decided | None,
    key: UUID,
) -> None:
    purpose, channel = pair
    wording = wording_of(actor, purpose) if decision is ConsentDecision.GIVEN else None
    db.session.add(
        ContactConsent(
            contact_id=contact_id,
            purpose=purpose,
            channel=channel,
            decision=decision,
            wording_id=wording.id if wording else None,
            # Not before what it changes, whatever the clocks of two servers say.
            decided_at=max(now(), before.consent.decided_at) if before else now(),
            source=ConsentSource.OWN_PAGE,
            author_label=THEMSELVES,
            submission_key=key,
        )
    )


def _contact(contact_id: UUID, *, lock: bool = False) -> Contact:
    """The contact whose page it is; of one that was merged, the one it is part of."""
    contact = find_whole(contact_id)
    if contact is None:
        raise NotFound
    if lock:
        db.session.refresh(contact, with_for_update=True)
    return contact


def _lets_write(decided: Decided | None) -> bool:
    return decided is not None and ConsentDecision(decided.consent.decision).lets_write


def _is(decided: Decided | None, decision: ConsentDecision) -> bool:
    return decided is not None and decided.consent.decision == decision
