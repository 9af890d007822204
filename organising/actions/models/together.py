"""What organisations have in common: templates of the coalition's lead, and actions that two of them run together."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organising.lobbying.models.shared import in_campaign
from organising.organisations.models import Organisation
from organising.platform.checks import one_of
from organising.platform.db import Owned, Shared, db

from ..states import Joining, Kind
from .headline import OWN_ACTION


class ActionTemplate(Shared, db.Model):
    """How an action of a kind is done: words, checklist, materials, risks. Read at home; the lead's by every partner.

    ``checklist`` is a list of texts, ``materials`` of ``{title, link}``, ``risks`` of ``{hazard, likelihood, severity,
    control}``.
    """

    __tablename__ = "action_template"
    __table_args__ = (
        in_campaign(),
        one_of("kind", Kind),
        Index("ix_action_template_campaign_id_kind", "campaign_id", "kind"),
        Index("ix_action_template_organisation_id", "organisation_id"),
    )

    kind: Mapped[str]
    name: Mapped[str]
    for_coalition: Mapped[bool] = mapped_column(default=False)
    summary: Mapped[str | None]
    advice: Mapped[str | None]
    checklist: Mapped[list[str]] = mapped_column(JSONB, default=list)
    materials: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    risks: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(
        primaryjoin="foreign(ActionTemplate.organisation_id) == Organisation.id", viewonly=True, lazy="joined"
    )


class ActionJoining(Shared, db.Model):
    """One decision about running two partners' actions together, by the organisation that took it; only ever added.

    ``proposal_id`` is the id of the row that proposed it. The newest row of a proposal says how it stands. Until it is
    accepted, only the two organisations read of it.
    """

    __tablename__ = "action_joining"
    __table_args__ = (
        in_campaign(),
        ForeignKeyConstraint(["organisation_id", "action_id"], OWN_ACTION, ondelete="CASCADE"),
        one_of("decision", Joining),
        Index("ix_action_joining_action_id", "action_id"),
        Index("ix_action_joining_other_action_id", "other_action_id"),
        Index("ix_action_joining_proposal_id", "proposal_id"),
        Index("ix_action_joining_organisation_id_action_id", "organisation_id", "action_id"),
    )

    proposal_id: Mapped[UUID]
    action_id: Mapped[UUID]
    other_action_id: Mapped[UUID] = mapped_column(ForeignKey("branch_action.id", ondelete="CASCADE"))
    other_organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    decision: Mapped[str]
    words: Mapped[str] = mapped_column(default="")

    organisation: Mapped[Organisation] = relationship(
        primaryjoin="foreign(ActionJoining.organisation_id) == Organisation.id", viewonly=True
    )


class ActionJoiningNotice(Owned, db.Model):
    """One person was written to about a partner's decision on running two actions together."""

    __tablename__ = "action_joining_notice"
    __table_args__ = (UniqueConstraint("organisation_id", "decision_id", "user_id"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("action_joining.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[UUID]
