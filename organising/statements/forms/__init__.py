"""What people fill in about a statement."""

from organising.statements.forms.answering import CommentForm, ResolutionForm, SignForm
from organising.statements.forms.writing import CorrectionForm, FilterForm, NewForm, PlanForm, TextForm

__all__ = [
    "CommentForm",
    "CorrectionForm",
    "FilterForm",
    "NewForm",
    "PlanForm",
    "ResolutionForm",
    "SignForm",
    "TextForm",
]
