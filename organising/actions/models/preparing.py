"""What is prepared before an action: risks, checklist, materials, who does what, and the series it belongs to."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from organising.platform.checks import one_of
from organising.platform.db import Owned, db
from organising.platform.sealing import Sealed

from .headline import OWN_ACTION


class Every(StrEnum):
    """How often a series comes again; by London's days."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"
    MONTH_WEEKDAY = "month_weekday"


class Part(StrEnum):
    """What somebody does at an action."""

    STEWARD = "steward"
    SPEAKER = "speaker"
    CHAIR = "chair"
    FIRST_AID = "first_aid"
    PHOTOGRAPHER = "photographer"
    ACCESS = "access"
    SHEETS = "sheets"
    PRESS = "press"
    DRIVER = "driver"
    OTHER = "other"


class ActionSeries(Owned, db.Model):
    """Actions that come again. Each is a row of its own; this says how they were laid out."""

    __tablename__ = "action_series"
    __table_args__: Any = (one_of("every", Every),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    every: Mapped[str]
    created_by: Mapped[UUID | None]


class ActionRisk(Owned, db.Model):
    """One row of the risk assessment. ``is_suggested``: as it came with the kind, nobody has changed or gone through it."""

    __tablename__ = "action_risk"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "action_id"], OWN_ACTION, ondelete="CASCADE"),
        CheckConstraint("likelihood BETWEEN 1 AND 5", name="likelihood"),
        CheckConstraint("severity BETWEEN 1 AND 5", name="severity"),
        Index("ix_action_risk_organisation_id_action_id", "organisation_id", "action_id", "rank"),
    )

    action_id: Mapped[UUID]
    rank: Mapped[int]
    likelihood: Mapped[int]
    severity: Mapped[int]
    is_suggested: Mapped[bool] = mapped_column(default=False)
    hazard_cipher: Mapped[bytes | None]
    control_cipher: Mapped[bytes | None]
    owner_cipher: Mapped[bytes | None]

    hazard = Sealed("hazard_cipher")
    control = Sealed("control_cipher")
    owner = Sealed("owner_cipher")


class ActionCheck(Owned, db.Model):
    """One thing to do before or at an action, and who ticked it."""

    __tablename__ = "action_check"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "action_id"], OWN_ACTION, ondelete="CASCADE"),
        Index("ix_action_check_organisation_id_action_id", "organisation_id", "action_id", "rank"),
    )

    action_id: Mapped[UUID]
    rank: Mapped[int]
    wording_cipher: Mapped[bytes | None]
    ticked_at: Mapped[datetime | None]
    ticked_label: Mapped[str | None]

    wording = Sealed("wording_cipher")


class ActionRole(Owned, db.Model):
    """Who does what at an action: a colleague, or somebody by name. ``ask_id``: the ask that they raise there.

    ``person_key`` finds a name again for the rights desk; nothing else is known of somebody by name.
    """

    __tablename__ = "action_role"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "action_id"], OWN_ACTION, ondelete="CASCADE"),
        one_of("part", Part),
        CheckConstraint("num_nonnulls(user_id, name_cipher) = 1", name="somebody"),
        Index("ix_action_role_organisation_id_action_id", "organisation_id", "action_id"),
        Index("ix_action_role_organisation_id_person_key", "organisation_id", "person_key"),
    )

    action_id: Mapped[UUID]
    part: Mapped[str]
    user_id: Mapped[UUID | None]
    ask_id: Mapped[UUID | None] = mapped_column(ForeignKey("ask.id"), index=True)
    person_key: Mapped[bytes | None]
    name_cipher: Mapped[bytes | None]
    note_cipher: Mapped[bytes | None]

    name = Sealed("name_cipher")
    note = Sealed("note_cipher")


class ActionMaterial(Owned, db.Model):
    """Something to bring or hand out: a leaflet, a poster, a speech. Its newest version counts. Taken off, it can be put back."""

    __tablename__ = "action_material"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "action_id"], OWN_ACTION, ondelete="CASCADE"),
        Index("ix_action_material_organisation_id_action_id", "organisation_id", "action_id"),
    )

    action_id: Mapped[UUID]
    title_cipher: Mapped[bytes | None]
    taken_off_at: Mapped[datetime | None]

    title = Sealed("title_cipher")


class ActionMaterialVersion(Owned, db.Model):
    """One version of a material: an address, or a file that the organisation keeps. Older ones stay to be read."""

    __tablename__ = "action_material_version"
    __table_args__ = (
        UniqueConstraint("organisation_id", "material_id", "number"),
        ForeignKeyConstraint(
            ["organisation_id", "material_id"],
            ["action_material.organisation_id", "action_material.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["organisation_id", "file_id"],
            ["stored_file.organisation_id", "stored_file.id"],
            ondelete="SET NULL (file_id)",
        ),
        Index("ix_action_material_version_organisation_id_file_id", "organisation_id", "file_id"),
    )

    material_id: Mapped[UUID]
    number: Mapped[int]
    added_label: Mapped[str]
    link_cipher: Mapped[bytes | None]
    file_id: Mapped[UUID | None]

    link = Sealed("link_cipher")


class ApprovalDelegate(Owned, db.Model):
    """That an organiser may approve actions of colleagues, given by an administrator until taken back."""

    __tablename__ = "approval_delegate"
    __table_args__: Any = (
        Index(
            "uq_approval_delegate_open",
            "organisation_id",
            "user_id",
            unique=True,
            postgresql_where="ended_at IS NULL",
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    user_id: Mapped[UUID]
    given_label: Mapped[str]
    ended_at: Mapped[datetime | None]
