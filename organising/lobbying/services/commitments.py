"""Writing down what someone was asked for or promised: what is wrong with it, what to ask first, and the row."""

from collections.abc import Collection, Iterator
from datetime import date
from uuid import UUID

from flask_babel import gettext as _

from organising.lobbying.commitment_states import FIRST, CommitmentState
from organising.lobbying.models import (
    IN_CHAMBER,
    PROMISE_LENGTH,
    ChangeKind,
    Commitment,
    CommitmentChange,
    CommitmentKind,
    CommitmentOwn,
)
from organising.lobbying.models.pursued import Snapshot
from organising.lobbying.services.drafts import EARLIEST, check_asks
from organising.lobbying.services.drafts import CommitmentDraft as CommitmentDraft
from organising.lobbying.services.shared import authorship, check_takes_part, find_latest
from organising.organisations.queries.colleagues import find_colleague
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.cautions import Caution, ask_first, caution_key, text_cautions
from organising.platform.clock import today
from organising.platform.db import db, find, new_id
from organising.platform.errors import Invalid, NotFound
from organising.platform.locks import take_turns
from organising.platform.permissions import Permission
from organising.platform.ui import longdate
from organising.representatives.models import Chamber, Institution, OfficeKind, Person
from organising.representatives.queries.parliaments import find_parliament
from organising.representatives.queries.recesses import (
    chamber_of,
    find_recess,
    list_offices_on,
    next_sitting_day,
)

MOST_YEARS = 5


def check_commitment(
    actor: Actor, draft: CommitmentDraft, *, in_engagement: bool = False, already_ask: UUID | None = None
) -> dict[str, str]:
    """Reasons by field why it can't be kept like this; empty where it can. ``already_ask`` may have closed since.

    Raises Forbidden for who may write none: an officer does within a contact they log (``in_engagement``).
    """
    _check_right(actor, in_engagement)
    wrong: dict[str, str] = {}
    if draft.kind not in list(CommitmentKind):
        wrong["kind"] = _("Choose what they were asked to do.")
    if draft.state not in FIRST:
        wrong["state"] = _("Say how far they went.")
    if len(draft.line) > PROMISE_LENGTH:
        wrong["words"] = _("Use at most %(most)s characters.", most=PROMISE_LENGTH)
    if draft.ask_id is not None and (
        reason := check_asks(actor, [draft.ask_id], already=[already_ask] if already_ask else [])
    ):
        wrong["ask_id"] = reason
    if draft.owner_user_id is not None and find_colleague(actor, draft.owner_user_id) is None:
        wrong["owner_user_id"] = _("Choose someone of your organisation who logs contacts.")
    return wrong | _check_days(draft)


def commitment_cautions(
    actor: Actor, draft: CommitmentDraft, *, person_id: UUID | None = None, prefix: str = ""
) -> Iterator[Caution]:
    """What to ask before it is kept. ``prefix`` stands before the names of its fields in a form that holds several."""
    yield from text_cautions(f"{prefix}words", draft.line, shared=True)
    if draft.due_on is not None:
        yield from day_cautions(draft.kind, draft.due_on, person_id=person_id, field=f"{prefix}due_on")


def day_cautions(
    kind: str, due_on: date, *, person_id: UUID | None, field: str = "due_on"
) -> Iterator[Caution]:
    """Ask about a day on which the chamber does not sit; ``instead`` is the next one on which it may."""
    chamber = sitting_chamber(kind, person_id)
    if chamber is None:
        return
    day = next_sitting_day(chamber, due_on)
    if day == due_on:
        return
    recess = find_recess(chamber, due_on)
    if recess is not None:
        message = _(
            "%(chamber)s does not sit from %(start)s to %(end)s. The next day on which it may sit is %(day)s.",
            chamber=CHAMBER_NAMES[chamber], start=longdate(recess.starts_on), end=longdate(recess.ends_on),
            day=longdate(day),
        )  # fmt: skip
    else:
        message = _(
            "That is a weekend. The next day on which %(chamber)s may sit is %(day)s.",
            chamber=CHAMBER_NAMES[chamber],
            day=longdate(day),
        )
    yield Caution("recess", field, message, caution_key(f"recess.{field}", due_on.isoformat()), instead=day)


def sitting_chamber(kind: str, person_id: UUID | None) -> Chamber | None:
    """The chamber in which this has to be done; ``None`` for what needs no sitting, or no member."""
    if kind not in IN_CHAMBER or person_id is None:
        return None
    chambers = [chamber for office in list_offices_on(person_id, today()) if (chamber := chamber_of(office))]
    return chambers[0] if chambers else None


def sitting_day(kind: str, person_id: UUID | None, day: date) -> date:
    """The day itself, or for what needs a sitting the next on which the chamber may sit."""
    chamber = sitting_chamber(kind, person_id)
    return next_sitting_day(chamber, day) if chamber else day


