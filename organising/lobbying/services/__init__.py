"""Writing the contact log, positions and follow-ups. Services add and flush; the caller commits."""

from organising.lobbying.services.disputes import (
    DisputeMoved,
    SettlementDraft,
    name_resolver,
    settle_dispute,
)
from organising.lobbying.services.drafts import AttendeeDraft, EngagementDraft, FollowUpDraft, PositionDraft
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
from organising.lobbying.services.promoting import list_sentences, open_for_promotion, promote_sentence
from organising.platform.cautions import Caution, NeedsConfirmation

__all__ = [
    "AlreadyLogged",
    "AttendeeDraft",
    "Caution",
    "Difference",
    "DisputeMoved",
    "EditConflict",
    "EngagementDraft",
    "FollowUpDraft",
    "Logged",
    "NeedsConfirmation",
    "PositionDraft",
    "SettlementDraft",
    "add_follow_up",
    "claim_position",
    "edit_engagement",
    "finish_follow_up",
    "list_sentences",
    "log_engagement",
    "name_resolver",
    "open_for_promotion",
    "promote_sentence",
    "reopen_follow_up",
    "restore_engagement",
    "settle_dispute",
    "withdraw_engagement",
]
