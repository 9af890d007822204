"""What a person typed, before any rule was applied, and the rules that need no more than it and the asks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from organising.lobbying.commitment_states import CommitmentState
from organising.lobbying.models import (
    HEADLINE_LENGTH,
    LABEL_LENGTH,
    Basis,
    Confidence,
    Outcome,
    Position,
    StaffRole,
)
from organising.lobbying.queries.positions import side_of
from organising.organisations.models import Ask
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db

EARLIEST = date(2000, 1, 1)
LONGEST_NOTE = 20_000
LONGEST_TASK = 500
LONGEST_REASON = 200
LONGEST_ADDRESS = 2_000
MOST_OF_A_KIND = 10


@dataclass(frozen=True)
class PositionDraft:
    """A position about to be claimed. ``held_on`` is the day of the evidence."""

    ask_id: UUID | None
    position: str
    basis: str
    confidence: str = Confidence.MEDIUM
    evidence_url: str = ""
    held_on: date | None = None


@dataclass(frozen=True)
class CommitmentDraft:
    """A commitment about to be written down.

    ``said_on``: the day on which it was asked or promised, today where nothing is said. ``owner_user_id``: who of the own
    organisation chases it, the writer where nobody is said. In a contact, ``said_on`` is the contact's day.
    """

    kind: str
    words: str = ""
    ask_id: UUID | None = None
    state: str = CommitmentState.PROMISED
    said_on: date | None = None
    due_on: date | None = None
    owner_user_id: UUID | None = None

    @property
    def line(self) -> str:
        """The words on one line, without spaces around them."""
        return " ".join(self.words.split())

    @property
    def day(self) -> date:
        """The day on which it was said."""
        return self.said_on or today()


@dataclass(frozen=True)
class FollowUpDraft:
    """Something to do, by a day."""

    what: str
    due_on: date | None


@dataclass(frozen=True)
class AttendeeDraft:
    """Who took part: an organisation of the coalition with names of its own people, or a role in their office."""

    organisation_id: UUID | None = None
    staff_role: str = ""
    label: str = ""

    @property
    def words(self) -> str:
        """The label on one line."""
        return " ".join(self.label.split())


@dataclass(frozen=True)
class EngagementDraft:
    """An engagement about to be logged or edited, about a person or an institution.

    What an edit brings of ``positions``, ``commitments`` and ``follow_ups`` comes to those that are there.
    """

    person_id: UUID | None
    happened_on: date | None
    kind: str
    headline: str
    attended_by: str
    submission_key: UUID
    outcome: str = Outcome.NOT_SAID
    ask_ids: tuple[UUID, ...] = ()
    note: str = ""
    out_of_office_reason: str = ""
    institution_id: UUID | None = None
    attendees: tuple[AttendeeDraft, ...] = ()
    positions: tuple[PositionDraft, ...] = ()
    commitments: tuple[CommitmentDraft, ...] = ()
    follow_ups: tuple[FollowUpDraft, ...] = ()

    @property
    def subject(self) -> dict[str, UUID | None]:
        """The columns that say whom it is about."""
        return {"person_id": self.person_id, "institution_id": self.institution_id}

    @property
    def has_additions(self) -> bool:
        """Whether anything hangs on it that is a record of its own."""
        return bool(self.positions or self.commitments or self.follow_ups)

    @property
    def reason(self) -> str:
        """Why it belongs here although they held no office, on one line."""
        return " ".join(self.out_of_office_reason.split())

    @property
    def line(self) -> str:
        """The headline on one line, without spaces around it."""
        return " ".join(self.headline.split())


def place(kind: str, number: int, field: str) -> str:
    """How a reason or caution names a field of one of several parts of a form, counted from 1.

    The first position's and the first follow-up's go by the field alone.
    """
    return field if number == 1 and kind in ("position", "follow_up") else f"{kind}-{number}-{field}"


def check_engagement(draft: EngagementDraft) -> dict[str, str]:
    """Reasons by field why the engagement can't be kept as it is; empty where it can."""
    wrong = _check_day("happened_on", draft.happened_on, _("Say on which day it happened."))
    if not draft.line:
        wrong["headline"] = _("Write a headline: one line that tells partners what happened.")
    elif len(draft.line) > HEADLINE_LENGTH:
        wrong["headline"] = _(
            "Use at most %(most)s characters; the rest fits in the note.", most=HEADLINE_LENGTH
        )
    if len(draft.note) > LONGEST_NOTE:
        wrong["note"] = _("Use at most %(most)s characters.", most=LONGEST_NOTE)
    if len(draft.out_of_office_reason) > LONGEST_REASON:
        wrong["out_of_office_reason"] = _("Use at most %(most)s characters.", most=LONGEST_REASON)
    return wrong


