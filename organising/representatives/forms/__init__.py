"""What people fill in about representatives."""

from organising.representatives.forms.people import (
    CheckedSalutationsForm,
    RepresentativeFilter,
    SalutationForm,
)
from organising.representatives.forms.postcodes import ConstituencyForm, PostcodeForm

__all__ = [
    "CheckedSalutationsForm",
    "ConstituencyForm",
    "PostcodeForm",
    "RepresentativeFilter",
    "SalutationForm",
]
