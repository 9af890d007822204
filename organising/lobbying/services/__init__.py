"""Writing the contact log, positions and follow-ups. Services add and flush; the caller commits."""

from organising.lobbying.services.cautions import Caution, NeedsConfirmation
from organising.lobbying.services.drafts import EngagementDraft, FollowUpDraft, PositionDraft
from organising.lobbying.services.editing import (
    Difference,
    EditConflict,
    edit_engagement,
    restore_engagement,
    withdraw_engagement,
)
from organising.lobbying.services.engagements import AlreadyLogged, Logged, log_engagement
from organising.lobbying.services.follow_ups import add_follow_up, finish_follow_up, reopen_follow_up
from organising.lobbying.services.positions import claim_position

__all__ = [
    "AlreadyLogged",
    "Caution",
    "Difference",
    "EditConflict",
    "EngagementDraft",
    "FollowUpDraft",
    "Logged",
    "NeedsConfirmation",
    "PositionDraft",
    "add_follow_up",
    "claim_position",
    "edit_engagement",
    "finish_follow_up",
    "log_engagement",
    "reopen_follow_up",
    "restore_engagement",
    "withdraw_engagement",
]
