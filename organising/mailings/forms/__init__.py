"""What people fill in about a mailing."""

from organising.mailings.forms.audience import AudienceFilter
from organising.mailings.forms.composing import WordingForm
from organising.mailings.forms.review import AskForm, DecisionForm
from organising.mailings.forms.schedule import ScheduleForm
from organising.mailings.forms.settlement import SettlementForm

__all__ = ["AskForm", "AudienceFilter", "DecisionForm", "ScheduleForm", "SettlementForm", "WordingForm"]