def check_position(draft: PositionDraft) -> dict[str, str]:
    """Reasons by field why a position can't be claimed like this; asks are checked by :func:`check_asks`."""
    wrong = _check_day("held_on", draft.held_on, _("Say from which day the evidence is."))
    if draft.ask_id is None:
        wrong["ask_id"] = _("Say which ask the position is on.")
    if draft.position not in list(Position):
        wrong["position"] = _("Choose where they stand.")
    if draft.basis not in list(Basis):
        wrong["basis"] = _("Say what this rests on: a position needs a basis.")
    elif draft.basis == Basis.EDM and side_of(draft.position) < 0:
        wrong["basis"] = _("A missing signature is not opposition. Choose what shows that they are against.")
    if draft.confidence not in list(Confidence):
        wrong["confidence"] = _("Say how sure you are.")
    if draft.evidence_url and not is_web_address(draft.evidence_url):
        wrong["evidence_url"] = _("Give a web address that begins with https:// or http://.")
    return wrong


def check_follow_up(draft: FollowUpDraft) -> dict[str, str]:
    """Reasons by field why a follow-up can't be kept like this."""
    wrong: dict[str, str] = {}
    if not draft.what.strip():
        wrong["what"] = _("Say what you will do.")
    elif len(draft.what) > LONGEST_TASK:
        wrong["what"] = _("Use at most %(most)s characters.", most=LONGEST_TASK)
    if draft.due_on is None:
        wrong["due_on"] = _("Say by which day.")
    elif draft.due_on < today():
        wrong["due_on"] = _("This day is past. Choose today or later.")
    elif draft.due_on.year > today().year + 5:
        wrong["due_on"] = _("Choose a day within the next five years.")
    return wrong


def check_attendee(draft: AttendeeDraft, partner_ids: Collection[UUID]) -> dict[str, str]:
    """Reasons by field why someone can't be named as having taken part; ``partner_ids``: of the campaign."""
    wrong: dict[str, str] = {}
    if draft.staff_role and draft.words:
        wrong["label"] = _("Name nobody of their office: the role is enough.")
    elif len(draft.words) > LABEL_LENGTH:
        wrong["label"] = _("Use at most %(most)s characters.", most=LABEL_LENGTH)
    if draft.staff_role not in ("", *StaffRole):
        wrong["who"] = _("Choose one of the roles.")
    elif not draft.staff_role and draft.organisation_id not in partner_ids:
        wrong["who"] = _("Say for which organisation they came, or which role they have in the office.")
    return wrong


def check_asks(actor: Actor, ask_ids: Iterable[UUID], *, already: Iterable[UUID] = ()) -> str:
    """Why these asks can't be raised, or ``""``. Those ``already`` raised may have closed since."""
    wanted = set(ask_ids) - set(already)
    if not wanted:
        return ""
    asks = db.session.scalars(
        select(Ask).where(Ask.id.in_(wanted), Ask.campaign_id == actor.campaign_id)
    ).all()
    if len(asks) < len(wanted):
        return str(_("Choose one of the campaign’s asks."))
    closed = sorted(ask.code for ask in asks if not ask.is_open)
    if closed:
        return str(_("%(codes)s is closed and takes nothing new.", codes=", ".join(closed)))
    return ""


def _check_day(field: str, day: date | None, missing: str) -> dict[str, str]:
    if day is None:
        return {field: missing}
    if day > today():
        return {field: _("This day is still to come. Log what has happened; plan the rest as a follow-up.")}
    if day < EARLIEST:
        return {field: _("Check the year: this is before 2000.")}
    return {}


def is_web_address(text: str) -> bool:
    """Whether this is a web address that a page can link to."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and len(text) <= LONGEST_ADDRESS
        and not any(character.isspace() for character in text)
    )
