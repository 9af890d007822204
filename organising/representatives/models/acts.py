"""What members did in Parliament: motions signed, divisions voted in, questions asked. Public facts."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, desc
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organising.platform.checks import one_of
from organising.platform.db import Reference, db
from organising.representatives.models.people import Person


class ItemKind(StrEnum):
    EDM = "edm"
    DIVISION = "division"
    WRITTEN_QUESTION = "written_question"


class Part(StrEnum):
    """What a member's part in an item was. Having taken no part says nothing, so nothing is kept of it."""

    SPONSOR = "sponsor"
    SIGNATURE = "signature"
    AYE = "aye"
    NO = "no"
    TELLER_AYE = "teller_aye"
    TELLER_NO = "teller_no"
    ASKED = "asked"


class ParliamentaryItem(Reference, db.Model):
    """A motion, division or question. A motion's number starts again each session, so ``source_id`` names it.

    ``counts`` holds the official figures and the number of names listed: lists can fall short of the figures.
    """

    __tablename__ = "parliamentary_item"
    __table_args__ = (
        one_of("kind", ItemKind),
        UniqueConstraint("source", "source_id"),
        Index("ix_parliamentary_item_happened_on", desc("happened_on"), desc("id")),
    )

    kind: Mapped[str]
    source: Mapped[str]
    source_id: Mapped[str]
    number: Mapped[str | None]
    title: Mapped[str]
    words: Mapped[str | None]
    answer: Mapped[str | None]
    answering_body: Mapped[str | None]
    happened_on: Mapped[date]
    url: Mapped[str | None]
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


class ParliamentaryAct(Reference, db.Model):
    """One member's part in one item. A signature that was withdrawn keeps its day."""

    __tablename__ = "parliamentary_act"
    __table_args__ = (
        one_of("part", Part),
        UniqueConstraint("item_id", "person_id", "part"),
        Index("ix_parliamentary_act_person_id_happened_on", "person_id", desc("happened_on")),
    )

    item_id: Mapped[UUID] = mapped_column(ForeignKey("parliamentary_item.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    part: Mapped[str]
    happened_on: Mapped[date]
    place: Mapped[int | None]
    withdrawn_on: Mapped[date | None]
    seen_at: Mapped[datetime]

    item: Mapped[ParliamentaryItem] = relationship(viewonly=True)
    person: Mapped[Person] = relationship(viewonly=True)
