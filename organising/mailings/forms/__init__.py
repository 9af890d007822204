"""What people fill in about a mailing."""

from organising.mailings.forms.audience import AudienceFilter, PastedListForm, SparingForm
from organising.mailings.forms.composing import WordingForm
from organising.mailings.forms.identities import SenderChoiceForm, SenderForm, ServerForm
from organising.mailings.forms.lines import LineForm
from organising.mailings.forms.names import NamesForm
from organising.mailings.forms.review import AskForm, DecisionForm
from organising.mailings.forms.schedule import ScheduleForm
from organising.mailings.forms.settlement import SettlementForm
from organising.mailings.forms.texts import AttachmentForm, SignatureForm, TemplateForm

__all__ = [
    "AskForm",
    "AttachmentForm",
    "AudienceFilter",
    "DecisionForm",
    "LineForm",
    "NamesForm",
    "PastedListForm",
    "ScheduleForm",
    "SenderChoiceForm",
    "SenderForm",
    "ServerForm",
    "SettlementForm",
    "SignatureForm",
    "SparingForm",
    "TemplateForm",
    "WordingForm",
]
