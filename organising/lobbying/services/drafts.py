"""What a person typed, before any rule was applied, and the rules that need no more than it and the asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from organising.lobbying.models import HEADLINE_LENGTH, Basis, Confidence, Outcome, Position
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
class FollowUpDraft:
    """Something to do, by a day."""

    what: str
    due_on: date | None


@dataclass(frozen=True)
class EngagementDraft:
    """An engagement about to be logged or edited; an edit leaves ``position`` and ``follow_up`` out."""

    person_id: UUID
    happened_on: date | None
    kind: str
    headline: str
    attended_by: str
    submission_key: UUID
    outcome: str = Outcome.NOT_SAID
    ask_ids: tuple[UUID, ...] = ()
    note: str = ""
    out_of_office_reason: str = ""
    position: PositionDraft | None = None
    follow_up: FollowUpDraft | None = None

    @property
    def line(self) -> str:
        """The headline on one line, without spaces around it."""
        return " ".join(self.headline.split())


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
    if draft.evidence_url and not _is_web_address(draft.evidence_url):
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


def _is_web_address(text: str) -> bool:
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
