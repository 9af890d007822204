"""Forms of lobbying: shapes only, rules live in the services."""

from organising.lobbying.forms.engagements import EditForm, QuickLogForm
from organising.lobbying.forms.follow_ups import FollowUpForm
from organising.lobbying.forms.log import LogFilter
from organising.lobbying.forms.parts import EmptyForm, as_day, as_id, choices
from organising.lobbying.forms.positions import PositionForm

__all__ = [
    "EditForm",
    "EmptyForm",
    "FollowUpForm",
    "LogFilter",
    "PositionForm",
    "QuickLogForm",
    "as_day",
    "as_id",
    "choices",
]
