"""Reading what is prepared before an action."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from organising.accounts.models import User
from organising.organisations.models import Ask
from organising.platform.db import db

from ..models import (
    ActionCheck,
    ActionMaterial,
    ActionMaterialVersion,
    ActionRisk,
    ActionRole,
    BranchAction,
)


@dataclass(frozen=True)
class RoleHeld:
    """Who does what: a colleague's name or the name that was given, and the ask that they raise."""

    role: ActionRole
    name: str
    ask: Ask | None


@dataclass(frozen=True)
class MaterialShown:
    """A material with its versions, the newest first."""

    material: ActionMaterial
    versions: Sequence[ActionMaterialVersion]


@dataclass(frozen=True)
class Prepared:
    """All that is prepared for one action."""

    risks: Sequence[ActionRisk]
    checks: Sequence[ActionCheck]
    roles: Sequence[RoleHeld]
    materials: Sequence[MaterialShown]
    taken_off: Sequence[ActionMaterial]

    @property
    def ticked(self) -> int:
        """How many things on the checklist are done."""
        return sum(one.ticked_at is not None for one in self.checks)

    @property
    def worst(self) -> ActionRisk | None:
        """The risk with the highest score."""
        return max(self.risks, key=lambda risk: risk.likelihood * risk.severity, default=None)

    @property
    def is_untouched(self) -> bool:
        """Whether the risks are still those that came with the kind."""
        return bool(self.risks) and all(risk.is_suggested for risk in self.risks)


def get_prepared(action: BranchAction) -> Prepared:
    """What is prepared for an action of the own organisation."""
    standing, taken_off = list_materials(action)
    return Prepared(list_risks(action), list_checks(action), list_roles(action), standing, taken_off)


def list_risks(action: BranchAction) -> Sequence[ActionRisk]:
    """The rows of the risk assessment, in their order."""
    return db.session.scalars(
        select(ActionRisk).where(ActionRisk.action_id == action.id).order_by(ActionRisk.rank, ActionRisk.id)
    ).all()


def list_checks(action: BranchAction) -> Sequence[ActionCheck]:
    """The checklist, in its order."""
    return db.session.scalars(
        select(ActionCheck)
        .where(ActionCheck.action_id == action.id)
        .order_by(ActionCheck.rank, ActionCheck.id)
    ).all()


def list_roles(action: BranchAction) -> Sequence[RoleHeld]:
    """Who does what, in the order of the tasks."""
    rows = db.session.execute(
        select(ActionRole, User.display_name, Ask)
        .outerjoin(User, User.id == ActionRole.user_id)
        .outerjoin(Ask, Ask.id == ActionRole.ask_id)
        .where(ActionRole.action_id == action.id)
        .order_by(ActionRole.part, ActionRole.created_at, ActionRole.id)
    )
    return [RoleHeld(role, role.name or colleague or "", ask) for role, colleague, ask in rows]


def list_materials(action: BranchAction) -> tuple[Sequence[MaterialShown], Sequence[ActionMaterial]]:
    """What is brought or handed out, each with its versions; and what was taken off."""
    materials = db.session.scalars(
        select(ActionMaterial)
        .where(ActionMaterial.action_id == action.id)
        .order_by(ActionMaterial.created_at, ActionMaterial.id)
    ).all()
    versions = db.session.scalars(
        select(ActionMaterialVersion)
        .where(ActionMaterialVersion.material_id.in_([one.id for one in materials]))
        .order_by(ActionMaterialVersion.number.desc())
    ).all()
    shown = [
        MaterialShown(one, [v for v in versions if v.material_id == one.id])
        for one in materials
        if one.taken_off_at is None
    ]
    return shown, [one for one in materials if one.taken_off_at is not None]
