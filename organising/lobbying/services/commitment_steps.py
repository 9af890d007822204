"""What becomes of a commitment: its state, its day, the chase, a change of its words, and the way back from each."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from organising.lobbying.commitment_states import OPEN, CommitmentState, may_become
from organising.lobbying.models import (
    PROMISE_LENGTH,
    ChangeKind,
    Commitment,
    CommitmentEvidence,
    EvidenceKind,
)
from organising.lobbying.models.pursued import Snapshot
from organising.lobbying.queries.commitments import find_own_side, get_own_commitment, list_changes
from organising.lobbying.services.commitments import (
    MOST_YEARS,
    CommitmentDraft,
    check_commitment,
    commitment_cautions,
    day_cautions,
    note_change,
)
from organising.lobbying.services.drafts import EARLIEST, is_web_address
from organising.lobbying.services.shared import authorship
from organising.lobbying.services.undoing import is_undoable as is_undoable
from organising.lobbying.services.undoing import put_back_last
from organising.organisations.queries.colleagues import find_colleague
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.cautions import Caution, ask_first, text_cautions
from organising.platform.clock import today
from organising.platform.conflicts import Difference, Value, check_version, list_differences
from organising.platform.db import db, new_id
from organising.platform.errors import Conflict, Invalid
from organising.platform.permissions import Permission

COMPARED = ("kind", "words", "ask_id", "said_on", "due_on", "owner_label")


@dataclass(frozen=True)
class EvidenceDraft:
    """What shows that a promise was kept: an address or a line of words, and the day of it."""

    kind: str
    url: str = ""
    words: str = ""
    seen_on: date | None = None

    @property
    def line(self) -> str:
        """The words on one line, without spaces around them."""
        return " ".join(self.words.split())


@dataclass(frozen=True)
class Step:
    """A commitment after a change, and the line of its history that an undo names; ``None`` where nothing changed."""

    commitment: Commitment
    change_id: UUID | None


def move_commitment(
    actor: Actor, commitment_id: UUID, state: str, *, reason: str = "", confirmed: Collection[str] | None = ()
) -> Step:
    """Take another state, other than delivered; the same one again changes nothing.

    Raises NotFound, Forbidden, Invalid, NeedsConfirmation, and Conflict where no step leads there.
    """
    commitment = _open(actor, commitment_id)
    if state == CommitmentState.DELIVERED:
        raise Invalid(_("Say what shows that it was delivered."), url=_("Delivered needs evidence."))
    if commitment.state == state:
        return Step(commitment, None)
    _check_step(commitment, state)
    _check_reason(reason, confirmed)
    return _move(actor, commitment, CommitmentState(state), reason)


def deliver_commitment(
    actor: Actor, commitment_id: UUID, evidence: EvidenceDraft, *, confirmed: Collection[str] | None = ()
) -> Step:
    """Mark as delivered, with what shows it. Raises NotFound, Forbidden, Conflict, Invalid by field, NeedsConfirmation."""
    commitment = _open(actor, commitment_id)
    if commitment.state == CommitmentState.DELIVERED:
        return Step(commitment, None)
    _check_step(commitment, CommitmentState.DELIVERED)
    if wrong := check_evidence(evidence):
        raise Invalid(_("Say what shows that it was delivered."), **wrong)
    if confirmed is not None:
        ask_first(text_cautions("words", evidence.line, shared=True), confirmed)
    row = _write_evidence(actor, commitment, evidence)
    return _move(actor, commitment, CommitmentState.DELIVERED, "", row.id)


def redate_commitment(
    actor: Actor, commitment_id: UUID, due_on: date | None, *, confirmed: Collection[str] | None = ()
) -> Step:
    """Set another day. Raises NotFound, Forbidden, Invalid, NeedsConfirmation, and Conflict once it is settled."""
    commitment = _open(actor, commitment_id)
    if commitment.state not in OPEN:
        raise Conflict(_("This is settled. Open it again before you set another day."))
    if due_on is None or due_on < today() or due_on.year > today().year + MOST_YEARS:
        raise Invalid(
            _("The day was not kept yet."), due_on=_("Choose today or a later day, within five years.")
        )
    if confirmed is not None:
        ask_first(day_cautions(commitment.kind, due_on, person_id=commitment.person_id), confirmed)
    before = commitment.snapshot()
    if not commitment.redate(due_on):
        return Step(commitment, None)
    return _kept(actor, commitment, ChangeKind.REDATED, before)


def chase_commitment(actor: Actor, commitment_id: UUID) -> Step:
    """Note that they were reminded today; twice in a day is once. Raises NotFound, Forbidden, Conflict."""
    commitment = _open(actor, commitment_id)
    if commitment.state not in OPEN:
        raise Conflict(_("This is settled: there is nothing to chase."))
    before = commitment.snapshot()
    if not commitment.chase(today()):
        return Step(commitment, None)
    return _kept(actor, commitment, ChangeKind.CHASED, before)


def undo_change(actor: Actor, commitment_id: UUID, change_id: UUID) -> Step:
    """Put back what stood before the last change. Twice is once; Conflict where something has changed since."""
    commitment = _open(actor, commitment_id)
    before = put_back_last(commitment, list_changes(commitment_id), change_id)
    if before is None:
        return Step(commitment, None)
    return _kept(actor, commitment, ChangeKind.UNDONE, before)


def edit_commitment(
    actor: Actor,
    commitment_id: UUID,
    draft: CommitmentDraft,
    *,
    version: int,
    confirmed: Collection[str] = (),
) -> Commitment:
    """Change what was written down; ``version`` is the one that the form was opened with. The state is not the draft's.

    Raises NotFound, Forbidden, EditConflict, Invalid by field, NeedsConfirmation.
    """
    commitment = _open(actor, commitment_id)
    own = find_own_side(commitment_id)
    draft = replace(draft, state=CommitmentState.ASKED)
    owner = find_colleague(actor, draft.owner_user_id)
    label = owner.name if owner else commitment.owner_label
    differences = _differences(commitment, draft, label)
    message = _("Someone else changed this promise while you were writing.")
    check_version(commitment.version, version, differences, message)
    if wrong := check_commitment(actor, draft, already_ask=commitment.ask_id):
        raise Invalid(_("The change was not kept yet."), **wrong)
    if not differences:
        return commitment
    ask_first(commitment_cautions(actor, draft, person_id=commitment.person_id), confirmed)
    before = commitment.snapshot()
    _apply(commitment, draft, label)
    if owner is not None and own is not None:
        own.owner_user_id = owner.user_id
    _kept(actor, commitment, ChangeKind.EDITED, before)
    return commitment


def check_evidence(draft: EvidenceDraft) -> dict[str, str]:
    """Reasons by field why this is no evidence."""
    wrong: dict[str, str] = {}
    if draft.kind not in list(EvidenceKind):
        wrong["kind"] = _("Say what kind of evidence it is.")
    if not draft.url and not draft.line:
        wrong["url"] = _("Give a link, or say in a line what shows it.")
    elif draft.url and not is_web_address(draft.url):
        wrong["url"] = _("Give a web address that begins with https:// or http://.")
    if len(draft.line) > PROMISE_LENGTH:
        wrong["words"] = _("Use at most %(most)s characters.", most=PROMISE_LENGTH)
    if draft.seen_on is None:
        wrong["seen_on"] = _("Say on which day it happened.")
    elif draft.seen_on > today():
        wrong["seen_on"] = _("This day is still to come.")
    elif draft.seen_on < EARLIEST:
        wrong["seen_on"] = _("Check the year: this is before 2000.")
    return wrong


def lapse_commitments(actor: Actor, parliament_id: UUID, reason: str = "") -> int:
    """Let what the actor's organisation was still promised in a parliament lapse with it; returns how many.

    For the sweep at a dissolution, organisation by organisation: the actor may be the system. A second time changes nothing.
    """
    lapsed = 0
    for commitment in _of_parliament(actor, parliament_id, OPEN):
        _move(actor, commitment, CommitmentState.LAPSED, reason or _("Parliament was dissolved."))
        lapsed += 1
    return lapsed


def revive_commitments(actor: Actor, parliament_id: UUID) -> int:
    """Undo :func:`lapse_commitments` where a dissolution is taken back and nothing changed since; returns how many."""
    revived = 0
    for commitment in _of_parliament(actor, parliament_id, (CommitmentState.LAPSED,)):
        last = list_changes(commitment.id)[0]
        if last.author_label == actor.author_label and is_undoable(last) and last.before:
            before = commitment.snapshot()
            commitment.put_back(last.before)
            _kept(actor, commitment, ChangeKind.UNDONE, before)
            revived += 1
    return revived


def _open(actor: Actor, commitment_id: UUID) -> Commitment:
    actor.check(Permission.COMMITMENTS_EDIT)
    return get_own_commitment(actor, commitment_id, lock=True)


def _check_step(commitment: Commitment, state: str) -> None:
    if state not in list(CommitmentState):
        raise Invalid(_("There is no such state."), state=_("Choose what became of it."))
    if not may_become(commitment.state, state):
        raise Conflict(_("It has changed in the meantime. Look at the promise as it is now."))


def _check_reason(reason: str, confirmed: Collection[str] | None) -> None:
    if len(reason) > PROMISE_LENGTH:
        raise Invalid(
            _("The reason is too long."), reason=_("Use at most %(most)s characters.", most=PROMISE_LENGTH)
        )
    if confirmed is not None:
        ask_first(_reason_cautions(reason), confirmed)


def _reason_cautions(reason: str) -> Iterator[Caution]:
    yield from text_cautions("reason", reason, shared=True)


def _move(
    actor: Actor,
    commitment: Commitment,
    state: CommitmentState,
    reason: str,
    evidence_id: UUID | None = None,
) -> Step:
    before = commitment.snapshot()
    commitment.move(state, today(), evidence_id)
    return _kept(actor, commitment, ChangeKind.MOVED, before, reason)


def _kept(
    actor: Actor,
    commitment: Commitment,
    kind: ChangeKind,
    before: Snapshot,
    reason: str = "",
) -> Step:
    db.session.flush()
    change = note_change(actor, commitment, kind, before, reason)
    audit.record(
        actor,
        f"commitment.{kind}",
        "commitment",
        commitment.id,
        state=commitment.state,
        version=commitment.version,
    )
    db.session.flush()
    return Step(commitment, change.id)


def _write_evidence(actor: Actor, commitment: Commitment, draft: EvidenceDraft) -> CommitmentEvidence:
    row = CommitmentEvidence(
        id=new_id(),
        commitment_id=commitment.id,
        kind=draft.kind,
        url=draft.url or None,
        words=draft.line or None,
        seen_on=draft.seen_on,
        **authorship(actor),
    )
    db.session.add(row)
    return row


def _differences(commitment: Commitment, draft: CommitmentDraft, label: str) -> list[Difference]:
    kept: dict[str, Value] = {
        "kind": commitment.kind,
        "words": commitment.words,
        "ask_id": (commitment.ask_id,) if commitment.ask_id else (),
        "said_on": commitment.asked_on,
        "due_on": commitment.due_on,
        "owner_label": commitment.owner_label,
    }
    sent: dict[str, Value] = {
        "kind": draft.kind,
        "words": draft.line,
        "ask_id": (draft.ask_id,) if draft.ask_id else (),
        "said_on": draft.day,
        "due_on": draft.due_on,
        "owner_label": label,
    }
    return list_differences(COMPARED, kept, sent)


def _apply(commitment: Commitment, draft: CommitmentDraft, label: str) -> None:
    commitment.kind = draft.kind
    commitment.words = draft.line
    commitment.ask_id = draft.ask_id
    if commitment.promised_on == commitment.asked_on:
        commitment.promised_on = draft.day
    commitment.asked_on = draft.day
    commitment.due_on = draft.due_on
    commitment.owner_label = label
    commitment.version += 1


def _of_parliament(actor: Actor, parliament_id: UUID, states: Collection[str]) -> list[Commitment]:
    return list(
        db.session.scalars(
            select(Commitment)
            .where(
                Commitment.organisation_id == actor.organisation_id,
                Commitment.parliament_id == parliament_id,
                Commitment.state.in_(states),
            )
            .order_by(Commitment.id)
            .with_for_update()
        )
    )
