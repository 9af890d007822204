"""Forms of lobbying: shapes only, rules live in the services."""

from organising.lobbying.forms.engagements import EditForm, QuickLogForm
from organising.lobbying.forms.follow_ups import FollowUpForm
from organising.lobbying.forms.grid import BulkForm, SegmentForm, TargetFilter, as_query
from organising.lobbying.forms.log import LogFilter
from organising.lobbying.forms.parts import as_day, as_id, choices
from organising.lobbying.forms.positions import PositionForm, ResolverForm, SettlementForm
from organising.lobbying.forms.promotion import PromotionForm
from organising.lobbying.forms.targets import AllocationForm
from organising.lobbying.forms.whip import WhipFilter

__all__ = [
    "AllocationForm",
    "BulkForm",
    "EditForm",
    "FollowUpForm",
    "LogFilter",
    "PositionForm",
    "PromotionForm",
    "QuickLogForm",
    "ResolverForm",
    "SegmentForm",
    "SettlementForm",
    "TargetFilter",
    "WhipFilter",
    "as_day",
    "as_id",
    "as_query",
    "choices",
]
