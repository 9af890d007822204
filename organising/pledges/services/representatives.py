"""A representative's signature and the promise that it delivers: recorded as one thing, and taken back as one."""

from collections.abc import Collection
from uuid import UUID

from flask_babel import gettext as _

from ...lobbying.commitment_states import CommitmentState
from ...lobbying.models import Commitment, CommitmentEvidence, CommitmentKind
from ...lobbying.queries.commitments import get_own_commitment
from ...lobbying.services.commitment_steps import (
    EvidenceDraft,
    check_evidence,
    deliver_commitment,
    move_commitment,
    undo_change,
)
from ...lobbying.services.commitments import CommitmentDraft, add_commitment
from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import now
from ...platform.db import db, find, new_id
from ...platform.errors import Conflict, Invalid, NotFound
from ...platform.locks import take_turns
from ...platform.permissions import Permission
from ...representatives.models import Person
from ..models import DriveStatus, PledgeDrive, PledgeRepresentative
from ..queries.representatives import find_elected, find_promise, list_recorded

MISTAKE = "Recorded by mistake that they signed"


class AlreadySigned(Conflict):
    """A partner has recorded this person's signature on this drive."""

    code = "already_signed"


def record_signature(
    actor: Actor,
    drive: PledgeDrive,
    person_id: UUID,
    evidence: EvidenceDraft,
    *,
    confirmed: Collection[str] | None = (),
) -> PledgeRepresentative:
    """Say that a representative signed, with what shows it: the promise to sign is delivered by it, or made for it.

    Raises NotFound, Forbidden, :class:`Invalid` by field, NeedsConfirmation, and :class:`AlreadySigned`.
    """
    person = _check(actor, drive, person_id)
    if wrong := check_evidence(evidence):
        raise Invalid(_("Say what shows that they signed."), **wrong)
    assert evidence.seen_on is not None
    _check_elected(person, evidence)
    promise = find_promise(actor, person_id)
    is_made_here = promise is None
    if promise is None:
        promise = add_commitment(
            actor,
            CommitmentDraft(
                CommitmentKind.SIGN_PLEDGE,
                words=drive.title,
                state=CommitmentState.ASKED,
                said_on=evidence.seen_on,
            ),
            person_id=person_id,
        )
    step = deliver_commitment(actor, promise.id, evidence, confirmed=confirmed)
    return _keep(actor, drive, person, promise, evidence, change_id=step.change_id, is_made_here=is_made_here)


def show_delivered(actor: Actor, drive: PledgeDrive, commitment_id: UUID) -> PledgeRepresentative:
    """Show a promise to sign that is delivered already on the drive, with the evidence that it has.

    Raises NotFound for another organisation's, :class:`Conflict` where it is not delivered or stands on a drive.
    """
    actor.check(Permission.COMMITMENTS_EDIT)
    promise = get_own_commitment(actor, commitment_id, lock=True)
    if promise.kind != CommitmentKind.SIGN_PLEDGE or promise.person_id is None:
        raise NotFound
    person = _check(actor, drive, promise.person_id)
    if promise.state != CommitmentState.DELIVERED or promise.evidence_id is None:
        raise Conflict(_("This promise is not delivered any more. Look at it as it is now."))
    kept = find(CommitmentEvidence, promise.evidence_id)
    assert kept is not None
    evidence = EvidenceDraft(kept.kind, kept.url or "", kept.words or "", kept.seen_on)
    _check_elected(person, evidence)
    return _keep(actor, drive, person, promise, evidence, change_id=None, is_made_here=False)


def take_signature_back(actor: Actor, representative_id: UUID) -> bool:
    """Undo: it was recorded by mistake. The promise becomes what it was before; returns whether that changed anything.

    A promise that was delivered before it was shown stays delivered. Raises NotFound for another organisation's record.
    """
    actor.check(Permission.COMMITMENTS_EDIT)
    row = find(PledgeRepresentative, representative_id)
    if row is None or row.organisation_id != actor.organisation_id:
        raise NotFound
    take_turns("pledge_representative", row.drive_id, row.person_id)
    db.session.refresh(row)
    if not row.end(now(), actor.author_label):
        return False
    db.session.flush()
    if row.change_id is not None:
        _put_promise_back(actor, row, row.change_id)
    record(actor, "pledge_representative.taken_back", "pledge_representative", row.id)
    return True


def _put_promise_back(actor: Actor, row: PledgeRepresentative, change_id: UUID) -> None:
    try:
        undo_change(actor, row.commitment_id, change_id)
    except Conflict:
        # Its history went on. What was added since stays; only that it is delivered goes.
        if get_own_commitment(actor, row.commitment_id).state == CommitmentState.DELIVERED:
            move_commitment(
                actor, row.commitment_id, CommitmentState.PROMISED, reason=MISTAKE, confirmed=None
            )
    if row.is_made_here:
        promise = get_own_commitment(actor, row.commitment_id)
        if promise.state in (CommitmentState.ASKED, CommitmentState.PROMISED):
            move_commitment(actor, promise.id, CommitmentState.WITHDRAWN, reason=MISTAKE, confirmed=None)


def _check(actor: Actor, drive: PledgeDrive, person_id: UUID) -> Person:
    actor.check(Permission.COMMITMENTS_EDIT)
    if drive.status not in (DriveStatus.OPEN, DriveStatus.CLOSED):
        raise Conflict(_("Nobody can have signed this pledge: it is not open yet, or has ended for good."))
    person = find(Person, person_id)
    if person is None:
        raise NotFound
    take_turns("pledge_representative", drive.id, person_id)
    for one in list_recorded(actor, drive):
        if one.row.person_id == person_id and (one.is_shown or one.is_own):
            raise AlreadySigned(
                _(
                    "%(name)s is recorded already, by %(organisation)s.",
                    name=person.name,
                    organisation=one.organisation.short_name,
                )
            )
    return person


def _check_elected(person: Person, evidence: EvidenceDraft) -> None:
    assert evidence.seen_on is not None
    if find_elected(person.id, evidence.seen_on) is None:
        words = _("They held no elected office on this day. Check it, or their page.")
        raise Invalid(words, seen_on=words)


def _keep(
    actor: Actor,
    drive: PledgeDrive,
    person: Person,
    promise: Commitment,
    evidence: EvidenceDraft,
    *,
    change_id: UUID | None,
    is_made_here: bool,
) -> PledgeRepresentative:
    assert evidence.seen_on is not None
    holding = find_elected(person.id, evidence.seen_on)
    assert holding is not None
    where = holding.area or holding.institution
    row = PledgeRepresentative(
        id=new_id(),
        campaign_id=drive.campaign_id,
        author_label=actor.author_label,
        drive_id=drive.id,
        person_id=person.id,
        commitment_id=promise.id,
        name=person.name,
        office=holding.kind,
        place=where.name if where else None,
        signed_on=evidence.seen_on,
        change_id=change_id,
        is_made_here=is_made_here,
    )
    db.session.add(row)
    db.session.flush()
    record(actor, "pledge_representative.recorded", "pledge_representative", row.id, office=row.office)
    return row
