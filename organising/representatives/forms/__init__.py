"""What people fill in about representatives."""

from organising.representatives.forms.imports import AnswerForm, ApplyForm, StepForm, UploadForm
from organising.representatives.forms.people import (
    CheckedSalutationsForm,
    RepresentativeFilter,
    SalutationForm,
)
from organising.representatives.forms.postcodes import ConstituencyForm, PostcodeForm

__all__ = [
    "AnswerForm",
    "ApplyForm",
    "CheckedSalutationsForm",
    "ConstituencyForm",
    "PostcodeForm",
    "RepresentativeFilter",
    "SalutationForm",
    "StepForm",
    "UploadForm",
]
