"""What goes when: rules with their days, an organisation's own setting within limits, legal holds, and what went.

A domain that takes something away says under which rule: ``carry_out("letters.texts", lambda: remove_texts(at))``. Then a
hold keeps it, and the report tells how many went.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from .clock import today
from .db import Owned, db, new_id
from .sealing import Sealed
from .tenancy import context_of


@dataclass(frozen=True)
class Rule:
    """``days``: how long unless set otherwise; ``least`` to ``most``: what may be set, nothing where they are one."""

    name: str
    what: str
    days: int
    least: int
    most: int
    why: str

    @property
    def is_fixed(self) -> bool:
        """Whether the days were promised to the person, or to a colleague, and can't be set."""
        return self.least == self.most


def _fixed(name: str, what: str, days: int, why: str) -> Rule:
    return Rule(name, what, days, days, days, why)


RULES: dict[str, Rule] = {
    one.name: one
    for one in (
        Rule(
            "contacts.idle",
            "Contacts who agreed to nothing and whom nobody wrote to, wrote about or changed since",
            730,
            90,
            2190,
            "What nobody needs is not kept. A yes that stands keeps somebody.",
        ),
        Rule(
            "contacts.archived", "Archived contacts", 365, 30, 2190, "Put away is not gone: after this it is."
        ),
        _fixed(
            "contacts.import_files",
            "Files of contacts with what undoing them needs; a file left without being taken in after 7 days",
            30,
            "Colleagues are promised 30 days.",
        ),
        _fixed("contacts.merges", "What undoing a merge needs", 30, "Colleagues are promised 30 days."),
        _fixed("pledges.unconfirmed", "Signatures that nobody confirmed", 14, "The mail says so."),
        _fixed(
            "pledges.details",
            "Details of signers who want no news; the signature stays counted",
            30,
            "The mail says so.",
        ),
        _fixed("pledges.scans", "Photographs of accepted paper sheets", 30, "The sheet says so."),
        _fixed("pledges.requests", "Requests for another mail or address", 1, "Nobody needs them after it."),
        _fixed("letters.unconfirmed", "Letters that nobody confirmed", 7, "The mail says so."),
        _fixed("letters.texts", "Text and street of letters that have left", 30, "The page says so."),
        _fixed(
            "letters.details",
            "Name, email and postcode of letters, the hashes of closed pages",
            90,
            "The page says so.",
        ),
        _fixed(
            "letters.answers", "Answers of MPs that were passed on", 90, "They are with whom they were for."
        ),
        Rule(
            "actions.names",
            "Names of those who did something at an action, after it",
            90,
            14,
            730,
            "Whom to thank is known by then. The task and the colleagues in it stay.",
        ),
        _fixed(
            "actions.removed_photos",
            "Photographs taken out of a report",
            14,
            "Colleagues are promised 14 days to undo it.",
        ),
        _fixed("attendance.unconfirmed", "Sign-ups for events that nobody confirmed", 7, "The mail says so."),
        _fixed(
            "attendance.people", "Everybody who signed up for an event, after it", 30, "The page says so."
        ),
        _fixed(
            "replies.words",
            "Words of replies to mailings; about somebody's own case after 7 days",
            90,
            "The page says so.",
        ),
        _fixed(
            "rights.unconfirmed", "Requests to the rights desk that nobody confirmed", 14, "The mail says so."
        ),
        _fixed(
            "rights.details",
            "Who asked the rights desk for what, after it was closed; that somebody did stays counted",
            365,
            "As long as somebody may still complain, with time to look into it.",
        ),
        _fixed("files.removed", "Files that were removed", 30, "Until then they can be put back."),
        Rule(
            "files.unused",
            "Files that hang on no page and that nobody touched",
            180,
            30,
            2190,
            "What nobody needs is not kept.",
        ),
    )
}
KEPT_ALWAYS = (
    "The audit log, which holds ids, states and counts and no person's details.",
    "Counts, and keyed hashes that say “no more mail to this address”.",
    "The contact log with public representatives, positions and promises.",
)


class RetentionSetting(Owned, db.Model):
    """An organisation's own number of days for one rule."""

    __tablename__ = "retention_setting"
    __table_args__ = (
        UniqueConstraint("organisation_id", "rule"),
        CheckConstraint("days BETWEEN 1 AND 3660", name="days"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    rule: Mapped[str]
    days: Mapped[int]
    author_label: Mapped[str]


class RetentionHold(Owned, db.Model):
    """Nothing under ``rule`` goes (under any, where it is empty) until a day; ``contact_id``: of one contact alone."""

    __tablename__ = "retention_hold"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "contact_id"],
            ["contact.organisation_id", "contact.id"],
            ondelete="CASCADE",
        ),
        CheckConstraint("(released_at IS NULL) = (released_label IS NULL)", name="released"),
        Index("ix_retention_hold_organisation_id_contact_id", "organisation_id", "contact_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    rule: Mapped[str | None]
    contact_id: Mapped[UUID | None]
    reason_cipher: Mapped[bytes]
    until: Mapped[date]
    author_label: Mapped[str]
    released_at: Mapped[datetime | None]
    released_label: Mapped[str | None]

    reason = Sealed("reason_cipher")

    @property
    def is_standing(self) -> bool:
        """Whether it holds today."""
        return self.released_at is None and self.until >= today()


class RetentionRun(Owned, db.Model):
    """So many went at a time, under a rule as it was set then."""

    __tablename__ = "retention_run"
    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        Index("ix_retention_run_organisation_id_created_at", "organisation_id", "created_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    rule: Mapped[str]
    days: Mapped[int]
    number: Mapped[int]


# What else says for how many days at most: the data agreement, of a later floor.
_CEILINGS: dict[str, Callable[[], int]] = {}


def under_ceiling(rule: str, find_most: Callable[[], int]) -> None:
    """Have a rule wait no longer than ``find_most`` answers in the session's organisation."""
    _CEILINGS[rule] = find_most


def most_of(rule: str) -> int:
    """The most days that may be set, in the session's organisation."""
    known = RULES[rule]
    return max(known.least, min(known.most, _CEILINGS[rule]())) if rule in _CEILINGS else known.most


def days_of(rule: str) -> int:
    """How long, in the session's organisation."""
    known = RULES[rule]
    found = db.session.scalar(select(RetentionSetting.days).where(RetentionSetting.rule == rule))
    return min(max(known.days if found is None else found, known.least), most_of(rule))


def is_held(rule: str) -> bool:
    """Whether a hold of the session's organisation keeps everything under this rule."""
    statement = select(RetentionHold.id).where(
        *standing_holds(),
        RetentionHold.contact_id.is_(None),
        or_(RetentionHold.rule.is_(None), RetentionHold.rule == rule),
    )
    return db.session.scalar(statement.limit(1)) is not None


def standing_holds() -> tuple[Any, ...]:
    """Conditions on :class:`RetentionHold` of those that hold today."""
    return RetentionHold.released_at.is_(None), RetentionHold.until >= today()


def carry_out(rule: str, act: Callable[[], int]) -> int:
    """Let go what is due under a rule, unless it is held; writes down how many. The caller commits."""
    if is_held(rule):
        return 0
    number = act()
    if number:
        organisation_id = context_of(db.session()).organisation_id
        db.session.add(
            RetentionRun(
                id=new_id(), organisation_id=organisation_id, rule=rule, days=days_of(rule), number=number
            )
        )
    return number