def add_commitment(
    actor: Actor,
    draft: CommitmentDraft,
    *,
    person_id: UUID | None = None,
    institution_id: UUID | None = None,
    confirmed: Collection[str] | None = None,
) -> Commitment:
    """:func:`check_commitment`, then :func:`write_commitment`, outside a contact.

    ``confirmed``: the cautions that the writer has answered; None where nobody is there to be asked. Raises NotFound,
    Forbidden, Invalid by field, NeedsConfirmation.
    """
    if wrong := check_commitment(actor, draft):
        raise Invalid(_("The promise was not kept yet."), **wrong)
    if confirmed is not None:
        ask_first(commitment_cautions(actor, draft, person_id=person_id), confirmed)
    return write_commitment(actor, draft, person_id=person_id, institution_id=institution_id)


def write_commitment(
    actor: Actor,
    draft: CommitmentDraft,
    *,
    person_id: UUID | None = None,
    institution_id: UUID | None = None,
    engagement_id: UUID | None = None,
) -> Commitment:
    """Write one that was checked, about a person or an institution; the same one twice is one.

    Raises NotFound for an unknown subject, and Forbidden.
    """
    _check_right(actor, engagement_id is not None)
    known = find(Person, person_id) if person_id else find(Institution, institution_id or new_id())
    if known is None:
        raise NotFound
    commitment = _build(actor, draft, person_id, institution_id, engagement_id)
    if (same := _find_same(commitment)) is not None:
        return same
    owner = find_colleague(actor, draft.owner_user_id)
    commitment.owner_label = owner.name if owner else actor.author_label
    db.session.add(commitment)
    db.session.flush()
    db.session.add(
        CommitmentOwn(
            commitment_id=commitment.id,
            owner_user_id=owner.user_id if owner else actor.user_id,
            unit_id=actor.unit_id,
        )
    )
    note_change(actor, commitment, ChangeKind.ADDED, None)
    audit.record(
        actor, "commitment.added", "commitment", commitment.id, kind=commitment.kind, state=commitment.state
    )
    db.session.flush()
    return commitment


def note_change(
    actor: Actor,
    commitment: Commitment,
    kind: ChangeKind,
    before: Snapshot | None,
    reason: str = "",
) -> CommitmentChange:
    """Add a line to the history; ``before`` is the snapshot that an undo puts back."""
    change = CommitmentChange(
        commitment_id=commitment.id,
        kind=kind,
        state=commitment.state,
        due_on=commitment.due_on,
        reason=" ".join(reason.split()) or None,
        before=before,
        **authorship(actor),
    )
    db.session.add(change)
    db.session.flush()
    return change


def _check_right(actor: Actor, in_engagement: bool) -> None:
    check_takes_part(actor, Permission.ENGAGEMENTS_LOG if in_engagement else Permission.COMMITMENTS_EDIT)


def _check_days(draft: CommitmentDraft) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if draft.day > today():
        wrong["said_on"] = _("This day is still to come. Say when it was asked or promised.")
    elif draft.day < EARLIEST:
        wrong["said_on"] = _("Check the year: this is before 2000.")
    if draft.due_on is not None:
        if draft.due_on < draft.day:
            wrong["due_on"] = _("This is before the day on which it was said.")
        elif draft.due_on.year > today().year + MOST_YEARS:
            wrong["due_on"] = _("Choose a day within the next five years.")
    return wrong


def _build(
    actor: Actor,
    draft: CommitmentDraft,
    person_id: UUID | None,
    institution_id: UUID | None,
    engagement_id: UUID | None,
) -> Commitment:
    parliament = None
    if person_id is not None and OfficeKind.MP in list_offices_on(person_id, draft.day):
        parliament = find_parliament(Chamber.COMMONS, draft.day)
    return Commitment(
        id=new_id(),
        person_id=person_id,
        institution_id=institution_id,
        kind=draft.kind,
        ask_id=draft.ask_id,
        words=draft.line,
        state=CommitmentState(draft.state),
        asked_on=draft.day,
        promised_on=draft.day if draft.state == CommitmentState.PROMISED else None,
        due_on=draft.due_on,
        engagement_id=engagement_id,
        parliament_id=parliament.id if parliament else None,
        version=1,
        **authorship(actor),
    )


def _find_same(made: Commitment) -> Commitment | None:
    """One that says the same: of two sendings at one instant, the second waits for the first."""
    subject = made.person_id or made.institution_id
    assert subject is not None
    take_turns("commitment", subject)
    return find_latest(made, SAME)


SAME = (
    "person_id", "institution_id", "kind", "ask_id", "words", "state", "asked_on", "due_on", "engagement_id",
)  # fmt: skip
CHAMBER_NAMES = {
    Chamber.COMMONS: "The Commons",
    Chamber.LORDS: "The Lords",
    Chamber.SCOTTISH: "The Scottish Parliament",
    Chamber.SENEDD: "The Senedd",
    Chamber.NI_ASSEMBLY: "The Northern Ireland Assembly",
}
