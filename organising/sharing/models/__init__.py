"""The tables of what partners share of people."""

from .introductions import Introduction, IntroductionOffer, IntroductionState, SaidHow
from .overlap import OverlapPart, OverlapToken, OverlapTotal
from .stakeholders import (
    EntryKind,
    Stakeholder,
    StakeholderEntry,
    StakeholderKind,
    StakeholderRemoval,
)

__all__ = [
    "EntryKind",
    "Introduction",
    "IntroductionOffer",
    "IntroductionState",
    "OverlapPart",
    "OverlapToken",
    "OverlapTotal",
    "SaidHow",
    "Stakeholder",
    "StakeholderEntry",
    "StakeholderKind",
    "StakeholderRemoval",
]
