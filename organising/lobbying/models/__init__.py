"""What lobbying keeps. Who reads which of it is said at each table."""

from organising.lobbying.models.engagements import (
    HEADLINE_LENGTH,
    Attendance,
    Engagement,
    EngagementAsk,
    EngagementKind,
    EngagementNote,
    Outcome,
)
from organising.lobbying.models.follow_ups import FollowUp
from organising.lobbying.models.notices import Notice, NoticeKind, NoticeRead
from organising.lobbying.models.positions import Basis, Confidence, Position, PositionClaim

__all__ = [
    "HEADLINE_LENGTH",
    "Attendance",
    "Basis",
    "Confidence",
    "Engagement",
    "EngagementAsk",
    "EngagementKind",
    "EngagementNote",
    "FollowUp",
    "Notice",
    "NoticeKind",
    "NoticeRead",
    "Outcome",
    "Position",
    "PositionClaim",
]
